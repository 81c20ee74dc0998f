//! From a request to what it means, with everything checked that needs no network.

use std::net::IpAddr;

use groma_api::{ApiError, ErrorCode, NetworkScanRequest, Validation, ValidationIssue};

use crate::address::AddressSet;
use crate::limits::Limits;
use crate::port::PortSet;
use crate::scope::{nobody_part, public_part};
use crate::target::Target;

/// Texts in `targets` or `exclude` at most.
const TARGETS_MAX: usize = 65_536;
/// Without a timeout of the request's own, a probe waits at most so long.
pub(crate) const TIMEOUT_CEILING_MS: u64 = 1500;
/// Without a number of the request's own, an unanswered probe is sent again at least so often.
pub(crate) const RETRIES_DEFAULT: u32 = 1;
/// Scans expected to run longer are warned about.
const LONG_SECONDS: f64 = 3600.0;

/// Why a request cannot be done, and in which field the fault lies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// The field of the request.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the only fault is that public addresses were not allowed.
    pub public: bool,
}

impl RequestError {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into(), public: false }
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        let code = if error.public { ErrorCode::PublicTarget } else { ErrorCode::InvalidRequest };
        Self::new(code, error.message).at(error.field)
    }
}

/// A request that can be done.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    /// As it was asked.
    pub(crate) request: NetworkScanRequest,
    /// What to probe at each address.
    pub(crate) ports: PortSet,
    /// The addresses given as such, without the excluded ones.
    pub(crate) addresses: AddressSet,
    /// The names still to be resolved.
    pub(crate) names: Vec<String>,
    /// The excluded addresses given as such.
    pub(crate) excluded: AddressSet,
    /// The excluded names still to be resolved.
    pub(crate) excluded_names: Vec<String>,
}

/// Checks a request; every fault is listed.
pub(crate) fn check(request: &NetworkScanRequest, limits: &Limits) -> Result<Checked, Vec<RequestError>> {
    let mut errors = Vec::new();
    let targets = read_targets("targets", &request.targets, &mut errors);
    let exclude = read_targets("exclude", &request.exclude, &mut errors);
    if request.targets.is_empty() {
        errors.push(RequestError::new(
            "targets",
            "no target is given: name at least one address, network or host",
        ));
    }
    let ports = request.ports.parse::<PortSet>();
    let ports = ports.map_err(|error| errors.push(RequestError::new("ports", error.to_string())));
    check_numbers(request, &mut errors);

    let excluded: AddressSet = exclude.iter().filter_map(Target::everything).collect();
    let wanted: AddressSet = targets.iter().filter_map(Target::hosts).collect();
    let addresses = wanted.without(&excluded);
    let names: Vec<String> = names_of(&targets);
    if errors.is_empty() && addresses.is_empty() && names.is_empty() {
        errors.push(RequestError::new(
            "exclude",
            "everything that is to be scanned is excluded: nothing is left",
        ));
    }
    if let Some(range) = nobody_part(&addresses).ranges().first() {
        errors.push(RequestError::new(
            "targets",
            format!("{range} stands for no single host (multicast, broadcast or reserved): leave it out"),
        ));
    } else if !request.allow_public
        && let Some(range) = public_part(&addresses).ranges().first()
    {
        errors.push(RequestError {
            public: true,
            ..RequestError::new(
                "targets",
                format!("{range} is not in a private network: scan it only if you may, with allow_public"),
            )
        });
    }
    let count = addresses.count().saturating_add(names.len() as u128);
    if count > u128::from(limits.addresses_max) {
        errors.push(RequestError::new(
            "targets",
            format!(
                "{count} addresses are more than the {} of one scan: name smaller networks",
                limits.addresses_max
            ),
        ));
    }
    match ports {
        Ok(ports) if errors.is_empty() => Ok(Checked {
            request: request.clone(),
            ports,
            addresses,
            names,
            excluded,
            excluded_names: names_of(&exclude),
        }),
        _ => Err(errors),
    }
}

