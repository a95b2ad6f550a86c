-- name: add_authorisations(payment_ids, merchant_ids, currencies)
-- A row for every payment that is asked about, so that there is something to lock. Sorted: no deadlock.
INSERT INTO authorisation (payment_id, merchant_id, currency)
SELECT p.payment_id, p.merchant_id, p.currency
FROM unnest($1::text[], $2::text[], $3::text[]) AS p (payment_id, merchant_id, currency)
ORDER BY p.payment_id
ON CONFLICT (payment_id) DO NOTHING
RETURNING payment_id;

-- name: lock_authorisations(payment_ids)
-- What is held for these payments, under lock, in payment_id order.
SELECT a.payment_id, a.merchant_id, a.currency, a.authorised_minor, a.captured_minor, a.reversed_minor,
       a.refunded_minor, a.captured, a.voided
FROM authorisation AS a
JOIN unnest($1::text[]) AS p (payment_id) ON a.payment_id = p.payment_id
ORDER BY a.payment_id
FOR NO KEY UPDATE OF a;

-- name: load_effects(keys)
-- What was decided before; read after the locks, so that a racing call with the same key is seen.
SELECT e.key, e.operation, e.payment_id, e.merchant_id, e.amount_minor, e.currency, e.outcome, e.decline_code,
       e.description
FROM effect AS e
JOIN unnest($1::text[]) AS w (key) ON e.key = w.key;

-- name: update_authorisations(payment_ids, authorised, captured_amounts, reversed, refunded, captured, voided)
-- Each changed one once; they are locked already.
UPDATE authorisation AS a
SET authorised_minor = n.authorised, captured_minor = n.captured_amount, reversed_minor = n.reversed,
    refunded_minor = n.refunded, captured = n.captured, voided = n.voided
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bool[], $7::bool[])
    AS n (payment_id, authorised, captured_amount, reversed, refunded, captured, voided)
WHERE a.payment_id = n.payment_id;

-- name: add_effects(keys, operations, payment_ids, merchant_ids, amounts, currencies, outcomes, decline_codes, descriptions, calls, created_at)
-- Decisions, once and for all.
INSERT INTO effect (key, operation, payment_id, merchant_id, amount_minor, currency, outcome, decline_code,
                    description, calls, created_at)
SELECT e.*, $11
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::int[])
    AS e (key, operation, payment_id, merchant_id, amount_minor, currency, outcome, decline_code, description, calls);

-- name: count_replays(keys, counts)
-- Calls beyond the first, of keys that were decided before.
UPDATE effect AS e
SET calls = e.calls + r.count
FROM unnest($1::text[], $2::int[]) AS r (key, count)
WHERE e.key = r.key;

-- name: add_calls(ids, keys, operations, payment_ids, amounts, outcomes, replays, at)
-- The journal: one row per call.
INSERT INTO call (id, key, operation, payment_id, amount_minor, outcome, replay, at)
SELECT c.*, $8
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bool[])
    AS c (id, key, operation, payment_id, amount_minor, outcome, replay);

-- name: audit_effects()
-- Every effect, for the audit.
SELECT payment_id, merchant_id, key, operation, amount_minor, outcome, calls
FROM effect
ORDER BY payment_id, key;

-- name: audit_effects_of_merchant(merchant_id)
-- The effects of one merchant's payments, for the audit.
SELECT payment_id, merchant_id, key, operation, amount_minor, outcome, calls
FROM effect
WHERE merchant_id = $1
ORDER BY payment_id, key;

-- name: effects_of_payment(payment_id, merchant_id, limit)
-- What was decided about a payment of a merchant, the first decision first.
SELECT key, operation, amount_minor, currency, outcome, decline_code, description, calls, created_at
FROM effect
WHERE payment_id = $1 AND merchant_id = $2
ORDER BY key
LIMIT $3;
