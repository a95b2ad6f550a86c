-- Hosted sessions: an order that is paid on a page of its own. Neither what is owed nor whether it is paid is decided
-- here: `amount_minor` and `currency` are the order's, which never change. `expired_at`: its merchant ended it then.
CREATE TABLE session (
    id           text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    order_id     text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    success_url  text,
    cancel_url   text,
    locale       text,
    theme        text,
    prefill      jsonb NOT NULL,
    expires_at   timestamptz NOT NULL,
    expired_at   timestamptz,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE session_default PARTITION OF session DEFAULT;
CREATE INDEX session_merchant ON session (merchant_id, id);
CREATE INDEX session_order ON session (merchant_id, order_id, id);
