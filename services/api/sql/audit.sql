-- name: allow_long_statements(milliseconds)
-- For the audit's transaction: a first fetch may sort all rows of a merchant.
SELECT set_config('statement_timeout', $1::text, true);

-- name: audit_row_counts()
-- How many rows there are to check, counted apart from the streams.
SELECT (SELECT count(*) FROM orders) AS orders,
       (SELECT count(*) FROM payments) AS payments,
       (SELECT count(*) FROM refunds) AS refunds,
       (SELECT count(*) FROM ledger_entries) AS ledger_entries,
       (SELECT count(*) FROM event_log) AS events;

-- name: audit_row_counts_of_merchant(merchant_id)
-- The same for one merchant.
SELECT (SELECT count(*) FROM orders WHERE merchant_id = $1) AS orders,
       (SELECT count(*) FROM payments WHERE merchant_id = $1) AS payments,
       (SELECT count(*) FROM refunds WHERE merchant_id = $1) AS refunds,
       (SELECT count(*) FROM ledger_entries WHERE merchant_id = $1) AS ledger_entries,
       (SELECT count(*) FROM event_log WHERE tenant = $1) AS events;

-- name: audit_orders()
-- Every order by id.
SELECT id, merchant_id, status, amount_minor, currency, amount_paid_minor, attempts FROM orders ORDER BY id;

-- name: audit_orders_of_merchant(merchant_id)
-- The same for one merchant.
SELECT id, merchant_id, status, amount_minor, currency, amount_paid_minor, attempts
FROM orders WHERE merchant_id = $1 ORDER BY id;

-- name: audit_payments_by_order()
-- Every payment by its order.
SELECT order_id AS id, p.id AS payment_id, merchant_id, status, amount_minor, currency
FROM payments AS p ORDER BY order_id, p.id;

-- name: audit_payments_by_order_of_merchant(merchant_id)
-- The same for one merchant; materialized first, so that no index of everybody's rows is read for its order.
WITH mine AS MATERIALIZED (
    SELECT order_id AS id, p.id AS payment_id, merchant_id, status, amount_minor, currency
    FROM payments AS p WHERE merchant_id = $1
)
SELECT * FROM mine ORDER BY id, payment_id;

-- name: audit_payments()
-- Every payment by id.
SELECT * FROM payments ORDER BY id;

-- name: audit_payments_of_merchant(merchant_id)
-- The same for one merchant.
SELECT * FROM payments WHERE merchant_id = $1 ORDER BY id;

-- name: audit_entries_by_payment()
-- Every entry of the ledger by its payment.
SELECT payment_id AS id, event_id, refund_id, merchant_id, account, amount_minor, currency
FROM ledger_entries AS e ORDER BY payment_id, e.id;

-- name: audit_entries_by_payment_of_merchant(merchant_id)
-- The same for one merchant.
WITH mine AS MATERIALIZED (
    SELECT payment_id AS id, e.id AS entry_id, event_id, refund_id, merchant_id, account, amount_minor, currency
    FROM ledger_entries AS e WHERE merchant_id = $1
)
SELECT * FROM mine ORDER BY id, entry_id;

-- name: audit_entries_by_event()
-- Every entry of the ledger by the event that its id names.
SELECT 'evt_' || substr(e.id, 4, 16) AS id, event_id, coalesce(refund_id, payment_id) AS subject
FROM ledger_entries AS e ORDER BY e.id;

-- name: audit_entries_by_event_of_merchant(merchant_id)
-- The same for one merchant.
WITH mine AS MATERIALIZED (
    SELECT 'evt_' || substr(e.id, 4, 16) AS id, e.id AS entry_id, event_id, coalesce(refund_id, payment_id) AS subject
    FROM ledger_entries AS e WHERE merchant_id = $1
)
SELECT * FROM mine ORDER BY entry_id;

-- name: audit_refunds_by_payment()
-- Every refund by its payment.
SELECT payment_id AS id, r.id AS refund_id, kind, status, amount_minor FROM refunds AS r ORDER BY payment_id, r.id;

