use proptest::prelude::*;

use super::{Batch, PADDING_PART, TOKENS_MAX, batches};

#[test]
fn texts_of_similar_lengths_are_together() {
    let expected = vec![Batch { texts: vec![1], tokens: 250 }, Batch { texts: vec![0, 3, 2], tokens: 24 }];
    assert_eq!(batches(&[24, 250, 22, 24]), expected);
    assert_eq!(batches(&[]), Vec::new());
}

proptest! {
    #[test]
    fn every_text_is_in_one_batch_and_padding_is_little(
        lengths in proptest::collection::vec(2_usize..=256, 0..120)
    ) {
        let batches = batches(&lengths);
        let mut seen: Vec<usize> = batches.iter().flat_map(|batch| batch.texts.clone()).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
        for Batch { texts, tokens } in batches {
            let real: usize = texts.iter().map(|at| lengths[*at]).sum();
            prop_assert_eq!(texts.iter().map(|at| lengths[*at]).max(), Some(tokens));
            prop_assert!(texts.len() * tokens <= TOKENS_MAX || texts.len() == 1);
            prop_assert!((texts.len() * tokens - real) * PADDING_PART <= texts.len() * tokens);
        }
    }
}
