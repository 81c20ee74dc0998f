-- Declared types of events, rules of retention, registered consumers.

-- Never deleted, so that codes are never reused.
CREATE TABLE event_types (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    class TEXT NOT NULL,
    desktop_name TEXT NOT NULL,
    registered INTEGER NOT NULL,
    principal BLOB NOT NULL,
    -- Schema and description, as JSON.
    schema_sealed BLOB NOT NULL
) STRICT;

-- What is known of the rows of a type without reading them.
CREATE TABLE event_counts (
    type INTEGER PRIMARY KEY,
    -- Rows up to `event_counted`, and what their data takes.
    stored INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    -- The highest number that was dropped; 0 if none was.
    dropped_through INTEGER NOT NULL,
    -- Nothing of the type is left up to here.
    empty_through INTEGER NOT NULL
) STRICT;

CREATE TABLE event_counted (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    through INTEGER NOT NULL
) STRICT;

-- What people set, and what the last run did, as JSON.
CREATE TABLE retention (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    settings TEXT,
    last_run TEXT
) STRICT;

CREATE TABLE consumers (
    -- A keyed digest of the name.
    id BLOB PRIMARY KEY,
    position INTEGER NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    name_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
