-- A history for tests/load/growth.py: so many payments a day until now, so that ten times the payments are ten times the days. Nineteen of twenty are one merchant's, the rest are spread over nineteen others. Everything follows from the payment's number.

-- name: make_id_function()
-- Ids like those of contracts/ids.py: the instant in base 62, then something that no neighbour tells.
CREATE FUNCTION pg_temp.id_of(prefix text, ms bigint, salt text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    prefix || '_' ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 56800235584::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 916132832::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 14776336::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 238328::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 3844::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 62::bigint % 62)::int + 1, 1) ||
    substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', (ms / 1::bigint % 62)::int + 1, 1) ||
    left(md5(prefix || salt), 9);

-- name: make_plan(size, until, big_merchant_id, per_day)
-- What each payment is: whose, when, how much, by what, and what became of it.
CREATE TEMP TABLE plan AS
SELECT n, at, merchant_id, amount, method, last4, vpa, status, captured, refunded,
       CASE WHEN captured THEN amount / 50 ELSE 0 END AS fee,
       ms, pg_temp.id_of('order', ms, n::text) AS order_id, pg_temp.id_of('pay', ms + 20000, n::text) AS payment_id
FROM (
    SELECT *, (extract(epoch FROM at) * 1000)::bigint AS ms, status = 'success' AND h % 16 > 0 AS captured,
           status = 'success' AND h % 16 > 0 AND h / 16 % 20 = 0 AS refunded
    FROM (
        SELECT n, h, $2::timestamptz - ($1::bigint - n) * interval '1 day' / $4::int - interval '1 minute' AS at,
               CASE WHEN h / 2 % 20 > 0 THEN $3::text
                    ELSE 'merchant-' || lpad((h / 40 % 19)::text, 2, '0') END AS merchant_id,
               10000 + h / 7 % 1000 * 100 AS amount,
               CASE WHEN h / 3 % 5 < 2 THEN 'card' ELSE 'upi' END AS method,
               lpad((h / 11 % 10000)::text, 4, '0') AS last4,
               'buyer' || n / 20 * 7919 % 100003 || '@bank' AS vpa,
               CASE WHEN n > $1 - 20 THEN 'pending' WHEN h / 5 % 10 < 8 THEN 'success' WHEN h / 5 % 10 = 8 THEN 'failed'
                    ELSE 'canceled' END AS status
        FROM (SELECT n, abs(hashint8(n)::bigint) AS h FROM generate_series(1, $1) AS n) AS numbered
    ) AS drawn
) AS decided;

-- name: fill_orders()
-- An order for each.
INSERT INTO orders (id, merchant_id, amount_minor, currency, receipt, notes, status, amount_paid_minor, attempts, created_at, updated_at)
SELECT order_id, merchant_id, amount, 'INR', 'receipt-' || n, '{}', CASE status WHEN 'success' THEN 'paid' ELSE 'attempted' END,
       CASE status WHEN 'success' THEN amount ELSE 0 END, 1, at, at
FROM plan ORDER BY n;

-- name: fill_payments()
-- Its payment, with a timeline of the usual length.
INSERT INTO payments (id, merchant_id, order_id, attempt_id, amount_minor, currency, method, vpa, card, status, capture_mode, captured,
                      amount_captured_minor, amount_refunded_minor, refund_pending_minor, amount_reversed_minor,
                      reversal_pending_minor, fee_minor, metadata, sequence, timeline, created_at, updated_at)
SELECT payment_id, merchant_id, order_id, 'att' || substr(payment_id, 4), amount, 'INR', method,
       CASE method WHEN 'upi' THEN vpa END,
       CASE method WHEN 'card' THEN jsonb_build_object('network', 'visa', 'last4', last4, 'expiry_month', 12, 'expiry_year', 2030,
                                                       'fingerprint', md5(last4), 'test_card', NULL) END,
       status, 'manual', captured, CASE WHEN captured THEN amount ELSE 0 END, CASE WHEN refunded THEN amount ELSE 0 END, 0, 0, 0, fee,
       '{}', 3,
       (SELECT jsonb_agg(jsonb_build_object('at', at + ord * interval '1 second', 'event', type, 'status', status, 'actor', 'merchant',
                                            'cause', 'POST /payments', 'request_id', 'req_' || md5(payment_id || ord), 'api_key',
                                            'key_test_abc123') ORDER BY ord)
        FROM (VALUES (20, 'payment.created'), (21, 'payment.pending'), (22, 'payment.' || status)) AS told (ord, type)),
       at + interval '20 seconds', at + interval '22 seconds'
FROM plan ORDER BY n;

-- name: fill_refunds()
-- Those that were given back, an hour later.
INSERT INTO refunds (id, payment_id, merchant_id, amount_minor, currency, kind, status, metadata, sequence, created_at, updated_at,
                     processed_at)
SELECT pg_temp.id_of('rfnd', ms + 3600000, n::text), payment_id, merchant_id, amount, 'INR', 'refund', 'processed', '{}', 2,
       at + interval '1 hour', at + interval '1 hour', at + interval '1 hour'
FROM plan WHERE refunded ORDER BY n;

