//! Many streams over one WebSocket.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use groma_api::ErrorCode;
use groma_http::{EdgeOptions, Limits};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

use crate::world::{ADMIN, COOKIE, Served, soon};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn connect(served: &Served, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
    let mut request = format!("ws://{}/v1/events/ws", served.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| Socket(socket))
}

pub(crate) async fn open(served: &Served) -> Socket {
    connect(served, &[("authorization", &format!("Bearer {ADMIN}"))]).await.unwrap()
}

impl Socket {
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Returns the next message of the server; pings are answered on the way.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match soon(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    pub(crate) async fn subscribe(&mut self, id: &str, more: Value) -> Value {
        let mut message = json!({"type": "subscribe", "id": id});
        for (name, value) in more.as_object().unwrap() {
            message[name] = value.clone();
        }
        self.say(message).await;
        self.hear().await
    }

    /// Returns the numbers of so many events, and the size of the largest message.
    async fn events(&mut self, count: usize) -> (Vec<u64>, usize) {
        let mut numbers = Vec::new();
        let mut largest = 0;
        while numbers.len() < count {
            let message = self.hear().await;
            assert_eq!(message["type"], "events", "{message}");
            let events = message["events"].as_array().unwrap();
            assert!(events.len() <= 256);
            largest = largest.max(message.to_string().len());
            numbers.extend(events.iter().filter_map(|event| number(&event["sequence"])));
        }
        (numbers, largest)
    }

    async fn closed(&mut self) -> Option<u16> {
        loop {
            match soon(self.0.next()).await {
                Some(Ok(Message::Close(close))) => return close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

fn number(sequence: &Value) -> Option<u64> {
    sequence.as_str()?.rsplit_once('-')?.1.parse().ok()
}

#[tokio::test]
async fn a_live_stream_begins_at_the_head_and_misses_nothing() {
    let served = Served::new().await;
    served.world.journal.append_many(3);
    let mut socket = open(&served).await;
    let subscribed = socket.subscribe("a", json!({})).await;
    assert_eq!(subscribed["type"], "subscribed");
    assert_eq!(number(&subscribed["sequence"]), Some(3));
    served.world.journal.append_many(2);
    assert_eq!(socket.events(2).await.0, [4, 5]);
}

#[tokio::test]
async fn events_travel_as_they_were_written() {
    let served = Served::new().await;
    served.world.journal.append();
    served.world.journal.control();
    let mut socket = open(&served).await;
    let subscribed = socket.subscribe("with \"quotes\"", json!({"after": "oldest"})).await;
    assert_eq!(number(&subscribed["sequence"]), Some(0));
    let message = socket.hear().await;
    assert_eq!(message["id"], "with \"quotes\"");
    for (event, frame) in message["events"].as_array().unwrap().iter().zip(served.world.journal.all()) {
        assert_eq!(event, &serde_json::from_slice::<Value>(&frame.json).unwrap());
    }
}

#[tokio::test]
async fn streams_take_turns() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    for id in ["a", "b"] {
        socket.subscribe(id, json!({})).await;
    }
    served.world.journal.append_many(2000);
    let mut turns = Vec::new();
    let mut seen = 0;
    while seen < 4000 {
        let message = socket.hear().await;
        if message["type"] == "events" {
            seen += message["events"].as_array().unwrap().len();
            turns.push(message["id"].as_str().unwrap().to_owned());
        }
    }
    assert!(turns.windows(2).all(|pair| pair[0] != pair[1]), "{turns:?}");
}

#[tokio::test]
async fn messages_stay_small() {
    let served = Served::new().await;
    for bytes in [30_000, 30_000, 30_000, 200_000, 10] {
        served.world.journal.append_system(bytes);
    }
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({"after": "oldest"})).await;
    let mut counts = Vec::new();
    while counts.iter().sum::<usize>() < 5 {
        counts.push(socket.hear().await["events"].as_array().unwrap().len());
    }
    assert_eq!(counts, [2, 1, 1, 1]);
}

#[tokio::test]
async fn a_stream_pauses_until_it_is_acknowledged() {
    let served = Served::new().await;
    served.world.journal.append_many(10_500);
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({"after": "oldest"})).await;
    let (numbers, _) = socket.events(10_000).await;
    assert_eq!(numbers, (1..=10_000).collect::<Vec<_>>());
    // Another stream answers, so the first one is not merely late.
    socket.subscribe("b", json!({})).await;
    served.world.journal.append();
    assert_eq!(socket.hear().await["id"], "b");
    let at = served.world.journal.all()[99].sequence;
    socket.say(json!({"type": "ack", "id": "a", "sequence": at})).await;
    assert_eq!(socket.events(100).await.0, (10_001..=10_100).collect::<Vec<_>>());
    let head = served.world.journal.head();
    socket.say(json!({"type": "ack", "id": "a", "sequence": head})).await;
    assert_eq!(socket.events(401).await.0, (10_101..=10_501).collect::<Vec<_>>());
}

#[tokio::test]
async fn another_filter_goes_on_where_the_stream_is() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({"types": ["groma.network.*"]})).await;
    served.world.journal.append();
    assert_eq!(socket.events(1).await.0, [1]);
    let subscribed = socket.subscribe("a", json!({"types": ["groma.system.*"]})).await;
    assert_eq!(number(&subscribed["sequence"]), Some(1));
    served.world.journal.append();
    served.world.journal.append_system(1);
    assert_eq!(socket.events(1).await.0, [3]);
    let again = socket.subscribe("a", json!({"after": "oldest"})).await;
    assert_eq!(number(&again["sequence"]), Some(0));
    assert_eq!(socket.events(3).await.0, [1, 2, 3]);
    // What is behind may be left behind.
    socket.subscribe("b", json!({"types": ["groma.system.*"], "after": "oldest"})).await;
    assert_eq!(socket.events(1).await.0, [3]);
    let newest = socket.subscribe("b", json!({"after": "newest"})).await;
    assert_eq!(number(&newest["sequence"]), Some(3));
    socket.say(json!({"type": "unsubscribe", "id": "a"})).await;
    socket.say(json!({"type": "ack", "id": "a", "sequence": served.world.journal.head()})).await;
    assert_eq!(socket.hear().await["problem"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn mistakes_are_told_and_the_connection_stays() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    for (message, id, code) in [
        (json!("hello"), Value::Null, ErrorCode::InvalidRequest),
        (json!({"type": "publish", "id": "a"}), json!("a"), ErrorCode::InvalidRequest),
        (json!({"type": "subscribe", "id": "a", "colour": 1}), json!("a"), ErrorCode::InvalidRequest),
        (json!({"type": "subscribe", "id": ""}), json!(""), ErrorCode::InvalidRequest),
        (json!({"type": "subscribe", "id": "a", "after": "nowhere"}), json!("a"), ErrorCode::InvalidRequest),
        (json!({"type": "subscribe", "id": "a", "types": ["a b"]}), json!("a"), ErrorCode::InvalidRequest),
        (json!({"type": "unsubscribe", "id": "zz"}), json!("zz"), ErrorCode::NotFound),
    ] {
        socket.say(message.clone()).await;
        let answer = socket.hear().await;
        assert_eq!(answer["type"], "error", "{message}");
        assert_eq!(answer.get("id").cloned().unwrap_or_default(), id, "{message}");
        assert_eq!(answer["problem"]["code"], code.as_str(), "{message}");
    }
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.hear().await["type"], "error");
    for at in 0..33 {
        let answer = socket.subscribe(&format!("s{at}"), json!({"types": ["groma.none"]})).await;
        assert_eq!(answer["type"], if at < 32 { "subscribed" } else { "error" });
    }
    let changed = socket.subscribe("s0", json!({"types": ["groma.system.*"]})).await;
    assert_eq!(changed["type"], "subscribed");
}

#[tokio::test]
async fn a_stream_that_fails_takes_no_other_along() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({})).await;
    served.world.journal.break_with(ErrorCode::StorageFailed);
    let message = socket.hear().await;
    assert_eq!((&message["id"], &message["problem"]["code"]), (&json!("a"), &json!("STORAGE_FAILED")));
    socket.subscribe("a", json!({})).await;
    served.world.journal.append();
    assert_eq!(socket.events(1).await.0, [1]);
}

