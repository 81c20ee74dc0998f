//! The process with the readers, from the side that measures.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Done;

/// Readers that are connected; ended when dropped.
#[derive(Debug)]
pub(crate) struct Crowd {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Readers without a number of events stay until this closes.
    _input: ChildStdin,
}

/// Whom they read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// `GET path` with a token.
    Events { path: &'a str, token: &'a str },
    /// A subject of NATS.
    Subject(&'a str),
}

impl Crowd {
    /// Starts `count` readers and returns when all are connected.
    pub(crate) fn gather(
        address: SocketAddr,
        source: Source<'_>,
        count: usize,
        events: Option<u64>,
    ) -> Done<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["readers", "--address", &address.to_string(), "--count", &count.to_string()]);
        match source {
            Source::Events { path, token } => command.args(["--path", path, "--token", token]),
            Source::Subject(subject) => command.args(["--subject", subject]),
        };
        if let Some(events) = events {
            command.args(["--events", &events.to_string()]);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("the readers have no stdin")?;
        let output = BufReader::new(child.stdout.take().ok_or("the readers have no stdout")?);
        let mut crowd = Self { child, output, _input: input };
        match crowd.line()?.as_str() {
            "ready" => Ok(crowd),
            line => Err(format!("the readers said {line:?}").into()),
        }
    }

    /// Waits until every reader was given all its events; returns the figures.
    pub(crate) fn figures(mut self) -> Done<Value> {
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Done<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            return Err("the readers ended early".into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
