//! All hosts as one document: read from the tables, or put together from the changes that were told.

use std::collections::BTreeMap;
use std::net::IpAddr;

use groma_model::ThingId;
use groma_model::network::{ChangeKind, HostChanged};
use serde_json::{Map, Value, json};

use super::world::Open;

/// Each host with its services.
pub(crate) type Document = BTreeMap<ThingId, Value>;

/// Reads the document from the tables.
pub(crate) async fn tables(open: &Open) -> Document {
    let mut document = Document::new();
    let mut before = None;
    loop {
        let page = open.inventory.hosts(before, 5).await.unwrap();
        for host in &page.hosts {
            before = Some((host.last_changed, host.id));
            let mut value = Map::from_iter([
                ("address".to_owned(), json!(host.address)),
                ("state".to_owned(), json!(host.state)),
            ]);
            if let Some(name) = &host.hostname {
                value.insert("hostname".to_owned(), json!(name));
            }
            let services = host.services.iter().map(|service| {
                (format!("{}/{}", service.protocol.as_str(), service.port), json!({ "state": service.state }))
            });
            let services: Map<String, Value> = services.collect();
            if !services.is_empty() {
                value.insert("services".to_owned(), services.into());
            }
            assert!(document.insert(host.id, value.into()).is_none(), "a host is listed twice");
        }
        if page.next_cursor.is_none() {
            return document;
        }
    }
}

/// Applies a change, which must begin with what the document says.
pub(crate) fn apply(document: &mut Document, changed: &HostChanged) {
    let id = changed.thing_id;
    let known = document.contains_key(&id);
    match changed.change {
        ChangeKind::Added => assert!(!known, "{changed:?} adds what is there"),
        ChangeKind::Updated | ChangeKind::Deleted => assert!(known, "{changed:?} of what is not there"),
    }
    assert!(!changed.diff.is_empty(), "{changed:?} tells nothing");
    for field in &changed.diff {
        if field.path.is_empty() {
            let now = document.get(&id).cloned().unwrap_or(Value::Null);
            assert_eq!(now, field.before, "{changed:?}");
            match &field.after {
                Value::Null => document.remove(&id),
                after => document.insert(id, after.clone()),
            };
            continue;
        }
        let host = document.get_mut(&id).and_then(Value::as_object_mut);
        let host = host.unwrap_or_else(|| panic!("{changed:?} of no host"));
        assert_eq!(host.get("address"), Some(&json!(changed.host)));
        let parts: Vec<&str> = field.path.split('/').skip(1).collect();
        match parts.as_slice() {
            ["services", protocol, port] => {
                let services = host.entry("services").or_insert_with(|| json!({}));
                set(services, &format!("{protocol}/{port}"), &field.before, &field.after);
                if services.as_object().is_some_and(Map::is_empty) {
                    host.remove("services");
                }
            }
            ["services", protocol, port, name] => {
                set(&mut host["services"][format!("{protocol}/{port}")], name, &field.before, &field.after);
            }
            [name] => {
                let mut value = Value::Object(std::mem::take(host));
                set(&mut value, name, &field.before, &field.after);
                *host = value.as_object().cloned().unwrap_or_default();
            }
            _ => panic!("{changed:?} has a path that means nothing"),
        }
    }
    assert_eq!(document.contains_key(&id), changed.change != ChangeKind::Deleted, "{changed:?}");
}

fn set(object: &mut Value, name: &str, before: &Value, after: &Value) {
    let object = object.as_object_mut().unwrap_or_else(|| panic!("no object to set {name} in"));
    assert_eq!(object.get(name).unwrap_or(&Value::Null), before, "{name}");
    match after {
        Value::Null => object.remove(name),
        after => object.insert(name.to_owned(), after.clone()),
    };
}

/// Returns the host at an address.
pub(crate) fn at(document: &Document, address: IpAddr) -> Option<&Value> {
    document.values().find(|host| host["address"] == json!(address))
}
