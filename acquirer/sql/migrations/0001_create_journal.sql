-- What the acquirer holds for each payment; every call locks its payment's row, in payment_id order.
CREATE TABLE authorisation (
    payment_id       text COLLATE "C" NOT NULL,
    merchant_id      text COLLATE "C" NOT NULL,
    currency         text NOT NULL,
    authorised_minor bigint NOT NULL DEFAULT 0,
    captured_minor   bigint NOT NULL DEFAULT 0,
    reversed_minor   bigint NOT NULL DEFAULT 0,
    refunded_minor   bigint NOT NULL DEFAULT 0,
    captured         bool NOT NULL DEFAULT false,
    voided           bool NOT NULL DEFAULT false,
    PRIMARY KEY (payment_id),
    CHECK (captured_minor + reversed_minor <= authorised_minor),
    CHECK (refunded_minor <= captured_minor),
    CHECK (captured OR captured_minor = 0),
    CHECK (NOT (captured AND voided))
) PARTITION BY RANGE (payment_id);
CREATE TABLE authorisation_default PARTITION OF authorisation DEFAULT;

-- One row per key that was decided: approved or declined, once and for all. Keys are ids of attempts and of refunds;
-- partitioned by them, so that a key stays unique. Two keys of one payment are two effects: a double charge shows.
CREATE TABLE effect (
    key          text COLLATE "C" NOT NULL,
    operation    text NOT NULL CHECK (operation IN ('authorise', 'capture', 'void', 'refund', 'reverse')),
    payment_id   text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency     text NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('approved', 'declined')),
    decline_code text,
    description  text,
    calls        int NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (key)
) PARTITION BY RANGE (key);
CREATE TABLE effect_default PARTITION OF effect DEFAULT;
CREATE INDEX effect_payment ON effect (payment_id, key);
CREATE INDEX effect_merchant ON effect (merchant_id, payment_id, key);

-- One row per call, whatever came of it; a replay is a call whose key had been decided before.
CREATE TABLE call (
    id           text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    operation    text NOT NULL,
    payment_id   text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL,
    outcome      text NOT NULL,
    replay       bool NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE call_default PARTITION OF call DEFAULT;
