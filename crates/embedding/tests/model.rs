//! The model's vectors, whatever the texts and however they are put together.

#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use std::sync::LazyLock;

use groma_embedding::{DIMENSIONS, Embedder as _, EmbedderKind, EmbeddingError, MODEL_ID, MiniLm};
use proptest::prelude::*;

static MODEL: LazyLock<MiniLm> = LazyLock::new(support::model);

fn near(one: &[f32], other: &[f32]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-5)
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[test]
fn meaning_is_near() {
    // No word is shared.
    let vectors =
        MODEL.embed(&["what prints paper", "office printer", "aws.rds.db-instance orders"]).unwrap();
    assert!(cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]) + 0.3);
    assert_eq!((MODEL.kind(), MODEL.id()), (EmbedderKind::Model, MODEL_ID));
}

#[test]
fn no_texts_give_no_vectors() {
    assert_eq!(MODEL.embed(&[]).unwrap(), Vec::<Vec<f32>>::new());
}

#[test]
fn several_callers_get_what_each_would_get_alone() {
    let texts: Vec<String> =
        (0..24).map(|number| format!("web server {number} {}", "x ".repeat(number))).collect();
    let alone: Vec<Vec<f32>> = texts.iter().map(|text| MODEL.embed(&[text]).unwrap().remove(0)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let together = MODEL.embed(&texts).unwrap();
                assert!(together.iter().zip(&alone).all(|(one, other)| near(one, other)));
            });
        }
    });
}

#[test]
fn a_folder_without_a_model_is_told_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let error = MiniLm::load(folder.path()).unwrap_err();
    assert!(matches!(error, EmbeddingError::Absent { .. }));
    assert!(error.to_string().contains("groma model install"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_gives_a_vector_of_length_one(text in any::<String>()) {
        let vectors = MODEL.embed(&[&text]).unwrap();
        prop_assert_eq!(vectors.len(), 1);
        prop_assert_eq!(vectors[0].len(), DIMENSIONS);
        prop_assert!((cosine(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_order_of_texts_does_not_matter(
        texts in proptest::collection::vec("[a-z0-9 .-]{0,80}", 1..20).prop_shuffle(),
    ) {
        let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let forth = MODEL.embed(&texts).unwrap();
        texts.reverse();
        let back = MODEL.embed(&texts).unwrap();
        for (one, other) in forth.iter().zip(back.iter().rev()) {
            prop_assert!(near(one, other));
        }
    }
}
