-- Answers that a repeated request gets again.

CREATE TABLE idempotency (
    -- Keyed digests of principal, operation and key, and of the request: neither can be guessed from the file.
    key BLOB PRIMARY KEY,
    request BLOB NOT NULL,
    principal BLOB NOT NULL,
    created INTEGER NOT NULL,
    -- The process that began it: if it is not this one, nobody works on it any more.
    holder BLOB NOT NULL,
    -- started, unknown, secret or answered.
    state TEXT NOT NULL,
    answer_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_principal ON idempotency (principal, created);
CREATE INDEX idempotency_created ON idempotency (created);
