//! Against a server on loopback that does what servers do.

mod server;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::super::part::Part;
use super::super::report::{Progress, Report};
use super::{InstallError, Patience, bring};
use crate::digest::Digest;
use crate::pins::ModelFile;
use server::{Reply, Server};

const NAME: &str = "model.safetensors";
const BYTES: usize = 300_000;

fn content() -> Vec<u8> {
    (0..BYTES as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn pin(content: &[u8]) -> ModelFile {
    let mut digest = Digest::new();
    digest.update(content);
    ModelFile { name: NAME, bytes: content.len() as u64, sha256: digest.finish().leak() }
}

fn patience() -> Patience {
    Patience { idle: Duration::from_millis(300), pause: Duration::from_millis(1), tries: 3 }
}

/// Fetches and checks as an installation does; returns what was told on the way.
fn fetch(folder: &Path, url: &str, file: &ModelFile) -> Result<Vec<Progress>, InstallError> {
    let mut told = Vec::new();
    let mut progress = |now| told.push(now);
    let mut report = Report::new(&mut progress, &|| false);
    let mut part = Part::of(folder, file);
    let from = bring(url, &mut part, file, &mut report, &patience())?;
    part.check(file, &from, &mut report)?;
    part.put_in_place()?;
    Ok(told)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_file_is_fetched_whole_and_progress_is_told() {
    let server = Server::start(content(), vec![Reply::Whole]);
    let folder = folder();
    let told = fetch(folder.path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), content());
    let last = told.iter().rev().find(|now| now.phase == super::Phase::Fetching).unwrap();
    assert_eq!((last.bytes, last.total, last.file), (BYTES as u64, BYTES as u64, NAME));
    assert!(last.rate > 0.0);
    assert_eq!(server.asked(), ["/base/model.safetensors from 0"]);
}

#[test]
fn an_interrupted_fetch_goes_on_where_it_was() {
    let server = Server::start(content(), vec![Reply::Cut(100_000), Reply::Cut(50_000), Reply::Rest]);
    let folder = folder();
    fetch(folder.path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), content());
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[1], "/base/model.safetensors from 100000");
    assert_eq!(asked[2], "/base/model.safetensors from 150000");
}

#[test]
fn a_server_that_cannot_go_on_in_the_middle_begins_anew() {
    let server = Server::start(content(), vec![Reply::Cut(100_000), Reply::Whole]);
    let folder = folder();
    let told = fetch(folder.path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), content());
    assert!(told.iter().all(|now| now.bytes <= now.total));
}

