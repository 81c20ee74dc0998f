use bytes::Bytes;
use groma_model::{Epoch, Frame, Sequence};
use proptest::prelude::*;

use super::{KEPT, SharedChunks, write};
use crate::stream::Form;

fn frame(number: Option<u64>) -> Frame {
    Frame {
        sequence: number.map(|number| Sequence::new(Epoch::from_millis(1), number)),
        event_type: "groma.system.error",
        subject: None,
        json: Bytes::from(format!("{{\"number\":{number:?}}}")),
    }
}

#[test]
fn readers_of_the_same_events_share_their_bytes() {
    let shared = SharedChunks::default();
    let frames: Vec<_> = (1..50).map(|number| frame(Some(number))).collect();
    let (one, other) = (shared.chunk(Form::Sse, &frames), shared.chunk(Form::Sse, &frames));
    assert_eq!(one.as_ptr(), other.as_ptr());
    assert_ne!(shared.chunk(Form::Lines, &frames), one);
    assert_ne!(shared.chunk(Form::Sse, frames.get(1..).unwrap()), one);
}

#[test]
fn control_frames_are_not_shared_and_little_is_kept() {
    let shared = SharedChunks::default();
    let frames = [frame(None)];
    assert_ne!(shared.chunk(Form::Sse, &frames).as_ptr(), shared.chunk(Form::Sse, &frames).as_ptr());
    for number in 0..100 {
        shared.chunk(Form::Sse, &[frame(Some(number))]);
    }
    assert_eq!(shared.lock().len(), KEPT);
}

proptest! {
    #[test]
    fn whatever_was_written_before_the_bytes_are_those_of_the_frames(
        chunks in proptest::collection::vec(proptest::collection::vec(proptest::option::weighted(0.9, 0u64..6), 0..4), 1..40)
    ) {
        let shared = SharedChunks::default();
        for numbers in chunks {
            let frames: Vec<_> = numbers.into_iter().map(frame).collect();
            for form in [Form::Sse, Form::Lines] {
                prop_assert_eq!(shared.chunk(form, &frames), write(form, &frames));
            }
        }
    }
}
