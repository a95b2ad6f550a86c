-- name: default_endpoint(merchant_id)
-- The endpoint that the simple settings show and change.
SELECT * FROM endpoint WHERE merchant_id = $1 AND is_default;

-- name: lock_default_endpoint(merchant_id)
-- The same, to be changed.
SELECT * FROM endpoint WHERE merchant_id = $1 AND is_default FOR NO KEY UPDATE;

-- name: insert_default_endpoint(id, merchant_id, url, secret_sealed, now)
-- A merchant's first endpoint; nothing happens when it has one.
INSERT INTO endpoint (id, merchant_id, url, secret_sealed, is_default, enabled, created_at, updated_at)
VALUES ($1, $2, $3, $4, true, true, $5, $5)
ON CONFLICT (merchant_id) WHERE is_default DO NOTHING;

-- name: begin_endpoint_url(merchant_id, url)
-- The URL that a merchant began with, for an endpoint that was made before the news came and that nobody has touched.
UPDATE endpoint SET url = $2 WHERE merchant_id = $1 AND is_default AND url IS NULL AND updated_at = created_at;

-- name: set_endpoint_url(id, url, now)
-- A new URL (or none) is a new chance: the endpoint is enabled again.
UPDATE endpoint
SET url = $2, enabled = true, disabled_reason = NULL, disabled_at = NULL, failing_since = NULL, failures = 0,
    updated_at = $3
WHERE id = $1;

-- name: endpoints(ids)
-- What these endpoints are like now, for the attempts that are about to be made.
SELECT * FROM endpoint WHERE id = ANY ($1::text[]);

-- name: listening_endpoints(merchant_ids)
-- Where the events of these merchants go.
SELECT *
FROM endpoint
WHERE merchant_id = ANY ($1::text[]) AND enabled AND url IS NOT NULL AND deleted_at IS NULL
ORDER BY id;

-- name: insert_messages(ids, merchant_ids, types, subjects, payment_ids, sequences, bodies, occurred_ats, now)
-- New messages of a batch; the answer leaves out those that were there already.
INSERT INTO message (id, merchant_id, type, subject, payment_id, sequence, body, occurred_at, created_at)
SELECT m.*, $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bytea[], $8::timestamptz[]) AS m
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: insert_deliveries(ids, message_ids, endpoint_ids, merchant_ids, event_types, queueds, leased_bys, lease_untils, ordered_bys, wait_untils, now, started_by)
-- New deliveries of a batch, due now: claimed at once, queued, or (neither) told to Kafka by the caller; or waiting.
INSERT INTO delivery (id, message_id, endpoint_id, merchant_id, event_type, queued, leased_by, lease_until, ordered_by,
                      waiting, next_attempt_at, status, run, attempts, created_at, started_by)
SELECT d.id, d.message_id, d.endpoint_id, d.merchant_id, d.event_type, d.queued, d.leased_by, d.lease_until, d.ordered_by,
       d.wait_until IS NOT NULL, coalesce(d.wait_until, $11), 'pending', 1, 0, $11, $12
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
            $9::text[], $10::timestamptz[])
    AS d (id, message_id, endpoint_id, merchant_id, event_type, queued, leased_by, lease_until, ordered_by, wait_until);

-- name: lock_scheduled(ids, runs, attempts)
-- Scheduled deliveries as Kafka's records name them; a record whose run or attempt is no longer the next one finds none.
SELECT d.id, d.run, d.attempts, d.started_by, d.next_attempt_at, d.queued, d.endpoint_id, d.message_id, m.body
FROM unnest($1::text[], $2::int[], $3::int[]) AS w (id, run, attempt)
JOIN delivery AS d ON d.id = w.id
JOIN message AS m ON m.id = d.message_id
WHERE d.run = w.run AND d.attempts = w.attempt - 1
  AND d.status = 'pending' AND d.queued IS NULL AND d.lease_until IS NULL AND NOT d.waiting
