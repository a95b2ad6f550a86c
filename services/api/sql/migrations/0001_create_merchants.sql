CREATE TABLE merchants (
    id         text COLLATE "C" PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL,
    created_at timestamptz NOT NULL
);

-- The secret is kept as a hash, to recognise it, and sealed, to sign with it; it is shown once.
CREATE TABLE api_keys (
    key           text COLLATE "C" PRIMARY KEY,
    merchant_id   text COLLATE "C" NOT NULL REFERENCES merchants (id),
    secret_hash   bytea NOT NULL UNIQUE,
    secret_sealed bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    revoked_at    timestamptz
);
CREATE INDEX api_keys_merchant ON api_keys (merchant_id);
