-- Version 9: how many people were erased: servers and clients that knew the
-- workspace before an erasure begin anew. And how many documents there are
-- that were not erased, counted with each new one.

ALTER TABLE workspaces ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;

ALTER TABLE workspaces ADD COLUMN documents INTEGER NOT NULL DEFAULT 0;
UPDATE workspaces SET documents =
  (SELECT count(*) FROM documents
   WHERE workspace = workspaces.id AND id NOT IN (SELECT document FROM erased));
