use super::{Progress, describe, share};

#[test]
fn what_is_known_is_told() {
    let mut now = Progress { phase: "fetching".to_owned(), ..Progress::default() };
    assert_eq!(describe(&now, None), "fetching");
    now.bytes = 30 << 20;
    assert_eq!(describe(&now, Some(0.0)), "fetching  30 MiB");
    now.bytes_total = Some(90 << 20);
    assert_eq!(describe(&now, Some(f64::from(10 << 20))), "fetching  30 MiB of 90 MiB  10 MiB/s  6.0 s left");
    assert_eq!(share(&now), 333);
    now.bytes = 100 << 20;
    assert_eq!((describe(&now, Some(1e7)).contains("left"), share(&now)), (false, 1000));
}
