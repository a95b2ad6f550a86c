-- Refunds to execute at the acquirer, and what it said. The id is the refund's. When it is to be asked stands in `job`
-- (same id) until there is an outcome.
CREATE TABLE execution (
    id           text COLLATE "C" NOT NULL,
    payment_id   text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('refund', 'reversal')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    test_card    text,
    traceparent  text,
    created_at   timestamptz NOT NULL,
    outcome      text CHECK (outcome IN ('succeeded', 'failed')),
    error_code   text,
    description  text,
    ended_at     timestamptz,
    PRIMARY KEY (id),
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'failed') = (error_code IS NOT NULL))
) PARTITION BY RANGE (id);
CREATE TABLE execution_default PARTITION OF execution DEFAULT;
CREATE INDEX execution_merchant ON execution (merchant_id, id);
