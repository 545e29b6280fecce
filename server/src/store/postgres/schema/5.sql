-- Version 5: mails that wait to be sent, and that they were: a row for each,
-- written with the change that made it due, and never a second one.

CREATE TABLE outbox (
  workspace    text COLLATE "C" NOT NULL REFERENCES workspaces,
  interaction  text COLLATE "C" NOT NULL,
  conversation text COLLATE "C" NOT NULL,
  stage        text COLLATE "C" NOT NULL, -- waiting, sending, settled or over: see `outbox.rs`
  fact         text,                      -- JSON: what became of it, while it is settled
  touched      bigint NOT NULL,           -- the workspace's seq of the last change that did
  since        bigint NOT NULL,           -- milliseconds since 1970
  due          bigint NOT NULL,           -- the same: not before
  attempt      bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, interaction)
);
CREATE INDEX outbox_due ON outbox (due) WHERE stage <> 'over';

CALL keep_workspaces_apart('outbox');

-- What was written before a restore may have been sent before it, whatever the
-- restored rows say: servers must know when it was.
CREATE OR REPLACE PROCEDURE begin_epoch(refill_days integer) LANGUAGE sql AS $$
  INSERT INTO meta VALUES
    ('epoch', replace(gen_random_uuid()::text, '-', '')),
    ('refill_until', (extract(epoch FROM now() + refill_days * interval '1 day') * 1000)::bigint::text),
    ('restored', (extract(epoch FROM now()) * 1000)::bigint::text)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value
$$;
