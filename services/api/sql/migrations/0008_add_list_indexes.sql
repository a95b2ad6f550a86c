-- Payments are looked for by UPI address or by a card's last four digits: a payment has one of them, and one never looks like the
-- other, so that one index serves both.
CREATE INDEX payments_instrument ON payments (merchant_id, coalesce(vpa, card ->> 'last4'), id);

-- How much of a payment was given back, for filters: the same words by the same rule as Payment.refund_status in state.py.
CREATE FUNCTION refund_status_of(captured bool, amount bigint, amount_captured bigint, refunded bigint, reversed bigint, open bigint)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN captured AND refunded >= amount_captured OR NOT captured AND refunded + reversed >= amount THEN 'full'
    WHEN refunded + reversed > 0 THEN 'partial'
    WHEN open > 0 THEN 'pending'
    ELSE 'none'
END;
