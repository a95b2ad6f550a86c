-- name: add_attempts(ids, payment_ids, merchant_ids, actions, amounts, currencies, methods, vpas, cards, traceparents, merchant_names, created_at)
-- New attempts; answers which were new. A repeated command leaves its attempt as it is.
INSERT INTO attempt (id, payment_id, merchant_id, action, amount_minor, currency, method, vpa, card, traceparent,
                     merchant_name, created_at)
SELECT a.*, $12
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
            $9::jsonb[], $10::text[], $11::text[])
    AS a (id, payment_id, merchant_id, action, amount_minor, currency, method, vpa, card, traceparent, merchant_name)
ORDER BY a.id
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: load_attempts(ids)
-- Attempts by id.
SELECT a.id, a.payment_id, a.merchant_id, a.action, a.amount_minor, a.currency, a.method, a.vpa, a.card,
       a.traceparent, a.outcome, a.decline_code, a.description, a.ended_at, a.challenge_url, a.challenge_expires_at,
       a.challenged_at, a.answered_at, a.unanswered, a.merchant_name
FROM attempt AS a
JOIN unnest($1::text[]) AS w (id) ON a.id = w.id;

-- name: lock_attempts_of_payments(payment_ids)
-- All attempts of some payments, so that a void and a payment that waits do not miss each other.
SELECT a.id, a.payment_id, a.action, a.outcome
FROM attempt AS a
WHERE a.payment_id = ANY ($1::text[])
ORDER BY a.id
FOR NO KEY UPDATE;

-- name: voids_of_payments(payment_ids)
-- Which of these payments are to be voided, or are; read after the lock.
SELECT DISTINCT a.payment_id
FROM attempt AS a
WHERE a.payment_id = ANY ($1::text[]) AND a.action = 'void';

-- name: end_attempts(ids, outcomes, decline_codes, descriptions, ended_at)
-- The outcomes; answers those that had none, which are ours to tell.
WITH held AS (
    SELECT a.id, e.outcome, e.decline_code, e.description
    FROM attempt AS a
    JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS e (id, outcome, decline_code, description)
        ON a.id = e.id
    WHERE a.outcome IS NULL
    ORDER BY a.id
    FOR NO KEY UPDATE OF a
)
UPDATE attempt AS a
SET outcome = held.outcome, decline_code = held.decline_code, description = held.description, ended_at = $5
FROM held
WHERE a.id = held.id
RETURNING a.id;

-- name: challenge_attempts(ids, urls, expire_ats, challenged_at)
-- Attempts whose buyer must authenticate; answers those that were not challenged before, which are ours to tell.
WITH held AS (
    SELECT a.id, c.url, c.expires_at
    FROM attempt AS a
    JOIN unnest($1::text[], $2::text[], $3::timestamptz[]) AS c (id, url, expires_at) ON a.id = c.id
    WHERE a.challenged_at IS NULL AND a.outcome IS NULL
    ORDER BY a.id
    FOR NO KEY UPDATE OF a
)
UPDATE attempt AS a
SET challenge_url = held.url, challenge_expires_at = held.expires_at, challenged_at = $4
FROM held
WHERE a.id = held.id
RETURNING a.id;

-- name: answer_attempt(id, answered_at)
-- The buyer has answered; answers the id if that is news.
UPDATE attempt SET answered_at = $2 WHERE id = $1 AND answered_at IS NULL AND outcome IS NULL RETURNING id;

-- name: count_unanswered(ids, counts)
-- Questions that the acquirer left without an answer.
UPDATE attempt AS a
SET unanswered = a.unanswered + u.count
FROM unnest($1::text[], $2::int[]) AS u (id, count)
WHERE a.id = u.id;

-- name: audit_attempts()
-- Every attempt by its payment, for the audit.
SELECT payment_id, id AS attempt_id, action, amount_minor, outcome FROM attempt ORDER BY payment_id, id;

-- name: audit_attempts_of_merchant(merchant_id)
-- The same for one merchant; materialized first, so that no index of everybody's rows is read for its order.
WITH mine AS MATERIALIZED (
    SELECT payment_id, id AS attempt_id, action, amount_minor, outcome FROM attempt WHERE merchant_id = $1
)
SELECT * FROM mine ORDER BY payment_id, attempt_id;
