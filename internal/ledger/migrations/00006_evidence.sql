-- +goose Up

-- What stays of a read when its people are dropped: when it was, how much it saw
-- and how sign-in was set up there. It is what a change was read back by.
CREATE TABLE read_backs (
    snapshot     INTEGER NOT NULL PRIMARY KEY,
    cutover      TEXT    NOT NULL,
    phase        TEXT    NOT NULL,
    domain       TEXT    NOT NULL,
    users        INTEGER NOT NULL,
    group_count  INTEGER NOT NULL,
    role_count   INTEGER NOT NULL,
    settings     TEXT    NOT NULL, -- the part of the outline that says how people sign in, as JSON
    taken_at     INTEGER NOT NULL,
    completed_at INTEGER NOT NULL
);
CREATE INDEX read_backs_by_cutover ON read_backs (cutover, snapshot);

-- From what a plan was made: which configuration and which reads.
CREATE TABLE plan_origins (
    plan        INTEGER NOT NULL PRIMARY KEY,
    config_hash TEXT    NOT NULL,
    reads       TEXT    NOT NULL -- domain -> snapshot, as JSON
);
