-- Small things that survive a restart: the active model, a pause, the rotation snapshot. Values are JSON.

CREATE TABLE app_state (
    key           TEXT    NOT NULL PRIMARY KEY,
    value         TEXT    NOT NULL CHECK (json_valid(value)),
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
