-- Commands and plans that run or ran. What was asked, what came of it and what seals the logs are sealed themselves.

-- What one process runs: a command, or a plan with all its steps. Its id is that of the one or of the other.
CREATE TABLE runs (
    id BLOB PRIMARY KEY,
    -- command or server.
    origin TEXT NOT NULL,
    principal BLOB NOT NULL,
    created INTEGER NOT NULL,
    -- What seals the logs of its executions, in Base64 as JSON.
    log_key_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    id BLOB PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    completed INTEGER,
    plan_sealed BLOB NOT NULL,
    -- What became of it, without what became of its steps.
    result_sealed BLOB,
    -- Why somebody wants it to stop.
    stop_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX plans_created ON plans (created, id);
CREATE INDEX plans_active ON plans (id) WHERE status IN ('pending', 'running');

CREATE TABLE executions (
    id BLOB PRIMARY KEY,
    run BLOB NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    -- Which step of the plan; NULL for a command alone.
    step INTEGER,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    completed INTEGER,
    pid INTEGER,
    exit_code INTEGER,
    signal INTEGER,
    lines INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    -- Whether there may be a log.
    log INTEGER NOT NULL DEFAULT 1,
    asked_sealed BLOB NOT NULL,
    result_sealed BLOB,
    error_sealed BLOB,
    stop_sealed BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_run ON executions (run, step);
CREATE INDEX executions_created ON executions (created, id);
CREATE INDEX executions_status ON executions (status);
CREATE INDEX executions_log ON executions (completed) WHERE log = 1 AND completed IS NOT NULL;
