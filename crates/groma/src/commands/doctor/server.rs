//! What `groma serve` would run into: where it listens, its certificate, its log, its socket.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use groma_http::Tls;
use groma_model::{Clock, SystemClock, Timestamp};
use rustix::fs::{Access, access};

use super::certificate;
use super::finding::Finding;
use super::folder::existing;
use crate::output::{moment, quoted};
use crate::settings::Settings;

/// What renews certificates does so a month before their end.
const CERTIFICATE_DAYS_WARNING: f64 = 14.0;

/// Looks at the settings of the server.
pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    let values = &settings.values;
    let mut findings = Vec::new();
    let tls = values.tls_cert.as_deref().zip(values.tls_key.as_deref());
    findings.push(listen(settings.listen(), tls.is_some(), values.insecure_listen, values.https));
    if let Some((cert, key)) = tls {
        findings.push(certificate(cert, key, SystemClock.now()));
    }
    if let Some(path) = &values.log.file {
        findings.push(log(path));
    }
    findings.push(socket(&settings.data_dir, &groma_app::socket_of(&settings.data_dir)));
    findings
}

/// Whether tokens could travel in the clear.
pub(super) fn listen(address: SocketAddr, tls: bool, insecure: bool, proxy: bool) -> Finding {
    const CHECK: &str = "listen address";
    if address.ip().to_canonical().is_loopback() {
        return Finding::ok(CHECK, format!("{address}: this machine alone can reach a server"));
    }
    if tls {
        return Finding::ok(CHECK, format!("{address}, by https"));
    }
    let found = format!("{address} can be reached from other machines, and there is no certificate");
    match (insecure, proxy) {
        (false, _) => Finding::warning(
            CHECK,
            format!("{found}: `groma serve` refuses it"),
            "set tls_cert and tls_key; or listen on 127.0.0.1; or, behind a proxy that speaks https, set \
             insecure_listen = true and https = true",
        ),
        (true, true) => Finding::ok(
            CHECK,
            format!("{address}, behind a proxy that speaks https: let only it reach the port"),
        ),
        (true, false) => Finding::warning(
            CHECK,
            format!("{found}: tokens and what was found travel in the clear"),
            "set tls_cert and tls_key; or put a proxy with https before it and set https = true",
        ),
    }
}

/// Whether certificate and key can be used, and until when.
pub(super) fn certificate(cert: &Path, key: &Path, now: Timestamp) -> Finding {
    const CHECK: &str = "certificate";
    if let Err(error) = Tls::open(cert, key) {
        let advice = "give `tls_cert` the chain and `tls_key` its key, both PEM, readable by this user";
        return Finding::error(CHECK, error.to_string(), advice);
    }
    let shown = cert.display();
    let Some(validity) = certificate::validity_of_file(cert) else {
        let found = format!("{shown} can be used; until when could not be read");
        return Finding::warning(CHECK, found, format!("openssl x509 -noout -dates -in {}", quoted(cert)));
    };
    let renew =
        "renew it; a running server reads the new one by itself within a minute, or at once at SIGHUP";
    if now < validity.not_before {
        let found = format!("{shown} is valid only from {}", moment(validity.not_before));
        return Finding::error(CHECK, found, "set the machine's clock, or use the certificate from then on");
    }
    if now > validity.not_after {
        let found = format!("{shown} expired at {}", moment(validity.not_after));
        return Finding::error(CHECK, found, renew);
    }
    let days = validity.not_after.seconds_since(now) / 86_400.0;
    let found = format!("{shown} is valid until {} ({days:.0} days)", moment(validity.not_after));
    if days < CERTIFICATE_DAYS_WARNING {
        return Finding::warning(CHECK, found, renew);
    }
    Finding::ok(CHECK, found)
}

/// Whether log lines can be kept.
pub(super) fn log(path: &Path) -> Finding {
    const CHECK: &str = "log file";
    let shown = path.display();
    let (place, need) = if path.exists() {
        (path, Access::WRITE_OK)
    } else {
        (existing(path), Access::WRITE_OK | Access::EXEC_OK)
    };
    if path.is_dir() {
        return Finding::error(CHECK, format!("{shown} is a folder"), "name a file in it with log.file");
    }
    if !path.exists() && !place.is_dir() {
        let found = format!("{shown} cannot be made: {} is not a folder", place.display());
        return Finding::error(CHECK, found, "name another file with log.file");
    }
    if let Err(error) = access(place, need) {
        let found = format!("{shown} cannot be written: {error}");
        return Finding::error(
            CHECK,
            found,
            format!("let this user write to {}, or change log.file", quoted(place)),
        );
    }
    match std::fs::metadata(path) {
        Ok(file) if file.mode() & 0o022 != 0 => {
            let found = format!("{shown} can be changed by others (mode {:o})", file.mode() & 0o777);
            Finding::warning(CHECK, found, format!("chmod 600 {}", quoted(path)))
        }
        Ok(file) => Finding::ok(CHECK, format!("{shown}, {} KiB", file.len() / 1024)),
        Err(_) => Finding::ok(CHECK, format!("{shown} can be made")),
    }
}

/// Whether others can find the process that holds the folder.
pub(super) fn socket(data_dir: &Path, socket: &Path) -> Finding {
    const CHECK: &str = "socket";
    let shown = socket.display();
    let folder = socket.parent().unwrap_or(socket);
    // Names both the folder as it was given and as it is.
    if folder == data_dir || std::fs::canonicalize(data_dir).is_ok_and(|real| real == folder) {
        return Finding::ok(CHECK, format!("{shown}"));
    }
    let why = "the data folder's own path is too long for one";
    match std::fs::symlink_metadata(folder) {
        Err(_) => Finding::ok(CHECK, format!("{shown}, because {why}")),
        Ok(found) => {
            let me = rustix::process::geteuid().as_raw();
            if !found.is_dir() || found.uid() != me || found.mode() & 0o077 != 0 {
                let problem = format!("{} is not this user's alone, and {why}", folder.display());
                let advice = "remove that folder, or use a shorter path with --data-dir: without a socket, other \
                              commands cannot reach the one that holds the data";
                return Finding::error(CHECK, problem, advice);
            }
            Finding::ok(CHECK, format!("{shown}, because {why}"))
        }
    }
}
