-- Version 3: up to which change flows have run. None until the workspace is next
-- opened, and its last from then on: what happened before sets none off.

ALTER TABLE workspaces ADD COLUMN flows bigint;
