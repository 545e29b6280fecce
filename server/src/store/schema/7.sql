-- Version 7: tokens taken back before their time, and tickets that open one
-- connection once. `workspaces.revoked` grows with every revocation.

CREATE TABLE revocations (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  kind      TEXT NOT NULL,              -- jti or member
  name      TEXT NOT NULL,
  at        INTEGER NOT NULL,           -- milliseconds since 1970
  until     INTEGER NOT NULL,           -- when every token it concerns is over
  PRIMARY KEY (workspace, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  digest    BLOB NOT NULL,              -- SHA-256: the ticket itself is nowhere
  claims    TEXT NOT NULL,              -- JSON: what the token said
  expires   INTEGER NOT NULL,
  PRIMARY KEY (workspace, digest)
) STRICT, WITHOUT ROWID;
