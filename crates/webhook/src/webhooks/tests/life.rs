use groma_api::{
    DeliveryKind, DeliveryOutcome, WebhookDeliveryQuery, WebhookFormat, WebhookReplay, WebhookRequest,
    WebhookRotation, WebhookState, WebhookUpdate,
};
use groma_journal::Start;
use groma_model::{EventFilter, Sequence};

use super::bench::{Bench, impatient, request};
use super::receiver::{Receiver, status};
use crate::WebhookError;

async fn log(bench: &Bench, id: groma_model::WebhookId) -> Vec<groma_api::WebhookDelivery> {
    bench.webhooks.deliveries(id, WebhookDeliveryQuery::default()).await.unwrap().deliveries
}

#[tokio::test]
async fn an_event_arrives_signed_once_and_is_logged() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    bench.append(&[None]).await;
    let made = bench.webhooks.create(request(receiver.url())).await.unwrap();
    bench.append(&[Some(1)]).await;
    let came = receiver.wait(1).await.remove(0);
    let verify = standardwebhooks::Webhook::new(&made.secret).unwrap();
    verify.verify(&came.body, &came.headers).unwrap();
    assert_eq!(came.header("content-type"), "application/cloudevents+json");
    assert_eq!(came.number(), 2);
    assert_eq!(came.json()["id"], came.id());
    let webhook = bench.until_done(made.webhook.id).await;
    assert_eq!((webhook.delivered, webhook.state, webhook.failures), (1, WebhookState::Active, 0));
    assert!(webhook.last_success_at.is_some() && webhook.retry_at.is_none());
    bench.webhooks.stop().await;
    assert_eq!(receiver.so_far().len(), 1);
    let entry = log(&bench, made.webhook.id).await.remove(0);
    assert_eq!(entry.message_id.to_string(), came.id());
    assert_eq!(
        (entry.outcome, entry.kind, entry.attempt, entry.status),
        (DeliveryOutcome::Delivered, DeliveryKind::Live, 1, Some(200))
    );
    assert!(!format!("{made:?}").contains(&made.secret));
}

#[tokio::test]
async fn binary_events_and_filters() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    let wanted = WebhookRequest {
        types: vec!["groma.system.*".into()],
        subject: Some("thing/01010101-0101-0101-0101-010101010101".into()),
        format: WebhookFormat::Binary,
        ..request(receiver.url())
    };
    let id = bench.make(wanted).await;
    let other =
        bench.make(WebhookRequest { types: vec!["groma.vm.*".into()], ..request(receiver.url()) }).await;
    bench.append(&[Some(2), None, Some(1), Some(3)]).await;
    let came = receiver.wait(1).await.remove(0);
    assert_eq!(came.header("ce-type"), "groma.system.error");
    assert_eq!(came.header("ce-id"), came.id());
    assert_eq!(came.header("content-type"), "application/json");
    assert_eq!(came.json()["severity"], "info");
    // The position goes on though nothing is wanted: it holds nothing.
    for id in [id, other] {
        assert_eq!(bench.until_done(id).await.position.number, 4);
    }
    bench.until(id, |_| bench.webhooks.holds().iter().all(|(_, held)| held.number == 4)).await;
    assert_eq!(receiver.so_far().len(), 1);
}

