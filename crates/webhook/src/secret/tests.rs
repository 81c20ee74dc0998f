use proptest::prelude::*;

use super::*;

#[test]
fn the_vector_of_the_specification() {
    let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature =
        signature([&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn secrets_are_not_printed() {
    let secret = Secret::random();
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    assert_eq!(Secret::parse(&secret.reveal()), Ok(secret));
}

#[test]
fn what_is_no_secret_is_refused() {
    for text in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!"] {
        assert_eq!(Secret::parse(text), Err(SecretError), "{text}");
    }
}

proptest! {
    #[test]
    fn another_implementation_agrees(id in "[!-~&&[^.]]{1,60}", body in "\\PC{0,200}") {
        let secret = Secret::random();
        let other = standardwebhooks::Webhook::new(&secret.reveal()).unwrap();
        let ours = signature([&secret], &id, 1_614_265_330, body.as_bytes());
        prop_assert_eq!(ours, other.sign(&id, 1_614_265_330, body.as_bytes()).unwrap());
    }

    #[test]
    fn parsing_never_panics(text in "\\PC*") {
        let _ = Secret::parse(&text);
    }
}
