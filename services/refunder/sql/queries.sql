-- name: add_executions(ids, payment_ids, merchant_ids, kinds, amounts, currencies, test_cards, traceparents, created_at)
-- New executions; answers which were new. A repeated command leaves its execution as it is.
INSERT INTO execution (id, payment_id, merchant_id, kind, amount_minor, currency, test_card, traceparent, created_at)
SELECT e.*, $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
    AS e (id, payment_id, merchant_id, kind, amount_minor, currency, test_card, traceparent)
ORDER BY e.id
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: load_executions(ids)
-- Executions by id.
SELECT e.id, e.payment_id, e.merchant_id, e.kind, e.amount_minor, e.currency, e.test_card, e.traceparent, e.outcome,
       e.error_code, e.description, e.ended_at
FROM execution AS e
JOIN unnest($1::text[]) AS w (id) ON e.id = w.id;

-- name: end_executions(ids, outcomes, error_codes, descriptions, ended_at)
-- The outcomes; answers those that had none, which are ours to tell.
WITH held AS (
    SELECT e.id, n.outcome, n.error_code, n.description
    FROM execution AS e
    JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (id, outcome, error_code, description)
        ON e.id = n.id
    WHERE e.outcome IS NULL
    ORDER BY e.id
    FOR NO KEY UPDATE OF e
)
UPDATE execution AS e
SET outcome = held.outcome, error_code = held.error_code, description = held.description, ended_at = $5
FROM held
WHERE e.id = held.id
RETURNING e.id;

-- name: audit_executions()
-- Every execution, for the audit.
SELECT id AS refund_id, payment_id, merchant_id, kind, amount_minor, outcome FROM execution ORDER BY id;

-- name: audit_executions_of_merchant(merchant_id)
-- The executions of one merchant's refunds, for the audit.
SELECT id AS refund_id, payment_id, merchant_id, kind, amount_minor, outcome
FROM execution
WHERE merchant_id = $1
ORDER BY id;
