//! The configuration file: TOML, of which every key is known or refused.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::output::Format;

/// What a configuration file may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    /// The data folder; `~/` is the home folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where `groma serve` listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) listen: Option<SocketAddr>,
    /// Names and addresses, without port, under which browsers may reach the server besides loopback and `listen`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed_hosts: Vec<String>,
    /// Whether browsers reach the server by https, through a proxy.
    #[serde(default)]
    pub(crate) https: bool,
    /// The key file, outside the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<PathBuf>,
    /// How data is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Format>,
    /// Defaults of `groma scan network`.
    #[serde(default)]
    pub(crate) scan: ScanDefaults,
}

/// Defaults of `groma scan network`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanDefaults {
    /// As `--ports`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ports: Option<String>,
    /// As `--concurrency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) concurrency: Option<u32>,
    /// As `--timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    /// As `--max-rate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_rate: Option<u32>,
    /// As `--retries`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retries: Option<u32>,
    /// As `--exclude`, always added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exclude: Vec<String>,
}

impl ConfigFile {
    const KEYS: &'static [&'static str] = &[
        "data_dir",
        "listen",
        "allowed_hosts",
        "https",
        "key_file",
        "output",
        "scan",
        "scan.ports",
        "scan.concurrency",
        "scan.timeout",
        "scan.max_rate",
        "scan.retries",
        "scan.exclude",
    ];

    /// Reads the file; one that was not `named` may be missing.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or says something unknown or of the wrong type.
    pub(crate) fn read(path: &Path, named: bool) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !named => return Ok(Self::default()),
            Err(error) => {
                let path = path.display();
                return Err(Failure::usage(format!("could not read the configuration {path}: {error}")));
            }
        };
        Self::parse(&text).map_err(|why| {
            Failure::usage(format!("the configuration {} is not valid: {why}", path.display()))
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        check_keys("", &table)?;
        let file: Self = table.try_into().map_err(|error: toml::de::Error| error.to_string())?;
        if let Some(timeout) = &file.scan.timeout {
            crate::duration::parse(timeout).map_err(|why| format!("scan.timeout: {why}"))?;
        }
        Ok(file)
    }
}

/// Refuses the first key that nobody knows, and names the one that was probably meant.
fn check_keys(prefix: &str, table: &toml::Table) -> Result<(), String> {
    for (key, value) in table {
        let full = format!("{prefix}{key}");
        if !ConfigFile::KEYS.contains(&full.as_str()) {
            let nearest = ConfigFile::KEYS
                .iter()
                .map(|known| (strsim::jaro_winkler(known, &full), *known))
                .max_by(|(a, _), (b, _)| a.total_cmp(b))
                .filter(|(likeness, _)| *likeness > 0.7);
            return Err(match nearest {
                Some((_, known)) => format!("unknown key `{full}`; did you mean `{known}`?"),
                None => format!("unknown key `{full}`; known are {}", ConfigFile::KEYS.join(", ")),
            });
        }
        if let toml::Value::Table(inner) = value {
            check_keys(&format!("{full}."), inner)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
