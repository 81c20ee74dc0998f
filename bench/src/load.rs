//! Events at a rate: published through the API as a plugin would; and ports for scans to find.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use groma_model::{Clock as _, SystemClock};
use serde_json::json;

use crate::rest::Rest;
use crate::{Done, pause};

/// The type that is published.
pub(crate) const CUSTOM: &str = "groma.custom.bench.measured";

/// A plugin that publishes.
#[derive(Debug)]
pub(crate) struct Plugin {
    rest: Rest,
    subjects: Vec<String>,
    next: u64,
}

impl Plugin {
    /// Declares the type; declaring it again changes nothing.
    pub(crate) fn new(address: SocketAddr, token: &str) -> Done<Self> {
        let schema = json!({
            "type": "object",
            "required": ["sentAt", "number"],
            "properties": {
                "sentAt": {"type": "string"}, "number": {"type": "integer"}, "host": {"type": "string"},
                "port": {"type": "integer"}, "service": {"type": "object"},
            },
        });
        let declared = json!({"name": CUSTOM, "schema": schema}).to_string();
        let mut rest = Rest::new(address, Some(token));
        rest.must("POST", "/v1/event-types", Some(&declared))?;
        let mut plugin = Self { rest, subjects: Vec::new(), next: 0 };
        plugin.about(1);
        Ok(plugin)
    }

    /// From now on events are about so many things, in turn.
    pub(crate) fn about(&mut self, subjects: usize) {
        self.subjects = (0..subjects).map(|_| format!("scan/{}", groma_model::TaskId::now())).collect();
    }

    /// Publishes so many events in one request; returns once they are on disk.
    pub(crate) fn publish(&mut self, count: u64) -> Done {
        let events: Vec<_> = (0..count).map(|index| self.event(self.next + index)).collect();
        self.next += count;
        self.rest.must("POST", "/v1/events", Some(&json!({"events": events}).to_string()))?;
        Ok(())
    }

    /// As heavy as the event that scans emit most.
    fn event(&self, number: u64) -> serde_json::Value {
        let subject = self.subjects.get(number as usize % self.subjects.len().max(1));
        json!({
            "type": CUSTOM,
            "subject": subject,
            "data": {
                "sentAt": SystemClock.now().to_string(), "number": number, "host": "10.20.30.40", "port": number % 65_536,
                "service": {"name": "http", "product": "nginx", "version": "1.28.0", "confidence": 0.9},
            },
        })
    }

    /// Publishes so many events a second for so long, `batch` in a request; returns how many, and how long it took.
    ///
    /// Who falls behind does not wait: the figures then tell of a lower rate.
    pub(crate) fn publish_at(&mut self, rate: u64, batch: u64, total: u64) -> Done<Duration> {
        let begun = Instant::now();
        let mut sent = 0;
        while sent < total {
            let due = begun + Duration::from_secs_f64(sent as f64 / rate as f64);
            pause(due.saturating_duration_since(Instant::now()));
            let count = batch.min(total - sent);
            self.publish(count)?;
            sent += count;
        }
        Ok(begun.elapsed())
    }
}

/// Open ports on every address of this machine: a scan finds as many as it asks for.
#[derive(Debug)]
pub(crate) struct OpenPorts {
    numbers: Vec<u16>,
}

impl OpenPorts {
    /// Listens on so many ports until this process ends.
    pub(crate) fn listen(count: usize) -> Done<Self> {
        let mut numbers = Vec::new();
        for _ in 0..count {
            let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            numbers.push(listener.local_addr()?.port());
            // Takes what comes, for its queue is short.
            std::thread::spawn(move || listener.incoming().for_each(drop));
        }
        Ok(Self { numbers })
    }

    /// Returns them as a request to scan wants them.
    pub(crate) fn list(&self) -> String {
        self.numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
    }
}
