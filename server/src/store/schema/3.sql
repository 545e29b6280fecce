-- Version 3: search. One text for each thing in a document, and an index of
-- their words. Computed from the log as rows are; `documents.summary` says by
-- which version of the reading, 0 for one before there were texts.

ALTER TABLE documents ADD COLUMN summary INTEGER NOT NULL DEFAULT 0;

-- The id begins with the time, so that the index gives the newest first.
CREATE TABLE texts (
  id       INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents,
  kind     TEXT NOT NULL,
  item     BLOB NOT NULL,               -- UUID
  at       INTEGER NOT NULL,            -- milliseconds since 1970
  scope    TEXT NOT NULL,               -- words for the workspace and for its kind
  text     TEXT NOT NULL,
  UNIQUE (document, kind, item)
) STRICT;

CREATE VIRTUAL TABLE words USING fts5 (
  scope, text,
  content = 'texts', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '3',                         -- shorter beginnings are not looked for
  columnsize = 0
);

CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
  INSERT INTO words (rowid, scope, text) VALUES (new.id, new.scope, new.text);
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
  INSERT INTO words (words, rowid, scope, text) VALUES ('delete', old.id, old.scope, old.text);
END;
CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN
  INSERT INTO words (words, rowid, scope, text) VALUES ('delete', old.id, old.scope, old.text);
  INSERT INTO words (rowid, scope, text) VALUES (new.id, new.scope, new.text);
END;
