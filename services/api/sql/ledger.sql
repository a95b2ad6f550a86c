-- name: insert_ledger_entries(ids, event_ids, event_types, merchant_ids, accounts, amounts_minor, currencies, payment_ids, refund_ids, created_ats)
-- The postings of a batch.
INSERT INTO ledger_entries (id, event_id, event_type, merchant_id, account, amount_minor, currency, payment_id, refund_id,
                            created_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                     $9::text[], $10::timestamptz[]);

-- name: list_entries(merchant_id, accounts, currencies, above, below, created_from, created_to, limit)
-- Entries of some of a merchant's accounts, newest first; account and currency come in pairs, an index range each.
SELECT e.*
FROM unnest($2::text[], $3::text[]) AS pair (account, currency), LATERAL (
    SELECT * FROM ledger_entries
    WHERE merchant_id = $1 AND account = pair.account AND currency = pair.currency AND id > $4 AND id < $5
      AND created_at >= $6 AND created_at <= $7
    ORDER BY id DESC LIMIT $8
) AS e
ORDER BY e.id DESC LIMIT $8;

-- name: list_entries_upwards(merchant_id, accounts, currencies, above, below, created_from, created_to, limit)
-- The same from the oldest on, for a page that ends before a cursor.
SELECT e.*
FROM unnest($2::text[], $3::text[]) AS pair (account, currency), LATERAL (
    SELECT * FROM ledger_entries
    WHERE merchant_id = $1 AND account = pair.account AND currency = pair.currency AND id > $4 AND id < $5
      AND created_at >= $6 AND created_at <= $7
    ORDER BY id LIMIT $8
) AS e
ORDER BY e.id LIMIT $8;

-- name: count_entries(merchant_id, accounts, currencies, above, below, created_from, created_to, most)
-- How many there are, counted to `most`.
SELECT count(*) FROM (
    SELECT 1
    FROM unnest($2::text[], $3::text[]) AS pair (account, currency), LATERAL (
        SELECT 1 FROM ledger_entries
        WHERE merchant_id = $1 AND account = pair.account AND currency = pair.currency AND id > $4 AND id < $5
          AND created_at >= $6 AND created_at <= $7
        LIMIT $8
    ) AS e
    LIMIT $8
) AS found;

-- name: list_entries_of_payment(merchant_id, payment_id, refund_id, accounts, currencies, above, below, created_from, created_to, limit)
-- Entries of one payment, or of one refund of it, newest first; few, so that the rest are plain filters.
SELECT * FROM ledger_entries
WHERE payment_id = $2 AND merchant_id = $1 AND ($3::text IS NULL OR refund_id = $3)
  AND account = ANY ($4::text[]) AND currency = ANY ($5::text[]) AND id > $6 AND id < $7
  AND created_at >= $8 AND created_at <= $9
ORDER BY id DESC LIMIT $10;

-- name: list_entries_of_payment_upwards(merchant_id, payment_id, refund_id, accounts, currencies, above, below, created_from, created_to, limit)
-- The same from the oldest on, for a page that ends before a cursor.
SELECT * FROM ledger_entries
WHERE payment_id = $2 AND merchant_id = $1 AND ($3::text IS NULL OR refund_id = $3)
  AND account = ANY ($4::text[]) AND currency = ANY ($5::text[]) AND id > $6 AND id < $7
  AND created_at >= $8 AND created_at <= $9
ORDER BY id LIMIT $10;

-- name: count_entries_of_payment(merchant_id, payment_id, refund_id, accounts, currencies, above, below, created_from, created_to, most)
-- How many there are, counted to `most`.
SELECT count(*) FROM (
    SELECT 1 FROM ledger_entries
    WHERE payment_id = $2 AND merchant_id = $1 AND ($3::text IS NULL OR refund_id = $3)
      AND account = ANY ($4::text[]) AND currency = ANY ($5::text[]) AND id > $6 AND id < $7
      AND created_at >= $8 AND created_at <= $9
    LIMIT $10
) AS found;

-- name: payment_of_refund(merchant_id, refund_id)
-- Which payment a merchant's refund is of.
SELECT payment_id FROM refunds WHERE id = $2 AND merchant_id = $1;
