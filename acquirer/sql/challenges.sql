-- name: load_challenges(keys)
-- Challenges of these authorisations; read after the locks of their payments.
SELECT c.id, c.key, c.payment_id, c.merchant_id, c.amount_minor, c.currency, c.network, c.last4, c.merchant_name,
       c.expires_at, c.answer
FROM challenge AS c
JOIN unnest($1::text[]) AS w (key) ON c.key = w.key;

-- name: add_challenges(ids, keys, payment_ids, merchant_ids, amounts, currencies, networks, last4s, merchant_names, expire_ats)
-- New challenges of a batch.
INSERT INTO challenge (id, key, payment_id, merchant_id, amount_minor, currency, network, last4, merchant_name,
                       expires_at)
SELECT *
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::timestamptz[]);

-- name: answer_challenge(key, answer, answered_at)
-- The first answer stands; the payment is locked, so that no authorisation is being decided meanwhile.
UPDATE challenge SET answer = $2, answered_at = $3 WHERE key = $1 AND answer IS NULL;
