-- A merchant's rows are found by pairs, `(tenant, position) >= …`, in the order of pairs: so only the index of pairs will do. By
-- `tenant = $1` the planner, where one merchant has most rows, looks for a small one's through the whole log.

-- name: get_event(merchant_id, id)
-- One event of a merchant. The LIMIT keeps the planner from looking for it among all of the merchant's.
SELECT position, event_id, type, subject, occurred_at, data, topic, partition, kafka_offset
FROM (SELECT * FROM event_log WHERE event_id = $2 LIMIT 1) AS e WHERE tenant = $1;

-- name: get_event_position(merchant_id, id)
-- Where a merchant's event stands in the log.
SELECT position FROM (SELECT * FROM event_log WHERE event_id = $2 LIMIT 1) AS e WHERE tenant = $1;

-- name: find_event_position(merchant_id, at)
-- The first position from which on a merchant's events are not older than an instant, by halving.
-- Some forty looks into an index, however long the log is. It takes them to be in the order of their instants, which is true but
-- for a moment.
WITH RECURSIVE search (low, high) AS (
    SELECT 1::bigint, position + 1 FROM relay_state
    UNION ALL
    SELECT CASE WHEN e.occurred_at < $2 THEN e.position + 1 ELSE s.low END,
           CASE WHEN e.occurred_at < $2 THEN s.high ELSE s.low + (s.high - s.low) / 2 END
    FROM search AS s
    LEFT JOIN LATERAL (
        SELECT position, occurred_at FROM event_log
        WHERE (tenant, position) >= ($1, s.low + (s.high - s.low) / 2) AND (tenant, position) < ($1, s.high)
        ORDER BY tenant, position
        LIMIT 1
    ) AS e ON true
    WHERE s.low < s.high
)
SELECT low FROM search WHERE low >= high;

-- name: list_events(merchant_id, low, high, oldest_first, window, types, created_from, created_to, limit, offset)
-- A page of a merchant's events, from `low` (inclusive) to `high` (exclusive).
-- What the filters (NULL: none) want of at most `window` rows; of the two halves one never runs.
SELECT position, event_id, type, subject, occurred_at, data, topic, partition, kafka_offset FROM (
    (SELECT * FROM event_log WHERE (tenant, position) >= ($1, $2) AND (tenant, position) < ($1, $3) AND NOT $4::bool
     ORDER BY tenant DESC, position DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM event_log WHERE (tenant, position) >= ($1, $2) AND (tenant, position) < ($1, $3) AND $4
     ORDER BY tenant, position LIMIT $5)
) AS seen
WHERE ($6::text[] IS NULL OR type = ANY ($6))
  AND ($7::timestamptz IS NULL OR occurred_at >= $7)
  AND ($8::timestamptz IS NULL OR occurred_at < $8)
LIMIT $9 OFFSET $10;

-- name: survey_events(merchant_id, low, high, window, types, created_from, created_to)
-- How many of the newest `window` rows match, and how many there are.
SELECT count(*) FILTER (
    WHERE ($5::text[] IS NULL OR type = ANY ($5))
      AND ($6::timestamptz IS NULL OR occurred_at >= $6)
      AND ($7::timestamptz IS NULL OR occurred_at < $7)
) AS matching, count(*) AS seen
FROM (
    SELECT type, occurred_at FROM event_log WHERE (tenant, position) >= ($1, $2) AND (tenant, position) < ($1, $3)
    ORDER BY tenant DESC, position DESC LIMIT $4
) AS seen;

-- name: count_events(merchant_id, most)
-- How many events a merchant has, counted to `most` from the oldest, which are vacuumed: the index alone tells.
SELECT count(*) FROM (
    SELECT 1 FROM event_log WHERE (tenant, position) >= ($1, 0) AND tenant <= $1 ORDER BY tenant, position LIMIT $2
) AS seen;

-- name: get_edge_event(merchant_id, low, high, oldest_first, before)
-- The id of the last row of a window of `before` + 1 rows; none when there are fewer.
(SELECT event_id FROM event_log WHERE (tenant, position) >= ($1, $2) AND (tenant, position) < ($1, $3) AND NOT $4::bool
 ORDER BY tenant DESC, position DESC LIMIT 1 OFFSET $5)
UNION ALL
(SELECT event_id FROM event_log WHERE (tenant, position) >= ($1, $2) AND (tenant, position) < ($1, $3) AND $4
 ORDER BY tenant, position LIMIT 1 OFFSET $5);

-- name: list_events_of(merchant_id, subjects, low, high, oldest_first, window, types, created_from, created_to, limit, offset)
-- The same for the events of some objects: each has a few.
SELECT e.position, e.event_id, e.type, e.subject, e.occurred_at, e.data, e.topic, e.partition,
       e.kafka_offset
FROM unnest($2::text[]) AS wanted (subject) CROSS JOIN LATERAL (
    SELECT * FROM event_log WHERE subject = wanted.subject AND position >= $3 AND position < $4 ORDER BY position LIMIT $6
) AS e
WHERE e.tenant = $1
  AND ($7::text[] IS NULL OR e.type = ANY ($7))
  AND ($8::timestamptz IS NULL OR e.occurred_at >= $8)
  AND ($9::timestamptz IS NULL OR e.occurred_at < $9)
ORDER BY CASE WHEN $5::bool THEN e.position ELSE -e.position END
LIMIT $10 OFFSET $11;

-- name: count_events_of(merchant_id, subjects, low, high, window, types, created_from, created_to)
-- How many events of some objects there are.
SELECT count(*)
FROM unnest($2::text[]) AS wanted (subject) CROSS JOIN LATERAL (
    SELECT * FROM event_log WHERE subject = wanted.subject AND position >= $3 AND position < $4 ORDER BY position LIMIT $5
) AS e
WHERE e.tenant = $1
  AND ($6::text[] IS NULL OR e.type = ANY ($6))
  AND ($7::timestamptz IS NULL OR e.occurred_at >= $7)
  AND ($8::timestamptz IS NULL OR e.occurred_at < $8);

-- name: payments_of_order(merchant_id, order_id, limit)
-- An order's newest payments: their events are the order's.
SELECT id FROM payments WHERE order_id = $2 AND merchant_id = $1 ORDER BY id DESC LIMIT $3;

-- name: refunds_of_payments(merchant_id, payment_ids, most)
-- The refunds of some payments, so many of each.
SELECT r.id
FROM unnest($2::text[]) AS wanted (payment_id) CROSS JOIN LATERAL (
    SELECT id FROM refunds WHERE payment_id = wanted.payment_id AND merchant_id = $1 ORDER BY id DESC LIMIT $3
) AS r;
