-- name: insert_count_deltas(tenants, kinds, statuses, deltas)
-- What a batch changed.
INSERT INTO count_delta (tenant, kind, status, delta)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]);

-- name: fold_counts(limit)
-- The oldest deltas into the folded numbers, in one statement.
WITH folded AS (
    DELETE FROM count_delta
    WHERE id IN (SELECT id FROM count_delta ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING tenant, kind, status, delta
)
INSERT INTO count_total AS c (tenant, kind, status, total)
SELECT tenant, kind, status, sum(delta) FROM folded GROUP BY tenant, kind, status ORDER BY tenant, kind, status
ON CONFLICT (tenant, kind, status) DO UPDATE SET total = c.total + EXCLUDED.total;

-- name: count_of_tenant(tenant, kind, statuses)
-- How many a tenant has, of some statuses or (NULL) of all: the folded numbers and the tail, as of one instant.
SELECT coalesce((SELECT sum(total) FROM count_total
                 WHERE tenant = $1 AND kind = $2 AND ($3::text[] IS NULL OR status = ANY ($3))), 0)::bigint
     + coalesce((SELECT sum(delta) FROM count_delta
                 WHERE tenant = $1 AND kind = $2 AND ($3::text[] IS NULL OR status = ANY ($3))), 0)::bigint;

-- name: counts_of_tenant(tenant, kind)
-- How many a tenant has of each status: the folded numbers and the tail, as of one instant.
SELECT status, sum(total)::bigint AS total
FROM (
    SELECT status, total FROM count_total WHERE tenant = $1 AND kind = $2
    UNION ALL
    SELECT status, delta FROM count_delta WHERE tenant = $1 AND kind = $2
) AS counted
GROUP BY status;

-- name: all_counts(hours)
-- Every count of every tenant whose kind does not begin like this, as of one instant.
SELECT tenant, kind, status, sum(total)::bigint AS total
FROM (
    SELECT tenant, kind, status, total FROM count_total
    UNION ALL
    SELECT tenant, kind, status, delta FROM count_delta
) AS counted
WHERE NOT starts_with(kind, $1)
GROUP BY tenant, kind, status;

-- name: counts_by_status(kind)
-- How many there are of every tenant together, by status.
SELECT status, sum(total)::bigint AS total
FROM (
    SELECT status, total FROM count_total WHERE kind = $1
    UNION ALL
    SELECT status, delta FROM count_delta WHERE kind = $1
) AS counted
GROUP BY status;

-- name: counts_between(tenant, low, high)
-- How many a tenant has of each status of each kind from `low` (inclusive) to `high` (exclusive), as of one instant.
SELECT kind, status, sum(total)::bigint AS total
FROM (
    SELECT kind, status, total FROM count_total WHERE tenant = $1 AND kind >= $2 AND kind < $3
    UNION ALL
    SELECT kind, status, delta FROM count_delta WHERE tenant = $1 AND kind >= $2 AND kind < $3
) AS counted
GROUP BY kind, status;
