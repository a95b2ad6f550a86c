-- name: find_api_key(key, secret_hash, now)
-- Who calls: by key, or by secret alone (bearer form).
SELECT key, merchant_id, kind, secret_hash, scopes, rate_limit_per_s, expires_at
FROM api_keys
WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
  AND (key = $1 OR ($1::text IS NULL AND secret_hash = $2));

-- name: hold_live_keys(keys, now)
-- Which of these keys may still write; none of them can be revoked before the transaction has ended. As `begin_writes` does.
SELECT f.key
FROM api_key_fences AS f
JOIN api_keys AS k ON k.key = f.key
WHERE f.key = ANY ($1::text[]) AND f.closed_at IS NULL
  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
ORDER BY f.key
FOR SHARE OF f;

-- name: insert_api_keys(keys, merchant_ids, kinds, names, secret_hashes, secrets_sealed, scopes, rate_limits_per_s, expires_ats, created_at)
-- New keys, each with its open fence. The scopes are JSON: an array of arrays would have to be rectangular.
WITH made AS (
    INSERT INTO api_keys (key, merchant_id, kind, name, secret_hash, secret_sealed, scopes, rate_limit_per_s, expires_at,
                          created_at)
    SELECT n.key, n.merchant_id, n.kind, n.name, n.secret_hash, n.secret_sealed,
           CASE WHEN n.scopes IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(n.scopes)) END,
           n.rate_limit_per_s, n.expires_at, $10
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[]::jsonb[], $8::int[],
                $9::timestamptz[])
        AS n (key, merchant_id, kind, name, secret_hash, secret_sealed, scopes, rate_limit_per_s, expires_at)
    ON CONFLICT DO NOTHING
    RETURNING key
)
INSERT INTO api_key_fences (key) SELECT key FROM made;

-- name: get_api_key(merchant_id, key)
-- A merchant's key, without its secret.
SELECT k.key, k.kind, k.name, k.scopes, k.rate_limit_per_s, k.created_at, k.expires_at, k.revoked_at, u.last_used_at
FROM api_keys AS k
LEFT JOIN api_key_uses AS u ON u.key = k.key
WHERE k.key = $2 AND k.merchant_id = $1;

-- name: list_api_keys(merchant_id, limit, offset)
-- A merchant's keys, newest first, those that are no more included.
SELECT k.key, k.kind, k.name, k.scopes, k.rate_limit_per_s, k.created_at, k.expires_at, k.revoked_at, u.last_used_at
FROM api_keys AS k
LEFT JOIN api_key_uses AS u ON u.key = k.key
WHERE k.merchant_id = $1
ORDER BY k.created_at DESC, k.key DESC
LIMIT $2 OFFSET $3;

-- name: count_api_keys(merchant_id)
-- How many there ever were: people make them, one by one.
SELECT count(*) FROM api_keys WHERE merchant_id = $1;

-- name: count_live_api_keys(merchant_id, now)
-- How many still open something.
SELECT count(*) FROM api_keys
WHERE merchant_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2);

-- name: lock_api_key(merchant_id, key)
-- A key that is to be changed.
SELECT key, kind, name, scopes, rate_limit_per_s, created_at, expires_at, revoked_at
FROM api_keys
WHERE key = $2 AND merchant_id = $1
FOR UPDATE;

-- name: rename_api_key(key, name)
-- A new name; nothing else of a key changes but its end.
UPDATE api_keys SET name = $2 WHERE key = $1;

-- name: end_api_key(key, expires_at, revoked_at)
-- It expires, or is revoked: every batch that begins after this commit sees it.
UPDATE api_keys SET expires_at = $2, revoked_at = $3 WHERE key = $1;

-- name: close_api_key_fence(key, now)
-- Waits for the batches that still write with the key; after this commit there is none.
UPDATE api_key_fences SET closed_at = $2 WHERE key = $1 AND closed_at IS NULL;

-- name: note_api_key_uses(keys, used_ats)
-- When keys were last seen; sorted, so that two replicas do not wait for each other crosswise.
INSERT INTO api_key_uses (key, last_used_at)
SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS used (key, at) ORDER BY used.key
ON CONFLICT (key) DO UPDATE SET last_used_at = greatest(api_key_uses.last_used_at, EXCLUDED.last_used_at);

-- name: get_merchant(merchant_id, now)
-- One merchant with the key it goes by: its oldest one that may do all, and its newest publishable one.
SELECT m.id, m.name, m.email, m.created_at, s.key, p.key AS publishable_key
FROM merchants AS m
LEFT JOIN LATERAL (
    SELECT key FROM api_keys
    WHERE merchant_id = m.id AND kind = 'secret' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
    ORDER BY scopes IS NOT NULL, created_at, key LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT key FROM api_keys
    WHERE merchant_id = m.id AND kind = 'publishable' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
    ORDER BY created_at DESC, key DESC LIMIT 1
) AS p ON true
WHERE m.id = $1;

-- name: insert_merchant(id, name, email, first_webhook_url, told_cluster, created_at)
-- A new merchant; the seeded one may be there already.
INSERT INTO merchants (id, name, email, first_webhook_url, told_cluster, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: find_merchant(id)
-- One merchant, for the operator.
SELECT id, name, email, created_at FROM merchants WHERE id = $1;

-- name: list_merchants(before, limit)
-- For the operator, newest first; `before` is the last id of the page before.
SELECT id, name, email, created_at FROM merchants WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: take_untold_merchants(cluster_id, limit)
-- Merchants that this Kafka cluster has not been told of, and from now on has; another replica's are left to it.
UPDATE merchants SET told_cluster = $1
WHERE id = ANY (
    ARRAY(SELECT id FROM merchants WHERE told_cluster < $1 LIMIT $2)
    || ARRAY(SELECT id FROM merchants WHERE told_cluster > $1 LIMIT $2)
) AND told_cluster <> $1
RETURNING id, name, email, first_webhook_url, created_at;
