use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn names_are_read_as_they_are_written_and_in_no_other_way(digest: [u8; 32], generation: u64, noise in ".{0,80}") {
        let made = Blob { digest, generation };
        prop_assert_eq!(blob(&made.chunk()), Some(made));
        prop_assert_eq!(blob(&made.keys()), Some(made));
        prop_assert_eq!(blob(&made.chunk().to_uppercase()), None);
        prop_assert_eq!(entry_number(&entry(generation)), Some(generation));
        for text in [noise.clone(), format!("chunks/{noise}"), format!("log/{noise}")] {
            if let Some(blob) = blob(&text) {
                prop_assert_eq!(blob.chunk(), text.as_str());
            }
            if let Some(number) = entry_number(&text) {
                prop_assert_eq!(entry(number), text);
            }
        }
    }
}

#[test]
fn entries_sort_as_their_numbers_do() {
    let mut names: Vec<String> = [9, 10, 1, 100_000, 99].into_iter().map(entry).collect();
    names.sort();
    assert_eq!(
        names.iter().filter_map(|name| entry_number(name)).collect::<Vec<_>>(),
        [1, 9, 10, 99, 100_000]
    );
}
