-- Lists: each query goes through one index, newest or oldest first, over at most `window` rows from `low` (inclusive) to `high`
-- (exclusive), and drops what the other filters (NULL: none) do not want. `list_…` stops when its page is full; `survey_…` tells
-- how many of the window match, how many there are in it, and the id it ends at. Of the two halves of a UNION one never runs.

-- name: list_orders(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of orders: all of a merchant's.
SELECT * FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR receipt = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_orders(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to)
-- What a window of orders holds: all of a merchant's.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR receipt = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_orders_by_status(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of orders: of one status.
SELECT * FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR receipt = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_orders_by_status(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to)
-- What a window of orders holds: of one status.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR receipt = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_orders_by_receipt(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of orders: of one receipt.
SELECT * FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND receipt = $7 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND receipt = $7 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR receipt = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_orders_by_receipt(merchant_id, low, high, oldest_first, window, status, receipt, currency, amount_min, amount_max, created_from, created_to)
-- What a window of orders holds: of one receipt.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR receipt = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM orders WHERE merchant_id = $1 AND receipt = $7 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM orders WHERE merchant_id = $1 AND receipt = $7 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_payments(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of payments: all of a merchant's.
SELECT * FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text[] IS NULL OR order_id = ANY ($7))
  AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
  AND ($9::text IS NULL OR method = $9)
  AND ($10::text IS NULL OR currency = $10)
  AND ($11::bool IS NULL OR captured = $11)
  AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
  AND ($13::bigint IS NULL OR amount_minor >= $13)
  AND ($14::bigint IS NULL OR amount_minor <= $14)
  AND ($15::timestamptz IS NULL OR created_at >= $15)
  AND ($16::timestamptz IS NULL OR created_at < $16)
LIMIT $17 OFFSET $18;

-- name: survey_payments(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to)
-- What a window of payments holds: all of a merchant's.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text[] IS NULL OR order_id = ANY ($7))
      AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
      AND ($9::text IS NULL OR method = $9)
      AND ($10::text IS NULL OR currency = $10)
      AND ($11::bool IS NULL OR captured = $11)
      AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
      AND ($13::bigint IS NULL OR amount_minor >= $13)
      AND ($14::bigint IS NULL OR amount_minor <= $14)
      AND ($15::timestamptz IS NULL OR created_at >= $15)
      AND ($16::timestamptz IS NULL OR created_at < $16)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_payments_by_status(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of payments: of one status.
SELECT * FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text[] IS NULL OR order_id = ANY ($7))
  AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
  AND ($9::text IS NULL OR method = $9)
  AND ($10::text IS NULL OR currency = $10)
  AND ($11::bool IS NULL OR captured = $11)
  AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
  AND ($13::bigint IS NULL OR amount_minor >= $13)
  AND ($14::bigint IS NULL OR amount_minor <= $14)
  AND ($15::timestamptz IS NULL OR created_at >= $15)
  AND ($16::timestamptz IS NULL OR created_at < $16)
LIMIT $17 OFFSET $18;

-- name: survey_payments_by_status(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to)
-- What a window of payments holds: of one status.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text[] IS NULL OR order_id = ANY ($7))
      AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
      AND ($9::text IS NULL OR method = $9)
      AND ($10::text IS NULL OR currency = $10)
      AND ($11::bool IS NULL OR captured = $11)
      AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
      AND ($13::bigint IS NULL OR amount_minor >= $13)
      AND ($14::bigint IS NULL OR amount_minor <= $14)
      AND ($15::timestamptz IS NULL OR created_at >= $15)
      AND ($16::timestamptz IS NULL OR created_at < $16)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_payments_by_instrument(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of payments: by one VPA or one card's last four digits.
SELECT * FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND coalesce(vpa, card ->> 'last4') = $8 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND coalesce(vpa, card ->> 'last4') = $8 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text[] IS NULL OR order_id = ANY ($7))
  AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
  AND ($9::text IS NULL OR method = $9)
  AND ($10::text IS NULL OR currency = $10)
  AND ($11::bool IS NULL OR captured = $11)
  AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
  AND ($13::bigint IS NULL OR amount_minor >= $13)
  AND ($14::bigint IS NULL OR amount_minor <= $14)
  AND ($15::timestamptz IS NULL OR created_at >= $15)
  AND ($16::timestamptz IS NULL OR created_at < $16)
LIMIT $17 OFFSET $18;

-- name: survey_payments_by_instrument(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to)
-- What a window of payments holds: by one VPA or one card's last four digits.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text[] IS NULL OR order_id = ANY ($7))
      AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
      AND ($9::text IS NULL OR method = $9)
      AND ($10::text IS NULL OR currency = $10)
      AND ($11::bool IS NULL OR captured = $11)
      AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
      AND ($13::bigint IS NULL OR amount_minor >= $13)
      AND ($14::bigint IS NULL OR amount_minor <= $14)
      AND ($15::timestamptz IS NULL OR created_at >= $15)
      AND ($16::timestamptz IS NULL OR created_at < $16)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM payments WHERE merchant_id = $1 AND coalesce(vpa, card ->> 'last4') = $8 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM payments WHERE merchant_id = $1 AND coalesce(vpa, card ->> 'last4') = $8 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_payments_of_orders(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of payments: of some orders.
SELECT * FROM (
    (SELECT found.* FROM unnest($7::text[]) AS wanted (id) CROSS JOIN LATERAL (
        SELECT * FROM payments WHERE order_id = wanted.id AND merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $5
    ) AS found WHERE NOT $4::bool ORDER BY found.id DESC LIMIT $5)
    UNION ALL
    (SELECT found.* FROM unnest($7::text[]) AS wanted (id) CROSS JOIN LATERAL (
        SELECT * FROM payments WHERE order_id = wanted.id AND merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $5
    ) AS found WHERE $4 ORDER BY found.id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text[] IS NULL OR order_id = ANY ($7))
  AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
  AND ($9::text IS NULL OR method = $9)
  AND ($10::text IS NULL OR currency = $10)
  AND ($11::bool IS NULL OR captured = $11)
  AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
  AND ($13::bigint IS NULL OR amount_minor >= $13)
  AND ($14::bigint IS NULL OR amount_minor <= $14)
  AND ($15::timestamptz IS NULL OR created_at >= $15)
  AND ($16::timestamptz IS NULL OR created_at < $16)
LIMIT $17 OFFSET $18;

-- name: survey_payments_of_orders(merchant_id, low, high, oldest_first, window, status, order_ids, instrument, method, currency, captured, refund_status, amount_min, amount_max, created_from, created_to)
-- What a window of payments holds: of some orders.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text[] IS NULL OR order_id = ANY ($7))
      AND ($8::text IS NULL OR coalesce(vpa, card ->> 'last4') = $8)
      AND ($9::text IS NULL OR method = $9)
      AND ($10::text IS NULL OR currency = $10)
      AND ($11::bool IS NULL OR captured = $11)
      AND ($12::text IS NULL OR refund_status_of(captured, amount_minor, amount_captured_minor, amount_refunded_minor, amount_reversed_minor,
                                                refund_pending_minor + reversal_pending_minor) = $12)
      AND ($13::bigint IS NULL OR amount_minor >= $13)
      AND ($14::bigint IS NULL OR amount_minor <= $14)
      AND ($15::timestamptz IS NULL OR created_at >= $15)
      AND ($16::timestamptz IS NULL OR created_at < $16)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT found.* FROM unnest($7::text[]) AS wanted (id) CROSS JOIN LATERAL (
        SELECT * FROM payments WHERE order_id = wanted.id AND merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $5
    ) AS found WHERE NOT $4::bool ORDER BY found.id DESC LIMIT $5)
    UNION ALL
    (SELECT found.* FROM unnest($7::text[]) AS wanted (id) CROSS JOIN LATERAL (
        SELECT * FROM payments WHERE order_id = wanted.id AND merchant_id = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $5
    ) AS found WHERE $4 ORDER BY found.id LIMIT $5)
) AS seen;

