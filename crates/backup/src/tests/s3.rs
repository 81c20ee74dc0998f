//! A real S3 API: moto's server on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use groma_seal::Zeroizing;
use object_store::ObjectStore;

use super::faulty::{Fault, Faulty};
use super::world::*;
use crate::*;

struct Moto {
    process: Child,
    address: String,
}

impl Moto {
    fn start() -> Self {
        let program = program();
        let mut process = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{} is missing ({error}): run `cargo xtask test --only install`", program.display())
            });
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()));
        // Nobody reads what else it says; it must not wait for that.
        std::thread::spawn(move || lines.count());
        Self { process, address: address.expect("moto ended before it served") }
    }

    fn bucket(&self, name: &str, locked: bool) {
        let lock = if locked { "x-amz-bucket-object-lock-enabled: true\r\n" } else { "" };
        let (status, _) = self.ask("PUT", &format!("/{name}"), lock, "");
        assert_eq!(status, 200);
    }

    fn target(&self, bucket: &str) -> Target {
        s3(bucket, &self.address)
    }

    /// Sends a request as the owner of everything; returns status and body.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut wire = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            wire,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = Vec::new();
        wire.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `cargo xtask` puts it: in the target folder.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(3).unwrap().join("moto/bin/moto_server")
}

fn s3(bucket: &str, address: &str) -> Target {
    Target::S3(S3 {
        bucket: bucket.to_owned(),
        prefix: "of/this folder".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(format!("http://{address}")),
        access: Access {
            key_id: "test".to_owned(),
            secret: Zeroizing::new("secret-of-the-test".to_owned()),
            session_token: None,
        },
        allow_http: true,
        virtual_hosted: None,
    })
}

async fn open(world: &World, target: &Target) -> Repository {
    Repository::open(target, world.keys(), Some(SMALL)).await.unwrap()
}

