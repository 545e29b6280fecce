-- Version 2: documents about people who were erased. Their names stay, to be
-- refused for ever, and so do their audit rows; nothing else of them does.
-- Servers and clients that knew the workspace before an erasure begin anew.

ALTER TABLE documents ADD COLUMN erased bigint; -- milliseconds since 1970; none: it was not

ALTER TABLE workspaces ADD COLUMN erasures bigint NOT NULL DEFAULT 0;

-- How many documents there are that were not erased, counted with each new one.
ALTER TABLE workspaces ADD COLUMN documents bigint NOT NULL DEFAULT 0;
UPDATE workspaces SET documents =
  (SELECT count(*) FROM documents WHERE documents.workspace = workspaces.workspace);
