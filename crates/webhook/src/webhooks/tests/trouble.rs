use std::time::Duration;

use groma_api::{DeliveryOutcome, WebhookDelivery, WebhookDeliveryQuery, WebhookState, WebhookUpdate};
use groma_model::WebhookId;
use proptest::prelude::*;

use super::bench::{Bench, impatient, request};
use super::receiver::{Act, Came, Receiver, later, status};
use crate::{Policy, WebhookError};

async fn log(bench: &Bench, id: WebhookId) -> Vec<WebhookDelivery> {
    bench.webhooks.stop().await;
    let query = WebhookDeliveryQuery { limit: Some(1000), ..WebhookDeliveryQuery::default() };
    let mut tries = bench.webhooks.deliveries(id, query).await.unwrap().deliveries;
    tries.reverse();
    tries
}

/// Has one event meet one act, and returns how the first try was logged.
async fn meets(act: Act) -> WebhookDelivery {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([act]).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[None]).await;
    bench.until_done(id).await;
    let came = receiver.so_far();
    assert!(came.iter().all(|other| other.id() == came[0].id()));
    log(&bench, id).await.remove(0)
}

#[tokio::test]
async fn failures_of_all_kinds_are_tried_again() {
    for (act, told) in [
        (status(500), "500"),
        (status(404), "404"),
        (Act::Hang, "no answer within"),
        (Act::Reset, "connection"),
        (
            Act::Raw(
                "HTTP/1.1 301 X\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\n\r\n"
                    .into(),
            ),
            "redirect",
        ),
        (Act::Raw("nonsense\r\n\r\n".into()), "invalid"),
        (
            Act::Drip(
                "HTTP/1.1 200 OK\r\ncontent-length: 0 and then some more that never ends for a long time"
                    .repeat(3),
            ),
            "no answer within",
        ),
        (later("garbage"), "429"),
    ] {
        let tried = meets(act.clone()).await;
        assert_eq!(tried.outcome, DeliveryOutcome::Failed, "{act:?}");
        let error = tried.error.clone().unwrap_or_default();
        assert!(error.contains(told), "{act:?}: {tried:?}");
    }
}

#[tokio::test]
async fn what_a_body_says_or_fails_to_say_changes_nothing() {
    let ok = "HTTP/1.1 200 OK\r\n";
    for (act, response) in [
        (Act::Raw(format!("{ok}content-length: 5\r\n\r\nthank")), Some(5)),
        // Lies about its length, both ways.
        (Act::Raw(format!("{ok}content-length: 9999\r\nconnection: close\r\n\r\nthanks")), Some(6)),
        (Act::Raw(format!("{ok}content-length: 2\r\n\r\nthanks")), Some(2)),
        (Act::Endless(format!("{ok}\r\n")), Some(1024)),
        (Act::Endless(format!("{ok}transfer-encoding: chunked\r\n\r\nffffff\r\n")), Some(1024)),
    ] {
        let tried = meets(act.clone()).await;
        assert_eq!(tried.outcome, DeliveryOutcome::Delivered, "{act:?}");
        assert_eq!(tried.response.as_ref().map(String::len), response, "{act:?}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_tried_again() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let bench = Bench::new(impatient()).await;
    let id = bench.webhook(format!("http://{gone}/")).await;
    bench.append(&[None]).await;
    let webhook = bench.until_state(id, WebhookState::Disabled).await;
    assert!(webhook.reason.unwrap().contains("10 tries"), "ten tries, and no more");
    let tries = log(&bench, id).await;
    assert_eq!(tries.iter().map(|tried| tried.attempt).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert_eq!(tries[9].outcome, DeliveryOutcome::GivenUp);
    assert!(tries[0].error.as_ref().unwrap().contains("failed to connect"), "{:?}", tries[0]);
}

#[tokio::test]
async fn what_is_given_up_is_told_and_kept() {
    let receiver = Receiver::with((0..10).map(|_| status(500))).await;
    let bench = Bench::new(impatient()).await;
    let witness = Receiver::with([]).await;
    bench.webhook(witness.url()).await;
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1)]).await;
    bench.until_state(id, WebhookState::Disabled).await;
    let told = witness.wait(2).await.remove(1).json();
    assert_eq!(
        (told["type"].as_str(), told["data"]["severity"].as_str()),
        (Some("groma.system.error"), Some("error"))
    );
    assert_eq!(told["data"]["context"], format!("webhook/{id}"));
    assert!(!told.to_string().contains("token=secret"));
    let bench = bench.again(impatient()).await;
    let webhook = bench.webhooks.get(id).unwrap();
    assert_eq!((webhook.state, webhook.position.number), (WebhookState::Disabled, 0));
    bench
        .webhooks
        .update(id, WebhookUpdate { enabled: Some(true), ..WebhookUpdate::default() })
        .await
        .unwrap();
    let came = receiver.accepted(2).await;
    assert_eq!((came[0].number(), came[1].number()), (1, 2));
    assert_eq!(bench.until_done(id).await.failures, 0);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_asked_no_more() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([status(410)]).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1), Some(1)]).await;
    let webhook = bench.until_state(id, WebhookState::Disabled).await;
    assert!(webhook.reason.unwrap().contains("410"));
    assert_eq!(receiver.so_far().len(), 1);
    assert_eq!(webhook.position.number, 0);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_has_it() {
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_millis(1500));
    let acts = [later("0"), later(&date), status(200)];
    let policy = Policy { delays: vec![Duration::from_secs(3600)], ..impatient() };
    let (bench, receiver) = (Bench::new(policy).await, Receiver::with(acts).await);
    let id = bench.webhook(receiver.url()).await;
    let begun = std::time::Instant::now();
    bench.append(&[Some(1), Some(1)]).await;
    bench.until_done(id).await;
    // Neither try counted, or there would be no third; and the second event waited behind the first.
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    let came = receiver.so_far();
    assert_eq!(came.len(), 4);
    assert!(came[..3].iter().all(|other| other.id() == came[0].id()));
}

