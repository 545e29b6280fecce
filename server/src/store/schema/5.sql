-- Version 5: what servers that share a database ask of it. Each document's last
-- change, so that none is appended to from an old copy, and counters that tell
-- when to read the team and the revocations again.

ALTER TABLE documents ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE documents SET seq =
  (SELECT coalesce(max(seq), 0) FROM changes WHERE document = documents.id);

ALTER TABLE workspaces ADD COLUMN team INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;
