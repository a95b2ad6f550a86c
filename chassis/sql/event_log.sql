-- name: get_log_head()
-- The position of the newest event. It moves in the statement that enters the events: a snapshot that shows it shows them.
SELECT position FROM relay_state;

-- name: read_log(tenant, after, limit)
-- A tenant's events after a position, oldest first. By pairs, which only the index of pairs can serve.
SELECT position, event_id, type, subject, tenant, occurred_at, data, topic, partition, kafka_offset
FROM event_log
WHERE (tenant, position) > ($1, $2) AND tenant <= $1
ORDER BY tenant, position
LIMIT $3;

-- name: tail_log(tenants, after, through, limit)
-- The head, and beside it the events of some tenants in a range of positions, oldest first; the head alone when there are none.
SELECT head.position AS head, e.position, e.event_id, e.type, e.subject, e.tenant, e.occurred_at, e.data, e.topic,
       e.partition, e.kafka_offset
FROM relay_state AS head
LEFT JOIN LATERAL (
    SELECT * FROM event_log
    WHERE position > $2 AND position <= least($3, head.position) AND tenant = ANY ($1::text[])
    ORDER BY position
    LIMIT $4
) AS e ON true
ORDER BY e.position;
