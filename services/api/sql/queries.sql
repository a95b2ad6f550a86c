-- name: payment_ids_of_refunds(refund_ids)
-- Which payments a batch must lock before these refunds; a refund's payment never changes.
SELECT DISTINCT payment_id FROM refunds WHERE id = ANY ($1::text[]);

-- name: begin_writes(scopes, keys, fingerprints, expire_at, at, api_keys, order_ids, order_scopes, order_keys, order_api_keys)
-- Claim idempotency keys, hold API keys and lock orders, in this order.
-- A row for each order, or one of none; the first says which keys were taken and which are live.
SELECT CASE WHEN o.ordinality = 1 OR o.ordinality IS NULL THEN b.taken_scopes END AS taken_scopes,
       CASE WHEN o.ordinality = 1 OR o.ordinality IS NULL THEN b.taken_keys END AS taken_keys,
       CASE WHEN o.ordinality = 1 OR o.ordinality IS NULL THEN b.live_keys END AS live_keys,
       o.*
FROM begin_writes(
    $1::text[], $2::text[], $3::bytea[], $4, $5, $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]
) AS b
LEFT JOIN LATERAL unnest(b.held_orders) WITH ORDINALITY AS o ON true
ORDER BY o.ordinality;

-- name: claim_receipts(merchant_ids, receipts)
-- Receipts for one order each; answers those that nobody claimed before. Waits for who is just claiming the same.
INSERT INTO order_receipts (merchant_id, receipt)
SELECT r.merchant_id, r.receipt FROM unnest($1::text[], $2::text[]) AS r (merchant_id, receipt)
ON CONFLICT DO NOTHING
RETURNING merchant_id, receipt;

-- name: used_receipts(merchant_ids, receipts)
-- Those of these receipts that an order has which did not ask to be the only one.
SELECT r.merchant_id, r.receipt
FROM unnest($1::text[], $2::text[]) AS r (merchant_id, receipt)
WHERE EXISTS (SELECT FROM orders AS o WHERE o.merchant_id = r.merchant_id AND o.receipt = r.receipt);

-- name: lock_orders_of_payments(payment_ids)
-- First of what a batch of results locks: orders, payments, refunds, each by id. The order of a payment never changes.
SELECT * FROM orders
WHERE id = ANY (ARRAY(SELECT order_id FROM payments WHERE id = ANY ($1::text[])))
ORDER BY id FOR NO KEY UPDATE;

-- name: lock_payments(ids)
-- Second in the order of locks.
SELECT * FROM payments WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE;

-- name: lock_refunds(ids)
-- Third in the order of locks.
SELECT * FROM refunds WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE;

-- name: insert_orders(ids, merchant_ids, amounts_minor, currencies, receipts, notes, statuses, amounts_paid_minor, attempts, created_ats, updated_ats, expires_ats)
-- New orders of a batch.
INSERT INTO orders (id, merchant_id, amount_minor, currency, receipt, notes, status, amount_paid_minor, attempts,
                    created_at, updated_at, expires_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::bigint[],
                     $9::int[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[]);

-- name: update_orders(ids, statuses, amounts_paid_minor, attempts, updated_ats)
-- Changed orders of a batch, each once.
UPDATE orders AS o
SET status = c.status, amount_paid_minor = c.amount_paid_minor, attempts = c.attempts, updated_at = c.updated_at
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::timestamptz[])
    AS c (id, status, amount_paid_minor, attempts, updated_at)
WHERE o.id = c.id;

-- name: insert_payments(ids, merchant_ids, order_ids, attempt_ids, amounts_minor, currencies, methods, vpas, cards, statuses, capture_modes, capture_befores, deadline_ats, metadatas, sequences, timelines, created_ats, updated_ats)
-- New payments of a batch: nothing captured, nothing given back.
INSERT INTO payments (id, merchant_id, order_id, attempt_id, amount_minor, currency, method, vpa, card, status,
                      capture_mode, capture_before, deadline_at, metadata, sequence, timeline, created_at, updated_at, captured,
                      amount_captured_minor, amount_refunded_minor, refund_pending_minor, amount_reversed_minor,
                      reversal_pending_minor)
SELECT p.*, false, 0, 0, 0, 0, 0
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
            $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::jsonb[], $15::int[],
            $16::text[]::jsonb[], $17::timestamptz[], $18::timestamptz[]) AS p;