#[test]
fn what_was_fetched_by_an_earlier_call_is_not_fetched_again() {
    let server = Server::start(content(), vec![Reply::Rest]);
    let folder = folder();
    fs::write(folder.path().join("model.safetensors.part"), &content()[..299_000]).unwrap();
    fetch(folder.path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(server.asked(), ["/base/model.safetensors from 299000"]);
    // All of it is there: nobody is asked.
    let folder = self::folder();
    fs::write(folder.path().join("model.safetensors.part"), content()).unwrap();
    fetch(folder.path(), "http://127.0.0.1:1/", &pin(&content())).unwrap();
}

#[test]
fn a_part_that_is_too_long_is_begun_anew() {
    let server = Server::start(content(), vec![Reply::Whole]);
    let folder = folder();
    fs::write(folder.path().join("model.safetensors.part"), vec![7; BYTES + 1]).unwrap();
    fetch(folder.path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(server.asked(), ["/base/model.safetensors from 0"]);
}

#[test]
fn wrong_bytes_are_told_and_not_kept() {
    let mut wrong = content();
    wrong[200_000] ^= 1;
    let server = Server::start(wrong, vec![Reply::Whole]);
    let folder = folder();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Mismatch { .. }), "{error}");
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_of_another_length_is_refused_before_it_is_fetched() {
    let server = Server::start(vec![1; 500], vec![Reply::Whole]);
    let folder = folder();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Length { found: 500, .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn more_than_the_file_may_have_is_cut_off() {
    let server = Server::start(vec![1; BYTES + 1], vec![Reply::Unmeasured]);
    let folder = folder();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Length { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_not_there_is_not_asked_for_twice() {
    let server = Server::start(content(), vec![Reply::Status("404 Not Found"), Reply::Whole]);
    let error = fetch(folder().path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Refused { status: 404, .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let replies =
        vec![Reply::Status("503 Service Unavailable"), Reply::Status("429 Too Many Requests"), Reply::Whole];
    let server = Server::start(content(), replies);
    fetch(folder().path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_server_that_falls_silent_is_left_and_what_came_is_kept() {
    let server = Server::start(content(), vec![Reply::Silent(70_000), Reply::Silent(0), Reply::Silent(0)]);
    let folder = folder();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Interrupted { got: 70_000, .. }), "{error}");
    assert!(error.to_string().contains("70000 of 300000"), "{error}");
    assert_eq!(fs::metadata(folder.path().join("model.safetensors.part")).unwrap().len(), 70_000);
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let error = fetch(folder().path(), "http://127.0.0.1:1/x", &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Interrupted { got: 0, .. }), "{error}");
}

#[test]
fn one_is_sent_on_to_where_the_bytes_are_but_not_for_ever() {
    let server = Server::start(content(), vec![Reply::SendOn("/elsewhere?signature=x"), Reply::Whole]);
    fetch(folder().path(), &server.url, &pin(&content())).unwrap();
    assert_eq!(server.asked()[1], "/elsewhere?signature=x from 0");
    let round = (0..9).map(|_| Reply::SendOn("/round")).collect();
    let server = Server::start(content(), round);
    let error = fetch(folder().path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Url { .. }), "{error}");
}

#[test]
fn another_part_than_was_asked_for_is_refused() {
    let server = Server::start(content(), vec![Reply::Other]);
    let folder = folder();
    fs::write(folder.path().join("model.safetensors.part"), &content()[..10]).unwrap();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::Url { .. }), "{error}");
}

#[test]
fn what_is_no_address_is_refused() {
    for url in ["ftp://example.com/", "data:text/plain,x", "http://", "x"] {
        let error = fetch(folder().path(), url, &pin(&content())).unwrap_err();
        assert!(matches!(error, InstallError::Url { .. }), "{url}: {error}");
    }
}

#[test]
fn a_cancelled_fetch_keeps_what_it_has() {
    let server = Server::start(content(), vec![Reply::Silent(70_000), Reply::Rest]);
    let folder = folder();
    let file = pin(&content());
    let asked = Cell::new(0);
    let part_path = folder.path().join("model.safetensors.part");
    let cancelled = || {
        asked.set(asked.get() + 1);
        fs::metadata(&part_path).is_ok_and(|part| part.len() == 70_000)
    };
    let mut ignore = |_| {};
    let mut report = Report::new(&mut ignore, &cancelled);
    let patient = Patience { idle: Duration::from_secs(60), ..patience() };
    let ended = bring(&server.url, &mut Part::of(folder.path(), &file), &file, &mut report, &patient);
    assert!(matches!(ended, Err(InstallError::Cancelled)));
    assert!(asked.get() > 0);
    fetch(folder.path(), &server.url, &file).unwrap();
    assert_eq!(server.asked()[1], "/base/model.safetensors from 70000");
}

#[test]
fn a_full_disk_is_told() {
    let server = Server::start(content(), vec![Reply::Whole]);
    let folder = folder();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("model.safetensors.part")).unwrap();
    let error = fetch(folder.path(), &server.url, &pin(&content())).unwrap_err();
    assert!(matches!(error, InstallError::NoRoom { .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Cut wherever it may be, the file comes whole in the end, or not at all.
    #[test]
    fn cuts_anywhere_lose_nothing(
        length in 1_usize..5_000,
        cuts in proptest::collection::vec((0_usize..5_000, any::<bool>()), 0..6),
    ) {
        let content = &content()[..length];
        let mut replies: Vec<Reply> =
            cuts.into_iter().map(|(at, rest)| if rest { Reply::Cut(at) } else { Reply::CutWhole(at) }).collect();
        replies.push(Reply::Rest);
        let server = Server::start(content.to_vec(), replies);
        let folder = folder();
        match fetch(folder.path(), &server.url, &pin(content)) {
            Ok(_) => prop_assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), content),
            Err(InstallError::Interrupted { .. }) => prop_assert!(!folder.path().join(NAME).exists()),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
