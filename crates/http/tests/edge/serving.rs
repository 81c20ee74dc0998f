//! Accepting, limiting and letting go of connections.

use std::time::Duration;

use groma_http::{EdgeOptions, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{ADMIN, Served, soon};

#[tokio::test]
async fn a_stop_lets_go_of_idle_connections_and_takes_no_new_ones() {
    let served = Served::new().await;
    let address = served.address;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    soon(idle.read_exact(&mut start)).await.unwrap();
    served.stop().await;
    let mut rest = Vec::new();
    soon(idle.read_to_end(&mut rest)).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_cuts_what_outlasts_its_grace() {
    let limits = Limits { grace: Duration::from_millis(50), ..Limits::default() };
    let served = Served::with(EdgeOptions::default(), limits).await;
    // A body that never comes keeps its request running.
    let mut stuck = TcpStream::connect(served.address).await.unwrap();
    let head = format!(
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"
    );
    stuck.write_all(head.as_bytes()).await.unwrap();
    let mut going_on = [0; 12];
    soon(stuck.read_exact(&mut going_on)).await.unwrap();
    assert_eq!(&going_on, b"HTTP/1.1 100");
    served.stop().await;
    let mut rest = Vec::new();
    soon(stuck.read_to_end(&mut rest)).await.ok();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}
