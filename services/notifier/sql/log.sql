-- name: get_delivery(merchant_id, id)
-- One delivery of a merchant with its message and where it goes.
SELECT d.*, m.subject, m.payment_id, m.body, e.url, s.delivery_id <= d.id AS log_is_whole
FROM delivery AS d
JOIN message AS m ON m.id = d.message_id
JOIN endpoint AS e ON e.id = d.endpoint_id
CROSS JOIN attempt_log_start AS s
WHERE d.id = $2 AND d.merchant_id = $1;

-- name: list_attempts(delivery_id)
-- Every attempt of a delivery, oldest first.
SELECT * FROM attempt WHERE delivery_id = $1 ORDER BY run, number;

-- name: insert_attempts(delivery_ids, runs, numbers, triggers, urls, ats, durations_ms, request_headers, response_statuses, response_headers, response_bodies, error_classes, errors, next_attempt_ats, phases, truncateds)
-- The log of a batch. An attempt whose claim was lost is told, too; of two with one number the first stays.
INSERT INTO attempt (delivery_id, run, number, trigger, url, at, duration_ms, request_headers, response_status,
                     response_headers, response_body, error_class, error, next_attempt_at, phases,
                     response_truncated)
SELECT *
FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::double precision[], $8::json[],
            $9::int[], $10::json[], $11::bytea[], $12::text[], $13::text[], $14::timestamptz[],
            $15::json[], $16::bool[])
ON CONFLICT (delivery_id, run, number) DO NOTHING;

-- name: drop_old_attempts(days, most)
-- Drop the oldest partition of the log if it is older than that, and `most` such rows that are in no partition of their own.
SELECT dropped, deleted FROM drop_old_attempts($1, $2);
