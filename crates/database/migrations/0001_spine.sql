-- Names, identifiers, attributes and payloads are sealed (BLOB columns named *_sealed); kinds, scopes, states and
-- times stay plain, so that they can be filtered by. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest row is never deleted: the next sequence follows from it.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type INTEGER NOT NULL,
    subject_kind INTEGER,
    subject BLOB,
    id BLOB NOT NULL,
    data_sealed BLOB NOT NULL
) STRICT;
CREATE INDEX journal_subject ON journal (subject, sequence) WHERE subject IS NOT NULL;

CREATE TABLE things (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    parent BLOB REFERENCES things (id),
    state TEXT NOT NULL,
    protocol TEXT,
    port INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    last_changed INTEGER NOT NULL,
    -- The task that last saw it, and the one that last changed it.
    seen_by BLOB,
    changed_by BLOB,
    attributes_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX things_parent ON things (parent, port) WHERE parent IS NOT NULL;
CREATE INDEX things_changed ON things (kind, last_changed, id);

CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Digest of what was asked, under which an identical one is found.
    request_digest BLOB NOT NULL,
    request_sealed BLOB NOT NULL,
    principal BLOB NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    resumes BLOB,
    -- What the plan knew, what finished units counted, and the last that was told, as JSON.
    plan_tally TEXT NOT NULL DEFAULT '{}',
    done_tally TEXT NOT NULL DEFAULT '{}',
    told_tally TEXT NOT NULL DEFAULT '{}',
    remaining_ms INTEGER,
    summary TEXT,
    partial INTEGER NOT NULL DEFAULT 0,
    -- The task that took its changes back, and the one whose changes it took back.
    discarded_by BLOB,
    discards BLOB,
    error_code TEXT,
    error_sealed BLOB,
    lease_owner BLOB,
    lease_until INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_created ON tasks (created, id);
CREATE INDEX tasks_status ON tasks (status);

CREATE TABLE units (
    task BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    key_digest BLOB NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tally TEXT NOT NULL DEFAULT '{}',
    spec_sealed BLOB NOT NULL,
    checkpoint_sealed BLOB,
    error_sealed BLOB,
    lease_owner BLOB,
    lease_until INTEGER,
    PRIMARY KEY (task, ordinal)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX units_key ON units (task, key_digest);
CREATE INDEX units_status ON units (task, status, ordinal);

-- What a task saw, whether or not it changed anything.
CREATE TABLE observations (
    task BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    thing BLOB NOT NULL,
    kind TEXT NOT NULL,
    parent BLOB,
    state TEXT NOT NULL,
    protocol TEXT,
    port INTEGER,
    at INTEGER NOT NULL,
    -- What the thing said of its last sighting before this task, for taking back.
    seen_before INTEGER,
    seen_before_by BLOB,
    attributes_sealed BLOB NOT NULL,
    PRIMARY KEY (task, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX observations_parent ON observations (task, parent, port) WHERE parent IS NOT NULL;

CREATE TABLE changes (
    ordinal INTEGER PRIMARY KEY,
    task BLOB NOT NULL,
    thing BLOB NOT NULL,
    change TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The row before, as JSON; NULL if there was none.
    before_sealed BLOB
) STRICT;
CREATE INDEX changes_task ON changes (task, ordinal);
CREATE INDEX changes_thing ON changes (thing, ordinal);
CREATE INDEX changes_at ON changes (at);

CREATE TABLE warnings (
    ordinal INTEGER PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    message_sealed BLOB NOT NULL
) STRICT;
CREATE INDEX warnings_task ON warnings (task, ordinal);

CREATE TABLE principals (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    name_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id BLOB PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    principal BLOB NOT NULL REFERENCES principals (id),
    created INTEGER NOT NULL,
    expires INTEGER,
    last_used INTEGER,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    secret_hash BLOB PRIMARY KEY,
    principal BLOB NOT NULL REFERENCES principals (id),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_codes (
    secret_hash BLOB PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    ordinal INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    principal BLOB,
    operation TEXT NOT NULL,
    subject TEXT,
    outcome TEXT NOT NULL,
    detail_sealed BLOB NOT NULL
) STRICT;
