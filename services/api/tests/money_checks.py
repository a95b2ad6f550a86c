"""What must hold of orders and all that hangs on them, asked of the rows: each query finds those that break a rule.

It derives everything anew and shares nothing with the code that wrote the rows, nor with the audit.
"""

from collections.abc import Sequence
from typing import Final

from chassis.pg import Connection

BROKEN: Final = {
    "an order has one success at most, is paid by it, and counts its attempts": """
        SELECT o.id FROM orders AS o, LATERAL (
            SELECT count(*) AS tried, count(*) FILTER (WHERE status IN ('success', 'canceled', 'expired')) AS won
            FROM payments WHERE order_id = o.id
        ) AS p
        WHERE o.id = ANY ($1::text[]) AND (p.won > 1 OR o.attempts <> p.tried
            OR o.amount_paid_minor <> o.amount_minor * p.won
            OR o.status <> CASE WHEN p.won = 1 THEN 'paid' WHEN p.tried > 0 THEN 'attempted' ELSE 'created' END)""",
    "a payment's figures are the sums of its refunds, within what was authorised and captured": """
        SELECT p.id FROM payments AS p, LATERAL (
            SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND status = 'processed'), 0) AS refunded,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND status = 'pending'), 0) AS refunding,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'reversal' AND status = 'processed'), 0) AS reversed,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'reversal' AND status = 'pending'), 0) AS reversing
            FROM refunds WHERE payment_id = p.id
        ) AS r
        WHERE p.order_id = ANY ($1::text[]) AND (
            (p.amount_refunded_minor, p.refund_pending_minor, p.amount_reversed_minor, p.reversal_pending_minor)
                <> (r.refunded, r.refunding, r.reversed, r.reversing)
            OR p.amount_captured_minor + r.reversed + r.reversing > p.amount_minor
            OR r.refunded + r.refunding > p.amount_captured_minor
            OR (p.captured AND p.status <> 'success'))""",
    "every posting sums to zero": """
        SELECT e.event_id FROM ledger_entries AS e JOIN payments AS p ON p.id = e.payment_id
        WHERE p.order_id = ANY ($1::text[]) GROUP BY e.event_id HAVING sum(e.amount_minor) <> 0""",
    "the ledger says of a payment what the payment says": """
        SELECT p.id FROM payments AS p, LATERAL (
            SELECT coalesce(sum(amount_minor) FILTER (WHERE account = 'acquirer_receivable'), 0) AS receivable,
                   coalesce(sum(amount_minor) FILTER (WHERE account = 'refunds_payable'), 0) AS payable
            FROM ledger_entries WHERE payment_id = p.id
        ) AS l
        WHERE p.order_id = ANY ($1::text[]) AND (l.receivable, l.payable)
            <> (p.amount_captured_minor - p.amount_refunded_minor, -p.refund_pending_minor)""",
    "an object's events are numbered in the order of their commits, no gap, no double": """
        WITH object AS (
            SELECT id, id AS key, sequence FROM payments WHERE order_id = ANY ($1::text[])
            UNION ALL
            SELECT r.id, r.payment_id, r.sequence FROM refunds AS r JOIN payments AS p ON p.id = r.payment_id
            WHERE p.order_id = ANY ($1::text[])
        ), told AS (
            SELECT subject, 0 AS place, position AS at, data FROM event_log WHERE key IN (SELECT key FROM object)
            UNION ALL
            SELECT subject, 1, id, data FROM outbox WHERE tenant IS NOT NULL AND key IN (SELECT key FROM object)
        ), numbered AS (
            SELECT subject, array_agg((convert_from(data, 'UTF8')::jsonb ->> 'sequence')::int ORDER BY place, at) AS got
            FROM told GROUP BY subject
        )
        SELECT o.id FROM object AS o LEFT JOIN numbered AS n ON n.subject = o.id
        WHERE n.got IS DISTINCT FROM ARRAY (SELECT generate_series(1, o.sequence))""",
    "the totals by status are those of the rows": """
        SELECT kind || ' ' || status FROM (
            SELECT tenant, kind, status, sum(n) AS n FROM (
                SELECT tenant, kind, status, delta AS n FROM count_delta
                UNION ALL SELECT tenant, kind, status, total FROM count_total
            ) AS counted WHERE kind IN ('orders', 'payments', 'refunds')
            GROUP BY tenant, kind, status HAVING sum(n) <> 0
        ) AS told FULL JOIN (
            SELECT merchant_id AS tenant, 'orders' AS kind, status, count(*) AS n FROM orders GROUP BY 1, 3
            UNION ALL SELECT merchant_id, 'payments', status, count(*) FROM payments GROUP BY 1, 3
            UNION ALL SELECT merchant_id, 'refunds', status, count(*) FROM refunds GROUP BY 1, 3
        ) AS found USING (tenant, kind, status)
        WHERE told.n IS DISTINCT FROM found.n
            AND tenant IN (SELECT merchant_id FROM orders WHERE id = ANY ($1::text[]))""",
    "the figures of all hours together are those of the rows": """
        SELECT tenant || ' ' || status FROM (
            SELECT tenant, status, sum(n) AS n FROM (
                SELECT tenant, kind, status, delta AS n FROM count_delta
                UNION ALL SELECT tenant, kind, status, total FROM count_total
            ) AS counted WHERE kind LIKE 'hour/%'
            GROUP BY tenant, status HAVING sum(n) <> 0
        ) AS told FULL JOIN (
            SELECT tenant, status, sum(n) AS n FROM (
                SELECT merchant_id AS tenant, currency || '/' || f.figure AS status, f.n FROM payments, LATERAL (VALUES
                    ('payments', 1::bigint),
                    ('succeeded', (status IN ('success', 'canceled', 'expired'))::int),
                    ('amount_succeeded', (status IN ('success', 'canceled', 'expired'))::int * amount_minor),
                    ('failed', (status = 'failed')::int),
                    ('amount_captured', amount_captured_minor)
                ) AS f (figure, n)
                UNION ALL
                SELECT merchant_id, currency || '/' || f.figure, f.n FROM refunds, LATERAL (VALUES
                    ('refunds', 1::bigint), ('amount_refunded', amount_minor)
                ) AS f (figure, n) WHERE status = 'processed'
            ) AS happened GROUP BY tenant, status HAVING sum(n) <> 0
        ) AS found USING (tenant, status)
        WHERE told.n IS DISTINCT FROM found.n
            AND tenant IN (SELECT merchant_id FROM orders WHERE id = ANY ($1::text[]))""",
    "the acquirer is asked for each decision once": """
        SELECT p.id FROM payments AS p, LATERAL (
            SELECT count(*) FILTER (WHERE type = 'payment.authorise') AS authorise,
                   count(*) FILTER (WHERE type = 'payment.capture') AS capture,
                   count(*) FILTER (WHERE type = 'payment.void') AS void,
                   count(*) FILTER (WHERE type = 'refund.execute') AS refund
            FROM outbox WHERE key = p.id
        ) AS c
        WHERE p.order_id = ANY ($1::text[]) AND (c.authorise, c.capture, c.void, c.refund) <> (
            1, p.captured::int,
            CASE WHEN p.status IN ('canceled', 'expired') OR p.error_code IN ('ORDER_ALREADY_PAID', 'PAYMENT_TIMEOUT')
                 THEN 1 WHEN p.error_code = 'LATE_SUCCESS' THEN 2 ELSE 0 END,
            (SELECT count(*) FROM refunds WHERE payment_id = p.id))""",
}
"""The last is true while the outbox still holds all commands."""


async def assert_money_is_right(db: Connection, order_ids: Sequence[str]) -> None:
    """Every rule holds for these orders, their payments and refunds. Raises AssertionError, naming rows."""
    found = {rule: [row[0] for row in await db.fetch(query, list(order_ids))] for rule, query in BROKEN.items()}
    assert not any(found.values()), {rule: rows for rule, rows in found.items() if rows}
