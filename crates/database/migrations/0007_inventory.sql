-- Things of every domain with their scopes, documents and differences; slices of the world; meanings; conversations;
-- backups. Rows of the old form stay in *_0006 until the inventory has opened and moved them, and then go.

DROP INDEX things_parent;
DROP INDEX things_changed;
DROP INDEX changes_task;
DROP INDEX changes_thing;
DROP INDEX changes_at;
ALTER TABLE things RENAME TO things_0006;
ALTER TABLE changes RENAME TO changes_0006;
CREATE INDEX things_0006_parent ON things_0006 (parent, port);
CREATE INDEX changes_0006_thing ON changes_0006 (thing, ordinal);

CREATE TABLE things (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    parent BLOB REFERENCES things (id),
    state TEXT NOT NULL,
    protocol TEXT,
    port INTEGER,
    account TEXT,
    region TEXT,
    connection BLOB,
    segment BLOB,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    last_changed INTEGER NOT NULL,
    -- When it was found to be gone: a tombstone, kept for its history.
    deleted INTEGER,
    -- The task that last saw it, and the one that last changed it.
    seen_by BLOB,
    changed_by BLOB,
    -- The slice that vouches for it.
    slice BLOB,
    -- Keyed digests: of its alias, and of all that tells a change, under which the same is known without opening it.
    alias BLOB,
    digest BLOB NOT NULL,
    document_sealed BLOB NOT NULL,
    -- What is measured and changes all the time.
    readings_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX things_parent ON things (parent, port) WHERE parent IS NOT NULL;
CREATE INDEX things_changed ON things (kind, last_changed, id);
CREATE INDEX things_alias ON things (alias) WHERE alias IS NOT NULL;
CREATE INDEX things_slice ON things (slice, last_seen) WHERE slice IS NOT NULL AND deleted IS NULL;
CREATE INDEX things_deleted ON things (deleted) WHERE deleted IS NOT NULL;

CREATE TABLE changes (
    ordinal INTEGER PRIMARY KEY,
    task BLOB NOT NULL,
    thing BLOB NOT NULL,
    change TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The differences and what was known of sightings before, as JSON.
    diff_sealed BLOB NOT NULL
) STRICT;
CREATE INDEX changes_task ON changes (task, ordinal);
CREATE INDEX changes_thing ON changes (thing, ordinal);
CREATE INDEX changes_at ON changes (at);

-- How things belong together besides being part of one another; the documents of their sources say the same.
CREATE TABLE relations (
    source BLOB NOT NULL REFERENCES things (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    target BLOB NOT NULL,
    PRIMARY KEY (source, kind, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_target ON relations (target, kind);

CREATE TABLE slices (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT,
    region TEXT,
    connection BLOB,
    segment BLOB,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    completed INTEGER,
    task BLOB NOT NULL,
    -- What the last reading counted, as JSON.
    proof TEXT NOT NULL,
    -- The subnet, and why it is not complete, as JSON.
    detail_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX slices_at ON slices (at, id);

-- Which slices the units of a task read.
CREATE TABLE unit_slices (
    task BLOB NOT NULL,
    ordinal INTEGER NOT NULL,
    slice BLOB NOT NULL,
    PRIMARY KEY (task, ordinal, slice),
    FOREIGN KEY (task, ordinal) REFERENCES units (task, ordinal) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_slices_slice ON unit_slices (task, slice);

-- What things mean, by the language model.
CREATE TABLE embeddings (
    thing BLOB PRIMARY KEY REFERENCES things (id) ON DELETE CASCADE,
    embedder TEXT NOT NULL,
    -- A keyed digest of the text: equal texts are looked at once.
    text BLOB NOT NULL,
    -- Half-precision floats (IEEE 754 binary16), little endian.
    vector_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX embeddings_text ON embeddings (text);

-- Things whose text may have changed since.
CREATE TABLE embedding_queue (
    thing BLOB PRIMARY KEY REFERENCES things (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    id BLOB PRIMARY KEY,
    principal BLOB NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    title_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_principal ON conversations (principal, updated);

CREATE TABLE messages (
    ordinal INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    role TEXT NOT NULL,
    -- The text and what programs keep with it, as JSON.
    content_sealed BLOB NOT NULL
) STRICT;
CREATE INDEX messages_conversation ON messages (conversation, ordinal);

-- Where backups go and when; how the last jobs ended.
CREATE TABLE backups (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    settings_sealed BLOB NOT NULL,
    outcomes_sealed BLOB
) STRICT;
