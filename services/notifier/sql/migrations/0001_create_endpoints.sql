-- Where a merchant's webhooks go. `is_default` is the one that the simple settings change; the secret is sealed with a
-- key that the database does not know, the merchant as associated data.
CREATE TABLE endpoint (
    id              text COLLATE "C" PRIMARY KEY,
    merchant_id     text COLLATE "C" NOT NULL,
    url             text,
    secret_sealed   bytea NOT NULL,
    is_default      bool NOT NULL,
    enabled         bool NOT NULL,
    disabled_reason text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK (enabled OR disabled_reason IS NOT NULL)
);
CREATE INDEX endpoint_merchant ON endpoint (merchant_id);
CREATE UNIQUE INDEX endpoint_default ON endpoint (merchant_id) WHERE is_default;
