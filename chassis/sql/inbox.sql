-- name: load_offsets(consumer_group, topics, partitions)
-- Where this group stands in the partitions it was given.
SELECT topic, partition, next, cluster_id
FROM consumer_offset
WHERE consumer_group = $1 AND (topic, partition) IN (SELECT * FROM unnest($2::text[], $3::int[]));

-- name: start_offsets(consumer_group, topics, partitions, cluster_id)
-- Begin at 0 in partitions never seen, and in those of a cluster that is not the one we knew.
INSERT INTO consumer_offset (consumer_group, topic, partition, next, cluster_id)
SELECT $1, p.topic, p.partition, 0, $4
FROM unnest($2::text[], $3::int[]) AS p (topic, partition)
ORDER BY p.topic, p.partition
ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET next = 0, cluster_id = EXCLUDED.cluster_id
WHERE consumer_offset.cluster_id <> EXCLUDED.cluster_id;

-- name: advance_offsets(consumer_group, topics, partitions, starts, ends)
-- The fence: moves the partitions that still stand where we think they stand, and names them. Rows are locked in order.
WITH held AS (
    SELECT o.topic, o.partition, p.next_after
    FROM consumer_offset AS o
    JOIN unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS p (topic, partition, start, next_after)
        ON o.topic = p.topic AND o.partition = p.partition AND o.next = p.start
    WHERE o.consumer_group = $1
    ORDER BY o.topic, o.partition
    FOR NO KEY UPDATE OF o
)
UPDATE consumer_offset AS o
SET next = held.next_after
FROM held
WHERE o.consumer_group = $1 AND o.topic = held.topic AND o.partition = held.partition
RETURNING o.topic, o.partition;

-- name: all_offsets(cluster_id)
-- How far every group of this service has come in this cluster.
SELECT consumer_group, topic, partition, next
FROM consumer_offset
WHERE cluster_id = $1
ORDER BY consumer_group, topic, partition;
