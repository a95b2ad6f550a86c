-- Several keys per merchant, each with a name and terms. A publishable key names its merchant and opens nothing: it has
-- no secret. `scopes` null: may do all. A rolled key is an ordinary one that expires.
ALTER TABLE api_keys
    ALTER COLUMN secret_hash DROP NOT NULL,
    ALTER COLUMN secret_sealed DROP NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'secret' CHECK (kind IN ('secret', 'publishable')),
    ADD COLUMN name text NOT NULL DEFAULT 'Default',
    ADD COLUMN scopes text[],
    ADD COLUMN rate_limit_per_s int,
    ADD COLUMN expires_at timestamptz,
    ADD CHECK ((kind = 'secret') = (secret_hash IS NOT NULL AND secret_sealed IS NOT NULL));
DROP INDEX api_keys_merchant;
CREATE INDEX api_keys_merchant ON api_keys (merchant_id, created_at, key);

-- What every write batch holds in share while it writes with a key, and a revocation closes. It is apart from the key's
-- own row, so that a key in use all the time can still be renamed, rolled and marked as revoked at once.
CREATE TABLE api_key_fences (
    key       text COLLATE "C" PRIMARY KEY,
    closed_at timestamptz
);

-- When a key was last seen, written in the background and now and then.
CREATE TABLE api_key_uses (
    key          text COLLATE "C" PRIMARY KEY,
    last_used_at timestamptz NOT NULL
) WITH (fillfactor = 70);

INSERT INTO api_keys (key, merchant_id, kind, name, created_at)
SELECT CASE id
           WHEN '550e8400-e29b-41d4-a716-446655440000' THEN 'pk_test_abc123'
           ELSE 'pk_test_' || replace(gen_random_uuid()::text, '-', '')
       END,
       id, 'publishable', 'Publishable', created_at
FROM merchants;
INSERT INTO api_key_fences (key, closed_at) SELECT key, revoked_at FROM api_keys;

-- Which Kafka cluster has been told of a merchant; the webhook URL is the one it began with, for the notifier alone.
ALTER TABLE merchants
    ADD COLUMN first_webhook_url text,
    ADD COLUMN told_cluster text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX merchants_told_cluster ON merchants (told_cluster);
