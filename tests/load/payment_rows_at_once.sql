-- pgbench: the rows of payment_rows.sql in one statement: what a design without batches could do at best.
\set r random(1, 999999999999999)
\set o random(1, :orders)
WITH claimed AS (
    INSERT INTO idempotency_key (scope, key, fingerprint, status, body, expires_at)
    VALUES ('550e8400-e29b-41d4-a716-446655440000 POST /api/v1/payments', 'bench-' || lpad(:r::text, 25, '0'), decode(md5(:r::text) || md5(:r::text), 'hex'),
            201, convert_to(repeat('x', 536), 'UTF8'), now() + interval '24 hours') ON CONFLICT DO NOTHING
), attempted AS (
    UPDATE orders SET status = 'attempted', attempts = attempts + 1, updated_at = now()
    WHERE id = (SELECT id FROM bench_orders WHERE number = :o)
), made AS (
    INSERT INTO payments (id, merchant_id, order_id, attempt_id, amount_minor, currency, method, vpa, status, capture_mode,
                          captured, amount_captured_minor, amount_refunded_minor, refund_pending_minor, amount_reversed_minor,
                          reversal_pending_minor, deadline_at, metadata, sequence, timeline, created_at, updated_at)
    SELECT 'pay_' || lpad(:r::text, 16, 'V'), '550e8400-e29b-41d4-a716-446655440000', id, 'att_' || lpad(:r::text, 16, 'V'), 5000,
           'INR', 'upi', 'success@bank', 'pending', 'manual', false, 0, 0, 0, 0, 0, now() + interval '15 minutes', '{}', 2,
           jsonb_build_array(repeat('x', 214), repeat('x', 214)),
           now(), now()
    FROM bench_orders WHERE number = :o
), commanded AS (
    INSERT INTO open_commands (attempt_id, payment_id, topic, type, data, sendings, resend_at)
    VALUES ('att_' || lpad(:r::text, 16, 'V'), 'pay_' || lpad(:r::text, 16, 'V'), 'payment.commands.v1', 'payment.authorise',
            convert_to(repeat('x', 276), 'UTF8'), 1, now() + interval '30 seconds')
), counted AS (
    INSERT INTO count_delta (tenant, kind, status, delta)
    VALUES ('550e8400-e29b-41d4-a716-446655440000', 'orders', 'created', -1),
           ('550e8400-e29b-41d4-a716-446655440000', 'orders', 'attempted', 1),
           ('550e8400-e29b-41d4-a716-446655440000', 'payments', 'pending', 1),
           ('550e8400-e29b-41d4-a716-446655440000', 'hour/2026-01-01T00', 'INR/payments', 1)
)
INSERT INTO outbox (topic, key, event_id, type, subject, tenant, occurred_at, traceparent, data)
VALUES ('payment.events.v1', 'pay_' || lpad(:r::text, 16, 'V'), 'evt_1' || lpad(:r::text, 15, 'V'), 'payment.created',
        'pay_' || lpad(:r::text, 16, 'V'), '550e8400-e29b-41d4-a716-446655440000', now(), repeat('0', 55),
        convert_to(repeat('x', 610), 'UTF8')),
       ('payment.events.v1', 'pay_' || lpad(:r::text, 16, 'V'), 'evt_2' || lpad(:r::text, 15, 'V'), 'payment.pending',
        'pay_' || lpad(:r::text, 16, 'V'), '550e8400-e29b-41d4-a716-446655440000', now(), repeat('0', 55),
        convert_to(repeat('x', 610), 'UTF8')),
       ('payment.commands.v1', 'pay_' || lpad(:r::text, 16, 'V'), 'evt_3' || lpad(:r::text, 15, 'V'), 'payment.authorise',
        'pay_' || lpad(:r::text, 16, 'V'), NULL, now(), repeat('0', 55), convert_to(repeat('x', 276), 'UTF8'));
