-- Version 9: how many people were erased. Servers and clients that knew the
-- workspace before an erasure begin anew.

ALTER TABLE workspaces ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