#[tokio::test]
async fn after_many_failures_only_a_trial_goes_out() {
    let policy = Policy {
        failures_max: 3,
        delays: vec![Duration::from_millis(1); 9],
        rest: Duration::from_millis(50),
        ..impatient()
    };
    let (bench, receiver) = (Bench::new(policy).await, Receiver::with((0..5).map(|_| status(503))).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1)]).await;
    let webhook = bench.until_state(id, WebhookState::Resting).await;
    assert!(webhook.reason.unwrap().contains("3 tries"));
    bench.append(&(2..100).map(Some).collect::<Vec<_>>()).await;
    // Only one goes out at a time, until one is accepted: then all do.
    bench.until_done(id).await;
    let came = receiver.so_far();
    assert_eq!(came.iter().filter(|came| !came.accepted).count(), 5);
    assert_eq!(came.iter().filter(|came| came.accepted).count(), 99);
    assert_eq!(bench.webhooks.get(id).unwrap().state, WebhookState::Active);
}

#[tokio::test]
async fn the_schedule_survives_a_restart() {
    let policy = Policy { delays: vec![Duration::from_millis(1), Duration::from_secs(3600)], ..impatient() };
    let refuse = |came: &Came, _: usize| {
        let stuck = came.json()["subject"].as_str().is_some_and(|subject| subject.starts_with("thing/01"));
        if stuck { status(500) } else { status(200) }
    };
    let (bench, receiver) = (Bench::new(policy.clone()).await, Receiver::deciding(refuse).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1), Some(2)]).await;
    receiver.wait(3).await;
    bench.until(id, |webhook| webhook.retry_at.is_some() && webhook.delivered == 1).await;
    let bench = bench.again(policy.clone()).await;
    bench.append(&[Some(3)]).await;
    bench.until(id, |webhook| webhook.delivered == 2).await;
    // What was delivered ahead is not delivered again, what waits for its time still does.
    let bench = bench.again(policy).await;
    bench.append(&[Some(4)]).await;
    let webhook = bench.until(id, |webhook| webhook.delivered == 3).await;
    assert_eq!((webhook.position.number, webhook.waiting), (0, 1));
    assert!(webhook.retry_at.is_some());
    assert_eq!(receiver.so_far().len(), 5);
}

#[tokio::test]
async fn stopping_counts_as_no_failure_and_loses_nothing() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([Act::Hang]).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[None]).await;
    receiver.wait(1).await;
    let bench = bench.again(impatient()).await;
    bench.until_done(id).await;
    let webhook = bench.webhooks.get(id).unwrap();
    assert_eq!((webhook.failures, webhook.last_failure_at), (0, None));
    let came = receiver.so_far();
    assert_eq!(came.len(), 2);
    assert_eq!(came[0].id(), came[1].id());
}

#[tokio::test]
async fn a_private_target_is_refused_when_it_is_connected_to() {
    let receiver = Receiver::with([]).await;
    let bench = Bench::new(impatient()).await;
    let public = groma_api::WebhookRequest { allow_private: false, ..request(receiver.url()) };
    assert!(matches!(bench.webhooks.create(public).await, Err(WebhookError::Invalid { field: "url", .. })));
    // A name tells its address only when it is asked for, which is at every connection.
    let sender = crate::sender::Sender::new(&impatient(), crate::Trust::System);
    for (allow_private, accepted) in [(false, false), (true, true)] {
        let to = crate::sender::Address {
            uri: format!("http://localhost:{}/", receiver.address.port()).parse().unwrap(),
            format: groma_api::WebhookFormat::Structured,
            allow_private,
            secrets: vec![crate::secret::Secret::random()],
        };
        let answer = sender.send(&to, &message(), groma_model::Timestamp::UNIX_EPOCH).await;
        assert_eq!(answer.error.is_none(), accepted, "{answer:?}");
        assert!(accepted || answer.error.unwrap().contains("loopback"));
    }
    assert_eq!(receiver.so_far().len(), 1);
}

fn message() -> crate::message::Message {
    crate::message::Message {
        id: groma_model::EventId::now(),
        sequence: None,
        event_type: "groma.system.error".into(),
        subject: None,
        json: bytes::Bytes::from_static(b"{}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever a receiver answers, a try ends, and a 2xx alone accepts.
    #[test]
    fn answers_of_any_kind(head in "[ -~]{0,40}", rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let text = format!("HTTP/1.1 {head}\r\n{}", String::from_utf8_lossy(&rest));
            let receiver = Receiver::with([Act::Raw(text)]).await;
            let sender = crate::sender::Sender::new(&Policy { answer: Duration::from_millis(100), ..impatient() }, crate::Trust::System);
            let to = crate::sender::Address {
                uri: receiver.url().parse().unwrap(),
                format: groma_api::WebhookFormat::Structured,
                allow_private: true,
                secrets: vec![crate::secret::Secret::random()],
            };
            let answer = sender.send(&to, &message(), groma_model::Timestamp::UNIX_EPOCH).await;
            let accepted = answer.status.is_some_and(|status| (200..300).contains(&status));
            assert_eq!(answer.error.is_none(), accepted, "{answer:?}");
        });
    }
}
