use proptest::prelude::*;

use super::{Lexical, hash};
use crate::{DIMENSIONS, Embedder as _};

fn cosine(one: &str, other: &str) -> f32 {
    let vectors = Lexical.embed(&[one, other]).unwrap();
    vectors[0].iter().zip(&vectors[1]).map(|(one, other)| one * other).sum()
}

#[test]
fn typos_are_nearer_than_other_words() {
    for (word, typo, other) in [
        ("database", "databse", "printer"),
        ("production postgres database", "prodution postgres databse", "invoice archive bucket"),
        ("load-balancer", "load balancer", "lambda function"),
        ("café-router", "cafe router", "network switch"),
    ] {
        let (near, far) = (cosine(word, typo), cosine(word, other));
        assert!(near > 0.4 && near > far + 0.25, "{word}: {typo} {near}, {other} {far}");
    }
}

#[test]
fn case_accents_and_punctuation_do_not_matter() {
    assert!(cosine("Orders-DB/Primary", "orders db primary") > 0.9999);
    assert!(cosine("Zürich", "zu\u{308}rich") > 0.9999);
}

#[test]
fn vectors_stay_the_same_for_ever() {
    // As an implementation in another language has them.
    assert_eq!(hash(1, "database"), 17_707_802_710_802_605_348);
    let vector = Lexical.embed(&["aws.rds.db-instance orders"]).unwrap().remove(0);
    let places: Vec<(usize, i32)> = vector
        .iter()
        .enumerate()
        .filter(|(_, number)| number.abs() > 0.2)
        .map(|(place, number)| (place, (number * 1000.0).round() as i32))
        .collect();
    assert_eq!(places, [(41, -267), (151, 267), (164, 267), (307, -267), (370, -267)]);
}

#[test]
fn nothing_is_still_a_direction() {
    for text in ["", " ", "\u{1}\n", "---"] {
        let vector = Lexical.embed(&[text]).unwrap().remove(0);
        assert_eq!(vector.iter().map(|number| number * number).sum::<f32>(), 1.0);
    }
}

proptest! {
    #[test]
    fn every_text_gives_a_vector_of_length_one(text in any::<String>()) {
        let vector = Lexical.embed(&[&text]).unwrap().remove(0);
        prop_assert_eq!(vector.len(), DIMENSIONS);
        let length: f32 = vector.iter().map(|number| number * number).sum();
        prop_assert!((length - 1.0).abs() < 1e-5, "{}", length);
    }
}
