-- The buckets of endpoints with a rate limit: when each is full again. A row is written for every claim.
CREATE TABLE endpoint_pace (
    endpoint_id text COLLATE "C" PRIMARY KEY,
    full_at     timestamptz NOT NULL
) WITH (fillfactor = 50);
