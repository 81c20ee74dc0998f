use groma_model::{Envelope, EventId, Subject, TaskId};
use proptest::prelude::*;

use super::*;
use crate::pack::Pack;

proptest! {
    #[test]
    fn an_envelope_says_what_the_event_is(
        kind in 0..EventType::ALL.len(),
        subject in any::<Option<u128>>(),
        micros in 0..4_000_000_000_000_000_i64,
        numbers in proptest::collection::vec(1..=i64::MAX as u64, 1..20),
    ) {
        let (node, epoch) = (NodeId::now(), Epoch::from_millis(1_763_740_800_000));
        let head = Head {
            event_type: EventType::ALL[kind],
            subject: subject.map(|id| Subject::scan(TaskId::from_uuid(Uuid::from_u128(id)))),
            id: EventId::now(),
            at: Timestamp::from_micros(micros),
        };
        let mut pack = Pack::new(std::sync::Arc::new(Origin::new(node, epoch)), numbers.len());
        for number in &numbers {
            pack.push(*number, head, |out| { out.extend_from_slice(br#"{"a":[1]}"#); Ok::<_, ()>(()) }).unwrap();
            let before = pack.len();
            let refused = pack.push(*number, head, |out| { out.push(b'x'); Err(()) }).is_err();
            prop_assert!(refused);
            prop_assert_eq!(pack.len(), before);
        }
        let events = pack.finish();
        prop_assert_eq!(events.len(), numbers.len());
        for (event, number) in events.iter().zip(numbers) {
            prop_assert_eq!(event.data(), br#"{"a":[1]}"#);
            let envelope: Envelope = event.frame(epoch).envelope().unwrap();
            prop_assert_eq!(envelope.specversion.as_str(), "1.0");
            prop_assert_eq!(envelope.id, head.id);
            prop_assert_eq!(envelope.source, format!("/groma/{node}/{}", head.event_type.domain));
            prop_assert_eq!(envelope.event_type.as_str(), head.event_type.name);
            prop_assert_eq!(envelope.subject, head.subject);
            prop_assert_eq!(envelope.time, head.at);
            prop_assert_eq!(envelope.datacontenttype.as_str(), "application/json");
            prop_assert_eq!(envelope.dataschema, head.event_type.schema_path());
            prop_assert_eq!(envelope.sequence, Some(Sequence::new(epoch, number)));
            prop_assert_eq!(envelope.data.get(), r#"{"a":[1]}"#);
        }
    }
}

#[test]
fn events_share_buffers_that_end_where_they_are_full() {
    let origin = std::sync::Arc::new(Origin::new(NodeId::now(), Epoch::from_millis(1)));
    let head =
        Head { event_type: EventType::ALL[0], subject: None, id: EventId::now(), at: Timestamp::UNIX_EPOCH };
    let mut pack = Pack::new(origin, 1000);
    let data = format!("\"{}\"", "x".repeat(1000));
    for number in 1..=1000 {
        let written = pack.push(number, head, |out| {
            out.extend_from_slice(data.as_bytes());
            Ok::<_, ()>(())
        });
        assert_eq!(written.unwrap(), data.as_bytes());
    }
    let events = pack.finish();
    assert!(events.iter().map(|event| event.number).eq(1..=1000));
    assert!(events.iter().all(|event| event.data() == data.as_bytes()));
}
