-- name: list_endpoints(merchant_id, limit, offset)
-- A merchant's endpoints, newest first; they are few.
SELECT * FROM endpoint WHERE merchant_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2 OFFSET $3;

-- name: count_endpoints(merchant_id)
-- How many a merchant has.
SELECT count(*) FROM endpoint WHERE merchant_id = $1 AND deleted_at IS NULL;

-- name: get_endpoint(merchant_id, id)
-- One of a merchant's endpoints.
SELECT * FROM endpoint WHERE id = $2 AND merchant_id = $1 AND deleted_at IS NULL;

-- name: lock_endpoint(merchant_id, id)
-- The same, to be changed.
SELECT * FROM endpoint WHERE id = $2 AND merchant_id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: insert_endpoint(id, merchant_id, url, secret_sealed, event_types, description, headers_sealed, enabled, disabled_reason, disabled_at, rate_limit_per_s, api_version, ordering, retry_gaps_s, now)
-- One more endpoint of a merchant.
INSERT INTO endpoint (id, merchant_id, url, secret_sealed, event_types, description, headers_sealed, enabled,
                      disabled_reason, disabled_at, rate_limit_per_s, api_version, ordering, retry_gaps_s, is_default,
                      created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, false, $15, $15)
RETURNING *;

-- name: change_endpoint(id, url, event_types, description, headers_sealed, enabled, disabled_reason, disabled_at, failing_since, rate_limit_per_s, api_version, ordering, retry_gaps_s, now)
-- All that a merchant can change of a locked endpoint.
UPDATE endpoint
SET url = $2, event_types = $3, description = $4, headers_sealed = $5, enabled = $6, disabled_reason = $7,
    disabled_at = $8, failing_since = $9, failures = CASE WHEN $9::timestamptz IS NULL THEN 0 ELSE failures END,
    rate_limit_per_s = $10, api_version = $11, ordering = $12, retry_gaps_s = $13, updated_at = $14
WHERE id = $1
RETURNING *;

-- name: roll_endpoint_secret(id, secret_sealed, former_secret_sealed, former_secret_until, now)
-- Attempts from now on are signed with the new one, and with the former while it is good. One that was former is forgotten.
UPDATE endpoint SET secret_sealed = $2, former_secret_sealed = $3, former_secret_until = $4, updated_at = $5 WHERE id = $1;

-- name: delete_endpoint(id, reason, now)
-- Nothing is sent there any more. The row stays for the log of its deliveries, without anything secret.
UPDATE endpoint
SET enabled = false, disabled_reason = $2, disabled_at = coalesce(disabled_at, $3), deleted_at = $3, updated_at = $3,
    secret_sealed = '', headers_sealed = NULL, former_secret_sealed = NULL, former_secret_until = NULL
WHERE id = $1;
