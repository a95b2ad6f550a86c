-- How many deliveries a merchant has in each status: deltas, one row per batch, folded in the background. A count is
-- the folded number plus the tail: no row is fought over, nothing is counted twice.
CREATE TABLE count_delta (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    status      text COLLATE "C" NOT NULL,
    delta       bigint NOT NULL
);
CREATE INDEX count_delta_merchant ON count_delta (merchant_id);

CREATE TABLE delivery_count (
    merchant_id text COLLATE "C" NOT NULL,
    status      text COLLATE "C" NOT NULL,
    total       bigint NOT NULL,
    PRIMARY KEY (merchant_id, status)
);
