//! Requests to scan: what they mean is worked out without sending anything.

use groma_api::ScanRequest;
use groma_network::{Limits, validate};

/// Reads a request and checks it.
pub(crate) fn run(data: &[u8]) {
    let Ok(request) = serde_json::from_slice::<ScanRequest>(data) else { return };
    let written = serde_json::to_vec(&request).unwrap();
    assert_eq!(serde_json::from_slice::<ScanRequest>(&written).unwrap(), request);
    let ScanRequest::Network(network) = &request;
    let limits = Limits::default();
    let found = validate(network, &limits);
    assert_eq!(found.valid, found.errors.is_empty());
    assert!(found.seconds_expected.is_finite() && found.seconds_expected >= 0.0, "{found:?}");
    if found.valid {
        assert!(found.hosts > 0 && found.ports > 0, "{found:?}");
        assert!(found.hosts <= u64::from(limits.addresses_max), "{found:?}");
    }
    if !network.allow_public && found.valid {
        let public = network.targets.iter().filter_map(|text| text.parse::<std::net::IpAddr>().ok());
        let allowed = public.filter(|address| !network.exclude.contains(&address.to_string()));
        for address in allowed {
            assert!(
                groma_network::is_private(address.to_canonical()) || !network.exclude.is_empty(),
                "{address}"
            );
        }
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    crate::texts([
        r#"{"kind":"network","targets":["10.1.0.0/24","fd00::1-fd00::20","printer.lan"],"exclude":["10.1.0.7"],"ports":"22,80,8000-8100,https","discovery":true,"concurrency":100,"timeout_ms":500,"retries":1,"max_rate":100,"allow_public":false,"force":false}"#,
        r#"{"kind":"network","targets":["0.0.0.0/0"],"ports":"-","allow_public":true}"#,
        r#"{"kind":"network","targets":["::/0"],"ports":"top100","allow_public":true}"#,
        r#"{"kind":"network","targets":["8.8.8.8"]}"#,
    ])
}
