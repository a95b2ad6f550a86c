-- What every batch of writes begins with, in one round trip and in the order of locks: idempotency keys, API keys, orders.
-- Each statement has a snapshot of its own: it sees what was committed while the one before it waited.
CREATE FUNCTION begin_writes(
    scopes text[], keys text[], fingerprints bytea[], expire_at timestamptz, at timestamptz,
    api_keys_used text[],
    order_ids text[], order_scopes text[], order_keys text[], order_api_keys text[],
    OUT taken_scopes text[], OUT taken_keys text[], OUT live_keys text[], OUT held_orders orders[]
)
LANGUAGE plpgsql AS $$
BEGIN
    -- As `claim_keys` of the chassis.
    IF cardinality(keys) > 0 THEN
        WITH taken AS (
            INSERT INTO idempotency_key AS k (scope, key, fingerprint, expires_at)
            SELECT w.scope, w.key, w.fingerprint, expire_at
            FROM unnest(scopes, keys, fingerprints) AS w (scope, key, fingerprint)
            ORDER BY w.scope, w.key
            ON CONFLICT (scope, key) DO UPDATE
            SET fingerprint = EXCLUDED.fingerprint, expires_at = EXCLUDED.expires_at, status = NULL, body = NULL
            WHERE k.expires_at <= at
            RETURNING k.scope, k.key
        )
        SELECT array_agg(t.scope), array_agg(t.key) INTO taken_scopes, taken_keys FROM taken AS t;
    END IF;
    -- The API keys that may still write; none of them can be revoked before the batch has ended. A dead key is not locked,
    -- so that a revocation waits for the batches before it alone. When the fence was closed while this waited, Postgres
    -- looks at the row again and leaves it out.
    IF cardinality(api_keys_used) > 0 THEN
        SELECT array_agg(live.key) INTO live_keys
        FROM (
            SELECT f.key
            FROM api_key_fences AS f
            JOIN api_keys AS k ON k.key = f.key
            WHERE f.key = ANY (api_keys_used) AND f.closed_at IS NULL
              AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at)
            ORDER BY f.key
            FOR SHARE OF f
        ) AS live;
    END IF;
    -- The orders of those that are to be decided: who is given an answer of before, or refused, waits for no order.
    IF cardinality(order_ids) > 0 THEN
        SELECT array_agg(locked.o) INTO held_orders
        FROM (
            SELECT o
            FROM orders AS o
            WHERE o.id = ANY (ARRAY(
                SELECT w.order_id
                FROM unnest(order_ids, order_scopes, order_keys, order_api_keys) AS w (order_id, scope, key, api_key)
                WHERE (w.key IS NULL OR (w.scope, w.key) IN (SELECT * FROM unnest(taken_scopes, taken_keys)))
                  AND (w.api_key IS NULL OR w.api_key = ANY (live_keys))
            ))
            ORDER BY o.id FOR NO KEY UPDATE
        ) AS locked;
    END IF;
END
$$;