#[tokio::test]
async fn a_browser_is_let_in_from_our_page_alone() {
    let served = Served::new().await;
    let own = format!("http://{}", served.address);
    for origin in [None, Some("http://attacker.example"), Some("null")] {
        let mut headers = vec![("cookie", COOKIE)];
        headers.extend(origin.map(|origin| ("origin", origin)));
        match connect(&served, &headers).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin:?}"),
            other => panic!("{origin:?}: {:?}", other.err()),
        }
    }
    connect(&served, &[("cookie", COOKIE), ("origin", &own)]).await.unwrap();
    match connect(&served, &[]).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 401),
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test]
async fn a_stop_closes_with_1001() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({})).await;
    let stop = tokio::spawn(served.stop());
    assert_eq!(socket.closed().await, Some(1001));
    drop(socket);
    stop.await.unwrap();
}

#[tokio::test]
async fn a_dead_peer_is_given_up_and_a_live_one_kept() {
    let options = EdgeOptions { keep_alive: Duration::from_millis(200), ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    // One that answers pings outlives the patience several times over.
    let mut live = open(&served).await;
    let mut pings = 0;
    while pings < 5 {
        if let Message::Ping(_) = soon(live.0.next()).await.unwrap().unwrap() {
            pings += 1;
        }
    }
    // One that reads nothing, and so answers nothing, is closed.
    let stream = TcpStream::connect(served.address).await.unwrap();
    let mut request = format!("ws://{}/v1/events/ws", served.address).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {ADMIN}").parse().unwrap());
    let (dead, _) = client_async(request, stream).await.unwrap();
    let mut stream = dead.into_inner();
    let mut rest = Vec::new();
    soon(tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest)).await.unwrap();
    let closed = rest.windows(4).any(|bytes| bytes[0] == 0x88 && bytes[2..] == 1008_u16.to_be_bytes());
    assert!(closed, "{rest:?}");
}

#[tokio::test]
async fn a_revoked_token_loses_its_socket() {
    let options = EdgeOptions { keep_alive: Duration::from_millis(20), ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    let mut socket = open(&served).await;
    socket.subscribe("a", json!({})).await;
    served.world.revoked.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(socket.closed().await, Some(1008));
}

#[tokio::test]
async fn a_large_message_is_not_taken() {
    let served = Served::new().await;
    let mut socket = open(&served).await;
    socket.0.send(Message::text("x".repeat(65 * 1024))).await.ok();
    assert!(matches!(socket.closed().await, Some(1009) | None));
}
