use std::collections::HashSet;

use super::*;

#[test]
fn no_text_comes_twice() {
    let mut questions = Questions::new(20_000);
    let mut texts = HashSet::new();
    for round in 0..400 {
        for class in Class::ALL {
            let question = questions.next(class, By::ALL[round % By::ALL.len()]);
            assert!(!question.text.trim().is_empty());
            assert!(texts.insert(question.text));
        }
    }
}

#[test]
fn what_is_sought_passes_the_filter() {
    let mut questions = Questions::new(20_000);
    for by in By::ALL {
        let question = questions.next(Class::Exact, by);
        let of = |number| estate::resource(number);
        let sought = (0..10_000).map(of).find(|resource| Some(resource.id) == question.sought).unwrap();
        assert_eq!(by.filter(&sought), question.filter);
    }
}

#[test]
fn a_letter_is_left_out_or_doubled() {
    for (how, text) in [(0, "eb"), (1, "wweb"), (2, "wb"), (5, "webb"), (6, "eb")] {
        assert_eq!(misspelt("web", how), text);
    }
}
