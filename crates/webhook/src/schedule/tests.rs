use super::*;

#[test]
fn ten_tries_over_three_days() {
    let policy = Policy::default();
    let delays: Vec<_> = (1..=20).map_while(|attempts| policy.delay(attempts)).collect();
    assert_eq!(delays.len(), 9);
    let total: Duration = delays.iter().sum();
    assert!(total > minutes(55 * 60) && total < minutes(95 * 60), "{total:?}");
    assert!(delays[0] >= Duration::from_secs(4) && delays[0] <= Duration::from_secs(6));
}

#[test]
fn delays_differ() {
    let policy = Policy::default();
    let first = policy.delay(9).unwrap();
    assert!((0..100).any(|_| policy.delay(9).unwrap() != first));
}

#[test]
fn rests_grow_up_to_a_bound() {
    let policy = Policy::default();
    assert_eq!(policy.rest_after(9), None);
    assert!(policy.rest_after(10).unwrap() <= Duration::from_secs(36));
    assert!(policy.rest_after(14).unwrap() > minutes(5));
    for failures in [20, 100, u32::MAX] {
        assert!(policy.rest_after(failures).unwrap() <= minutes(36));
    }
}

#[test]
fn what_a_receiver_asks_for_is_bounded() {
    let policy = Policy::default();
    assert_eq!(policy.asked(Duration::ZERO), Duration::from_secs(1));
    assert_eq!(policy.asked(minutes(3)), minutes(3));
    assert_eq!(policy.asked(Duration::MAX), minutes(24 * 60));
}