-- name: fill_ledger()
-- The postings of captures and refunds.
INSERT INTO ledger_entries (id, event_id, event_type, merchant_id, account, amount_minor, currency, payment_id, created_at)
SELECT 'le_' || substr(event_id, 5) || number, event_id, type, merchant_id, account, minor, 'INR', payment_id, posted_at
FROM (
    SELECT plan.*, posting.*, at + after_ms * interval '1 ms' AS posted_at, pg_temp.id_of('evt', ms + after_ms, n || type) AS event_id
    FROM plan CROSS JOIN LATERAL (VALUES
        ('payment.captured', '00', 'acquirer_receivable', amount, 60000, captured),
        ('payment.captured', '01', 'merchant_balance', fee - amount, 60000, captured),
        ('payment.captured', '02', 'fees', -fee, 60000, captured),
        ('refund.created', '00', 'merchant_balance', amount, 3600000, refunded),
        ('refund.created', '01', 'refunds_payable', -amount, 3600000, refunded),
        ('refund.processed', '00', 'refunds_payable', amount, 3660000, refunded),
        ('refund.processed', '01', 'acquirer_receivable', -amount, 3660000, refunded)
    ) AS posting (type, number, account, minor, after_ms, there)
    WHERE there
) AS posted
ORDER BY n, type, number;

-- name: fill_events()
-- What was told of each payment.
INSERT INTO event_log (position, topic, key, event_id, type, subject, tenant, occurred_at, data)
SELECT row_number() OVER (ORDER BY n, ord), 'payment.events.v1', payment_id, pg_temp.id_of('evt', ms + ord, n || type), type, payment_id,
       merchant_id, at + ord * interval '1 second',
       convert_to(jsonb_build_object('sequence', ord, 'merchant_id', merchant_id, 'payment', jsonb_build_object(
           'id', payment_id, 'order_id', order_id, 'amount', amount, 'currency', 'INR', 'method', method, 'vpa', vpa,
           'status', status, 'metadata', jsonb_build_object('note', repeat('x', 150))))::text, 'UTF8')
FROM plan CROSS JOIN LATERAL (VALUES (1, 'payment.created'), (2, 'payment.pending'), (3, 'payment.' || status)) AS told (ord, type)
WHERE ord < 3 OR status <> 'pending'
ORDER BY n, ord;

-- name: set_log_position()
-- The relay goes on from there.
UPDATE relay_state SET position = (SELECT max(position) FROM event_log);

-- name: fill_counts()
-- What the batches would have counted, all folded.
INSERT INTO count_total (tenant, kind, status, total)
SELECT merchant_id, 'orders', status, count(*) FROM orders GROUP BY 1, 3
UNION ALL SELECT merchant_id, 'payments', status, count(*) FROM payments GROUP BY 1, 3
UNION ALL SELECT merchant_id, 'refunds', status, count(*) FROM refunds GROUP BY 1, 3
UNION ALL SELECT merchant_id, 'ledger', currency || '/' || account, sum(amount_minor) FROM ledger_entries GROUP BY 1, 3
UNION ALL
SELECT merchant_id, 'hour/' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), 'INR/' || figure, sum(number)
FROM plan CROSS JOIN LATERAL (VALUES
    ('payments', 1, true), ('succeeded', 1, status = 'success'), ('amount_succeeded', amount, status = 'success'),
    ('failed', 1, status = 'failed'), ('amount_captured', amount, captured),
    ('refunds', 1, refunded), ('amount_refunded', amount, refunded)
) AS counted (figure, number, there)
WHERE there GROUP BY 1, 2, 3;

-- name: fill_requests()
-- The requests that made them, and one refusal in twenty.
INSERT INTO request_log (id, merchant_id, method, path, route, status, error_code, duration_ms, request_id, api_key, address,
                         user_agent, at)
SELECT pg_temp.id_of('log', ms, n::text), merchant_id, 'POST', '/api/v1/payments', '/api/v1/payments',
       CASE WHEN n % 20 > 0 THEN 201 ELSE 400 END, CASE WHEN n % 20 = 0 THEN 'BAD_REQUEST_ERROR' END, n % 40, 'req_' || md5(n::text),
       'key_test_abc123', '127.0.0.1', 'a shop', at
FROM plan ORDER BY n;

-- name: is_log_vacuumed()
-- Whether an index alone can tell of all events. A snapshot that somebody held (autovacuum, analysing) leaves pages out.
SELECT relallvisible >= relpages FROM pg_class WHERE oid = 'event_log'::regclass;

-- name: backend_pids()
-- The servers' processes that work for the api.
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'api';

-- name: sample(merchant_id, deep)
-- Ids and values to ask for: of the merchant's payments the newest, the one `deep` rows down, and one card's and one buyer's.
SELECT (SELECT id FROM payments WHERE merchant_id = $1 ORDER BY id DESC LIMIT 1) AS newest,
       (SELECT id FROM payments WHERE merchant_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1) AS deep,
       (SELECT payment_id FROM refunds WHERE merchant_id = $1 ORDER BY id DESC LIMIT 1) AS refunded,
       (SELECT card ->> 'last4' FROM payments WHERE merchant_id = $1 AND method = 'card' ORDER BY id DESC LIMIT 1) AS last4,
       (SELECT vpa FROM payments WHERE merchant_id = $1 AND method = 'upi' ORDER BY id DESC LIMIT 1) AS vpa,
       (SELECT receipt FROM orders WHERE merchant_id = $1 ORDER BY id DESC LIMIT 1) AS receipt;

-- name: refundable(merchant_id, limit)
-- Of the merchant's payments the newest that were captured and of which nothing was given back.
SELECT id FROM payments WHERE merchant_id = $1 AND captured AND amount_refunded_minor = 0 ORDER BY id DESC LIMIT $2;
