//! Deliveries to a webhook: signed requests to a receiver in this process, which accepts all of them at once.

mod receiver;

use std::path::Path;

use serde_json::json;

use self::receiver::Receiver;
use crate::load::{CUSTOM, Plugin};
use crate::report::{Report, Table};
use crate::rest::Rest;
use crate::server::Server;
use crate::spread::{Spread, number};
use crate::{Done, say};

/// Events delivered per round, and of how many subjects: those of one subject go one after another.
const EVENTS: u64 = 2_000;
const SUBJECTS: [usize; 3] = [1, 10, 1_000];
const AT_ONCE: u64 = 500;

/// Measures all numbers of subjects in all rounds.
pub(crate) fn measure(root: &Path, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    let server = Server::start(binary, &root.join("webhooks"))?;
    let token = server.token(&["read", "operate", "admin"])?;
    let mut plugin = Plugin::new(&server, &token)?;
    let receiver = Receiver::listen()?;
    let url = format!("http://{}/", receiver.address);
    let wanted = json!({"url": url, "types": [CUSTOM], "allow_private": true}).to_string();
    Rest::new(server.address, Some(&token)).must("POST", "/v1/webhooks", Some(&wanted))?;
    let head = ["subjects", "deliveries/s", "server, CPU s per 1,000 deliveries"];
    let mut table =
        Table::new("Webhook deliveries to one receiver on loopback, published faster than delivered", &head);
    for subjects in SUBJECTS {
        let (mut rates, mut loads) = (Vec::new(), Vec::new());
        plugin.about(subjects);
        for _ in 0..rounds {
            let waiting = receiver.expect(EVENTS);
            let before = server.processor()?;
            for _ in 0..EVENTS / AT_ONCE {
                plugin.publish(AT_ONCE)?;
            }
            let took = waiting.all()?;
            rates.push(EVENTS as f64 / took.as_secs_f64());
            loads.push((server.processor()? - before).as_secs_f64() * 1e3 / EVENTS as f64);
        }
        let rates = Spread::of(&rates);
        say(&format!("webhooks, {subjects} subjects: {} deliveries/s", rates.show(0)));
        table.row(vec![number(subjects as f64, 0), rates.show(0), Spread::of(&loads).show(3)]);
    }
    report.table(table);
    Ok(())
}
