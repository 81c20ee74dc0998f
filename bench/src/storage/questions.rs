//! What is searched for: five kinds of questions, each alone and behind a filter; no text comes twice.

use std::collections::HashSet;

use groma_model::ThingId;

use super::estate::{self, CLOUD, ENVIRONMENTS, GROUP, OWNERS, PURPOSES, Resource, TEAMS};

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Words,
    Word,
    Exact,
    Address,
    Fragment,
}

/// What a search is restricted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Nothing,
    Kind,
    Account,
    Tag,
}

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) text: String,
    /// The restriction, as query parameters say it.
    pub(crate) filter: Option<(&'static str, String)>,
    /// What has to be found first.
    pub(crate) sought: Option<ThingId>,
    /// Whether something has to be found.
    pub(crate) finds: bool,
}

impl Class {
    pub(crate) const ALL: [Self; 5] = [Self::Words, Self::Word, Self::Exact, Self::Address, Self::Fragment];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Words => "several words",
            Self::Word => "one word",
            Self::Exact => "an exact id",
            Self::Address => "an IP address",
            Self::Fragment => "a fragment of a name or id",
        }
    }
}

impl By {
    pub(crate) const ALL: [Self; 4] = [Self::Nothing, Self::Kind, Self::Account, Self::Tag];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Kind => "kind",
            Self::Account => "account",
            Self::Tag => "tag",
        }
    }

    /// Returns the restriction that a resource passes.
    pub(crate) fn filter(self, resource: &Resource) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Kind => Some(("type", resource.kind.to_owned())),
            Self::Account => Some(("account", resource.account.clone())),
            Self::Tag => Some(("tag", format!("env={}", resource.environment))),
        }
    }
}

const OBJECTS: [&str; 12] = [
    "database",
    "load balancer",
    "instances",
    "volumes",
    "security group",
    "function",
    "bucket",
    "host",
    "queue",
    "servers",
    "role",
    "cluster",
];
const PLACES: [&str; 8] =
    ["paris", "frankfurt", "ireland", "eu-west-3", "us-east-1", "oregon", "sydney", "europe"];
const STATES: [&str; 5] = ["running", "stopped", "available", "active", "in use"];

/// Makes questions about an estate.
#[derive(Debug)]
pub(crate) struct Questions {
    things: usize,
    random: fastrand::Rng,
    asked: HashSet<String>,
}

impl Questions {
    pub(crate) fn new(things: usize) -> Self {
        Self { things, random: fastrand::Rng::with_seed(7), asked: HashSet::new() }
    }

    /// Returns some resource of the cloud.
    pub(crate) fn resource(&mut self) -> Resource {
        estate::resource(self.random.usize(..self.things / GROUP * CLOUD))
    }

    /// Makes a question that was not asked before.
    pub(crate) fn next(&mut self, class: Class, by: By) -> Question {
        loop {
            let question = self.make(class, by);
            if self.asked.insert(question.text.clone()) {
                return question;
            }
        }
    }

    fn make(&mut self, class: Class, by: By) -> Question {
        let resource = self.resource();
        let filter = by.filter(&resource);
        let (text, sought, finds) = match class {
            Class::Words => (self.words(&resource), None, by == By::Nothing),
            Class::Word => (self.word(&resource), None, false),
            Class::Exact => (self.exact(&resource), Some(resource.id), true),
            Class::Address => (resource.address.to_string(), Some(resource.id), true),
            Class::Fragment => (self.fragment(&resource), None, true),
        };
        Question { text, filter, sought, finds }
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        self.random.choice(words).copied().unwrap_or_default()
    }

    /// Words as people type them, of which some are of the thing that the filter is of.
    fn words(&mut self, resource: &Resource) -> String {
        let (purpose, environment) = (resource.purpose, resource.environment);
        let (object, place, state) = (self.pick(&OBJECTS), self.pick(&PLACES), self.pick(&STATES));
        let (team, owner) = (self.random.usize(..TEAMS), self.random.usize(..OWNERS));
        match self.random.u8(..6) {
            0 => format!("{environment} {purpose} {object} team-{team}"),
            1 => format!("{state} {object} of team-{team} in {place}"),
            2 => format!("what {purpose} {object} does person{owner} own"),
            3 => format!("{environment} {} {object} {place} person{owner}", misspelt(purpose, team)),
            4 => format!("{purpose} {object} {state} {place} {environment} person{owner}"),
            _ => format!("the {purpose} of person{owner}"),
        }
    }

    /// A frequent word, a rare one, or one that is spelt wrong.
    fn word(&mut self, resource: &Resource) -> String {
        let number = self.random.usize(..OWNERS);
        match self.random.u8(..4) {
            0 if self.random.bool() => resource.purpose.to_owned(),
            0 => ENVIRONMENTS[number % ENVIRONMENTS.len()].0.to_owned(),
            1 => misspelt(PURPOSES[number % PURPOSES.len()], number / PURPOSES.len()),
            2 => format!("team-{}", number % TEAMS),
            _ => format!("person{number}"),
        }
    }

    fn exact(&mut self, resource: &Resource) -> String {
        match self.random.u8(..4) {
            0 => resource.id.to_string(),
            1 => resource.arn.clone(),
            2 => resource.alias(),
            _ => resource.native.clone(),
        }
    }

    /// A part of the native id, or the end of the name.
    fn fragment(&mut self, resource: &Resource) -> String {
        let text = if self.random.bool() { &resource.native } else { &resource.name };
        let length = text.len().min(9);
        text.get(text.len() - length..text.len() - 1).unwrap_or(text).to_owned()
    }
}

/// Leaves a letter out or doubles it.
fn misspelt(word: &str, how: usize) -> String {
    let at = how / 2 % word.len();
    let (head, tail) = word.split_at(at);
    let letter = tail.get(..1).unwrap_or_default();
    match how % 2 {
        0 => format!("{head}{}", tail.get(1..).unwrap_or_default()),
        _ => format!("{head}{letter}{tail}"),
    }
}

#[cfg(test)]
mod tests;
