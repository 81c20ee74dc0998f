//! One thing of the world: what an engine reads of it, and what its maker knows.

use std::collections::BTreeMap;

use groma_model::thing::{ThingFinding, ThingScope};
use groma_model::{ConnectionId, ThingId, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::labels::{Labels, owned};

/// The accounts by the names that people have for them, which no engine reads.
const ACCOUNTS: [(&str, &str); 4] = [
    ("prod", "111122223333"),
    ("staging", "444455556666"),
    ("dev", "777788889999"),
    ("data", "222233334444"),
];

pub(crate) fn account(name: &str) -> Option<&'static str> {
    ACCOUNTS.iter().find(|(known, _)| *known == name).map(|(_, id)| *id)
}

/// What an engine reads, and what is known beside.
pub(crate) struct Known {
    pub(crate) finding: ThingFinding,
    pub(crate) labels: Labels,
}

/// A number that is the same for the same text, as ids of clouds have them.
pub(crate) fn digits(of: &str) -> String {
    let uuid = Uuid::new_v5(&Uuid::NAMESPACE_OID, of.as_bytes());
    uuid.simple().to_string()[..16].to_owned()
}

impl Known {
    /// Makes a thing that is in an account (or `kvm`, the hypervisor) and a region, which may be empty.
    pub(crate) fn new(kind: &str, name: &str, account_name: &str, region: &str) -> Self {
        let connection = Uuid::new_v5(&Uuid::NAMESPACE_URL, account_name.as_bytes());
        let scope = ThingScope {
            account: account(account_name).map(str::to_owned),
            region: Some(region.to_owned()).filter(|region| !region.is_empty()),
            connection: (account_name == "kvm").then(|| ConnectionId::from_uuid(connection)),
            ..ThingScope::default()
        };
        let finding = ThingFinding {
            id: ThingId::resource(["aws", account_name, region, kind, "", name]),
            kind: kind.to_owned(),
            alias: scope.account.as_ref().map(|account| format!("{account}-{region}-{name}")),
            name: name.to_owned(),
            parent: None,
            scope,
            state: String::new(),
            identifiers: Vec::new(),
            tags: BTreeMap::new(),
            attributes: Map::new(),
            readings: Map::new(),
            permissions: None,
            constraints: None,
            relations: BTreeMap::new(),
            slice: None,
            at: Timestamp::from_micros(1_763_740_800_000_000),
        };
        let labels = Labels::from([("env".to_owned(), account_name.to_owned())]);
        Self { finding, labels }
    }

    pub(crate) fn state(mut self, state: &str) -> Self {
        state.clone_into(&mut self.finding.state);
        self
    }

    pub(crate) fn called(mut self, identifiers: &[&str]) -> Self {
        let given = identifiers.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        self.finding.identifiers.extend(given.map(str::to_owned));
        self
    }

    pub(crate) fn tagged(mut self, tags: impl IntoIterator<Item = (String, String)>) -> Self {
        for (key, value) in tags {
            self.labels.insert(key.to_lowercase(), value.clone());
            self.finding.tags.insert(key, value);
        }
        self
    }

    pub(crate) fn with(mut self, attributes: &[(&str, &str)]) -> Self {
        for (key, value) in attributes {
            let number = value.parse::<i64>().map(Value::from);
            self.labels.insert((*key).to_owned(), (*value).to_owned());
            self.finding.attributes.insert((*key).to_owned(), number.unwrap_or_else(|_| (*value).into()));
        }
        self
    }

    /// Notes what only the judge knows.
    pub(crate) fn is(mut self, labels: impl IntoIterator<Item = (String, String)>) -> Self {
        self.labels.extend(labels);
        self
    }

    /// Reads a line of `things.txt`.
    pub(crate) fn read(line: &str) -> Self {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [kind, name, account, region, state, identifiers, tags, attributes, about] = parts[..] else {
            panic!("expected nine parts: {line}");
        };
        let list = |text: &str| -> Vec<(String, String)> {
            text.split(',').filter_map(|pair| pair.split_once('=')).map(owned).collect()
        };
        let identifiers: Vec<&str> = identifiers.split(',').collect();
        let attributes = list(attributes);
        let attributes: Vec<(&str, &str)> =
            attributes.iter().map(|(key, value)| (&**key, &**value)).collect();
        Self::new(kind, name, account, region)
            .state(state)
            .called(&identifiers)
            .tagged(list(tags))
            .with(&attributes)
            .is(crate::labels::pairs(about))
    }
}
