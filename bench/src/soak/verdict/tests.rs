use super::*;
use crate::soak::item::Mark;

/// Ten events: 3, 4, 5 and 8 may be merged; 6 and 7 are the first and second of publisher 1.
fn journal() -> Vec<Event> {
    (1..=10)
        .map(|number| Event {
            number,
            digest: number * 31,
            key: [3, 4, 5, 8].contains(&number).then_some(7),
            mark: [6, 7].contains(&number).then(|| Mark { publisher: 1, number: number - 6 }),
        })
        .collect()
}

fn events(numbers: &[u64]) -> Vec<Item> {
    let journal = journal();
    numbers.iter().map(|number| Item::Event(journal[*number as usize - 1])).collect()
}

fn merged(count: u64) -> Item {
    Item::Merged { key: 7, count }
}

fn reading(segments: Vec<Segment>) -> Vec<String> {
    judge(&journal(), 0, 10, &[], &[Reading { name: "reader".to_owned(), segments }])
}

fn whole(after: u64, items: Vec<Item>) -> Segment {
    Segment { after, items, whole: true }
}

fn cut(after: u64, items: Vec<Item>) -> Segment {
    Segment { after, items, whole: false }
}

#[test]
fn what_adds_up_is_no_fault() {
    let all: Vec<u64> = (1..=10).collect();
    let spared = [events(&[1, 2]), vec![merged(2)], events(&[5, 6, 7, 8, 9, 10])].concat();
    let gap = [vec![Item::Gap { from: 0, to: 8 }], events(&[9, 10])].concat();
    for segments in [
        vec![whole(0, events(&all))],
        vec![whole(0, spared)],
        vec![cut(0, events(&[1, 2, 3])), cut(3, vec![]), whole(3, events(&[4, 5, 6, 7, 8, 9, 10]))],
        // Cut before it was told of 3 and 4.
        vec![cut(0, events(&[1, 2, 6])), whole(6, events(&[7, 8, 9, 10]))],
        // Told of 3 and 4, which come again.
        vec![
            cut(0, [events(&[1, 2]), vec![merged(2)]].concat()),
            whole(2, events(&[3, 4, 5, 6, 7, 8, 9, 10])),
        ],
        vec![whole(0, gap)],
        vec![whole(0, [vec![Item::Alarm], events(&all)].concat())],
    ] {
        assert_eq!(reading(segments), Vec::<String>::new());
    }
}

#[test]
fn what_does_not_add_up_is_told() {
    let other = Item::Event(Event { digest: 0, ..journal()[1] });
    for (segments, told) in [
        (vec![whole(0, events(&[1, 3, 4, 5, 6, 7, 8, 9, 10]))], "event 2 is missing"),
        (vec![whole(0, events(&[1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]))], "event 2 came twice"),
        (vec![whole(0, events(&[2, 1, 3, 4, 5, 6, 7, 8, 9, 10]))], "event 1 is missing"),
        (vec![whole(0, [events(&[1]), vec![other]].concat())], "event 2 is not the one"),
        (
            vec![whole(0, events(&[1, 2, 5, 6, 7, 8, 9, 10]))],
            "2 events of one type and subject were left out, 0",
        ),
        (
            vec![whole(0, [events(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), vec![merged(1)]].concat())],
            "1 are told as merged",
        ),
        (
            vec![
                cut(0, [events(&[1, 2]), vec![merged(9)]].concat()),
                whole(2, events(&[3, 4, 5, 6, 7, 8, 9, 10])),
            ],
            "9 events",
        ),
        (
            vec![cut(0, events(&[1, 2])), whole(3, events(&[4, 5, 6, 7, 8, 9, 10]))],
            "it went on behind 3 instead of 2",
        ),
        (vec![cut(0, events(&[1, 2]))], "it ends at event 2, the journal at 10"),
        (
            vec![whole(0, [vec![Item::Gap { from: 4, to: 8 }], events(&[9, 10])].concat())],
            "not where it is told",
        ),
    ] {
        let faults = reading(segments).join("\n");
        assert!(faults.contains(told), "`{told}` is not among: {faults}");
    }
}

#[test]
fn a_hole_in_the_journal_is_told() {
    let mut journal = journal();
    journal.remove(4);
    assert!(judge(&journal, 0, 10, &[], &[])[0].contains("event 6 instead of 5"));
    journal.pop();
    assert!(judge(&journal, 0, 10, &[], &[])[1].contains("ends with event 9 instead of 10"));
}

#[test]
fn acknowledged_and_unanswered_requests_are_looked_up() {
    let judge = |acknowledged: Vec<(u64, u64)>, unanswered: &[(u64, u64)]| {
        judge(
            &journal(),
            0,
            10,
            &[Published {
                publisher: 1,
                acknowledged,
                unanswered: unanswered.iter().map(|(first, end)| *first..*end).collect(),
            }],
            &[],
        )
        .join("\n")
    };
    assert_eq!(judge(vec![(0, 6), (1, 7)], &[]), "");
    assert_eq!(judge(vec![], &[(0, 2), (2, 9)]), "");
    assert_eq!(judge(vec![(0, 6)], &[(1, 2)]), "");
    assert!(judge(vec![(0, 6), (1, 8)], &[]).contains("acknowledged as event 8 and is event 7"));
    assert!(judge(vec![(0, 6), (1, 7), (2, 9)], &[]).contains("is not in the journal"));
    assert!(judge(vec![(0, 6)], &[(1, 3)]).contains("1 of the 2 events of one request"));
    assert!(judge(vec![(0, 6)], &[]).contains("event 7 is its 1, which was refused"));
}
