-- +goose Up

-- A tripwire keeps local sign-in in a Utilities domain: while one is set there,
-- nothing may take it away. A row is never deleted, so that it can be told who
-- set it, who lifted it and why.
CREATE TABLE tripwires (
    seq         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE, -- the same again is the same tripwire
    domain      TEXT    NOT NULL,        -- URL of the Utilities domain, scheme and host in lower case
    cause       TEXT    NOT NULL,
    by          TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    lifted_by   TEXT    NOT NULL DEFAULT '',
    lifted_note TEXT    NOT NULL DEFAULT '',
    lifted_at   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX tripwires_by_domain ON tripwires (domain);
