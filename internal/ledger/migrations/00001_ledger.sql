-- +goose Up

-- Times are nanoseconds since 1970 in UTC; 0 is no time. A column that ends in
-- _key holds a name folded for comparison without case.

CREATE TABLE configurations (
    hash TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL -- canonical JSON; holds references to secrets, never secrets
) WITHOUT ROWID;

CREATE TABLE cutovers (
    name        TEXT    NOT NULL PRIMARY KEY,
    config_hash TEXT    NOT NULL,
    started_by  TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    run         INTEGER NOT NULL
) WITHOUT ROWID;

-- AUTOINCREMENT: an id is never given again, so that an old reference to a
-- dropped snapshot cannot reach a newer one.
CREATE TABLE snapshots (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover  TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    domain   TEXT    NOT NULL,
    complete INTEGER NOT NULL DEFAULT 0,
    users    INTEGER NOT NULL DEFAULT 0, -- as counted when it was completed
    cursor   TEXT    NOT NULL DEFAULT '',
    outline  TEXT    NOT NULL DEFAULT '{}',
    taken_at INTEGER NOT NULL
);
CREATE INDEX snapshots_by_cutover ON snapshots (cutover);

-- The rows lie in the order in which they are streamed.
CREATE TABLE snapshot_users (
    snapshot     INTEGER NOT NULL,
    name_key     TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    email_key    TEXT    NOT NULL,
    user_name    TEXT    NOT NULL,
    given_name   TEXT    NOT NULL,
    family_name  TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    active       INTEGER NOT NULL,
    federated    INTEGER NOT NULL,
    external_id  TEXT    NOT NULL,
    locked       INTEGER NOT NULL,
    lock_reason  INTEGER NOT NULL,
    password_set INTEGER NOT NULL,
    version      TEXT    NOT NULL,
    PRIMARY KEY (snapshot, name_key, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX snapshot_users_by_id ON snapshot_users (snapshot, id);
CREATE INDEX snapshot_users_by_email ON snapshot_users (snapshot, email_key, name_key, id) WHERE email_key <> '';

CREATE TABLE snapshot_members (
    snapshot   INTEGER NOT NULL,
    user_id    TEXT    NOT NULL,
    group_name TEXT    NOT NULL,
    PRIMARY KEY (snapshot, user_id, group_name)
) WITHOUT ROWID;

CREATE TABLE snapshot_roles (
    snapshot INTEGER NOT NULL,
    user_id  TEXT    NOT NULL,
    app      TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    PRIMARY KEY (snapshot, user_id, app, role)
) WITHOUT ROWID;

CREATE TABLE plans (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover    TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    forecast   INTEGER NOT NULL,
    hash       TEXT    NOT NULL DEFAULT '', -- empty until the plan is sealed
    steps      TEXT    NOT NULL DEFAULT '[]',
    changes    INTEGER NOT NULL DEFAULT 0,
    findings   INTEGER NOT NULL DEFAULT 0,
    blocking   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX plans_latest ON plans (cutover, phase, forecast, id);

CREATE TABLE changes (
    plan        INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    domain      TEXT    NOT NULL,
    user_key    TEXT    NOT NULL,
    batch_key   TEXT    NOT NULL, -- what may travel in one request has the same
    body        TEXT    NOT NULL, -- the change as JSON
    state       TEXT    NOT NULL DEFAULT 'planned'
                CHECK (state IN ('planned', 'claimed', 'applied', 'skipped', 'failed')),
    fence       INTEGER NOT NULL DEFAULT 0,
    deadline    INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    detail      TEXT    NOT NULL DEFAULT '',
    resource_id TEXT    NOT NULL DEFAULT '',
    request_id  TEXT    NOT NULL DEFAULT '',
    recorded_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (plan, seq)
) WITHOUT ROWID;
CREATE INDEX changes_by_state ON changes (plan, state, step, seq);
CREATE INDEX changes_by_batch ON changes (plan, step, batch_key, seq) WHERE state = 'planned';
CREATE INDEX changes_by_user ON changes (plan, domain, user_key, seq);

-- One row, which only grows.
CREATE TABLE fences (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
);
INSERT INTO fences (one, last) VALUES (1, 0);

CREATE TABLE findings (
    plan     INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    blocking INTEGER NOT NULL,
    body     TEXT    NOT NULL, -- the finding as JSON
    PRIMARY KEY (plan, seq)
) WITHOUT ROWID;

CREATE TABLE verdict_sets (
    cutover   TEXT    NOT NULL PRIMARY KEY,
    sealed_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE verdicts (
    cutover TEXT NOT NULL,
    user    TEXT NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (cutover, user)
) WITHOUT ROWID;

CREATE TABLE decisions (
    seq       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover   TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    phase     TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    verb      TEXT    NOT NULL,
    by        TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    automatic INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (cutover, id)
);

CREATE TABLE phases (
    seq     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    planned INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    failed  INTEGER NOT NULL,
    seconds REAL    NOT NULL,
    detail  TEXT    NOT NULL,
    UNIQUE (cutover, name)
);

CREATE TABLE sign_ins (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cutover   TEXT    NOT NULL,
    phase     TEXT    NOT NULL,
    user      TEXT    NOT NULL,
    prover    TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    automatic INTEGER NOT NULL,
    at        INTEGER NOT NULL
);
CREATE INDEX sign_ins_by_cutover ON sign_ins (cutover, id);

CREATE TABLE bindings (
    domain      TEXT NOT NULL,
    user_key    TEXT NOT NULL,
    resolution  TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (domain, user_key, resolution)
) WITHOUT ROWID;

CREATE TABLE small_values (
    cutover TEXT NOT NULL,
    key     TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (cutover, key)
) WITHOUT ROWID;
