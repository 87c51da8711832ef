-- What happened: one row per request of a client, one per call to a provider made for it.
-- Times are Unix milliseconds, durations milliseconds. No secret and no prompt is ever stored.

CREATE TABLE requests (
    id              TEXT    NOT NULL PRIMARY KEY,   -- UUID version 7
    started_at_ms   INTEGER NOT NULL,
    finished_at_ms  INTEGER,
    client_dialect  TEXT    NOT NULL,
    requested_model TEXT    NOT NULL,
    virtual_model   TEXT,
    stream          INTEGER NOT NULL CHECK (stream IN (0, 1)),
    status          TEXT    NOT NULL CHECK (status IN ('started', 'ok', 'failed', 'cancelled', 'interrupted')),
    http_status     INTEGER,
    -- The lane that served it.
    provider        TEXT,
    model           TEXT,
    key_id          TEXT,
    key_label       TEXT,
    attempt_count   INTEGER NOT NULL DEFAULT 0,
    first_token_ms  INTEGER,
    duration_ms     INTEGER,
    input_tokens    INTEGER,
    output_tokens   INTEGER,
    cached_tokens   INTEGER,
    error_code      TEXT,
    user_agent      TEXT
) STRICT;

CREATE INDEX requests_newest ON requests (started_at_ms, id);
-- Finds what a crash left behind without reading the whole table.
CREATE INDEX requests_unfinished ON requests (status) WHERE status = 'started';

CREATE TABLE attempts (
    request_id      TEXT    NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number          INTEGER NOT NULL,               -- 1 for the first
    provider        TEXT    NOT NULL,
    model           TEXT    NOT NULL,
    key_id          TEXT    NOT NULL,
    key_label       TEXT    NOT NULL,
    started_at_ms   INTEGER NOT NULL,
    duration_ms     INTEGER NOT NULL,
    outcome         TEXT    NOT NULL,
    http_status     INTEGER,
    held_until_ms   INTEGER,
    detail          TEXT,
    PRIMARY KEY (request_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_newest ON attempts (started_at_ms);
CREATE INDEX attempts_of_key ON attempts (key_id, started_at_ms);