#[tokio::test]
async fn backups_in_a_bucket_are_made_found_pruned_and_brought_back() {
    let (moto, world) = (Moto::start(), World::new(60, 60, 6));
    moto.bucket("backups", false);
    let target = moto.target("backups");
    assert!(!format!("{target:?} {target}").contains("secret-of-the-test"));
    let repository = open(&world, &target).await;
    world.backup(&repository).await.unwrap();
    world.add_rows(61, 20);
    let made = world.backup(&repository).await.unwrap();
    assert!(made.reused > 0, "{made:?}");
    assert!(verify(&repository, Depth::Full).await.is_sound());
    repository.forget_numbers(&[1]).await.unwrap();
    let report = prune(&repository, NOW).await.unwrap();
    assert!(report.deleted > 0 && report.refused.is_empty(), "{report:?}");
    assert!(verify(&repository, Depth::Full).await.is_sound());
    drill(&repository, 2, Some(&logs(&world.folder))).await;
    let keys = unlock(&target, &world.unlock).await.unwrap();
    assert_eq!(keys.folder(), world.keyring.folder());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_and_a_server_that_is_not_there_are_told() {
    let (moto, world) = (Moto::start(), World::new(62, 5, 0));
    let missing = Repository::open(&moto.target("none"), world.keys(), Some(SMALL)).await.unwrap_err();
    assert!(missing.to_string().contains("bucket"), "{missing}");
    let plain = match moto.target("none") {
        Target::S3(s3) => Target::S3(S3 { allow_http: false, ..s3 }),
        Target::Local { .. } => unreachable!(),
    };
    assert!(Repository::open(&plain, world.keys(), Some(SMALL)).await.is_err());
}

#[tokio::test]
async fn object_lock_keeps_what_somebody_deletes() {
    let (moto, world) = (Moto::start(), World::new(63, 30, 3));
    moto.bucket("locked", true);
    let rule = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    let (status, told) = moto.ask("PUT", "/locked?object-lock", "", rule);
    assert_eq!(status, 200, "{told}");
    let repository = open(&world, &moto.target("locked")).await;
    world.backup(&repository).await.unwrap();
    world.database().execute_batch("DELETE FROM t; VACUUM").unwrap();
    world.add_rows(64, 30);
    world.backup(&repository).await.unwrap();
    repository.forget_numbers(&[1]).await.unwrap();
    let report = prune(&repository, NOW).await.unwrap();
    assert!(report.deleted > 0, "{report:?}");
    // Deleting put marks on the objects; what is under the marks stays, and nobody can take it away.
    let (_, versions) = moto.ask("GET", "/locked?versions&prefix=of", "", "");
    let mut kept = 0;
    for version in versions.split("<Version>").skip(1) {
        let field = |name: &str| {
            let rest = version.split_once(&format!("<{name}>")).unwrap().1;
            rest.split_once('<').unwrap().0.to_owned()
        };
        let path = format!("/locked/{}?versionId={}", field("Key").replace(' ', "%20"), field("VersionId"));
        let (status, told) = moto.ask("DELETE", &path, "", "");
        assert_eq!(status, 403, "{path}: {told}");
        kept += 1;
    }
    assert!(kept > 20, "{kept}");
    assert!(verify(&repository, Depth::Full).await.is_sound());
    drill(&repository, 2, Some(&logs(&world.folder))).await;
}

#[tokio::test]
async fn a_backup_to_a_bucket_that_is_interrupted_somewhere_is_whole_or_not_there() {
    let (moto, world) = (Moto::start(), World::new(65, 20, 2));
    let faults = [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsBefore, Fault::FailsAfter];
    for round in 0..16 {
        let name = format!("round-{round}");
        moto.bucket(&name, false);
        let target = moto.target(&name);
        let inner = target.store().unwrap().into_inner();
        let at = rand::random_range(0..40);
        let faulty: Arc<dyn ObjectStore> = Arc::new(Faulty::at(inner, at, faults[round % 4]));
        let shown = target.to_string();
        let store = crate::store::Store::new(faulty, "of/this folder".into(), &shown);
        let made = match Repository::over(store, world.keys(), Some(SMALL)).await {
            Ok(repository) => world.backup(&repository).await.is_ok(),
            Err(_) => false,
        };
        let repository = open(&world, &target).await;
        assert!(verify(&repository, Depth::Full).await.is_sound(), "round {round}, at {at}");
        let listed = repository.list().await.unwrap().len();
        assert!(listed == 1 || !made, "round {round}, at {at}");
        world.backup(&repository).await.unwrap();
        assert_eq!(repository.list().await.unwrap().len(), listed + 1);
        drill(&repository, listed as u64 + 1, Some(&logs(&world.folder))).await;
    }
}

/// Every request's answer may get lost on the wire: our own client repeats it, and knows its own writing again.
#[tokio::test]
async fn lost_answers_are_made_up_for() {
    let (moto, world) = (Moto::start(), World::new(66, 60, 6));
    moto.bucket("backups", false);
    let wire = cutting_wire(&moto.address);
    let repository = open(&world, &s3("backups", &wire)).await;
    let made = world.backup(&repository).await.unwrap();
    assert_eq!(made.backup.number, 1);
    assert!(verify(&repository, Depth::Full).await.is_sound());
    let direct = open(&world, &moto.target("backups")).await;
    assert_eq!(direct.list().await.unwrap().len(), 1, "it was written once");
    drill(&repository, 1, Some(&logs(&world.folder))).await;
}

/// A wire to the server that is cut at every seventh answer.
fn cutting_wire(address: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let (address, answers) = (address.to_owned(), Arc::new(AtomicI64::new(0)));
    std::thread::spawn(move || {
        for wire in listener.incoming().map_while(Result::ok) {
            let (address, answers) = (address.clone(), Arc::clone(&answers));
            std::thread::spawn(move || relay(wire, &address, &answers));
        }
    });
    here
}

fn relay(wire: TcpStream, address: &str, answers: &AtomicI64) -> Option<()> {
    let server = TcpStream::connect(address).ok()?;
    let (mut up, mut to) = (wire.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut up, &mut to));
    let (mut server, mut wire) = (server, wire);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = server.read(&mut buffer).ok().filter(|read| *read > 0)?;
        if buffer.starts_with(b"HTTP/1.1") && answers.fetch_add(1, Ordering::Relaxed) % 7 == 3 {
            wire.shutdown(std::net::Shutdown::Both).ok()?;
            return server.shutdown(std::net::Shutdown::Both).ok();
        }
        wire.write_all(&buffer[..read]).ok()?;
    }
}
