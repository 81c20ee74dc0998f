//! A thing as its history tells it.

use groma_model::thing::{Constraints, Permissions, UserContext};
use groma_model::{ThingId, Timestamp};
use serde_json::{Value, json};

use crate::step::Look;
use crate::world::{self, kind, scope, tags};

/// Returns it as one look at it makes it.
pub(crate) fn thing(number: usize, look: &Look, parent: Option<usize>) -> Value {
    let (state, name) = (["running", "stopped"][look.state], ["web server", "database"][look.name]);
    let mut told = json!({
        "state": state,
        "scope": scope(kind(number)),
        "name": format!("{name} {number}"),
        "alias": format!("123456789012-eu-west-3-thing-{number}"),
        "identifiers": [format!("arn:aws:thing:{number}")],
    });
    if look.tag > 0 {
        told["tags"] = json!(tags(look.tag));
    }
    if look.size > 0 {
        told["attributes"] = json!({"size/~": {"cores": look.size, "more": [look.size]}});
    }
    if look.allowed > 0 {
        // When it was checked is no change.
        told["permissions"] = json!(Permissions {
            allowed_actions: vec![format!("ec2:Act{}", look.allowed)],
            denied_actions: Vec::new(),
            unknown_actions: Vec::new(),
            user_context: UserContext::default(),
            method: "evaluated".to_owned(),
            confidence: 0.5,
            checked_at: Timestamp::from_micros(0),
        });
    }
    if let Some(can_stop) = look.stoppable {
        told["constraints"] = json!(Constraints { can_stop: Some(can_stop), ..Constraints::default() });
    }
    if !look.relations.is_empty() {
        let mut targets: Vec<ThingId> = look.relations.iter().copied().map(world::thing).collect();
        targets.sort_unstable();
        told["relations"] = json!({ "attached_to": targets });
    }
    if let Some(parent) = parent {
        told["parent"] = json!(world::thing(parent));
    }
    told
}
