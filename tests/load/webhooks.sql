-- For tests/load/webhooks.py: a history of deliveries, and what is held against the rows afterwards. Ids by `make_id_function` of history.sql.

-- name: fill_messages(size, until, merchant_id)
-- Events of one merchant over the day before `until`.
INSERT INTO message (id, merchant_id, type, subject, payment_id, sequence, body, occurred_at, created_at)
SELECT pg_temp.id_of('evt', ms, n::text), $3, 'payment.success', pg_temp.id_of('pay', ms, n::text),
       pg_temp.id_of('pay', ms, n::text), 3, convert_to(repeat(md5(n::text), 22), 'UTF8'), at, at
FROM (
    SELECT n, at, (extract(epoch FROM at) * 1000)::bigint AS ms
    FROM (
        SELECT n, $2::timestamptz - ($1::bigint - n) * interval '1 day' / $1::bigint - interval '1 minute' AS at
        FROM generate_series(1, $1::bigint) AS n
    ) AS numbered
) AS timed ORDER BY n;

-- name: fill_deliveries(endpoint_id)
-- Each delivered at once.
INSERT INTO delivery (id, message_id, endpoint_id, merchant_id, event_type, status, run, attempts, last_attempt_at, response_code, created_at)
SELECT 'whd' || substr(id, 4), id, $1, merchant_id, type, 'success', 1, 1, created_at, 200, created_at
FROM message ORDER BY id;

-- name: fill_attempts()
-- By the one attempt that it took.
INSERT INTO attempt (delivery_id, run, number, trigger, url, at, duration_ms, phases, request_headers, response_status, response_headers,
                     response_body)
SELECT id, 1, 1, 'auto', 'http://127.0.0.1/webhook', created_at, 1.5, '{"wait": 1.2, "read": 0.1}',
       json_build_object('Content-Type', 'application/json', 'User-Agent', 'Paygate-Webhooks/1', 'webhook-id', message_id,
                         'webhook-timestamp', '1795661375', 'webhook-signature', 'v1,' || md5(id) || md5(message_id),
                         'X-Webhook-Signature', md5(id) || md5(message_id)),
       200, json_build_object('Content-Length', '2'), '\x6f6b'
FROM delivery ORDER BY id;

-- name: endpoint_of(merchant_id)
-- The one that it has.
SELECT id FROM endpoint WHERE merchant_id = $1;

-- name: judge(attempts_max)
-- Every event has its delivery, every delivery the attempts that its status tells, and their numbers have no gap.
SELECT count(*) AS messages, count(d.id) AS deliveries,
       count(*) FILTER (WHERE status = 'success') AS success, count(*) FILTER (WHERE status = 'pending') AS pending,
       count(*) FILTER (WHERE status = 'failed') AS failed, coalesce(sum(logged), 0)::bigint AS attempts,
       count(*) FILTER (WHERE logged <> attempts OR highest <> attempts
                           OR CASE status WHEN 'success' THEN attempts = 0 WHEN 'failed' THEN attempts <> $1 ELSE attempts >= $1 END) AS wrong
FROM message AS m
LEFT JOIN delivery AS d ON d.message_id = m.id
LEFT JOIN LATERAL (
    SELECT count(*) AS logged, coalesce(max(number), 0) AS highest FROM attempt WHERE delivery_id = d.id AND run = d.run
) AS log ON true;
