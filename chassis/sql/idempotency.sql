-- name: claim_keys(scopes, keys, fingerprints, expires_at, now)
-- Take the keys that nobody has, or whose time has run out; waits for a racing transaction that holds one.
-- Sorted: no deadlock between replicas. A key that stays another's is locked until we end, and is not returned.
INSERT INTO idempotency_key AS k (scope, key, fingerprint, expires_at)
SELECT w.scope, w.key, w.fingerprint, $4
FROM unnest($1::text[], $2::text[], $3::bytea[]) AS w (scope, key, fingerprint)
ORDER BY w.scope, w.key
ON CONFLICT (scope, key) DO UPDATE
SET fingerprint = EXCLUDED.fingerprint, expires_at = EXCLUDED.expires_at, status = NULL, body = NULL
WHERE k.expires_at <= $5
RETURNING scope, key;

-- name: read_keys(scopes, keys)
-- The winners' answers: a second statement, so that READ COMMITTED sees what was committed while the claim waited.
SELECT k.scope, k.key, k.fingerprint, k.status, k.body
FROM idempotency_key AS k
JOIN unnest($1::text[], $2::text[]) AS w (scope, key) ON k.scope = w.scope AND k.key = w.key;

-- name: store_answers(scopes, keys, statuses, bodies)
-- The answers of the keys claimed in this transaction.
UPDATE idempotency_key AS k
SET status = a.status, body = a.body
FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bytea[]) AS a (scope, key, status, body)
WHERE k.scope = a.scope AND k.key = a.key;

-- name: release_keys(scopes, keys)
-- Claimed keys whose answer is not to be kept.
DELETE FROM idempotency_key AS k
USING unnest($1::text[], $2::text[]) AS w (scope, key)
WHERE k.scope = w.scope AND k.key = w.key;

-- name: remove_expired_keys(now, limit)
-- Background removal in bounded steps.
DELETE FROM idempotency_key
WHERE (scope, key) IN (
    SELECT scope, key FROM idempotency_key WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
);
