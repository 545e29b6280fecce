-- Version 13: mails that wait to be sent, and that they were: a row for each,
-- written with the change that made it due, and never a second one.

CREATE TABLE outbox (
  workspace    INTEGER NOT NULL REFERENCES workspaces,
  interaction  TEXT NOT NULL,
  conversation TEXT NOT NULL,
  stage        TEXT NOT NULL,           -- waiting, sending, settled or over: see `outbox.rs`
  fact         TEXT,                    -- JSON: what became of it, while it is settled
  touched      INTEGER NOT NULL,        -- the workspace's seq of the last change that did
  since        INTEGER NOT NULL,        -- milliseconds since 1970
  due          INTEGER NOT NULL,        -- the same: not before
  attempt      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, interaction)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due) WHERE stage <> 'over';
