-- Webhooks, their secrets, what waits for delivery, and the log of tries.

CREATE TABLE webhooks (
    id BLOB PRIMARY KEY,
    created INTEGER NOT NULL,
    -- active, paused or disabled; resting follows from the failures.
    state TEXT NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0,
    -- Tries in a row that failed.
    failures INTEGER NOT NULL DEFAULT 0,
    -- Nothing goes out before this.
    rests_until INTEGER,
    last_success INTEGER,
    last_failure INTEGER,
    -- Where events go and which, as JSON.
    target_sealed BLOB NOT NULL,
    secrets_sealed BLOB NOT NULL,
    -- Why it was disabled.
    reason_sealed BLOB
) STRICT, WITHOUT ROWID;

-- How far each reading of the journal is: 0 is the live one, others are replays.
CREATE TABLE webhook_readings (
    webhook BLOB NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    reading INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    -- Everything up to here is delivered.
    position INTEGER NOT NULL,
    -- And everything up to here, except the numbers in `missing` (big-endian, 8 bytes each).
    ahead INTEGER NOT NULL,
    missing BLOB NOT NULL,
    -- Where a replay ends.
    through INTEGER,
    PRIMARY KEY (webhook, reading)
) STRICT, WITHOUT ROWID;

-- Events that wait for another try.
CREATE TABLE webhook_retries (
    webhook BLOB NOT NULL,
    reading INTEGER NOT NULL,
    number INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    retry_at INTEGER NOT NULL,
    PRIMARY KEY (webhook, reading, number),
    FOREIGN KEY (webhook, reading) REFERENCES webhook_readings (webhook, reading) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_tries (
    ordinal INTEGER PRIMARY KEY,
    webhook BLOB NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    message BLOB NOT NULL,
    epoch INTEGER,
    number INTEGER,
    type TEXT NOT NULL,
    subject TEXT,
    attempt INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    status INTEGER,
    retry_at INTEGER,
    -- What went wrong and what the receiver said, as JSON; NULL if nothing.
    answer_sealed BLOB
) STRICT;
CREATE INDEX webhook_tries_webhook ON webhook_tries (webhook, ordinal);
CREATE INDEX webhook_tries_outcome ON webhook_tries (webhook, outcome, ordinal);
CREATE INDEX webhook_tries_at ON webhook_tries (at);
