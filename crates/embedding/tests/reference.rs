//! Tokens and vectors equal those of a foreign tokenizer and of BERT in double precision
//! (`tests/oracles/embedding_reference.py`).

#![expect(clippy::unwrap_used, reason = "helpers of tests panic like tests")]

mod support;

use std::path::Path;

use groma_embedding::{DIMENSIONS, Embedder as _};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    script: String,
    texts: Vec<Judged>,
}

#[derive(Deserialize)]
struct Judged {
    text: String,
    tokens: Vec<u32>,
    vector: Vec<f64>,
}

fn reference() -> Vec<Judged> {
    let path = support::prepared("reference.json");
    let reference: Reference = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles/embedding_reference.py");
    assert!(
        reference.script == std::fs::read_to_string(script).unwrap(),
        "{} is of another version of the script: run `cargo xtask test --only model`",
        path.display()
    );
    assert!(reference.texts.len() >= 200);
    reference.texts
}

/// A text that fits into a message.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}

#[test]
fn tokens_are_those_of_the_reference() {
    let model = support::model();
    for Judged { text, tokens, .. } in reference() {
        assert_eq!(model.tokens(&text), tokens, "{}", shown(&text));
    }
}

#[test]
fn vectors_are_those_of_the_reference() {
    let model = support::model();
    let reference = reference();
    let mut worst = 1.0_f64;
    for judged in reference.chunks(100) {
        let texts: Vec<&str> = judged.iter().map(|judged| judged.text.as_str()).collect();
        for (vector, judged) in model.embed(&texts).unwrap().iter().zip(judged) {
            assert_eq!(vector.len(), DIMENSIONS);
            let vector = vector.iter().map(|number| f64::from(*number));
            let length: f64 = vector.clone().map(|number| number * number).sum();
            assert!((length - 1.0).abs() < 1e-5, "{}: {length}", shown(&judged.text));
            let cosine: f64 = vector.zip(&judged.vector).map(|(one, other)| one * other).sum();
            assert!(cosine >= 1.0 - 1e-4, "{}: {cosine}", shown(&judged.text));
            worst = worst.min(cosine);
        }
    }
    println!("{} texts, lowest cosine {worst:.9}", reference.len());
}
