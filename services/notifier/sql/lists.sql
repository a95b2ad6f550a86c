-- Deliveries of one status are in an index by id, and those of several are its parts merged. What that does not serve is
-- filtered row by row, over a window of so many rows: one more index would be written with every change of every delivery.
-- A merchant's are found by triples, `(merchant_id, status, id) >= …`, in the order of triples: so only that index will do. By
-- `merchant_id = $1` the planner, where one merchant has most rows, looks for a small one's along the ids of all.

-- name: list_deliveries(merchant_id, low, high, oldest_first, window, statuses, event_type, endpoint_id, failure_reason, created_from, created_to, limit, offset)
-- A page of deliveries from `low` (inclusive) to `high` (exclusive): of those that match, the nearest to where it starts.
SELECT page.*, m.subject, m.payment_id
FROM (
    SELECT * FROM (
        SELECT d.*
        FROM unnest($6::text[]) AS s (status), LATERAL (
            (SELECT * FROM delivery
             WHERE (merchant_id, status, id) >= ($1, s.status, $2) AND (merchant_id, status, id) < ($1, s.status, $3) AND NOT $4::bool
             ORDER BY merchant_id DESC, status DESC, id DESC LIMIT $5)
            UNION ALL
            (SELECT * FROM delivery
             WHERE (merchant_id, status, id) >= ($1, s.status, $2) AND (merchant_id, status, id) < ($1, s.status, $3) AND $4
             ORDER BY merchant_id, status, id LIMIT $5)
        ) AS d
        ORDER BY CASE WHEN $4 THEN d.id END, d.id DESC LIMIT $5
    ) AS seen
    WHERE ($7::text IS NULL OR event_type = $7)
      AND ($8::text IS NULL OR endpoint_id = $8)
      AND ($9::text IS NULL OR failure_reason = $9)
      AND ($10::timestamptz IS NULL OR created_at >= $10)
      AND ($11::timestamptz IS NULL OR created_at < $11)
    LIMIT $12 OFFSET $13
) AS page
JOIN message AS m ON m.id = page.message_id
ORDER BY page.id DESC;

-- name: survey_deliveries(merchant_id, low, high, oldest_first, window, statuses, event_type, endpoint_id, failure_reason, created_from, created_to)
-- What a window of deliveries holds.
SELECT count(*) FILTER (
    WHERE ($7::text IS NULL OR event_type = $7)
      AND ($8::text IS NULL OR endpoint_id = $8)
      AND ($9::text IS NULL OR failure_reason = $9)
      AND ($10::timestamptz IS NULL OR created_at >= $10)
      AND ($11::timestamptz IS NULL OR created_at < $11)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    SELECT d.*
    FROM unnest($6::text[]) AS s (status), LATERAL (
        (SELECT * FROM delivery
         WHERE (merchant_id, status, id) >= ($1, s.status, $2) AND (merchant_id, status, id) < ($1, s.status, $3) AND NOT $4::bool
         ORDER BY merchant_id DESC, status DESC, id DESC LIMIT $5)
        UNION ALL
        (SELECT * FROM delivery
         WHERE (merchant_id, status, id) >= ($1, s.status, $2) AND (merchant_id, status, id) < ($1, s.status, $3) AND $4
         ORDER BY merchant_id, status, id LIMIT $5)
    ) AS d
    ORDER BY CASE WHEN $4 THEN d.id END, d.id DESC LIMIT $5
) AS seen;

