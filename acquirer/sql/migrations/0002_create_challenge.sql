-- 3-D Secure: what a payer must answer before an authorisation is decided, by the authorisation's key. The id ends in a
-- token that nobody can guess: who knows it is the payer.
CREATE TABLE challenge (
    key          text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    payment_id   text COLLATE "C" NOT NULL,
    merchant_id  text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency     text NOT NULL,
    network      text,
    last4        text,
    expires_at   timestamptz NOT NULL,
    answer       text CHECK (answer IN ('completed', 'failed')),
    answered_at  timestamptz,
    PRIMARY KEY (key),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
) PARTITION BY RANGE (key);
CREATE TABLE challenge_default PARTITION OF challenge DEFAULT;
