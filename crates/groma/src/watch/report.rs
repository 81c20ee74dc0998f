//! What a scan found: line by line while it runs, and as a whole when it has ended.

use groma_api::{Scan, ScanHost, ScanStatus};
use groma_model::Payload;
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::context::Context;
use crate::duration::display_ms;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Sheet, json_line, say};

/// Prints a finding as a line of JSON as soon as it is known.
///
/// # Errors
/// When stdout takes no more.
pub(super) fn stream(payload: &Payload) -> Result<(), Failure> {
    match payload {
        Payload::NetworkHostDiscovered(found) => json_line(&json!({
            "kind": "host",
            "scan_id": found.scan_id,
            "host": found.host,
            "id": found.thing_id,
            "hostname": found.hostname,
            "response_time_ms": found.response_time_ms,
            "at": found.timestamp,
        })),
        Payload::NetworkPortDiscovered(found) => json_line(&json!({
            "kind": "port",
            "scan_id": found.scan_id,
            "host": found.host,
            "port": found.port,
            "protocol": found.protocol,
            "state": found.state,
            "service": found.service.as_ref().map(|service| &service.name),
            "at": found.timestamp,
        })),
        _ => Ok(()),
    }
}

/// Prints an ended scan, and says on stderr how it ended and what can be done next.
///
/// # Errors
/// When it did not run to its end, or the output takes no more.
pub(super) async fn print(cx: &Context, connection: &Connection, scan: &Scan) -> Result<(), Failure> {
    if cx.settings.output == Format::Ndjson {
        json_line(&json!({"kind": "scan", "scan": scan}))?;
    } else {
        let hosts = connection.backend().scan_hosts(scan.id).await?.hosts;
        let document = json!({"scan": scan, "hosts": hosts});
        let items: [Value; 0] = [];
        if cx.settings.output != Format::Table || !hosts.is_empty() {
            cx.out().print(&document, &items, || sheet(&hosts))?;
        }
    }
    for warning in &scan.warnings {
        say(format!("warning: {warning}"));
    }
    say(verdict(scan));
    match scan.status {
        ScanStatus::Completed => Ok(()),
        _ => Err(Failure::Ended(Exit::ENDED_EARLY)),
    }
}

/// Returns hosts with their open ports as rows.
pub(crate) fn sheet(hosts: &[ScanHost]) -> Sheet {
    let mut sheet = Sheet::new(&["host", "hostname", "ms", "port", "state", "service"]).grouped(3);
    for host in hosts {
        let about = |rest: [String; 3]| {
            let millis = host.response_time_ms.map_or_else(String::new, |ms| format!("{ms:.1}"));
            let mut cells = vec![host.address.to_string(), host.hostname.clone().unwrap_or_default(), millis];
            cells.extend(rest);
            cells
        };
        for port in &host.ports {
            let number = format!("{}/{}", port.port, port.protocol.as_str());
            let service = port.service.clone().unwrap_or_default();
            sheet.row(about([number, port.state.as_str().to_owned(), service]));
        }
        if host.ports.is_empty() {
            sheet.row(about(["-".to_owned(), String::new(), String::new()]));
        }
    }
    sheet
}

fn verdict(scan: &Scan) -> String {
    let id = scan.id;
    let found = scan.summary.as_ref().map_or_else(String::new, |summary| {
        format!(
            "{} of {} addresses up, {} open ports, {} ports looked at; {} added, {} updated, {} gone",
            summary.hosts_up,
            // Not those done: a scan that was stopped knows more hosts than it has finished with.
            scan.progress.total_hosts,
            summary.ports_open,
            summary.ports_scanned,
            summary.added,
            summary.updated,
            summary.deleted
        )
    });
    let took = display_ms(scan.progress.elapsed_ms);
    let rest = format!("go on with: groma scans resume {id}\ntake it back with: groma scans discard {id}");
    match scan.status {
        ScanStatus::Completed if scan.units.failed > 0 => format!(
            "scan {id} completed in {took}, but {} parts failed: {found}\ntry these again with: groma scans retry {id}",
            scan.units.failed
        ),
        ScanStatus::Completed => format!("scan {id} completed in {took}: {found}"),
        ScanStatus::Cancelled if scan.discarded => {
            format!("scan {id} was cancelled; what it found is discarded")
        }
        ScanStatus::Cancelled => format!("scan {id} was cancelled after {took}; kept: {found}\n{rest}"),
        _ => {
            let why = scan.error.as_deref().unwrap_or("for an unknown reason");
            format!("scan {id} failed after {took}: {why}\nkept: {found}\n{rest}")
        }
    }
}
