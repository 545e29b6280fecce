-- Version 1. What is never changed nor deleted (changes, audit) is kept apart
-- from what is computed from it (rows, texts, words).
--
-- Every table that belongs to workspaces has a column `workspace` with the
-- name, and a policy on it: a transaction sees the workspace it has named in
-- `threadline.workspace` and nothing else, whatever its statements forget.
-- Names compare by their bytes ("C"): faster, and no upgrade of the system's
-- collations can put an index into disorder.

CREATE TABLE meta (
  key   text PRIMARY KEY,
  value text NOT NULL
);

-- One row a workspace, locked by each commit: sequence numbers become visible
-- in their order, and no reader can skip a late one. seq and digest are those
-- of the last change and audit row; team and revoked count what processes
-- must read anew.
CREATE TABLE workspaces (
  workspace  text COLLATE "C" PRIMARY KEY,
  seq        bigint NOT NULL DEFAULT 0,
  digest     bytea  NOT NULL DEFAULT '',
  team       bigint NOT NULL DEFAULT 0,
  revoked    bigint NOT NULL DEFAULT 0,
  blob_bytes bigint NOT NULL DEFAULT 0
);

CREATE TABLE members (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  id        text COLLATE "C" NOT NULL,
  member    text NOT NULL,              -- JSON
  managed   boolean NOT NULL,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE documents (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  name      text COLLATE "C" NOT NULL,  -- kind:uuid
  seq       bigint NOT NULL DEFAULT 0,  -- of its last change
  summary   bigint NOT NULL,            -- which reading computed row and texts
  UNIQUE (workspace, name)
);
CREATE INDEX documents_by_summary ON documents (summary, id);

-- An actor belongs to the member who first used it, for ever.
CREATE TABLE actors (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  actor     bytea NOT NULL,
  member    text COLLATE "C" NOT NULL,
  UNIQUE (workspace, actor)
);

-- The log: read by document, and by other processes in sequence.
CREATE TABLE changes (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  seq       bigint NOT NULL,            -- the workspace's, not the document's
  document  bigint NOT NULL REFERENCES documents,
  actor     bigint NOT NULL REFERENCES actors,
  bytes     bytea NOT NULL,
  PRIMARY KEY (workspace, seq)
);
CREATE INDEX changes_of_document ON changes (document, seq);

-- Who brought each change, chained: see `audit.rs`.
CREATE TABLE audit (
  workspace   text COLLATE "C" NOT NULL REFERENCES workspaces,
  seq         bigint NOT NULL,
  document    bigint NOT NULL REFERENCES documents,
  hash        bytea NOT NULL,
  member      text COLLATE "C" NOT NULL,
  session     bigint,                   -- none: the server itself
  received_at bigint NOT NULL,          -- milliseconds since 1970
  digest      bytea NOT NULL,
  PRIMARY KEY (workspace, seq)
);

-- contact and merged_into are taken out of the row to be looked for. The row
-- itself is text: jsonb takes no U+0000, and names may hold one.
CREATE TABLE rows (
  document    bigint PRIMARY KEY REFERENCES documents,
  workspace   text COLLATE "C" NOT NULL REFERENCES workspaces,
  seq         bigint NOT NULL,          -- of the document's last change
  heads       bytea NOT NULL,           -- 32 bytes each
  row         text NOT NULL,            -- JSON
  contact     text COLLATE "C",
  merged_into text COLLATE "C"
);
CREATE INDEX rows_in_sequence ON rows (workspace, seq);
CREATE INDEX rows_of_contact ON rows (workspace, contact);
CREATE INDEX rows_of_aliases ON rows (workspace, merged_into);

-- Who is behind an address. Computed with the rows.
CREATE TABLE addresses (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  channel   text COLLATE "C" NOT NULL,
  address   text COLLATE "C" NOT NULL,
  document  bigint NOT NULL REFERENCES documents,
  PRIMARY KEY (workspace, channel, address, document)
);
CREATE INDEX addresses_of ON addresses (document);

CREATE TABLE blobs (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  sha256    bytea NOT NULL,
  bytes     bytea NOT NULL,
  PRIMARY KEY (workspace, sha256)
);
-- Not compressed, so that length and beginning are read without the rest.
ALTER TABLE blobs ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Which mail became which message, so that replies find their thread.
CREATE TABLE mail_ids (
  workspace    text COLLATE "C" NOT NULL REFERENCES workspaces,
  message_id   text COLLATE "C" NOT NULL,
  contact      text COLLATE "C",        -- none: an unlinked conversation
  conversation text COLLATE "C" NOT NULL,
  interaction  text COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, message_id)
);

