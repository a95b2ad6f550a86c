-- What had happened before there were figures of hours, as far as the rows tell: a payment's success is counted in the
-- hour in which it was created, a capture in that of its last change.
INSERT INTO count_total AS c (tenant, kind, status, total)
SELECT merchant_id, 'hour/' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), currency || '/' || figure, sum(n)
FROM (
    SELECT merchant_id, currency, created_at AS at, f.figure, f.n
    FROM payments, LATERAL (VALUES
        ('payments', 1::bigint),
        ('succeeded', (status IN ('success', 'canceled', 'expired'))::int),
        ('amount_succeeded', CASE WHEN status IN ('success', 'canceled', 'expired') THEN amount_minor ELSE 0 END),
        ('failed', (status = 'failed')::int)
    ) AS f (figure, n)
    UNION ALL
    SELECT merchant_id, currency, updated_at, 'amount_captured', amount_captured_minor FROM payments
    UNION ALL
    SELECT merchant_id, currency, processed_at, f.figure, f.n
    FROM refunds, LATERAL (VALUES ('refunds', 1::bigint), ('amount_refunded', amount_minor)) AS f (figure, n)
    WHERE status = 'processed'
) AS happened
WHERE n <> 0
GROUP BY 1, 2, 3
ON CONFLICT (tenant, kind, status) DO UPDATE SET total = c.total + EXCLUDED.total;
