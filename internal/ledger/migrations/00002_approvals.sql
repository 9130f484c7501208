-- +goose Up

-- An approval tells which gate it opens, which number it names where a limit is
-- crossed, and carries the approver's signature, if it was signed.
ALTER TABLE decisions ADD COLUMN gate TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN allow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decisions ADD COLUMN signature TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN signed_by TEXT NOT NULL DEFAULT ''; -- the fingerprint of the key
