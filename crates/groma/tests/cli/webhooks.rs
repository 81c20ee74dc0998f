use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::Groma;

const NOBODY: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";

/// A receiver on loopback that takes everything, unless told otherwise.
struct Receiver {
    address: SocketAddr,
    came: Arc<Came>,
}

#[derive(Default)]
struct Came {
    events: Mutex<Vec<(String, Value)>>,
    moved: Condvar,
}

impl Receiver {
    /// `answer` is given how many came before, and whether this one did.
    fn new(answer: impl Fn(usize, bool) -> &'static str + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (came, answer) = (Arc::<Came>::default(), Arc::new(answer));
        let told = Arc::clone(&came);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (told, answer) = (Arc::clone(&told), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream.unwrap(), &told, &*answer));
            }
        });
        Self { address, came }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?token=hidden", self.address)
    }

    /// Waits until what came fits.
    fn until(&self, fits: impl Fn(&[(String, Value)]) -> bool) -> Vec<(String, Value)> {
        let events = self.came.events.lock().unwrap();
        let long = Duration::from_secs(60);
        let (events, timeout) =
            self.came.moved.wait_timeout_while(events, long, |events| !fits(events)).unwrap();
        assert!(!timeout.timed_out(), "only {} came", events.len());
        events.clone()
    }
}

fn serve(stream: TcpStream, came: &Came, answer: &(dyn Fn(usize, bool) -> &'static str + Send + Sync)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) => drop(headers.insert(name.to_lowercase(), value.to_owned())),
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        assert!(headers["webhook-signature"].starts_with("v1,"));
        let mut events = came.events.lock().unwrap();
        let again = events.iter().any(|(id, _)| *id == headers["webhook-id"]);
        let answer = answer(events.len(), again);
        events.push((headers["webhook-id"].clone(), serde_json::from_slice(&body).unwrap()));
        came.moved.notify_all();
        drop(events);
        if stream.write_all(format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").as_bytes()).is_err() {
            return;
        }
    }
}

fn ends(events: &[(String, Value)], scan: &str) -> bool {
    events
        .iter()
        .any(|(_, event)| event["type"] == "groma.network.scan_completed" && event["data"]["scanId"] == scan)
}

#[test]
fn a_webhook_from_its_making_to_its_end() {
    let groma = Groma::new();
    let receiver = Receiver::new(|_, _| "200 OK");
    let secret = groma
        .run(&format!("webhooks create {} --allow-private --types groma.network.*", receiver.url()))
        .code(0)
        .stdout;
    assert!(secret.starts_with("whsec_"), "{secret}");
    let _server = groma.serve();
    let list = groma.run("webhooks list -o json").code(0).json();
    let id = list["webhooks"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list["webhooks"][0]["state"], "active");

    let scan = groma.scan("1-3");
    let came = receiver.until(|events| ends(events, &scan));
    assert_eq!(came[0].1["type"], "groma.network.scan_started");
    assert!(came.iter().all(|(id, event)| event["id"] == id.as_str()));

    groma.run(&format!("webhooks test {id}")).code(0);
    assert!(
        groma.run(&format!("webhooks deliveries {id}")).code(0).stdout.contains("groma.system.webhook_test")
    );
    groma.run(&format!("webhooks update {id} --types groma.vm.* --description x")).code(0);
    let shown = groma.run(&format!("webhooks show {id} -o json")).code(0).json();
    assert_eq!(shown["types"][0], "groma.vm.*");
    let second = groma.run(&format!("webhooks rotate {id} --overlap 1h")).code(0).stdout;
    assert_ne!(secret, second);
    groma.run(&format!("webhooks pause {id}")).code(0);
    assert!(groma.run(&format!("webhooks show {id}")).code(0).stdout.contains("paused"));
    groma.run(&format!("webhooks resume {id}")).code(0);
    groma.run(&format!("webhooks update {id} --types groma.network.*")).code(0);
    let before = receiver.until(|_| true).len();
    let replay = groma.run(&format!("webhooks replay {id} --after oldest -o json")).code(0).json();
    let events = usize::try_from(replay["events"].as_u64().unwrap()).unwrap();
    assert!(events > 0);
    receiver.until(|came| came.len() >= before + events);
    groma.run(&format!("webhooks delete {id}")).code(0);
    groma.run(&format!("webhooks show {id}")).code(4);

    // What is as good as a password is told nowhere.
    for line in ["audit -o json", "events tail --after oldest -o ndjson"] {
        let told = groma.run(line).code(0).stdout;
        assert!(!told.contains("whsec_") && !told.contains("token=hidden"), "{line}: {told}");
    }
}

#[test]
fn mistakes_are_told() {
    let groma = Groma::new();
    for url in ["http://example.com/", "https://127.0.0.1/", "https://169.254.169.254/", "nonsense"] {
        groma.run(&format!("webhooks create {url}")).code(2);
    }
    groma.run("webhooks create https://169.254.169.254/ --allow-private").code(2);
    groma.run("webhooks create https://example.com/ --types !").code(2);
    for verb in [
        "show",
        "pause",
        "resume",
        "delete",
        "test",
        "rotate",
        "deliveries",
        "replay --after oldest",
        "update --url x",
    ] {
        groma.run(&format!("webhooks {verb} {NOBODY}")).code(4);
    }
}

#[test]
fn a_test_that_is_not_taken_fails() {
    let groma = Groma::new();
    let receiver = Receiver::new(|_, _| "500 No");
    groma.run(&format!("webhooks create {} --allow-private", receiver.url())).code(0);
    let list = groma.run("webhooks list -o json").code(0).json();
    let ended = groma.run(&format!("webhooks test {}", list["webhooks"][0]["id"].as_str().unwrap())).code(3);
    assert!(ended.stderr.contains("500"), "{ended:?}");
}

#[test]
fn killed_in_the_middle_of_deliveries_it_loses_nothing() {
    let groma = Groma::new();
    // Every third try fails, unless it is a second one, so that something always waits.
    let receiver =
        Receiver::new(|before, again| if before % 3 == 2 && !again { "503 Later" } else { "200 OK" });
    groma.run(&format!("webhooks create {} --allow-private --after oldest", receiver.url())).code(0);
    let mut scans = Vec::new();
    for round in 1..=3 {
        let server = groma.serve();
        scans.push(groma.scan("1-40"));
        let enough = round * 2;
        receiver.until(|events| events.len() >= enough);
        server.running.signal(Signal::KILL);
        server.running.end();
    }
    let _server = groma.serve();
    let all = groma.run("events tail --after oldest -o ndjson").code(0).lines();
    // What failed once comes again after some seconds.
    let came = receiver.until(|events| {
        let ids: std::collections::HashSet<_> = events.iter().map(|(id, _)| id.as_str()).collect();
        all.iter()
            .filter(|event| !event["sequence"].is_null())
            .all(|event| ids.contains(event["id"].as_str().unwrap()))
    });
    assert!(scans.iter().all(|scan| ends(&came, scan)));
    // Of each subject, events came in order when they came first.
    let mut last = HashMap::new();
    let mut seen = std::collections::HashSet::new();
    for (id, event) in &came {
        if seen.insert(id) {
            let sequence = event["sequence"].as_str().unwrap_or_default().to_owned();
            if let Some(before) = last.insert(event["subject"].clone(), sequence.clone()) {
                assert!(before < sequence, "{event}");
            }
        }
    }
}
