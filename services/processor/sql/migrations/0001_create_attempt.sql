-- What is to be asked of the acquirer, and what it said. When it is to be asked stands in `job` (same id) until it has
-- an outcome. `card` holds what is left of a card (network, last4, expiry, fingerprint), never a number.
CREATE TABLE attempt (
    id           text COLLATE "C" NOT NULL,
    payment_id   text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    action       text NOT NULL CHECK (action IN ('authorise', 'capture', 'void')),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency     text NOT NULL,
    method       text CHECK (method IN ('upi', 'card')),
    vpa          text,
    card         jsonb,
    traceparent  text,
    created_at   timestamptz NOT NULL,
    outcome      text CHECK (outcome IN ('approved', 'declined')),
    decline_code text,
    description  text,
    ended_at     timestamptz,
    PRIMARY KEY (id),
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK (action <> 'authorise' OR method IS NOT NULL)
) PARTITION BY RANGE (id);
CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;
CREATE INDEX attempt_payment ON attempt (payment_id, id);
CREATE INDEX attempt_merchant ON attempt (merchant_id, id);
