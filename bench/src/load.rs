//! Events at a rate: published through the API as a plugin would; and ports for scans to find.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use groma_model::{Clock as _, SystemClock};
use serde_json::json;

use crate::rest::Rest;
use crate::server::Server;
use crate::{Done, pause};

/// The type that is published.
pub(crate) const CUSTOM: &str = "groma.custom.bench.measured";

/// Principals that publish in turn: one alone is held to what a plugin may, which is less than what is measured.
const PRINCIPALS: usize = 40;

/// Requests a second that one connection bears while the machine is busy.
const REQUESTS_EACH: u64 = 25;

/// A plugin that publishes.
#[derive(Debug)]
pub(crate) struct Plugin {
    connections: Vec<Rest>,
    requests: usize,
    subjects: Vec<String>,
    next: u64,
}

impl Plugin {
    /// Declares the type and makes tokens to publish with.
    pub(crate) fn new(server: &Server, token: &str) -> Done<Self> {
        let schema = json!({
            "type": "object",
            "required": ["sentAt", "number"],
            "properties": {
                "sentAt": {"type": "string"}, "number": {"type": "integer"}, "host": {"type": "string"},
                "port": {"type": "integer"}, "service": {"type": "object"},
            },
        });
        let declared = json!({"name": CUSTOM, "schema": schema}).to_string();
        Rest::new(server.address, Some(token)).must("POST", "/v1/event-types", Some(&declared))?;
        let connect =
            |_| Ok::<_, crate::Failure>(Rest::new(server.address, Some(&server.token(&["operate"])?)));
        let connections = (0..PRINCIPALS).map(connect).collect::<Done<_>>()?;
        let mut plugin = Self { connections, requests: 0, subjects: Vec::new(), next: 0 };
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
        let body = json!({"events": events}).to_string();
        self.requests += 1;
        let turn = self.requests % self.connections.len().max(1);
        let rest = self.connections.get_mut(turn).ok_or("nobody may publish")?;
        rest.must("POST", "/v1/events", Some(&body))?;
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

    /// Publishes `total` events, so many a second, `batch` in a request; returns how long it took.
    ///
    /// Several take turns if one, waiting for each answer, could not reach the rate. Who falls behind sends at once: the
    /// figures then tell of a lower rate.
    pub(crate) fn publish_at(&mut self, rate: u64, batch: u64, total: u64) -> Done<Duration> {
        let workers = (rate / batch / REQUESTS_EACH).clamp(1, PRINCIPALS as u64);
        let pause_between = Duration::from_secs_f64(batch as f64 / rate as f64);
        let requests = total.div_ceil(batch);
        let begun = Instant::now();
        let mut parts = self.split(workers as usize);
        std::thread::scope(|scope| {
            let publish = |(first, part): (u64, &mut Self)| {
                for request in (first..requests).step_by(workers as usize) {
                    let due = begun + pause_between * u32::try_from(request)?;
                    pause(due.saturating_duration_since(Instant::now()));
                    part.publish(batch.min(total - request * batch))?;
                }
                Ok::<_, crate::Failure>(())
            };
            let running: Vec<_> =
                (0..).zip(&mut parts).map(|part| scope.spawn(move || publish(part))).collect();
            running.into_iter().try_for_each(|part| part.join().map_err(|_| "a publisher panicked")?)
        })?;
        self.connections = parts.into_iter().flat_map(|part| part.connections).collect();
        Ok(begun.elapsed())
    }

    /// Deals the connections out.
    fn split(&mut self, parts: usize) -> Vec<Self> {
        let part = || Self {
            connections: Vec::new(),
            requests: 0,
            subjects: self.subjects.clone(),
            next: self.next,
        };
        let mut dealt: Vec<_> = std::iter::repeat_with(part).take(parts).collect();
        let connections = std::mem::take(&mut self.connections);
        for (index, connection) in connections.into_iter().enumerate() {
            if let Some(part) = dealt.get_mut(index % parts) {
                part.connections.push(connection);
            }
        }
        dealt
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
