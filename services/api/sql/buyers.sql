-- name: see_order(id)
-- What anybody who knows an order's id may see of it.
SELECT id AS order_id, merchant_id, amount_minor AS order_amount_minor, currency AS order_currency,
       status AS order_status, expires_at
FROM orders
WHERE id = $1;

-- name: get_payment_public(id)
-- The payment of a buyer who knows its id.
SELECT * FROM payments WHERE id = $1;

-- name: see_orders(ids, most)
-- What buyers may see of orders and of each one's newest payments: a row per payment, one without for an order that has none.
SELECT o.id AS order_id, o.merchant_id, o.amount_minor AS order_amount_minor, o.currency AS order_currency,
       o.status AS order_status, o.expires_at, p.*
FROM orders AS o
LEFT JOIN LATERAL (
    SELECT id, amount_minor, currency, method, status, challenge_url, error_code, error_description, decline_code, created_at
    FROM payments WHERE order_id = o.id ORDER BY id DESC LIMIT $2
) AS p ON true
WHERE o.id = ANY ($1::text[])
ORDER BY o.id, p.id DESC;

-- name: find_signing_key(merchant_id, key, now)
-- Whose secret signs for a merchant's buyers: the named key's if it has one, else that of the key which the merchant goes by.
-- That is the same as in get_merchant: the oldest live one that may do all.
SELECT secret_sealed
FROM api_keys
WHERE merchant_id = $1 AND kind = 'secret' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
ORDER BY key = $2 DESC NULLS LAST, scopes IS NOT NULL, created_at, key
LIMIT 1;

-- name: checkout_orders(ids, merchant_id)
-- Orders with their merchants' names, for the checkout; of one merchant, or (NULL) of whomever they are.
SELECT o.id, o.merchant_id, o.amount_minor, o.currency, o.status, o.receipt, o.notes, o.expires_at, o.created_at,
       o.updated_at, m.name AS merchant_name
FROM orders AS o
JOIN merchants AS m ON m.id = o.merchant_id
WHERE o.id = ANY ($1::text[]) AND ($2::text IS NULL OR o.merchant_id = $2)
ORDER BY o.id;
