-- name: append_outbox(topics, keys, event_ids, types, subjects, tenants, occurred_ats, traceparents, headers, datas)
-- ONE insert per batch; the ordinality makes id order the order of the arguments.
INSERT INTO outbox (topic, key, event_id, type, subject, tenant, occurred_at, traceparent, headers, data)
SELECT m.topic, m.key, m.event_id, m.type, m.subject, m.tenant, m.occurred_at, m.traceparent, m.headers, m.data
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
            $9::jsonb[], $10::bytea[])
    WITH ORDINALITY AS m (topic, key, event_id, type, subject, tenant, occurred_at, traceparent, headers, data, ord)
ORDER BY m.ord;

-- name: select_outbox(limit)
-- The oldest messages; only the relay that holds the advisory lock reads them.
SELECT id, topic, key, event_id, type, subject, tenant, occurred_at, traceparent, headers, data
FROM outbox
ORDER BY id
LIMIT $1;

-- name: oldest_in_outbox()
-- When what its oldest message tells happened; nothing from before waits to be published.
SELECT occurred_at FROM outbox ORDER BY id LIMIT 1;

-- name: finish_outbox(ids, partitions, offsets)
-- Kafka has them, there: delete them, and enter those with a tenant in the log, each with the next position.
WITH gone AS (
    DELETE FROM outbox WHERE id = ANY ($1::bigint[])
    RETURNING id, topic, key, event_id, type, subject, tenant, occurred_at, traceparent, data
), public AS (
    SELECT gone.*, place.partition, place.kafka_offset, row_number() OVER (ORDER BY gone.id) AS ord
    FROM gone
    JOIN unnest($1::bigint[], $2::int[], $3::bigint[]) AS place (id, partition, kafka_offset) ON place.id = gone.id
    WHERE gone.tenant IS NOT NULL
), head AS (
    UPDATE relay_state SET position = position + (SELECT count(*) FROM public)
    RETURNING position - (SELECT count(*) FROM public) AS base
)
INSERT INTO event_log (position, topic, key, event_id, type, subject, tenant, occurred_at, traceparent, data, partition,
                       kafka_offset)
SELECT head.base + public.ord, topic, key, event_id, type, subject, tenant, occurred_at, traceparent, data, partition,
       kafka_offset
FROM public, head;

-- name: delete_outbox(ids)
-- Kafka has them and none is public.
DELETE FROM outbox WHERE id = ANY ($1::bigint[]);

-- name: get_relay_cluster()
-- The Kafka cluster this service last published to.
SELECT cluster_id FROM relay_state;

-- name: set_relay_cluster(cluster_id)
-- Everything that a new cluster must know has been published to it.
UPDATE relay_state SET cluster_id = $1;

-- name: select_event_log_since(after, since, limit)
-- Public messages to publish again to a cluster that lost its data, oldest first.
SELECT position, topic, key, event_id, type, subject, tenant, occurred_at, traceparent, NULL::jsonb AS headers, data
FROM event_log
WHERE position > $1 AND occurred_at >= $2
ORDER BY position
LIMIT $3;

-- name: move_event_log(positions, partitions, offsets)
-- They were published again: that is where they stand now.
UPDATE event_log AS e
SET partition = place.partition, kafka_offset = place.kafka_offset
FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS place (position, partition, kafka_offset)
WHERE e.position = place.position;

-- name: try_relay_lock()
-- One relay per service: the lock lives as long as its connection.
SELECT pg_try_advisory_lock(hashtextextended('outbox relay ' || current_schema(), 0));

-- name: notify_relay(channel)
-- Wake the relay of another process. On an autocommit connection: inside a transaction NOTIFY serialises commits.
SELECT pg_notify($1, '');

-- name: outbox_depth()
-- From the oldest message to the newest: at most so many wait, and since when.
SELECT coalesce((SELECT id FROM outbox ORDER BY id DESC LIMIT 1) - (SELECT id FROM outbox ORDER BY id LIMIT 1) + 1, 0)
           AS depth,
       (SELECT occurred_at FROM outbox ORDER BY id LIMIT 1) AS oldest_at;
