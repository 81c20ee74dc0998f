use super::*;

fn buckets(interval_ms: u64, burst: u32) -> Buckets<u32> {
    Buckets::new(RequestRate { interval: Duration::from_millis(interval_ms), burst })
}

#[test]
fn a_burst_is_let_through_and_comes_back_steadily() {
    let buckets = buckets(10, 3);
    let start = Instant::now();
    let left: Vec<_> = (0..3).map(|_| buckets.take(1, start).unwrap().remaining).collect();
    assert_eq!(left, [2, 1, 0]);
    assert_eq!(buckets.take(1, start), Err(Duration::from_millis(10)));
    assert_eq!(buckets.take(2, start).unwrap().remaining, 2, "others are not touched");
    let later = start + Duration::from_millis(10);
    assert_eq!(buckets.take(1, later).unwrap().remaining, 0);
    assert!(buckets.take(1, later).is_err(), "a refused request costs nothing, but gains nothing either");
    assert_eq!(buckets.take(1, start + Duration::from_secs(1)).unwrap().remaining, 2);
}

#[test]
fn what_is_given_back_may_be_taken_again() {
    let buckets = buckets(1000, 1);
    let start = Instant::now();
    for _ in 0..5 {
        buckets.take(1, start).unwrap();
        buckets.give_back(1);
    }
    buckets.take(1, start).unwrap();
    assert!(buckets.take(1, start).is_err());
}

#[test]
fn memory_is_bounded_and_idle_callers_make_room() {
    let buckets = buckets(1000, 2);
    let start = Instant::now();
    for key in 0..100_000 {
        buckets.take(key, start).ok();
    }
    assert_eq!(buckets.state.lock().empty_at.len(), KEYS_MAX + 1);
    assert!(buckets.take(200_000, start).is_err(), "those without a place share one bucket");
    assert!(buckets.take(7, start).is_ok(), "those with one keep it");
    assert!(buckets.take(200_000, start + Duration::from_secs(5)).is_ok());
    assert_eq!(buckets.state.lock().empty_at.len(), 1);
}

#[test]
fn addresses_of_one_network_are_one_peer() {
    let key = |text: &str| Source::of(text.parse().unwrap());
    assert_eq!(key("10.0.0.1"), key("::ffff:10.0.0.1"));
    assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
    assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
    assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
}

#[test]
fn the_headers_say_what_is_left() {
    let mut headers = HeaderMap::new();
    buckets(5, 400).take(1, Instant::now()).unwrap().tell(&mut headers);
    assert_eq!(headers["ratelimit-policy"], "\"default\";q=400;w=2");
    assert_eq!(headers["ratelimit"], "\"default\";r=399;t=1");
}
