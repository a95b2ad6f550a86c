-- name: lock_paces(endpoint_ids)
-- The buckets of endpoints with a limit, made full when first asked for, in id order. The time is told once they are locked.
INSERT INTO endpoint_pace AS p (endpoint_id, full_at)
SELECT id, clock_timestamp() FROM unnest($1::text[]) AS id ORDER BY id
ON CONFLICT (endpoint_id) DO UPDATE SET full_at = p.full_at
RETURNING endpoint_id, full_at, clock_timestamp() AS now;

-- name: set_paces(endpoint_ids, full_ats)
-- What was taken from locked buckets.
UPDATE endpoint_pace AS p
SET full_at = w.full_at
FROM unnest($1::text[], $2::timestamptz[]) AS w (endpoint_id, full_at)
WHERE p.endpoint_id = w.endpoint_id;
