-- name: lock_lines(endpoint_ids, objects)
-- Who stands in these lines: none of them can end before the caller does. Everybody locks in id order.
-- OFFSET and coalesce keep the planner to the lines that are asked for: it would as soon read everybody's.
SELECT d.id, d.endpoint_id, d.ordered_by, d.waiting, d.queued, d.next_attempt_at
FROM delivery AS d
WHERE d.id = ANY (ARRAY(
    SELECT line.id
    FROM unnest($1::text[], $2::text[]) AS w (endpoint_id, object),
         LATERAL (
             SELECT id FROM delivery
             WHERE endpoint_id = w.endpoint_id AND ordered_by = w.object AND ordered_by IS NOT NULL
             OFFSET 0
         ) AS line
)) AND coalesce(d.ordered_by, '') <> ''
ORDER BY d.id
FOR NO KEY UPDATE;

-- name: release_next(endpoint_ids, objects, now)
-- The first who waits in each of these lines is queued. All who wait there are locked (in id order) before one is chosen:
-- one that somebody took out of the line meanwhile is not.
WITH waiting AS (
    SELECT d.id, d.endpoint_id, d.ordered_by, d.message_id
    FROM delivery AS d
    WHERE d.id = ANY (ARRAY(
        SELECT line.id
        FROM unnest($1::text[], $2::text[]) AS w (endpoint_id, object),
             LATERAL (
                 SELECT id FROM delivery
                 WHERE endpoint_id = w.endpoint_id AND ordered_by = w.object AND ordered_by IS NOT NULL
                 OFFSET 0
             ) AS line
    )) AND coalesce(d.waiting, false)
    ORDER BY d.id
    FOR NO KEY UPDATE
), first AS (
    SELECT DISTINCT ON (waiting.endpoint_id, waiting.ordered_by) waiting.id
    FROM waiting
    JOIN message AS m ON m.id = waiting.message_id
    ORDER BY waiting.endpoint_id, waiting.ordered_by, m.sequence
)
UPDATE delivery AS d
SET waiting = false, queued = 'slot', next_attempt_at = $3
WHERE d.id = ANY (ARRAY(SELECT id FROM first))
RETURNING d.endpoint_id;

-- name: lines_past_bound(now, limit)
-- Lines in which somebody has waited as long as anybody shall, found by so many who have.
SELECT DISTINCT due.endpoint_id, due.ordered_by
FROM (
    SELECT endpoint_id, ordered_by FROM delivery
    WHERE waiting AND next_attempt_at < $1
    ORDER BY next_attempt_at LIMIT $2
) AS due;

-- name: leave_lines(ids)
-- Locked deliveries that nobody waits for any more.
UPDATE delivery SET ordered_by = NULL WHERE id = ANY ($1::text[]);

-- name: release_waiting(endpoint_id, now, limit)
-- What waits for an endpoint that wants no order any more is queued, out of every line: found by line, locked in id order.
WITH found AS MATERIALIZED (
    SELECT id FROM delivery
    WHERE endpoint_id = $1 AND ordered_by IS NOT NULL AND waiting
    ORDER BY ordered_by LIMIT $3
)
UPDATE delivery SET waiting = false, ordered_by = NULL, queued = 'slot', next_attempt_at = $2
WHERE id = ANY (ARRAY(
    SELECT id FROM delivery
    WHERE id = ANY (ARRAY(SELECT id FROM found)) AND coalesce(waiting, false)
    ORDER BY id FOR NO KEY UPDATE
));
