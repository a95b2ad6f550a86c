-- name: name_merchants(ids, names)
-- Merchants by id (distinct), in their order: two consumers never wait for each other in a circle.
INSERT INTO merchant (id, name)
SELECT m.id, m.name
FROM unnest($1::text[], $2::text[]) AS m (id, name)
ORDER BY m.id
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;

-- name: find_merchant(id)
-- Its name, if we have been told, and whom it allows.
SELECT name, allowed_origins FROM merchant WHERE id = $1;

-- name: allow_origins(id, allowed_origins)
-- Whose pages may embed a merchant's checkout; NULL for the default.
INSERT INTO merchant (id, allowed_origins) VALUES ($1, $2::text[])
ON CONFLICT (id) DO UPDATE SET allowed_origins = EXCLUDED.allowed_origins;

-- name: insert_session(id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill, expires_at, created_at)
-- A new session.
INSERT INTO session (id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill,
                     expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: find_session(id)
-- A session by its id alone: whoever knows it may pay.
SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill, expires_at,
       created_at, expired_at
FROM session
WHERE id = $1;

-- name: lock_session(id, merchant_id)
-- The same for its merchant, who is about to change it.
SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill, expires_at,
       created_at, expired_at
FROM session
WHERE id = $1 AND merchant_id = $2
FOR NO KEY UPDATE;

-- name: expire_session(id, at)
-- End a locked session.
UPDATE session SET expired_at = $2 WHERE id = $1;

-- name: list_sessions(merchant_id, low, high, oldest_first, limit, offset)
-- A merchant's sessions with ids from `low` (inclusive) to `high` (exclusive), the newest first.
-- With `oldest_first` those next to `low`, still told newest first.
SELECT * FROM (
    (SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill,
            expires_at, created_at, expired_at
     FROM session
     WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND NOT $4::bool
     ORDER BY id DESC
     LIMIT $5 OFFSET $6)
    UNION ALL
    (SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill,
            expires_at, created_at, expired_at
     FROM session
     WHERE merchant_id = $1 AND id >= $2 AND id < $3 AND $4::bool
     ORDER BY id
     LIMIT $5)
) AS page
ORDER BY id DESC;

-- name: list_sessions_of_order(merchant_id, order_id, low, high, oldest_first, limit, offset)
-- The same of one order.
SELECT * FROM (
    (SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill,
            expires_at, created_at, expired_at
     FROM session
     WHERE merchant_id = $1 AND order_id = $2 AND id >= $3 AND id < $4 AND NOT $5::bool
     ORDER BY id DESC
     LIMIT $6 OFFSET $7)
    UNION ALL
    (SELECT id, merchant_id, order_id, amount_minor, currency, success_url, cancel_url, locale, theme, prefill,
            expires_at, created_at, expired_at
     FROM session
     WHERE merchant_id = $1 AND order_id = $2 AND id >= $3 AND id < $4 AND $5::bool
     ORDER BY id
     LIMIT $6)
) AS page
ORDER BY id DESC;

-- name: count_sessions_of_order(merchant_id, order_id, most)
-- How many sessions an order has, counted up to `most`.
SELECT count(*) FROM (
    SELECT FROM session WHERE merchant_id = $1 AND order_id = $2 LIMIT $3
) AS counted;
