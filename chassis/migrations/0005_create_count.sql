-- How many objects of a kind a tenant has in each status: deltas, one row per batch, folded in the background.
-- A count is the folded number plus the tail: no row is fought over, nothing is counted twice.
CREATE TABLE count_delta (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    delta  bigint NOT NULL
);
CREATE INDEX count_delta_tenant ON count_delta (tenant, kind);

CREATE TABLE count_total (
    tenant text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    total  bigint NOT NULL,
    PRIMARY KEY (tenant, kind, status)
);
