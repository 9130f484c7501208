-- +goose Up

-- What a change of a way back undoes: a change that a cutover applied. That one
-- counts as undone once this one is applied, or was found done.
CREATE TABLE undoes (
    of_plan INTEGER NOT NULL,
    of_seq  INTEGER NOT NULL,
    plan    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (of_plan, of_seq, plan, seq)
) WITHOUT ROWID;
