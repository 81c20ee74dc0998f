use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use groma_api::{ApiError, ErrorCode};
use groma_model::{Epoch, Frame, Sequence};
use proptest::prelude::*;

use super::{LINE_BYTES_MAX, UNKNOWN_EVENT_TYPE, frames};
use crate::Client;

/// Reads pieces of a body.
fn read(pieces: Vec<Bytes>, follow: bool) -> Vec<Result<Frame, ApiError>> {
    let client = Client::unix("/nowhere");
    let told = client.request("events", &[]).unwrap().told();
    let body = stream::iter(pieces.into_iter().map(Ok)).boxed();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(frames(body, told, follow).collect())
}

fn line(number: u64, event_type: &str) -> String {
    let sequence = Sequence::new(Epoch::from_millis(7), number);
    format!("{{\"type\":\"{event_type}\",\"sequence\":\"{sequence}\",\"data\":{{\"text\":\"a\\nä\"}}}}\n")
}

#[test]
fn unknown_types_keep_their_position_and_bytes() {
    let text = line(1, "groma.future.thing") + "\n" + &line(2, "groma.system.error");
    let read = read(vec![text.clone().into()], false);
    let read: Vec<Frame> = read.into_iter().map(Result::unwrap).collect();
    assert_eq!(read[0].event_type, UNKNOWN_EVENT_TYPE);
    assert_eq!(read[1].event_type, "groma.system.error");
    assert_eq!(read[0].sequence.unwrap().number, 1);
    assert_eq!(read[0].json, text.lines().next().unwrap());
}

#[test]
fn an_end_is_good_only_where_one_was_asked_for() {
    let whole = line(1, "groma.system.error");
    assert_eq!(read(vec![whole.clone().into()], false).len(), 1);
    let followed = read(vec![whole.clone().into()], true);
    assert_eq!(followed[1].as_ref().unwrap_err().code, ErrorCode::Unavailable);
    let cut = read(vec![Bytes::from(whole.trim_end().to_owned())], false);
    assert_eq!(cut[0].as_ref().unwrap_err().code, ErrorCode::Unavailable);
}

#[test]
fn a_problem_ends_the_stream() {
    let problem = ApiError::new(ErrorCode::StorageFailed, "gone").problem();
    let text = serde_json::to_string(&problem).unwrap() + "\n" + &line(1, "groma.system.error");
    let read = read(vec![text.into()], true);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].as_ref().unwrap_err(), &ApiError::new(ErrorCode::StorageFailed, "gone"));
}

#[test]
fn a_line_without_end_is_given_up() {
    let read = read(vec![Bytes::from(vec![b'x'; LINE_BYTES_MAX]), Bytes::from_static(b"xx")], true);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].as_ref().unwrap_err().code, ErrorCode::Internal);
}

proptest! {
    #[test]
    fn pieces_do_not_matter(count in 1u64..20, cuts in prop::collection::vec(1usize..50, 1..200)) {
        let text: String = (1..=count).map(|number| line(number, "groma.system.error")).collect();
        let mut rest = Bytes::from(text);
        let mut pieces = Vec::new();
        for cut in cuts {
            pieces.push(rest.split_to(cut.min(rest.len())));
        }
        pieces.push(rest);
        let numbers: Vec<u64> = read(pieces, false)
            .into_iter()
            .map(|frame| frame.unwrap().sequence.unwrap().number)
            .collect();
        prop_assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..300), follow: bool) {
        let read = read(vec![bytes.into()], follow);
        prop_assert!(read.iter().filter(|item| item.is_err()).count() <= 1);
    }
}
