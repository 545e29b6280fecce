-- Version 6: which backups were taken, so that an erasure can say which of them
-- still hold what it removed.

CREATE TABLE backups (
  at         INTEGER NOT NULL,          -- milliseconds since 1970
  file       TEXT NOT NULL,             -- where it was written
  kept_until INTEGER                    -- milliseconds since 1970; none: for good
) STRICT;
