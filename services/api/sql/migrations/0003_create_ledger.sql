-- Double entry: debits positive, credits negative, zero per event and currency. Append-only, for the service's role too.
-- The id is the causing event's id and the entry's number in the posting: one posting per event, once.
CREATE TABLE ledger_entries (
    id           text COLLATE "C" NOT NULL,
    event_id     text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    account      text NOT NULL CHECK (account IN ('merchant_balance', 'acquirer_receivable', 'refunds_payable', 'fees')),
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    currency     text NOT NULL,
    payment_id   text COLLATE "C" NOT NULL,
    refund_id    text COLLATE "C",
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE ledger_entries_default PARTITION OF ledger_entries DEFAULT;
CREATE INDEX ledger_entries_payment ON ledger_entries (payment_id, id);
CREATE INDEX ledger_entries_merchant ON ledger_entries (merchant_id, id);
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entries, ledger_entries_default FROM api;
