-- Version 2: an admin's word on a member outweighs the tokens', members are
-- available, busy or away, and a workspace's blobs are counted.

ALTER TABLE members ADD COLUMN managed INTEGER NOT NULL DEFAULT 0;
UPDATE members SET member = json_remove(
  json_set(member, '$.availability', iif(member ->> 'available' = 0, 'away', 'available')),
  '$.available'
);

-- In bytes; kept with every blob, because summing them up reads them all.
ALTER TABLE workspaces ADD COLUMN blob_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE workspaces SET blob_bytes =
  (SELECT coalesce(sum(length(bytes)), 0) FROM blobs WHERE workspace = workspaces.id);
