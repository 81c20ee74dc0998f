//! The configuration from environment variables.

use std::ffi::{OsStr, OsString};
use std::str::FromStr;
use std::time::Duration;

use super::{Containment, ExecutionConfig};

/// What is wrong with an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable `{name}` is `{value}`, which is no {expected}")]
pub struct ConfigError {
    /// Which.
    pub name: String,
    /// What it is.
    pub value: String,
    /// What it should be.
    pub expected: &'static str,
}

impl ExecutionConfig {
    /// Returns the configuration that the environment says, with defaults for the rest.
    ///
    /// | variable `GROMA_EXECUTION_…` | sets |
    /// |---|---|
    /// | `LOG_DIR` | `log_dir` |
    /// | `MAX_CONCURRENT`, `RESULTS_MAX` | the field of that name |
    /// | `TIMEOUT_MS`, `GRACE_MS`, `DRAIN_MS` | `timeout` (0: none), `grace`, `drain` |
    /// | `CONTAINMENT` | `auto`, `process_group` or `cgroup` |
    /// | `LINE_BYTES_MAX`, `LOG_BYTES_MAX`, `RESULT_BYTES_MAX`, `LOGS_BYTES_MAX` | the field of that name |
    /// | `LOG_DAYS_MAX` | `log_age_max` |
    ///
    /// A variable that is empty counts as not set.
    ///
    /// # Errors
    /// When a variable is not what it should be.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    fn from_variables(variables: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let variables = Variables(variables);
        let default = Self::default();
        Ok(Self {
            log_dir: variables.text("LOG_DIR").map(|(_, path)| path.into()),
            max_concurrent: variables.at_least("MAX_CONCURRENT", 1)?.unwrap_or(default.max_concurrent),
            timeout: variables.milliseconds("TIMEOUT_MS")?.filter(|limit| !limit.is_zero()),
            grace: variables.milliseconds("GRACE_MS")?.unwrap_or(default.grace),
            drain: variables.milliseconds("DRAIN_MS")?.unwrap_or(default.drain),
            containment: variables.containment()?.unwrap_or(default.containment),
            line_bytes_max: variables.at_least("LINE_BYTES_MAX", 1)?.unwrap_or(default.line_bytes_max),
            log_bytes_max: variables.at_least("LOG_BYTES_MAX", 0)?.unwrap_or(default.log_bytes_max),
            result_bytes_max: variables.at_least("RESULT_BYTES_MAX", 0)?.unwrap_or(default.result_bytes_max),
            results_max: variables.at_least("RESULTS_MAX", 1)?.unwrap_or(default.results_max),
            log_age_max: variables
                .at_least("LOG_DAYS_MAX", 0_u32)?
                .map(|days| Duration::from_secs(u64::from(days) * 86_400)),
            logs_bytes_max: variables.at_least("LOGS_BYTES_MAX", 0)?,
        })
    }
}

struct Variables<F>(F);

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// Returns a variable with its whole name, if it is set.
    fn text(&self, name: &str) -> Option<(String, OsString)> {
        let name = format!("GROMA_EXECUTION_{name}");
        let value = self.0(&name).filter(|value| !value.is_empty())?;
        Some((name, value))
    }

    fn at_least<T: FromStr + PartialOrd>(&self, name: &str, least: T) -> Result<Option<T>, ConfigError> {
        let Some((name, value)) = self.text(name) else { return Ok(None) };
        let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| *number >= least);
        number.map(Some).ok_or_else(|| wrong(name, &value, "number in the range that is allowed"))
    }

    fn milliseconds(&self, name: &str) -> Result<Option<Duration>, ConfigError> {
        Ok(self.at_least(name, 0)?.map(Duration::from_millis))
    }

    fn containment(&self) -> Result<Option<Containment>, ConfigError> {
        let Some((name, value)) = self.text("CONTAINMENT") else { return Ok(None) };
        match value.to_str() {
            Some("auto") => Ok(Some(Containment::Auto)),
            Some("process_group") => Ok(Some(Containment::ProcessGroup)),
            Some("cgroup") => Ok(Some(Containment::Cgroup)),
            _ => Err(wrong(name, &value, "`auto`, `process_group` or `cgroup`")),
        }
    }
}

fn wrong(name: String, value: &OsStr, expected: &'static str) -> ConfigError {
    ConfigError { name, value: value.to_string_lossy().into_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<ExecutionConfig, ConfigError> {
        ExecutionConfig::from_variables(|name| {
            let found =
                variables.iter().find(|(suffix, _)| name.strip_prefix("GROMA_EXECUTION_") == Some(suffix));
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn nothing_set_is_the_default() {
        assert_eq!(read(&[]), Ok(ExecutionConfig::default()));
        assert_eq!(read(&[("LOG_DIR", ""), ("GRACE_MS", "")]), Ok(ExecutionConfig::default()));
    }

    #[test]
    fn what_is_set_counts() {
        let config = read(&[
            ("LOG_DIR", "/var/log/x"),
            ("MAX_CONCURRENT", "3"),
            ("TIMEOUT_MS", "1500"),
            ("CONTAINMENT", "process_group"),
            ("LOG_DAYS_MAX", "2"),
            ("LOGS_BYTES_MAX", "4000000000000"),
        ])
        .unwrap();
        let expected = ExecutionConfig {
            log_dir: Some("/var/log/x".into()),
            max_concurrent: 3,
            timeout: Some(Duration::from_millis(1500)),
            containment: Containment::ProcessGroup,
            log_age_max: Some(Duration::from_secs(172_800)),
            logs_bytes_max: Some(4_000_000_000_000),
            ..ExecutionConfig::default()
        };
        assert_eq!(config, expected);
        assert_eq!(read(&[("TIMEOUT_MS", "0")]).unwrap().timeout, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value) in
            [("MAX_CONCURRENT", "0"), ("GRACE_MS", "-1"), ("DRAIN_MS", "2s"), ("CONTAINMENT", "jail")]
        {
            let error = read(&[(name, value)]).unwrap_err();
            assert_eq!(
                (error.name.as_str(), error.value.as_str()),
                (&*format!("GROMA_EXECUTION_{name}"), value)
            );
        }
    }
}