-- name: list_refunds(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of refunds: all of a merchant's.
SELECT * FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR payment_id = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_refunds(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to)
-- What a window of refunds holds: all of a merchant's.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR payment_id = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_refunds_by_status(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of refunds: of one status.
SELECT * FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR payment_id = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_refunds_by_status(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to)
-- What a window of refunds holds: of one status.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR payment_id = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND status = $6 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: list_refunds_of_payment(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to, limit, offset)
-- A page of refunds: of one payment.
SELECT * FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND payment_id = $7 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND payment_id = $7 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen
WHERE ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR payment_id = $7)
  AND ($8::text IS NULL OR currency = $8)
  AND ($9::bigint IS NULL OR amount_minor >= $9)
  AND ($10::bigint IS NULL OR amount_minor <= $10)
  AND ($11::timestamptz IS NULL OR created_at >= $11)
  AND ($12::timestamptz IS NULL OR created_at < $12)
LIMIT $13 OFFSET $14;

-- name: survey_refunds_of_payment(merchant_id, low, high, oldest_first, window, status, payment_id, currency, amount_min, amount_max, created_from, created_to)
-- What a window of refunds holds: of one payment.
SELECT count(*) FILTER (
    WHERE ($6::text IS NULL OR status = $6)
      AND ($7::text IS NULL OR payment_id = $7)
      AND ($8::text IS NULL OR currency = $8)
      AND ($9::bigint IS NULL OR amount_minor >= $9)
      AND ($10::bigint IS NULL OR amount_minor <= $10)
      AND ($11::timestamptz IS NULL OR created_at >= $11)
      AND ($12::timestamptz IS NULL OR created_at < $12)
) AS matching, count(*) AS seen, CASE WHEN $4 THEN max(id) ELSE min(id) END AS edge
FROM (
    (SELECT * FROM refunds WHERE merchant_id = $1 AND payment_id = $7 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC LIMIT $5)
    UNION ALL
    (SELECT * FROM refunds WHERE merchant_id = $1 AND payment_id = $7 AND id >= $2 AND id < $3 AND $4
     ORDER BY id LIMIT $5)
) AS seen;

-- name: order_ids_of_receipt(merchant_id, receipt, limit)
-- The newest orders with a receipt, to find their payments.
SELECT id FROM orders WHERE merchant_id = $1 AND receipt = $2 ORDER BY id DESC LIMIT $3;

-- name: orders_by_ids(merchant_id, ids)
-- The orders of a page of payments; one by one, so that each is looked for in its partition only.
SELECT o.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM orders WHERE id = wanted.id AND merchant_id = $1 LIMIT 1
) AS o;
