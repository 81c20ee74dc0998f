use groma_api::{ApiError, ErrorCode, NetworkScanRequest};

use super::{check, validate};
use crate::Limits;

fn request(targets: &[&str], ports: &str) -> NetworkScanRequest {
    NetworkScanRequest::new(targets.iter().map(ToString::to_string).collect(), ports)
}

fn fields(request: &NetworkScanRequest) -> Vec<&'static str> {
    let errors = check(request, &Limits::default()).map(|_| ()).unwrap_err();
    errors.iter().map(|error| error.field).collect()
}

#[test]
fn overlaps_count_once_and_excluded_addresses_not_at_all() {
    let mut asked = request(&["10.1.0.0/24", "10.1.0.10-20", "10.1.0.200-10.1.1.3"], "22,80");
    asked.exclude = vec!["10.1.0.1".into(), "10.1.0.16/28".into()];
    let answer = validate(&asked, &Limits::default());
    assert!(answer.valid, "{answer:?}");
    assert_eq!(answer.hosts, 254 + 5 - 1 - 16);
    assert_eq!(answer.ports, 2);
    assert_eq!(answer.calls_expected, answer.hosts * 2);
    assert!(answer.seconds_expected > 0.0);
}

#[test]
fn every_fault_names_its_field() {
    let mut asked = request(&["10.1.0.300", "10.0.0.1"], "0");
    asked.exclude = vec!["x y".into()];
    asked.concurrency = Some(0);
    asked.timeout_ms = Some(1);
    asked.retries = Some(99);
    asked.max_rate = Some(0);
    assert_eq!(
        fields(&asked),
        ["targets", "exclude", "ports", "concurrency", "timeout_ms", "retries", "max_rate"]
    );
    assert_eq!(fields(&request(&[], "80")), ["targets"]);
    assert_eq!(fields(&request(&["10.0.0.0/8"], "80")), ["targets"]);
    assert_eq!(fields(&request(&["fd00::/64"], "80")), ["targets"]);
    assert_eq!(fields(&request(&["224.0.0.1"], "80")), ["targets"]);
    let mut nothing = request(&["10.1.0.1"], "80");
    nothing.exclude = vec!["10.1.0.0/24".into()];
    assert_eq!(fields(&nothing), ["exclude"]);
}

#[test]
fn public_addresses_need_permission() {
    let mut asked = request(&["192.168.0.0/15"], "80");
    let error = check(&asked, &Limits::default()).map(|_| ()).unwrap_err().remove(0);
    assert!(error.public && error.message.contains("192.169.0.0"), "{error:?}");
    assert_eq!(ApiError::from(error).code, ErrorCode::PublicTarget);
    asked.allow_public = true;
    let answer = validate(&asked, &Limits::default());
    assert!(answer.valid && answer.warnings.iter().any(|warning| warning.field == "allow_public"));
}