#[tokio::test]
async fn it_begins_where_it_is_told() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    bench.append(&[None, None, None]).await;
    let oldest = WebhookRequest { after: Some("oldest".into()), ..request(receiver.url()) };
    let id = bench.make(oldest).await;
    receiver.wait(3).await;
    bench.until_done(id).await;
    let head = bench.journal.head();
    let after = Sequence::new(head.epoch, 2).to_string();
    let second = bench.make(WebhookRequest { after: Some(after), ..request(receiver.url()) }).await;
    assert_eq!(receiver.wait(4).await[3].number(), 3);
    bench.until_done(second).await;
    let ahead = Sequence::new(head.epoch, 99).to_string();
    let refused =
        bench.webhooks.create(WebhookRequest { after: Some(ahead), ..request(receiver.url()) }).await;
    assert!(matches!(refused, Err(WebhookError::Invalid { field: "after", .. })));
    let earlier = Sequence::new(groma_model::Epoch::from_millis(0), 7).to_string();
    let third = bench.make(WebhookRequest { after: Some(earlier), ..request(receiver.url()) }).await;
    let came = receiver.wait(8).await;
    assert_eq!(came[4].json()["type"], "groma.system.stream_gap");
    assert_eq!(bench.until_done(third).await.delivered, 4);
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_old_one() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    let made = bench.webhooks.create(request(receiver.url())).await.unwrap();
    let id = made.webhook.id;
    let rotated = bench.webhooks.rotate(id, WebhookRotation::default()).await.unwrap();
    assert_ne!(made.secret, rotated.secret);
    assert_eq!(rotated.webhook.secrets.len(), 2);
    bench.append(&[None]).await;
    let came = receiver.wait(1).await.remove(0);
    for secret in [&made.secret, &rotated.secret] {
        standardwebhooks::Webhook::new(secret).unwrap().verify(&came.body, &came.headers).unwrap();
    }
    let at_once = WebhookRotation { overlap_seconds: Some(0) };
    let third = bench.webhooks.rotate(id, at_once).await.unwrap();
    assert_eq!(third.webhook.secrets.len(), 1);
    bench.append(&[None]).await;
    let came = receiver.wait(2).await.remove(1);
    assert!(
        standardwebhooks::Webhook::new(&rotated.secret).unwrap().verify(&came.body, &came.headers).is_err()
    );
    standardwebhooks::Webhook::new(&third.secret).unwrap().verify(&came.body, &came.headers).unwrap();
    let long = WebhookRotation { overlap_seconds: Some(31 * 86_400) };
    assert!(bench.webhooks.rotate(id, long).await.is_err());
}

#[tokio::test]
async fn a_paused_webhook_goes_on_from_its_position() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[None]).await;
    bench.until_done(id).await;
    let enabled = |enabled| WebhookUpdate { enabled: Some(enabled), ..WebhookUpdate::default() };
    let paused = bench.webhooks.update(id, enabled(false)).await.unwrap();
    assert_eq!(paused.state, WebhookState::Paused);
    bench.append(&[None, None]).await;
    let bench = bench.again(impatient()).await;
    assert_eq!(bench.webhooks.get(id).unwrap().state, WebhookState::Paused);
    assert_eq!(bench.webhooks.holds()[0].1.number, 1);
    bench.webhooks.update(id, enabled(true)).await.unwrap();
    let came = receiver.wait(3).await;
    assert_eq!(came.iter().map(|came| came.number()).collect::<Vec<_>>(), [1, 2, 3]);
    bench.until_done(id).await;
}

#[tokio::test]
async fn an_update_changes_what_is_given_alone() {
    let bench = Bench::new(impatient()).await;
    let id = bench
        .make(WebhookRequest { description: Some("x".into()), ..request("http://127.0.0.1:9/".into()) })
        .await;
    let types = WebhookUpdate { types: Some(vec!["groma.vm.*".into()]), ..WebhookUpdate::default() };
    let changed = bench.webhooks.update(id, types).await.unwrap();
    assert_eq!((changed.types.len(), changed.description.as_deref()), (1, Some("x")));
    for (field, update) in [
        ("types", WebhookUpdate { types: Some(vec!["!".into()]), ..WebhookUpdate::default() }),
        ("url", WebhookUpdate { allow_private: Some(false), ..WebhookUpdate::default() }),
        ("url", WebhookUpdate { url: Some("http://169.254.169.254/".into()), ..WebhookUpdate::default() }),
        ("subject", WebhookUpdate { subject: Some("x".into()), ..WebhookUpdate::default() }),
        ("description", WebhookUpdate { description: Some("x".repeat(201)), ..WebhookUpdate::default() }),
    ] {
        match bench.webhooks.update(id, update).await {
            Err(WebhookError::Invalid { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{other:?}"),
        }
    }
    let bench = bench.again(impatient()).await;
    assert_eq!(bench.webhooks.get(id).unwrap().types, ["groma.vm.*"]);
    bench.webhooks.delete(id).await.unwrap();
    assert_eq!(bench.webhooks.delete(id).await, Err(WebhookError::NotFound(id)));
    let bench = bench.again(impatient()).await;
    assert_eq!(bench.webhooks.list().webhooks, []);
}

#[tokio::test]
async fn a_test_is_sent_once_and_not_journaled() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([status(500)]).await);
    let id = bench.webhook(receiver.url()).await;
    let failed = bench.webhooks.test(id).await.unwrap();
    assert_eq!((failed.outcome, failed.status), (DeliveryOutcome::GivenUp, Some(500)));
    let done = bench.webhooks.test(id).await.unwrap();
    assert_eq!((done.outcome, done.kind), (DeliveryOutcome::Delivered, DeliveryKind::Test));
    let came = receiver.wait(2).await;
    assert_eq!(came[1].json()["type"], "groma.system.webhook_test");
    assert_eq!(came[1].json()["data"]["webhookId"], id.to_string());
    assert_eq!(bench.journal.head().number, 0);
    assert_eq!(log(&bench, id).await, [done, failed]);
    assert_eq!(bench.webhooks.get(id).unwrap().failures, 0);
}

