-- name: add_jobs(ids, due_ats, leased_bys, tries)
-- New jobs, some of them leased from the start; one that is there already stays as it is.
INSERT INTO job (id, due_at, leased_by, tries)
SELECT j.id, j.due_at, j.leased_by, j.tries
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::int[]) AS j (id, due_at, leased_by, tries)
ORDER BY j.id
ON CONFLICT (id) DO NOTHING;

-- name: claim_jobs(now, lease_until, slot, limit)
-- Lease what is due, the oldest first; what another worker is just taking is skipped.
-- An array: a join with a subselect may read all of a long queue to find them.
UPDATE job
SET due_at = $2, leased_by = $3, tries = tries + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM job WHERE due_at <= $1 ORDER BY due_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
))
RETURNING id, tries;

-- name: next_due()
-- When something falls due, or its lease runs out.
SELECT min(due_at) FROM job WHERE due_at IS NOT NULL;

-- name: release_jobs(slot, now)
-- A slot that starts anew takes back at once what it had leased before it ended.
UPDATE job SET due_at = $2, leased_by = NULL WHERE leased_by = $1 AND due_at IS NOT NULL;

-- name: put_back_jobs(ids, due_ats, slot)
-- Leased by us and not done: due again at a later time, or parked (NULL).
WITH held AS (
    SELECT j.id, p.due_at
    FROM job AS j
    JOIN unnest($1::text[], $2::timestamptz[]) AS p (id, due_at) ON j.id = p.id
    WHERE j.leased_by = $3
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
)
UPDATE job AS j
SET due_at = held.due_at, leased_by = NULL
FROM held
WHERE j.id = held.id;

-- name: hasten_jobs(ids, now)
-- What they waited for has come. Without its lease nobody puts them back.
UPDATE job SET due_at = $2, leased_by = NULL
WHERE id IN (
    SELECT id FROM job
    WHERE id = ANY ($1::text[]) AND (due_at IS NULL OR due_at > $2)
    ORDER BY id FOR NO KEY UPDATE
);

-- name: delete_jobs(ids)
-- Done; answers which were there.
DELETE FROM job
WHERE id IN (SELECT id FROM job WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE)
RETURNING id;

-- name: count_ended_jobs(slot, completed, failed)
-- The slot's own row: nobody else waits for it.
INSERT INTO job_total AS t (slot, completed, failed)
VALUES ($1, $2, $3)
ON CONFLICT (slot) DO UPDATE SET completed = t.completed + EXCLUDED.completed, failed = t.failed + EXCLUDED.failed;

-- name: count_jobs()
-- What is open, and what has ended since the beginning.
SELECT open.pending, open.processing, ended.completed, ended.failed
FROM (
    SELECT count(*) FILTER (WHERE leased_by IS NULL) AS pending,
           count(*) FILTER (WHERE leased_by IS NOT NULL) AS processing
    FROM job
) AS open,
(
    SELECT coalesce(sum(completed), 0)::bigint AS completed, coalesce(sum(failed), 0)::bigint AS failed FROM job_total
) AS ended;
