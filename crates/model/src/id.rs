//! Typed identifiers: a task's id is never taken for a thing's.

use std::net::IpAddr;

use uuid::Uuid;

/// Returned when a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: expected a UUID such as 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77")]
pub struct IdError {
    text: String,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
            utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name such a thing.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Makes a new id that sorts by the time it was made (UUIDv7, RFC 9562).
            #[must_use]
            pub fn now() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError { text: text.chars().take(80).collect() })
            }
        }
    };
}

typed_id!(
    /// One event, for ever (CloudEvents `id`).
    EventId
);
typed_id!(
    /// One run of a script, program or command.
    ExecutionId
);
typed_id!(
    /// Several executions that belong together.
    PlanId
);
typed_id!(
    /// A hypervisor's address and how it is reached.
    ConnectionId
);
typed_id!(
    /// One installation: the data folder, not the machine.
    NodeId
);
typed_id!(
    /// Who acts: a local user, a token, a signed-in browser.
    PrincipalId
);
typed_id!(
    /// A network in which an address means one host.
    SegmentId
);
typed_id!(
    /// A long job; a scan's task id is its scan id.
    TaskId
);
typed_id!(
    /// Something in the inventory.
    ThingId
);
typed_id!(
    /// A bearer token's record, never its secret.
    TokenId
);

typed_id!(
    /// A webhook's endpoint.
    WebhookId
);
typed_id!(
    /// One way of opening the keys.
    SlotId
);
typed_id!(
    /// A part of the world that is read as a whole.
    SliceId
);
typed_id!(
    /// A conversation with the assistant.
    ConversationId
);
typed_id!(
    /// One message of a conversation.
    MessageId
);

impl ThingId {
    /// Returns the id of a resource of a cloud (UUIDv5 over partition, account, region, service, type and native id).
    #[must_use]
    pub fn resource(parts: [&str; 6]) -> Self {
        // A separator that is in none of the parts.
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, parts.join("\u{1f}").as_bytes()))
    }

    /// Returns the id of the host that answers at `address` in `segment` (UUIDv5).
    #[must_use]
    pub fn host(segment: SegmentId, address: IpAddr) -> Self {
        Self(Uuid::new_v5(&segment.uuid(), address.to_string().as_bytes()))
    }

    /// Returns the id of a host's service at a port (UUIDv5 below the host's id).
    #[must_use]
    pub fn service(self, protocol: crate::network::Protocol, port: u16) -> Self {
        Self(Uuid::new_v5(&self.0, format!("{}/{port}", protocol.as_str()).as_bytes()))
    }
}