-- name: list_deliveries_of(merchant_id, low, high, oldest_first, window, statuses, event_type, endpoint_id, failure_reason, created_from, created_to, payment_id, event_id, limit, offset)
-- The same of one payment and its refunds, or of one event: these are few.
SELECT * FROM (
    SELECT d.*, m.subject, m.payment_id
    FROM (
        (SELECT * FROM message WHERE payment_id = $12 ORDER BY id LIMIT $5)
        UNION ALL
        SELECT * FROM message WHERE id = $13
    ) AS m
    JOIN delivery AS d ON d.message_id = m.id
    WHERE m.merchant_id = $1 AND d.id >= $2 AND d.id < $3 AND d.status = ANY ($6::text[])
      AND ($7::text IS NULL OR d.event_type = $7)
      AND ($8::text IS NULL OR d.endpoint_id = $8)
      AND ($9::text IS NULL OR d.failure_reason = $9)
      AND ($10::timestamptz IS NULL OR d.created_at >= $10)
      AND ($11::timestamptz IS NULL OR d.created_at < $11)
    ORDER BY CASE WHEN $4::bool THEN d.id END, d.id DESC
    LIMIT $14 OFFSET $15
) AS page
ORDER BY id DESC;

-- name: count_deliveries_of(merchant_id, low, high, window, statuses, event_type, endpoint_id, failure_reason, created_from, created_to, payment_id, event_id)
-- How many of them there are.
SELECT count(*)
FROM (
    (SELECT * FROM message WHERE payment_id = $11 ORDER BY id LIMIT $4)
    UNION ALL
    SELECT * FROM message WHERE id = $12
) AS m
JOIN delivery AS d ON d.message_id = m.id
WHERE m.merchant_id = $1 AND d.id >= $2 AND d.id < $3 AND d.status = ANY ($5::text[])
  AND ($6::text IS NULL OR d.event_type = $6)
  AND ($7::text IS NULL OR d.endpoint_id = $7)
  AND ($8::text IS NULL OR d.failure_reason = $8)
  AND ($9::timestamptz IS NULL OR d.created_at >= $9)
  AND ($10::timestamptz IS NULL OR d.created_at < $10);

-- name: match_deliveries(merchant_id, low, high, window, status, event_type, endpoint_ids, failure_reason, created_from, created_to, limit)
-- Of a window of deliveries of one status, the oldest first: which match, and go to these endpoints.
WITH seen AS MATERIALIZED (
    SELECT * FROM delivery
    WHERE (merchant_id, status, id) > ($1, $5, $2) AND (merchant_id, status, id) < ($1, $5, $3)
    ORDER BY merchant_id, status, id LIMIT $4
), matching AS MATERIALIZED (
    SELECT id FROM seen
    WHERE ($6::text IS NULL OR event_type = $6) AND endpoint_id = ANY ($7::text[])
      AND ($8::text IS NULL OR failure_reason = $8)
      AND ($9::timestamptz IS NULL OR created_at >= $9) AND ($10::timestamptz IS NULL OR created_at < $10)
)
SELECT ARRAY(SELECT id FROM matching ORDER BY id LIMIT $11) AS ids, (SELECT count(*) FROM matching) AS matching,
       (SELECT count(*) FROM seen) AS seen, (SELECT max(id) FROM seen) AS edge;

-- name: match_deliveries_of_payment(merchant_id, low, high, window, status, event_type, endpoint_ids, failure_reason, created_from, created_to, limit, payment_id)
-- The same of one payment and its refunds.
WITH seen AS MATERIALIZED (
    SELECT d.*
    FROM (SELECT * FROM message WHERE payment_id = $12 ORDER BY id LIMIT $4) AS m
    JOIN delivery AS d ON d.message_id = m.id
    WHERE m.merchant_id = $1 AND d.status = $5 AND d.id > $2 AND d.id < $3
    ORDER BY d.id LIMIT $4
), matching AS MATERIALIZED (
    SELECT id FROM seen
    WHERE ($6::text IS NULL OR event_type = $6) AND endpoint_id = ANY ($7::text[])
      AND ($8::text IS NULL OR failure_reason = $8)
      AND ($9::timestamptz IS NULL OR created_at >= $9) AND ($10::timestamptz IS NULL OR created_at < $10)
)
SELECT ARRAY(SELECT id FROM matching ORDER BY id LIMIT $11) AS ids, (SELECT count(*) FROM matching) AS matching,
       (SELECT count(*) FROM seen) AS seen, (SELECT max(id) FROM seen) AS edge;