fn read_targets(field: &'static str, texts: &[String], errors: &mut Vec<RequestError>) -> Vec<Target> {
    if texts.len() > TARGETS_MAX {
        errors.push(RequestError::new(field, format!("{} entries are more than {TARGETS_MAX}", texts.len())));
        return Vec::new();
    }
    let mut targets = Vec::with_capacity(texts.len());
    for text in texts {
        match text.parse::<Target>() {
            Ok(target) => targets.push(target),
            Err(error) => errors.push(RequestError::new(field, error.to_string())),
        }
    }
    targets
}

fn names_of(targets: &[Target]) -> Vec<String> {
    let mut names: Vec<String> = targets
        .iter()
        .filter_map(|target| if let Target::Name(name) = target { Some(name.clone()) } else { None })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn check_numbers(request: &NetworkScanRequest, errors: &mut Vec<RequestError>) {
    let mut within = |field, value: Option<u64>, least: u64, most: u64| {
        if let Some(value) = value
            && !(least..=most).contains(&value)
        {
            errors.push(RequestError::new(field, format!("{field} is {value}: use {least} to {most}")));
        }
    };
    within("concurrency", request.concurrency.map(u64::from), 1, 65_535);
    within("timeout_ms", request.timeout_ms, 10, 60_000);
    within("retries", request.retries.map(u64::from), 0, 10);
    within("max_rate", request.max_rate.map(u64::from), 1, 10_000_000);
}

/// Says what a scan would do, without doing anything: no name is resolved, no packet is sent.
#[must_use]
pub fn validate(request: &NetworkScanRequest, limits: &Limits) -> Validation {
    let checked = match check(request, limits) {
        Ok(checked) => checked,
        Err(errors) => {
            let issue = |error: RequestError| ValidationIssue {
                field: error.field.to_owned(),
                message: error.message,
            };
            return Validation { errors: errors.into_iter().map(issue).collect(), ..Validation::default() };
        }
    };
    let hosts = u64::try_from(checked.addresses.count()).unwrap_or(u64::MAX) + checked.names.len() as u64;
    let ports = u64::from(checked.ports.count());
    let calls_expected = hosts.saturating_mul(ports);
    let seconds_expected = seconds(request, limits, calls_expected);
    Validation {
        valid: true,
        errors: Vec::new(),
        warnings: warnings(&checked, seconds_expected),
        hosts,
        ports,
        calls_expected,
        seconds_expected,
    }
}

/// The time it takes if nothing ever answers.
fn seconds(request: &NetworkScanRequest, limits: &Limits, calls: u64) -> f64 {
    let tries = f64::from(request.retries.unwrap_or(RETRIES_DEFAULT)) + 1.0;
    let timeout = request.timeout_ms.unwrap_or(TIMEOUT_CEILING_MS) as f64 / 1000.0;
    let waiting = calls as f64 * tries * timeout / f64::from(limits.concurrency(request.concurrency));
    let sending = request.max_rate.map_or(0.0, |rate| calls as f64 * tries / f64::from(rate));
    waiting.max(sending).max(tries * timeout)
}

fn warnings(checked: &Checked, seconds: f64) -> Vec<ValidationIssue> {
    let mut warnings = Vec::new();
    let mut warn = |field: &str, message: String| {
        warnings.push(ValidationIssue { field: field.to_owned(), message });
    };
    if seconds > LONG_SECONDS {
        warn("targets", format!("this may take {:.1} hours if little answers", seconds / 3600.0));
    }
    if !checked.names.is_empty() {
        warn(
            "targets",
            "host names are resolved when the scan starts; each counts as one address here".to_owned(),
        );
    }
    if let Some(range) = public_part(&checked.addresses).ranges().first() {
        warn("allow_public", format!("{range} is public: this scan is audited"));
    }
    let link_local = |address: IpAddr| matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
    if checked.addresses.ranges().iter().any(|range| link_local(range.first())) {
        warn("targets", "IPv6 link-local addresses cannot be reached without naming an interface".to_owned());
    }
    warnings
}

#[cfg(test)]
mod tests;
