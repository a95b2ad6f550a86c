-- name: insert_requests(ids, merchant_ids, methods, paths, routes, statuses, error_codes, durations_ms, request_ids, api_keys, user_emails, addresses, user_agents, idempotencies, ats)
-- Requests that have been answered.
INSERT INTO request_log (id, merchant_id, method, path, route, status, error_code, duration_ms, request_id, api_key,
                         user_email, address, user_agent, idempotency, at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::real[],
                     $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[]);

-- name: list_requests(merchant_id, low, high, window, limit, status_from, status_to, method, route, api_key, user_email, request_id, error_code, by_key)
-- Of a merchant's newest `window` requests with ids from `low` (inclusive) to `high` (exclusive) those that match.
SELECT id, at, method, path, route, status, error_code, duration_ms, request_id, api_key,
       user_email AS "user", address, user_agent, idempotency
FROM (
    SELECT * FROM request_log WHERE merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4
) AS seen
WHERE status BETWEEN $6 AND $7
  AND ($8::text IS NULL OR method = $8)
  AND ($9::text IS NULL OR route = $9)
  AND ($10::text IS NULL OR api_key = $10)
  AND ($11::text IS NULL OR user_email = $11)
  AND ($12::text IS NULL OR request_id = $12)
  AND ($13::text IS NULL OR error_code = $13)
  AND ($14::boolean IS NULL OR (api_key IS NOT NULL) = $14)
ORDER BY id DESC
LIMIT $5;

-- name: edge_of_requests(merchant_id, low, high, window)
-- The last id of that window, when it is full.
SELECT id FROM request_log WHERE merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC OFFSET $4::int - 1 LIMIT 1;

-- name: forget_requests(before, limit)
-- The oldest of those that were made before this id.
DELETE FROM request_log WHERE id = ANY(ARRAY(
    SELECT id FROM request_log WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
));
