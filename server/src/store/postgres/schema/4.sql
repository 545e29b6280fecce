-- Version 4: commands that are done once however often they are asked for. The
-- ticket is the command's, from the moment a request has the key; what it did is
-- written in the transaction of its change.

CREATE TABLE once (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  member    text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  request   bytea NOT NULL,             -- SHA-256 of the request's body
  ticket    bigint NOT NULL,
  at        bigint NOT NULL,            -- milliseconds since 1970
  outcome   text,                       -- JSON; none: it is under way
  PRIMARY KEY (workspace, member, key)
);
CREATE UNIQUE INDEX once_by_ticket ON once (workspace, ticket);
CREATE INDEX once_by_time ON once (workspace, at);

CALL keep_workspaces_apart('once');
