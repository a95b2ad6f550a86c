-- What the gateway kept of a captured amount.
ALTER TABLE payments
    ADD COLUMN fee_minor bigint NOT NULL DEFAULT 0,
    ADD CHECK (fee_minor >= 0 AND fee_minor <= amount_captured_minor);

-- What a posting was caused by, for who reads it; entries of earlier versions do not tell.
ALTER TABLE ledger_entries ADD COLUMN event_type text;

-- An account's entries in one currency, newest first. A merchant has few such pairs, and all its entries are their union.
CREATE INDEX ledger_entries_account ON ledger_entries (merchant_id, account, currency, id);
DROP INDEX ledger_entries_merchant;

-- Balances are counted as they change from now on; this is where they stand.
INSERT INTO count_total (tenant, kind, status, total)
SELECT merchant_id, 'ledger', currency || '/' || account, sum(amount_minor)
FROM ledger_entries GROUP BY merchant_id, currency, account;
