//! Nothing in a used data folder tells what was scanned, or who may.

use std::path::Path;

use groma_api::{DiscardRequest, NetworkScanRequest};

use crate::support::*;

pub(crate) fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn assert_silent(world: &World, words: &[Vec<u8>]) {
    let mut found = Vec::new();
    files(&world.data(), &mut found);
    assert!(found.iter().any(|(path, bytes)| path.contains("groma.db") && bytes.len() > 10_000));
    for (path, bytes) in &found {
        for word in words {
            let there = bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
            assert!(!there, "{path} tells {:?}", String::from_utf8_lossy(word));
        }
    }
}

#[tokio::test]
async fn a_used_folder_tells_no_names_and_no_addresses() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let (_listener, port) = listener(231);
    let request = NetworkScanRequest {
        targets: vec![here(231), "localhost".to_owned(), "no-such-host.invalid".to_owned()],
        exclude: vec!["127.0.0.233".to_owned()],
        ports: format!("{port},1-3"),
        ..quick(231)
    };
    let scan = start(&backend, request).await;
    ended(&backend, scan).await;
    let long = start(&backend, slow(232)).await;
    begun(&backend, long).await;
    let reason = "a-reason-that-names-things";
    let asked = groma_api::CancelRequest { reason: reason.to_owned(), keep_partial_results: true };
    backend.task_cancel(long, asked).await.unwrap();
    backend.task_discard(long, DiscardRequest { reason: reason.to_owned() }).await.unwrap();
    let made = backend.token_create(token("a-token-of-somebody", None)).await.unwrap();
    gate.by_token(&made.secret).await.unwrap();
    let link = backend.sign_in_link().await.unwrap();
    let session = gate.session_start(&link.code).await.unwrap();

    let hosts = backend.host_list(Default::default()).await.unwrap().hosts;
    assert!(hosts.iter().any(|host| host.hostname.as_deref() == Some("localhost")), "{hosts:?}");
    let mut words: Vec<Vec<u8>> = [
        "127.0.0.",
        "localhost",
        "no-such-host",
        reason,
        "a-token-of-somebody",
        &made.secret,
        &link.code,
        &session.secret,
        &session.session.csrf,
    ]
    .map(|word| word.as_bytes().to_vec())
    .to_vec();
    // As machines write an address: in 16 bytes, or as a list of numbers.
    words.push([&[0; 10][..], &[0xFF, 0xFF, 127, 0, 0, 231]].concat());
    words.push(b"[127,0,0,".to_vec());
    assert_silent(&world, &words);
    drop((backend, gate));
    world.close(app).await;
    assert_silent(&world, &words);
}
