use bytes::{Bytes, BytesMut};
use groma_api::EventQuery;
use groma_model::{Epoch, Frame, Sequence};

use super::{Form, id, resume};

#[test]
fn control_frames_do_not_move_the_position() {
    let mut frame = Frame {
        sequence: Some(Sequence::new(Epoch::from_millis(7), 42)),
        event_type: "groma.system.error",
        subject: None,
        json: Bytes::from_static(b"{}"),
    };
    let mut out = BytesMut::new();
    Form::Sse.frame(&frame, &mut out);
    frame.sequence = None;
    Form::Sse.frame(&frame, &mut out);
    assert_eq!(out, "id: 0000000000007-00000000000000000042\ndata: {}\n\ndata: {}\n\n");
    let mut out = BytesMut::new();
    Form::Lines.frame(&frame, &mut out);
    assert_eq!(out, "{}\n");
}

#[test]
fn the_last_id_wins() {
    let mut query = EventQuery { since: Some(groma_model::Timestamp::UNIX_EPOCH), ..EventQuery::default() };
    let headers = [("last-event-id".parse().unwrap(), "x".parse().unwrap())].into_iter().collect();
    resume(&mut query, &headers).unwrap();
    assert_eq!((query.after.as_deref(), query.since), (Some("x"), None));
}

#[test]
fn the_id_is_the_position_as_it_is_written_everywhere() {
    for (epoch, number) in [(0, 0), (7, 42), (1_763_740_800_000, 1_000_000), (Epoch::MAX, u64::MAX)] {
        let sequence = Sequence::new(Epoch::from_millis(epoch), number);
        assert_eq!(String::from_utf8(id(sequence).to_vec()).unwrap(), format!("id: {sequence}\n"));
    }
}
