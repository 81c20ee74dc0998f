//! The views that queries read. docs/query.md documents them; a test compares.

/// A view.
#[derive(Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns, in order: name, what it holds.
    pub columns: &'static [(&'static str, &'static str)],
    select: &'static str,
}

impl View {
    /// Returns the statement that makes it.
    pub(super) fn statement(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("CREATE TEMP VIEW {} ({}) AS {}", self.name, names.join(", "), self.select)
    }
}

macro_rules! time {
    ($column:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%fZ', ", $column, " / 1000000.0, 'unixepoch')")
    };
}

macro_rules! document {
    ($path:literal) => {
        concat!("unseal('things.document', id, document_sealed) ", $path)
    };
}

macro_rules! resources {
    ($deleted:literal) => {
        concat!(
            "SELECT uuid_text(id), kind, ",
            document!("->> '$.name'"),
            ", state, account, region, uuid_text(connection), uuid_text(segment), ",
            document!("->> '$.subnet'"),
            ", ",
            document!("->> '$.alias'"),
            ", uuid_text(parent), ",
            document!("-> '$.identifiers'"),
            ", ",
            document!("-> '$.tags'"),
            ", ",
            document!("-> '$.attributes'"),
            ", unseal('things.readings', id, readings_sealed), ",
            document!("-> '$.permissions'"),
            ", ",
            document!("-> '$.constraints'"),
            ", ",
            time!("first_seen"),
            ", ",
            time!("last_seen"),
            ", ",
            time!("last_changed"),
            ", ",
            time!("deleted"),
            ", uuid_text(seen_by), uuid_text(slice) FROM main.things",
            $deleted
        )
    };
}

const RESOURCE: &[(&str, &str)] = &[
    ("id", "its id"),
    ("kind", "its kind, such as `network.host`"),
    ("name", "what people call it"),
    ("state", "its state"),
    ("account", "the cloud account"),
    ("region", "the region"),
    ("connection", "the hypervisor connection's id"),
    ("segment", "the network's id"),
    ("subnet", "the subnet of its address"),
    ("alias", "its other name"),
    ("parent", "the id of what it is part of"),
    ("identifiers", "what else it is found by: a JSON array"),
    ("tags", "its tags: a JSON object"),
    ("attributes", "everything else that is known: a JSON object"),
    ("readings", "what was measured last: a JSON object"),
    ("permissions", "what may be done with it: a JSON object"),
    ("constraints", "what stands against it: a JSON object"),
    ("first_seen", "when it was first seen: RFC 3339, in UTC"),
    ("last_seen", "when it was last seen"),
    ("last_changed", "when something about it last changed"),
    ("deleted_at", "when it was found to be gone"),
    ("scan", "the id of the scan that last saw it"),
    ("slice", "the id of the slice that vouches for it"),
];

/// The views.
pub const VIEWS: &[View] = &[
    View {
        name: "resources",
        about: "a thing that is there",
        columns: RESOURCE,
        select: resources!(" WHERE deleted IS NULL"),
    },
    View {
        name: "all_resources",
        about: "a thing that is there, or was: its `deleted_at` is then set",
        columns: RESOURCE,
        select: resources!(""),
    },
    View {
        name: "tags",
        about: "a tag of a thing that is there",
        columns: &[("id", "the thing's id"), ("key", "the tag's key"), ("value", "its value")],
        select: "SELECT uuid_text(things.id), tag.key, tag.value FROM main.things, \
                 json_each(unseal('things.document', things.id, document_sealed), '$.tags') AS tag WHERE deleted IS NULL",
    },
    View {
        name: "relations",
        about: "how one thing belongs to another",
        columns: &[
            ("source", "the id of the one"),
            ("kind", "how: `part_of`, `attached_to`, …"),
            ("target", "the id of the other"),
        ],
        select: "SELECT uuid_text(source), kind, uuid_text(target) FROM main.relations UNION ALL \
                 SELECT uuid_text(id), 'part_of', uuid_text(parent) FROM main.things WHERE parent IS NOT NULL AND deleted IS NULL",
    },
    View {
        name: "history",
        about: "a field of a thing that changed; the whole thing where it came or went",
        columns: &[
            ("id", "the thing's id"),
            ("at", "when that was seen: RFC 3339, in UTC"),
            ("change", "`added`, `updated` or `deleted`"),
            ("path", "which field, as a JSON pointer"),
            ("before", "its value before: JSON"),
            ("after", "its value since: JSON"),
            ("scan", "the id of the scan that saw it"),
        ],
        select: concat!(
            "SELECT uuid_text(thing), ",
            time!("changes.at"),
            ", change, field.value ->> '$.path', field.value -> '$.before', field.value -> '$.after', uuid_text(task) \
             FROM main.changes, json_each(unseal('changes.diff', task || thing, diff_sealed), '$.diff') AS field"
        ),
    },
    View {
        name: "coverage",
        about: "a slice of the world that was read",
        columns: &[
            ("id", "its id"),
            ("kind", "the kind of thing"),
            ("account", "the cloud account"),
            ("region", "the region"),
            ("connection", "the hypervisor connection's id"),
            ("subnet", "the subnet, or the part of it that was asked for"),
            ("state", "how the last reading ended: `complete`, `denied`, …"),
            ("reason", "why it is not complete"),
            ("proof", "what the last reading counted: a JSON object"),
            ("at", "when the last reading ended: RFC 3339, in UTC"),
            ("completed_at", "when a reading last was complete"),
            ("scan", "the id of the scan that read it"),
        ],
        select: concat!(
            "SELECT uuid_text(id), kind, account, region, uuid_text(connection), \
             unseal('slices.detail', id, detail_sealed) ->> '$.subnet', state, \
             unseal('slices.detail', id, detail_sealed) ->> '$.reason', proof, ",
            time!("at"),
            ", ",
            time!("completed"),
            ", uuid_text(task) FROM main.slices"
        ),
    },
];