#[tokio::test]
async fn a_range_is_delivered_again_with_the_same_ids() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::with([]).await);
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1), Some(2), Some(3), Some(4)]).await;
    bench.until_done(id).await;
    let at = |number| Some(Sequence::new(bench.journal.head().epoch, number).to_string());
    let range = WebhookReplay { after: at(1), through: at(3), ..WebhookReplay::default() };
    let started = bench.webhooks.replay(id, range).await.unwrap();
    assert_eq!((started.events, started.gap), (2, false));
    let mut came = receiver.wait(6).await;
    let again = came.split_off(4);
    for came in &again {
        assert!(receiver.so_far().iter().filter(|other| other.id() == came.id()).count() == 2);
    }
    bench.until(id, |webhook| webhook.delivered == 6 && webhook.waiting == 0).await;
    bench.webhooks.stop().await;
    let kinds: Vec<_> = log(&bench, id).await.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == DeliveryKind::Replay).count(), 2);
    for refused in [
        WebhookReplay::default(),
        WebhookReplay { after: at(0), through: at(99), ..WebhookReplay::default() },
    ] {
        assert!(matches!(bench.webhooks.replay(id, refused).await, Err(WebhookError::Invalid { .. })));
    }
    let cursor = bench.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
    assert_eq!(cursor.position().number, 4);
}

#[tokio::test]
async fn a_replay_survives_a_restart() {
    let receiver = Receiver::with([]).await;
    let bench = Bench::new(impatient()).await;
    let id = bench.webhook(receiver.url()).await;
    bench.append(&[Some(1), Some(2)]).await;
    bench.until_done(id).await;
    bench.webhooks.stop().await;
    let oldest = WebhookReplay { after: Some("oldest".into()), ..WebhookReplay::default() };
    assert_eq!(bench.webhooks.replay(id, oldest).await.unwrap().events, 2);
    let bench = bench.again(impatient()).await;
    receiver.wait(4).await;
    bench.until(id, |webhook| webhook.delivered == 4 && webhook.waiting == 0).await;
    let bench = bench.again(impatient()).await;
    bench.append(&[Some(1)]).await;
    bench.until(id, |webhook| webhook.delivered == 5).await;
    assert_eq!(receiver.so_far().len(), 5);
}

#[tokio::test]
async fn there_are_so_many_and_no_more() {
    let bench = Bench::new(impatient()).await;
    for _ in 0..50 {
        bench.webhook("http://127.0.0.1:9/".into()).await;
    }
    let refused = bench.webhooks.create(request("http://127.0.0.1:9/".into())).await;
    assert!(matches!(refused, Err(WebhookError::Conflict(_))), "{refused:?}");
    assert_eq!(bench.webhooks.list().webhooks.len(), 50);
}