ORDER BY d.id
FOR NO KEY UPDATE OF d;

-- name: place(ids, queueds, leased_bys, lease_untils)
-- Move locked deliveries to their next place: leased or queued.
UPDATE delivery AS d
SET queued = p.queued, leased_by = p.leased_by, lease_until = p.lease_until
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS p (id, queued, leased_by, lease_until)
WHERE d.id = p.id;

-- name: claim_queued(endpoint_ids, mosts, leased_by, lease_until)
-- Lease the oldest queued deliveries of endpoints that have room, so many of each.
-- The planner may have looked when all were queued and must go by the queue's own index all the same: hence a range and
-- an order that no other index has, and an array, which it takes for few.
WITH picked AS (
    SELECT q.id, q.queued
    FROM unnest($1::text[], $2::int[]) AS w (endpoint_id, most),
         LATERAL (
             SELECT d.id, d.queued FROM delivery AS d
             WHERE d.endpoint_id BETWEEN w.endpoint_id AND w.endpoint_id AND d.queued IS NOT NULL
             ORDER BY d.endpoint_id, d.id LIMIT w.most
             FOR NO KEY UPDATE SKIP LOCKED
         ) AS q
), taken AS (
    UPDATE delivery SET queued = NULL, leased_by = $3, lease_until = $4
    WHERE id = ANY (ARRAY(SELECT id FROM picked))
    RETURNING id, run, attempts, started_by, next_attempt_at, endpoint_id, message_id
)
SELECT taken.*, picked.queued, m.body
FROM taken
JOIN picked ON picked.id = taken.id
JOIN message AS m ON m.id = taken.message_id
ORDER BY taken.id;

-- name: finish_claims(ids, runs, numbers, statuses, attempts, next_attempt_ats, queueds, last_attempt_ats, response_codes, errors, failure_reasons, leased_by)
-- What became of claimed deliveries; the answer leaves out those whose claim was lost (a newer run, another process).
-- Of those that ended it tells in which line they stood.
WITH held AS (
    SELECT r.*, d.ordered_by
    FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::int[], $6::timestamptz[], $7::text[], $8::timestamptz[],
                $9::int[], $10::text[], $11::text[])
        AS r (id, run, number, status, attempts, next_attempt_at, queued, last_attempt_at, response_code, error,
              failure_reason)
    JOIN delivery AS d ON d.id = r.id
    WHERE d.run = r.run AND d.attempts = r.number - 1 AND d.leased_by = $12
    ORDER BY d.id
    FOR NO KEY UPDATE OF d
)
UPDATE delivery AS d
SET status = h.status, attempts = h.attempts, next_attempt_at = h.next_attempt_at, queued = h.queued,
    leased_by = NULL, lease_until = NULL, error = h.error, failure_reason = h.failure_reason,
    ordered_by = CASE WHEN h.status = 'pending' THEN h.ordered_by END,
    last_attempt_at = coalesce(h.last_attempt_at, d.last_attempt_at),
    response_code = CASE WHEN h.last_attempt_at IS NULL THEN d.response_code ELSE h.response_code END
FROM held AS h
WHERE d.id = h.id
RETURNING d.id, CASE WHEN h.status <> 'pending' THEN h.ordered_by END AS left_line;

-- name: count_leased()
-- How many attempts are under way.
SELECT count(*) FROM delivery WHERE lease_until IS NOT NULL;

-- name: take_back_leases(slot, leased_by)
-- What earlier processes of this slot were sending when they ended: queued anew. Leases are few: those under way.
UPDATE delivery SET queued = 'sweeper', leased_by = NULL, lease_until = NULL
WHERE id = ANY (ARRAY(
    SELECT id FROM delivery
    WHERE lease_until IS NOT NULL AND split_part(leased_by, '#', 1) = $1 AND leased_by <> $2
    ORDER BY id FOR NO KEY UPDATE
));