-- name: audit_refunds_by_payment_of_merchant(merchant_id)
-- The same for one merchant.
WITH mine AS MATERIALIZED (
    SELECT payment_id AS id, r.id AS refund_id, kind, status, amount_minor FROM refunds AS r WHERE merchant_id = $1
)
SELECT * FROM mine ORDER BY id, refund_id;

-- name: audit_refunds()
-- Every refund by id.
SELECT id, merchant_id, kind, status, amount_minor, sequence FROM refunds ORDER BY id;

-- name: audit_refunds_of_merchant(merchant_id)
-- The same for one merchant.
SELECT id, merchant_id, kind, status, amount_minor, sequence FROM refunds WHERE merchant_id = $1 ORDER BY id;

-- name: audit_open_commands()
-- What waits for a result, by payment.
SELECT payment_id AS id, attempt_id, type FROM open_commands ORDER BY payment_id, attempt_id;

-- name: audit_open_commands_of_merchant(merchant_id)
-- The same for one merchant. All that is open is looked at, which is not much: a command is gone with its result.
SELECT c.payment_id AS id, c.attempt_id, c.type
FROM open_commands AS c, LATERAL (
    SELECT FROM payments WHERE payments.id = c.payment_id AND merchant_id = $1 OFFSET 0
) AS mine
ORDER BY c.payment_id, c.attempt_id;

-- name: audit_events(above, below)
-- The published events of a range of objects, each object's in their order. `sequence` is the first thing they say.
SELECT subject AS id, type, substring(encode(substr(data, 1, 24), 'escape') FROM '^\{"sequence":(\d+)')::bigint AS sequence
FROM event_log WHERE subject > $1 AND subject < $2 ORDER BY subject, position;

-- name: audit_events_of_merchant(merchant_id, above, below)
-- The same for one merchant.
WITH mine AS MATERIALIZED (
    SELECT subject AS id, type, position,
           substring(encode(substr(data, 1, 24), 'escape') FROM '^\{"sequence":(\d+)')::bigint AS sequence
    FROM event_log WHERE tenant = $1 AND subject > $2 AND subject < $3
)
SELECT * FROM mine ORDER BY id, position;

-- name: audit_waiting_events(merchant_id, above, below)
-- The events of a range of objects that wait in the outbox, of one merchant or (NULL) of all.
SELECT subject COLLATE "C" AS id, type,
       substring(encode(substr(data, 1, 24), 'escape') FROM '^\{"sequence":(\d+)')::bigint AS sequence
FROM outbox AS o
WHERE tenant IS NOT NULL AND ($1::text IS NULL OR tenant = $1)
  AND subject COLLATE "C" > $2 AND subject COLLATE "C" < $3
ORDER BY subject COLLATE "C", o.id;

-- name: audit_published()
-- Every published event by its own id.
SELECT event_id AS id, type, subject FROM event_log ORDER BY event_id;

-- name: audit_published_of_merchant(merchant_id)
-- The same for one merchant.
WITH mine AS MATERIALIZED (SELECT event_id AS id, type, subject FROM event_log WHERE tenant = $1)
SELECT * FROM mine ORDER BY id;

-- name: audit_waiting(merchant_id)
-- The events that wait in the outbox by their own id, of one merchant or (NULL) of all.
SELECT event_id COLLATE "C" AS id, type, subject
FROM outbox WHERE tenant IS NOT NULL AND ($1::text IS NULL OR tenant = $1) ORDER BY event_id COLLATE "C";

-- name: audit_outbox()
-- What waits to be published: events and commands.
SELECT topic, count(*) AS waiting FROM outbox GROUP BY topic ORDER BY topic;

-- name: audit_positions()
-- How far the log's positions go, and how far the relay says they do.
SELECT count(*) AS events, coalesce(max(position), 0) AS last_position, (SELECT position FROM relay_state) AS given
FROM event_log;
