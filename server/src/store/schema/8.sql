-- Version 8: documents about people who were erased. Their names stay, to be
-- refused for ever, and so do their audit rows; nothing else of them does.

CREATE TABLE erased (
  document INTEGER PRIMARY KEY REFERENCES documents,
  at       INTEGER NOT NULL             -- milliseconds since 1970
) STRICT;
