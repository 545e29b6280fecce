-- Version 1. One file for all workspaces; what is never changed nor deleted
-- (changes, audit) is kept apart from what is computed from it (rows).

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- seq and digest are those of the workspace's last change and audit row.
CREATE TABLE workspaces (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE,
  seq    INTEGER NOT NULL DEFAULT 0,
  digest BLOB NOT NULL DEFAULT x''
) STRICT;

CREATE TABLE members (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  id        TEXT NOT NULL,
  member    TEXT NOT NULL,              -- JSON
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  id        INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  name      TEXT NOT NULL,              -- kind:uuid
  UNIQUE (workspace, name)
) STRICT;

-- An actor belongs to the member who first used it, for ever.
CREATE TABLE actors (
  id        INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  actor     BLOB NOT NULL,
  member    TEXT NOT NULL,
  UNIQUE (workspace, actor)
) STRICT;

-- The log. Clustered by document, because documents are what is read.
CREATE TABLE changes (
  document INTEGER NOT NULL REFERENCES documents,
  seq      INTEGER NOT NULL,            -- the workspace's, not the document's
  actor    INTEGER NOT NULL REFERENCES actors,
  bytes    BLOB NOT NULL,
  PRIMARY KEY (document, seq)
) STRICT, WITHOUT ROWID;

-- Who brought each change, chained: see `audit.rs`.
CREATE TABLE audit (
  workspace   INTEGER NOT NULL REFERENCES workspaces,
  seq         INTEGER NOT NULL,
  document    INTEGER NOT NULL REFERENCES documents,
  hash        BLOB NOT NULL,
  member      TEXT NOT NULL,
  session     INTEGER,                  -- none: the server itself
  received_at INTEGER NOT NULL,         -- milliseconds since 1970
  digest      BLOB NOT NULL,
  PRIMARY KEY (workspace, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE rows (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  document  INTEGER NOT NULL REFERENCES documents,
  seq       INTEGER NOT NULL,           -- of the document's last change
  heads     BLOB NOT NULL,              -- 32 bytes each
  row       TEXT NOT NULL,              -- JSON
  PRIMARY KEY (workspace, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_in_sequence ON rows (workspace, seq);

CREATE TABLE blobs (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  sha256    BLOB NOT NULL,
  bytes     BLOB NOT NULL,
  PRIMARY KEY (workspace, sha256)
) STRICT;

-- Which mail became which message, so that replies find their thread.
CREATE TABLE mail_ids (
  workspace    INTEGER NOT NULL REFERENCES workspaces,
  message_id   TEXT NOT NULL,
  contact      TEXT NOT NULL,
  conversation TEXT NOT NULL,
  interaction  TEXT NOT NULL,
  PRIMARY KEY (workspace, message_id)
) STRICT, WITHOUT ROWID;

-- Who takes part in a conversation by mail.
CREATE TABLE mail_parties (
  workspace    INTEGER NOT NULL REFERENCES workspaces,
  conversation TEXT NOT NULL,
  address      TEXT NOT NULL,           -- lower case
  PRIMARY KEY (workspace, conversation, address)
) STRICT, WITHOUT ROWID;
