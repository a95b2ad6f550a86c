-- name: lock_delivery(merchant_id, id)
-- One delivery of a merchant, to be retried, with what decides whether it can be.
SELECT d.status, e.url, e.enabled, e.deleted_at
FROM delivery AS d
JOIN endpoint AS e ON e.id = d.endpoint_id
WHERE d.id = $2 AND d.merchant_id = $1
FOR NO KEY UPDATE OF d;

-- name: lock_deliveries(ids, status)
-- Those of them that are still of this status, to be retried.
SELECT id FROM delivery WHERE id = ANY ($1::text[]) AND status = $2 ORDER BY id FOR NO KEY UPDATE;

-- name: start_runs(ids, started_by, now)
-- Attempts of locked deliveries start afresh; whatever is on its way for an earlier run finds its claim gone.
-- One that waits in a line waits no more and leaves it; one that others wait for keeps its place.
UPDATE delivery
SET run = run + 1, attempts = 0, started_by = $2, status = 'pending', next_attempt_at = $3, queued = NULL,
    leased_by = NULL, lease_until = NULL, error = NULL, failure_reason = NULL,
    waiting = false, ordered_by = CASE WHEN NOT waiting THEN ordered_by END
WHERE id = ANY ($1::text[])
RETURNING id, run;

-- name: hold_event(event_id)
-- One at a time sends an event again, so that nobody gets two first deliveries of it. Until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('resend ' || $1::text, 0));

-- name: get_message(merchant_id, id)
-- One message of a merchant.
SELECT * FROM message WHERE id = $2 AND merchant_id = $1;

-- name: lock_deliveries_of_event(message_id, endpoint_ids)
-- Its deliveries to these endpoints, oldest first, to be retried.
SELECT id, endpoint_id, status FROM delivery WHERE message_id = $1 AND endpoint_id = ANY ($2::text[])
ORDER BY id FOR NO KEY UPDATE;
