use hyper::header::HeaderValue;
use proptest::prelude::*;

use super::*;

fn verdict(status: u16, after: Option<&str>) -> Verdict {
    let mut headers = HeaderMap::new();
    headers.extend(after.map(|after| (RETRY_AFTER, HeaderValue::from_str(after).unwrap())));
    let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    read(StatusCode::from_u16(status).unwrap(), &headers, now).0
}

#[test]
fn any_2xx_accepts() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(verdict(status, Some("5")), Verdict::Accepted);
    }
}

#[test]
fn others_fail() {
    for status in [301, 302, 307, 308, 400, 401, 404, 413, 500, 502] {
        assert_eq!(verdict(status, Some("5")), Verdict::Failed, "{status}");
    }
    assert_eq!(verdict(410, None), Verdict::Gone);
}

#[test]
fn a_time_to_come_back_is_obeyed_if_it_is_one() {
    for status in [429, 503] {
        assert_eq!(verdict(status, Some("120")), Verdict::Later(Duration::from_secs(120)));
        assert_eq!(
            verdict(status, Some("Sun, 06 Nov 1994 08:50:37 GMT")),
            Verdict::Later(Duration::from_secs(60))
        );
        assert_eq!(verdict(status, Some("Sun, 06 Nov 1994 08:00:00 GMT")), Verdict::Later(Duration::ZERO));
        assert_eq!(
            verdict(status, Some("99999999999999999999999")),
            Verdict::Later(Duration::from_secs(u64::MAX))
        );
        for garbage in ["soon", "-5", "1.5", "", "Sun, 99 Nov"] {
            assert_eq!(verdict(status, Some(garbage)), Verdict::Failed, "{garbage}");
        }
        assert_eq!(verdict(status, None), Verdict::Failed);
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC*") {
        let _ = retry_after(&text, SystemTime::UNIX_EPOCH);
    }
}
