-- Orders, payments, refunds: written by the api alone, each under its row's lock. There are no foreign keys between
-- them: the batch that writes a child holds the parent's lock, and the audit compares them.
CREATE TABLE orders (
    id                text COLLATE "C" NOT NULL,
    merchant_id       text COLLATE "C" NOT NULL,
    amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
    currency          text NOT NULL,
    receipt           text,
    notes             jsonb NOT NULL,
    status            text NOT NULL CHECK (status IN ('created', 'attempted', 'paid')),
    amount_paid_minor bigint NOT NULL CHECK (amount_paid_minor IN (0, amount_minor)),
    attempts          int NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE orders_default PARTITION OF orders DEFAULT;
CREATE INDEX orders_merchant ON orders (merchant_id, id);
CREATE INDEX orders_merchant_status ON orders (merchant_id, status, id);

CREATE TABLE payments (
    id                     text COLLATE "C" NOT NULL,
    merchant_id            text COLLATE "C" NOT NULL,
    order_id               text COLLATE "C" NOT NULL,
    attempt_id             text COLLATE "C" NOT NULL,
    amount_minor           bigint NOT NULL CHECK (amount_minor > 0),
    currency               text NOT NULL,
    method                 text NOT NULL CHECK (method IN ('upi', 'card')),
    vpa                    text,
    card                   jsonb,
    status                 text NOT NULL
        CHECK (status IN ('pending', 'requires_action', 'success', 'failed', 'canceled', 'expired')),
    capture_mode           text NOT NULL CHECK (capture_mode IN ('manual', 'automatic')),
    captured               bool NOT NULL,
    amount_captured_minor  bigint NOT NULL CHECK (amount_captured_minor >= 0),
    amount_refunded_minor  bigint NOT NULL CHECK (amount_refunded_minor >= 0),
    refund_pending_minor   bigint NOT NULL CHECK (refund_pending_minor >= 0),
    amount_reversed_minor  bigint NOT NULL CHECK (amount_reversed_minor >= 0),
    reversal_pending_minor bigint NOT NULL CHECK (reversal_pending_minor >= 0),
    capture_before         timestamptz,
    deadline_at            timestamptz,
    error_code             text,
    error_description      text,
    decline_code           text,
    metadata               jsonb NOT NULL,
    sequence               int NOT NULL CHECK (sequence > 0),
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    PRIMARY KEY (id),
    -- The money rules once more, where no code can go round them.
    CHECK (amount_captured_minor + amount_reversed_minor + reversal_pending_minor <= amount_minor),
    CHECK (amount_refunded_minor + refund_pending_minor <= amount_captured_minor),
    CHECK (captured = (amount_captured_minor > 0)),
    CHECK (NOT captured OR status = 'success')
) PARTITION BY RANGE (id);
CREATE TABLE payments_default PARTITION OF payments DEFAULT;
CREATE INDEX payments_merchant ON payments (merchant_id, id);
CREATE INDEX payments_merchant_status ON payments (merchant_id, status, id);
CREATE INDEX payments_order ON payments (order_id, id);
CREATE INDEX payments_deadline ON payments (deadline_at) WHERE deadline_at IS NOT NULL;

CREATE TABLE refunds (
    id                text COLLATE "C" NOT NULL,
    payment_id        text COLLATE "C" NOT NULL,
    merchant_id       text COLLATE "C" NOT NULL,
    amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
    currency          text NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('refund', 'reversal')),
    reason            text,
    status            text NOT NULL CHECK (status IN ('pending', 'processed', 'failed')),
    metadata          jsonb NOT NULL,
    error_code        text,
    error_description text,
    sequence          int NOT NULL CHECK (sequence > 0),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    processed_at      timestamptz,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE refunds_default PARTITION OF refunds DEFAULT;
CREATE INDEX refunds_merchant ON refunds (merchant_id, id);
CREATE INDEX refunds_merchant_status ON refunds (merchant_id, status, id);
CREATE INDEX refunds_payment ON refunds (payment_id, id);

-- Commands without a result yet; the sweeper sends them again. Gone with their result.
CREATE TABLE open_commands (
    attempt_id text COLLATE "C" PRIMARY KEY,
    payment_id text COLLATE "C" NOT NULL,
    topic      text NOT NULL,
    type       text NOT NULL,
    data       bytea NOT NULL,
    sendings   int NOT NULL,
    resend_at  timestamptz NOT NULL
);
CREATE INDEX open_commands_resend_at ON open_commands (resend_at);
