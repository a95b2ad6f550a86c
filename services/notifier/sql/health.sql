-- name: lock_health(ids)
-- How these endpoints fare, to be changed; what is turned off already stays as it is.
SELECT id, url, failing_since, failures FROM endpoint WHERE id = ANY ($1::text[]) AND enabled ORDER BY id FOR NO KEY UPDATE;

-- name: write_health(ids, failing_sinces, failures, disabled_reasons, now)
-- What locked endpoints have come to; with a reason they are turned off.
UPDATE endpoint AS e
SET failing_since = h.failing_since, failures = h.failures, enabled = h.disabled_reason IS NULL,
    disabled_reason = h.disabled_reason,
    disabled_at = CASE WHEN h.disabled_reason IS NOT NULL THEN $5::timestamptz END,
    disablings = e.disablings + (h.disabled_reason IS NOT NULL)::int,
    updated_at = CASE WHEN h.disabled_reason IS NULL THEN e.updated_at ELSE $5::timestamptz END
FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::text[]) AS h (id, failing_since, failures, disabled_reason)
WHERE e.id = h.id
RETURNING e.id, e.merchant_id, e.url, e.description, e.enabled, e.disabled_reason, e.disabled_at, e.disablings;

-- name: deaf_endpoints(ids)
-- Those of them that listen no more.
SELECT id, deleted_at FROM endpoint WHERE id = ANY ($1::text[]) AND (NOT enabled OR url IS NULL) ORDER BY id;

-- name: end_unheard(endpoint_id, error, failure_reason, limit)
-- Queued deliveries of an endpoint end, unless it listens again. Written for the planner like claim_queued.
WITH picked AS (
    SELECT id, ordered_by FROM delivery
    WHERE endpoint_id BETWEEN $1 AND $1 AND queued IS NOT NULL
      AND EXISTS (SELECT FROM endpoint WHERE id = $1 AND (NOT enabled OR url IS NULL))
    ORDER BY endpoint_id, id LIMIT $4
    FOR NO KEY UPDATE SKIP LOCKED
), ended AS (
    UPDATE delivery
    SET status = 'failed', next_attempt_at = NULL, queued = NULL, error = $2, failure_reason = $3, ordered_by = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM picked))
    RETURNING id, merchant_id
)
SELECT ended.merchant_id, picked.ordered_by FROM ended JOIN picked ON picked.id = ended.id;
