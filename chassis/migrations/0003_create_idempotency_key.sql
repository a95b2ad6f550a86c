-- The first answer to a request with an Idempotency-Key. Not partitioned: uniqueness is the point.
CREATE TABLE idempotency_key (
    scope       text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    status      smallint,
    body        bytea,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
) WITH (fillfactor = 70);
CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at);