-- name: update_payments(ids, statuses, captureds, amounts_captured_minor, amounts_refunded_minor, refunds_pending_minor, amounts_reversed_minor, reversals_pending_minor, fees_minor, capture_befores, deadline_ats, error_codes, error_descriptions, decline_codes, sequences, timelines, updated_ats, challenge_urls, disputes)
-- Changed payments of a batch, each once.
UPDATE payments AS p
SET status = c.status, captured = c.captured, amount_captured_minor = c.amount_captured_minor,
    amount_refunded_minor = c.amount_refunded_minor, refund_pending_minor = c.refund_pending_minor,
    amount_reversed_minor = c.amount_reversed_minor, reversal_pending_minor = c.reversal_pending_minor,
    fee_minor = c.fee_minor, capture_before = c.capture_before, deadline_at = c.deadline_at, error_code = c.error_code,
    error_description = c.error_description, decline_code = c.decline_code, sequence = c.sequence,
    timeline = c.timeline, updated_at = c.updated_at, challenge_url = c.challenge_url, dispute = c.dispute
FROM unnest($1::text[], $2::text[], $3::bool[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::int[],
            $16::text[]::jsonb[], $17::timestamptz[], $18::text[], $19::jsonb[])
    AS c (id, status, captured, amount_captured_minor, amount_refunded_minor, refund_pending_minor,
          amount_reversed_minor, reversal_pending_minor, fee_minor, capture_before, deadline_at, error_code,
          error_description, decline_code, sequence, timeline, updated_at, challenge_url, dispute)
WHERE p.id = c.id;

-- name: insert_refunds(ids, payment_ids, merchant_ids, amounts_minor, currencies, kinds, reasons, statuses, metadatas, sequences, created_ats, updated_ats)
-- New refunds of a batch.
INSERT INTO refunds (id, payment_id, merchant_id, amount_minor, currency, kind, reason, status, metadata, sequence,
                     created_at, updated_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::jsonb[], $10::int[], $11::timestamptz[], $12::timestamptz[]);

-- name: update_refunds(ids, statuses, error_codes, error_descriptions, sequences, updated_ats, processed_ats)
-- Changed refunds of a batch, each once.
UPDATE refunds AS r
SET status = c.status, error_code = c.error_code, error_description = c.error_description, sequence = c.sequence,
    updated_at = c.updated_at, processed_at = c.processed_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::timestamptz[])
    AS c (id, status, error_code, error_description, sequence, updated_at, processed_at)
WHERE r.id = c.id;

-- name: insert_open_commands(attempt_ids, payment_ids, topics, types, datas, resend_ats)
-- Commands that are sent now and again until their result is here.
INSERT INTO open_commands (attempt_id, payment_id, topic, type, data, sendings, resend_at)
SELECT c.attempt_id, c.payment_id, c.topic, c.type, c.data, 1, c.resend_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::timestamptz[])
    AS c (attempt_id, payment_id, topic, type, data, resend_at);

-- name: close_commands(attempt_ids)
-- Their results are here (again, perhaps).
DELETE FROM open_commands WHERE attempt_id = ANY ($1::text[]);

-- name: take_overdue_commands(now, overdue_at, limit)
-- Commands without a result for too long; each sending makes the wait for the next one longer.
WITH overdue AS (
    SELECT attempt_id FROM open_commands WHERE resend_at <= $2 ORDER BY resend_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE open_commands AS c
SET sendings = c.sendings + 1, resend_at = $1::timestamptz + least(c.sendings, 20) * interval '30 seconds'
FROM overdue
WHERE c.attempt_id = overdue.attempt_id
RETURNING c.attempt_id, c.payment_id, c.topic, c.type, c.data;

-- name: overdue_payment_ids(now, limit)
-- Payments whose deadline has passed: pending too long, or never captured.
SELECT id FROM payments WHERE deadline_at <= $1 ORDER BY deadline_at LIMIT $2;

-- name: get_order(merchant_id, id)
-- One order of a merchant.
SELECT * FROM orders WHERE id = $2 AND merchant_id = $1;

-- name: get_payment(merchant_id, id)
-- One payment of a merchant.
SELECT * FROM payments WHERE id = $2 AND merchant_id = $1;

-- name: get_refund(merchant_id, id)
-- One refund of a merchant.
SELECT * FROM refunds WHERE id = $2 AND merchant_id = $1;