-- Who takes part in a conversation by mail.
CREATE TABLE mail_parties (
  workspace    text COLLATE "C" NOT NULL REFERENCES workspaces,
  conversation text COLLATE "C" NOT NULL,
  address      text COLLATE "C" NOT NULL, -- lower case
  PRIMARY KEY (workspace, conversation, address)
);

-- One text for each thing in a document.
CREATE TABLE texts (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  document  bigint NOT NULL REFERENCES documents,
  kind      text COLLATE "C" NOT NULL,
  item      uuid NOT NULL,
  at        bigint NOT NULL,            -- milliseconds since 1970
  text      text NOT NULL,
  UNIQUE (document, kind, item)
);

-- The words of each text, and one for its workspace and kind (see `words.rs`).
CREATE TABLE words (
  text      bigint PRIMARY KEY REFERENCES texts ON DELETE CASCADE,
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  lexemes   tsvector NOT NULL
);
CREATE INDEX words_by_lexeme ON words USING gin (lexemes);

-- Tokens taken back before their time.
CREATE TABLE revocations (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  kind      text COLLATE "C" NOT NULL,  -- jti or member
  name      text COLLATE "C" NOT NULL,
  at        bigint NOT NULL,            -- milliseconds since 1970
  until     bigint NOT NULL,            -- when every token it concerns is over
  PRIMARY KEY (workspace, kind, name)
);

-- Tickets that open one connection once.
CREATE TABLE tickets (
  workspace text COLLATE "C" NOT NULL REFERENCES workspaces,
  digest    bytea NOT NULL,             -- SHA-256: the ticket itself is nowhere
  claims    text NOT NULL,              -- JSON: what the token said
  expires   bigint NOT NULL,            -- milliseconds since 1970
  PRIMARY KEY (workspace, digest)
);

-- To be called once after a restore from a backup, before servers start:
-- clients then offer what the database lacks, and for so many days also what
-- others wrote.
CREATE PROCEDURE begin_epoch(refill_days integer) LANGUAGE sql AS $$
  INSERT INTO meta VALUES
    ('epoch', replace(gen_random_uuid()::text, '-', '')),
    ('refill_until', (extract(epoch FROM now() + refill_days * interval '1 day') * 1000)::bigint::text)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value
$$;

-- Puts a table under the policy, its owner included. `*` is no workspace's
-- name: by it maintenance says that it means all of them.
CREATE PROCEDURE keep_workspaces_apart(kept regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', kept);
  EXECUTE format(
    'CREATE POLICY of_workspace ON %s USING (
       workspace = current_setting(''threadline.workspace'', true)
       OR current_setting(''threadline.workspace'', true) = ''*'')',
    kept
  );
END $$;

CALL keep_workspaces_apart('workspaces');
CALL keep_workspaces_apart('members');
CALL keep_workspaces_apart('documents');
CALL keep_workspaces_apart('actors');
CALL keep_workspaces_apart('changes');
CALL keep_workspaces_apart('audit');
CALL keep_workspaces_apart('rows');
CALL keep_workspaces_apart('addresses');
CALL keep_workspaces_apart('blobs');
CALL keep_workspaces_apart('mail_ids');
CALL keep_workspaces_apart('mail_parties');
CALL keep_workspaces_apart('texts');
CALL keep_workspaces_apart('revocations');
CALL keep_workspaces_apart('tickets');

-- Words are read by searching only, and the search is part of the policy: a
-- match in a statement may not use the index before the policy was asked
-- (`@@` is not leakproof), while one in the policy itself may.
ALTER TABLE words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY found ON words FOR SELECT USING (
  workspace = current_setting('threadline.workspace', true)
  AND lexemes @@ current_setting('threadline.search', true)::tsquery
);
CREATE POLICY added ON words FOR INSERT WITH CHECK (
  workspace = current_setting('threadline.workspace', true)
);
