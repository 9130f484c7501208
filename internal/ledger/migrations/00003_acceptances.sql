-- +goose Up

-- That somebody may lose their access, for one reason, by an approval of its own.
CREATE TABLE acceptances (
    seq      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover  TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    user     TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    by       TEXT    NOT NULL,
    why      TEXT    NOT NULL,
    at       INTEGER NOT NULL
);
CREATE INDEX acceptances_by_cutover ON acceptances (cutover, seq);