-- name: queue_expired(now, limit)
-- Claims whose process said nothing more. An array: a join with a subselect may read all of delivery to find them.
UPDATE delivery SET queued = 'sweeper', leased_by = NULL, lease_until = NULL
WHERE id = ANY (ARRAY(
    SELECT id FROM delivery WHERE lease_until < $1 ORDER BY lease_until LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
));

-- name: queue_overdue(before, limit)
-- Scheduled deliveries whose Kafka record did not come in time.
UPDATE delivery SET queued = 'sweeper'
WHERE id = ANY (ARRAY(
    SELECT id FROM delivery
    WHERE status = 'pending' AND queued IS NULL AND lease_until IS NULL AND NOT waiting AND next_attempt_at < $1
    ORDER BY next_attempt_at LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
));

-- name: queueing_endpoints(limit)
-- Endpoints with queued deliveries, by a walk from one endpoint to the next in the index.
WITH RECURSIVE walk AS (
    SELECT min(endpoint_id) AS endpoint_id FROM delivery WHERE queued IS NOT NULL
    UNION ALL
    SELECT (SELECT min(d.endpoint_id) FROM delivery AS d WHERE d.queued IS NOT NULL AND d.endpoint_id > walk.endpoint_id)
    FROM walk WHERE walk.endpoint_id IS NOT NULL
)
SELECT endpoint_id FROM walk WHERE endpoint_id IS NOT NULL LIMIT $1;

-- name: audit_messages()
-- Every message by its event's id.
SELECT id AS event_id, type, subject FROM message ORDER BY id;

-- name: audit_messages_of_merchant(merchant_id)
-- The same for one merchant.
SELECT id AS event_id, type, subject FROM message WHERE merchant_id = $1 ORDER BY id;

-- name: audit_deliveries()
-- What became of the deliveries of each event; and of their current run, the attempts that are counted and logged.
-- What the log of their time has forgotten can't be compared, and is told apart.
SELECT message_id AS event_id, count(*) FILTER (WHERE status = 'pending') AS pending,
       count(*) FILTER (WHERE status = 'success') AS success, count(*) FILTER (WHERE status = 'failed') AS failed,
       coalesce(sum(attempts) FILTER (WHERE kept), 0)::bigint AS attempts_counted,
       coalesce(sum(logged) FILTER (WHERE kept), 0)::bigint AS attempts_logged,
       coalesce(sum(attempts) FILTER (WHERE NOT kept), 0)::bigint AS attempts_forgotten
FROM delivery AS d,
     LATERAL (SELECT d.id >= delivery_id AS kept FROM attempt_log_start) AS start,
     LATERAL (SELECT count(*) AS logged FROM attempt WHERE delivery_id = d.id AND run = d.run AND number <= d.attempts) AS log
GROUP BY message_id ORDER BY message_id;

-- name: audit_deliveries_of_merchant(merchant_id)
-- The same for one merchant; materialized first, so that no index of everybody's rows is read for its order.
WITH mine AS MATERIALIZED (SELECT id, run, message_id, status, attempts FROM delivery WHERE merchant_id = $1)
SELECT message_id AS event_id, count(*) FILTER (WHERE status = 'pending') AS pending,
       count(*) FILTER (WHERE status = 'success') AS success, count(*) FILTER (WHERE status = 'failed') AS failed,
       coalesce(sum(attempts) FILTER (WHERE kept), 0)::bigint AS attempts_counted,
       coalesce(sum(logged) FILTER (WHERE kept), 0)::bigint AS attempts_logged,
       coalesce(sum(attempts) FILTER (WHERE NOT kept), 0)::bigint AS attempts_forgotten
FROM mine AS d,
     LATERAL (SELECT d.id >= delivery_id AS kept FROM attempt_log_start) AS start,
     LATERAL (SELECT count(*) AS logged FROM attempt WHERE delivery_id = d.id AND run = d.run AND number <= d.attempts) AS log
GROUP BY message_id ORDER BY message_id;
