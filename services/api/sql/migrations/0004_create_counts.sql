-- How many objects of a kind a merchant has in each status: deltas, one row per batch, folded in the background.
-- A count is the folded number plus the tail: no row is fought over, nothing is counted twice.
CREATE TABLE count_deltas (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    status      text COLLATE "C" NOT NULL,
    delta       bigint NOT NULL
);
CREATE INDEX count_deltas_merchant ON count_deltas (merchant_id, kind);

CREATE TABLE counts (
    merchant_id text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    status      text COLLATE "C" NOT NULL,
    total       bigint NOT NULL,
    PRIMARY KEY (merchant_id, kind, status)
);
