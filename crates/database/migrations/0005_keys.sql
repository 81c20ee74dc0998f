-- How far sealing everything again is.

CREATE TABLE reencryption (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- Everything ends under this data key or a newer one.
    key INTEGER NOT NULL,
    -- running or done.
    state TEXT NOT NULL,
    started INTEGER NOT NULL,
    -- The column being gone through, and the primary key of the last row that was looked at, as JSON.
    place TEXT,
    position TEXT,
    rows_total INTEGER NOT NULL,
    rows_done INTEGER NOT NULL DEFAULT 0,
    rows_damaged INTEGER NOT NULL DEFAULT 0
) STRICT;
