-- Version 4: who is behind an address, and what conversations they have, so
-- that what channels bring finds its place. Computed with the rows.

CREATE TABLE addresses (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  channel   TEXT NOT NULL,
  address   TEXT NOT NULL,
  document  INTEGER NOT NULL REFERENCES documents,
  PRIMARY KEY (workspace, channel, address, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_of ON addresses (document);

-- A row that is damaged must not keep a better one from being written.
CREATE INDEX rows_of_contact
  ON rows (workspace, iif(json_valid(row), row ->> '$.value.contact', NULL));
CREATE INDEX rows_of_aliases
  ON rows (workspace, iif(json_valid(row), row ->> '$.value.mergedInto', NULL));
