//! What is looked up for the words of a query.

use std::collections::BTreeSet;

use crate::fold::words;
use crate::query::Correction;
use crate::synonyms;

use super::Words;
use super::vocabulary::nearest;

/// At most so many bytes of a query are read.
const LONGEST: usize = 1024;
/// At most so many words of it.
const MOST: usize = 16;
/// At most so many words are taken for the beginning of one.
const COMPLETIONS: usize = 6;
/// At most so many spellings are taken for an unknown one.
const CORRECTIONS: usize = 3;
/// A shorter last word is finished by too many.
const BEGINNING: usize = 2;

/// How a term came into the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// It was typed.
    Literal,
    /// Singular or plural of what was typed, or what an unknown last word begins.
    Form,
    /// What was typed, spelt right.
    Corrected,
    /// A synonym, or a longer word. Counts for half.
    Related,
}

/// A word or phrase that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Words separated by spaces.
    pub(crate) phrase: String,
    /// For which word of the query.
    pub(crate) origin: usize,
    pub(crate) class: Class,
}

/// What is looked up for a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The words of the query that mean something.
    pub(crate) typed: Vec<String>,
    pub(crate) terms: Vec<Term>,
    pub(crate) corrected: Vec<Correction>,
}

/// Reads a query.
pub(super) fn plan(text: &str, vocabulary: &Words) -> Plan {
    let mut plan = Plan { typed: typed(text), ..Plan::default() };
    for at in 0..plan.typed.len() {
        let word = plan.typed[at].clone();
        plan.word(at, &word, vocabulary);
        if let Some(next) = plan.typed.get(at + 1) {
            let pair = format!("{word} {next}");
            // What two words mean together stands for both.
            plan.related(at, synonyms::of(&pair), vocabulary);
            plan.related(at + 1, synonyms::of(&pair), vocabulary);
        }
    }
    plan
}

/// Returns the words of a query, each once; those that mean nothing are left out.
fn typed(text: &str) -> Vec<String> {
    let mut typed: Vec<String> = Vec::new();
    let text = &text[..text.floor_char_boundary(LONGEST)];
    words(text, &mut |word| {
        let known = typed.iter().any(|known| known == word);
        if typed.len() < MOST && !known && !synonyms::is_stop(word) {
            typed.push(word.to_owned());
        }
    });
    typed
}

/// Returns singular or plural of an English word.
fn forms(word: &str) -> Vec<String> {
    if word.len() < 3 || !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let mut forms = Vec::new();
    if let Some(stem) = word.strip_suffix("ies") {
        forms.push(format!("{stem}y"));
    } else if let Some(stem) = word.strip_suffix('s') {
        forms.push(stem.to_owned());
        forms.extend(stem.strip_suffix('e').map(str::to_owned));
    } else {
        forms.push(format!("{word}s"));
        forms.push(format!("{word}es"));
        forms.extend(word.strip_suffix('y').map(|stem| format!("{stem}ies")));
    }
    forms
}

impl Plan {
    /// Returns for how many words of the query there are terms among those of these numbers.
    pub(crate) fn origins(&self, terms: &[usize]) -> usize {
        let origins: BTreeSet<usize> =
            terms.iter().filter_map(|at| self.terms.get(*at)).map(|term| term.origin).collect();
        origins.len()
    }

    fn word(&mut self, origin: usize, word: &str, vocabulary: &Words) {
        let last = origin + 1 == self.typed.len() && word.len() >= BEGINNING;
        let completions = if last { vocabulary.beginning_with(word, COMPLETIONS) } else { Vec::new() };
        let is_there = |word: &str| vocabulary.frequency(word) != Some(0);
        if is_there(word) {
            self.add(origin, Class::Literal, word);
        }
        let forms: Vec<String> = forms(word).into_iter().filter(|form| is_there(form)).collect();
        for form in &forms {
            self.add(origin, Class::Form, form);
        }
        self.related(origin, synonyms::of(word), vocabulary);
        let unknown = !is_there(word) && forms.is_empty();
        for longer in &completions {
            self.add(origin, if unknown { Class::Form } else { Class::Related }, longer);
        }
        if unknown && completions.is_empty() && synonyms::of(word).is_empty() {
            self.correct(origin, word, vocabulary);
        }
    }

    fn correct(&mut self, origin: usize, word: &str, vocabulary: &Words) {
        let near = vocabulary.near(word, CORRECTIONS);
        for known in &near {
            self.add(origin, Class::Corrected, known);
            self.corrected.push(Correction { typed: word.to_owned(), taken_as: (*known).to_owned() });
            self.related(origin, synonyms::of(known), vocabulary);
        }
        if !near.is_empty() {
            return;
        }
        // Nothing is called so here, but something may be that means the same.
        for known in nearest(word, synonyms::words()).into_iter().take(CORRECTIONS) {
            let before = self.terms.len();
            self.related(origin, synonyms::of(known), vocabulary);
            if self.terms.len() > before {
                self.corrected.push(Correction { typed: word.to_owned(), taken_as: known.to_owned() });
            }
        }
    }

    fn related(&mut self, origin: usize, terms: &[&str], vocabulary: &Words) {
        let is_there = |term: &str| term.split(' ').all(|word| vocabulary.frequency(word) != Some(0));
        for term in terms.iter().filter(|term| is_there(term)) {
            self.add(origin, Class::Related, term);
        }
    }

    /// Adds a term for a word of the query, once.
    fn add(&mut self, origin: usize, class: Class, phrase: &str) {
        let known = self.terms.iter_mut().find(|term| term.origin == origin && term.phrase == phrase);
        match known {
            Some(known) => known.class = known.class.min(class),
            None => self.terms.push(Term { phrase: phrase.to_owned(), origin, class }),
        }
    }
}
