-- Version 12: commands that are done once however often they are asked for. The
-- ticket is the command's, from the moment a request has the key; what it did is
-- written in the transaction of its change.

CREATE TABLE once (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  member    TEXT NOT NULL,
  key       TEXT NOT NULL,
  request   BLOB NOT NULL,              -- SHA-256 of the request's body
  ticket    INTEGER NOT NULL,
  at        INTEGER NOT NULL,           -- milliseconds since 1970
  outcome   TEXT,                       -- JSON; none: it is under way
  PRIMARY KEY (workspace, member, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX once_by_ticket ON once (workspace, ticket);
CREATE INDEX once_by_time ON once (workspace, at);
