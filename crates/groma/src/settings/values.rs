//! What the settings of the table mean, typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use groma_app::Memory;
use groma_app::execution::ExecutionOptions;
use serde::{Deserialize, Serialize};

use super::layers::Layers;
use crate::output::Format;

/// What file and environment say; a test asserts that its fields are the table's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Values {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) passphrase_file: Option<PathBuf>,
    pub(crate) output: Option<Format>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) https: bool,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) insecure_listen: bool,
    pub(crate) server: ServerValues,
    pub(crate) log: LogValues,
    pub(crate) model_dir: Option<PathBuf>,
    pub(crate) inventory: InventoryValues,
    pub(crate) scan: ScanDefaults,
    pub(crate) execution: ExecutionValues,
}

/// How much the server bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerValues {
    pub(crate) connections_max: usize,
    pub(crate) connections_per_peer_max: usize,
    pub(crate) requests_per_second: u32,
    pub(crate) requests_burst: u32,
}

impl Default for ServerValues {
    fn default() -> Self {
        Self {
            connections_max: 16_384,
            connections_per_peer_max: 256,
            requests_per_second: 200,
            requests_burst: 400,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    #[default]
    Human,
    Json,
}

/// What is logged, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogValues {
    pub(crate) level: Option<String>,
    pub(crate) format: LogFormat,
    pub(crate) file: Option<PathBuf>,
    pub(crate) file_bytes_max: u64,
    pub(crate) files_max: usize,
}

impl Default for LogValues {
    fn default() -> Self {
        Self { level: None, format: LogFormat::Human, file: None, file_bytes_max: 32 << 20, files_max: 8 }
    }
}

/// How long the inventory remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct InventoryValues {
    pub(crate) history_days: u32,
    pub(crate) tombstone_days: u32,
}

impl Default for InventoryValues {
    fn default() -> Self {
        Self { history_days: 400, tombstone_days: 90 }
    }
}

impl InventoryValues {
    /// Returns how long changes and tombstones are kept.
    pub(crate) fn memory(self) -> Memory {
        let days = |days: u32| (days > 0).then_some(days);
        Memory { history_days: days(self.history_days), tombstone_days: days(self.tombstone_days) }
    }
}

/// Defaults of `groma scan network`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScanDefaults {
    pub(crate) ports: Option<String>,
    pub(crate) concurrency: Option<u32>,
    pub(crate) timeout: Option<String>,
    pub(crate) max_rate: Option<u32>,
    pub(crate) retries: Option<u32>,
    pub(crate) exclude: Vec<String>,
}

/// How commands are run, and how long their logs are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExecutionValues {
    pub(crate) rest: bool,
    pub(crate) max_concurrent: usize,
    pub(crate) timeout_s: Option<u64>,
    pub(crate) grace_ms: u64,
    pub(crate) log_bytes_max: u64,
    pub(crate) log_days: u64,
    pub(crate) logs_bytes_max: u64,
}

impl Default for ExecutionValues {
    fn default() -> Self {
        Self {
            rest: false,
            max_concurrent: 64,
            timeout_s: None,
            grace_ms: 10_000,
            log_bytes_max: 1 << 30,
            log_days: 30,
            logs_bytes_max: 10 << 30,
        }
    }
}

impl ExecutionValues {
    /// Returns the same as the application takes it.
    pub(crate) fn options(&self) -> ExecutionOptions {
        let or_never = |number: u64| (number > 0).then_some(number);
        ExecutionOptions {
            rest: self.rest,
            max_concurrent: self.max_concurrent,
            timeout: self.timeout_s.and_then(or_never).map(Duration::from_secs),
            grace: Duration::from_millis(self.grace_ms),
            log_bytes_max: self.log_bytes_max,
            log_age_max: or_never(self.log_days).map(|days| Duration::from_secs(days.saturating_mul(86_400))),
            logs_bytes_max: or_never(self.logs_bytes_max),
        }
    }
}

impl Values {
    /// Reads what the layers say.
    ///
    /// # Errors
    /// When a value is not of its type, or is refused.
    pub(crate) fn of(layers: &Layers) -> Result<Self, String> {
        let values: Self = layers
            .table
            .clone()
            .try_into()
            .map_err(|error: toml::de::Error| error.to_string().trim_end().replace('\n', " "))?;
        if let Some(timeout) = &values.scan.timeout {
            crate::duration::parse(timeout).map_err(|why| format!("scan.timeout: {why}"))?;
        }
        for (name, number) in [
            ("server.connections_max", values.server.connections_max as u64),
            ("server.connections_per_peer_max", values.server.connections_per_peer_max as u64),
            ("server.requests_per_second", u64::from(values.server.requests_per_second)),
            ("server.requests_burst", u64::from(values.server.requests_burst)),
            ("log.file_bytes_max", values.log.file_bytes_max),
            ("log.files_max", values.log.files_max as u64),
            ("execution.max_concurrent", values.execution.max_concurrent as u64),
            ("execution.log_bytes_max", values.execution.log_bytes_max),
        ] {
            if number == 0 {
                return Err(format!("{name}: 0 would let nothing through; give 1 or more"));
            }
        }
        if values.tls_cert.is_some() != values.tls_key.is_some() {
            return Err("tls_cert and tls_key belong together: give both".to_owned());
        }
        if let Some(level) = &values.log.level {
            crate::logging::check_filter(level).map_err(|why| format!("log.level: {why}"))?;
        }
        Ok(values)
    }
}
