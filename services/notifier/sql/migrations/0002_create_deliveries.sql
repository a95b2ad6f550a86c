-- One row per event: `body` holds the very bytes that are signed and sent. The id is the event's, so an event that
-- comes twice is one message.
CREATE TABLE message (
    id          text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    payment_id  text COLLATE "C",
    sequence    int NOT NULL,
    body        bytea NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE message_default PARTITION OF message DEFAULT;
CREATE INDEX message_merchant ON message (merchant_id, id);

-- A message on its way to one endpoint. `attempts` counts the finished ones of this run; a manual retry starts the next
-- run. A pending delivery is in exactly one of these places:
--   leased     a process is sending it (lease_until);
--   queued     it waits for a free slot ('slot'), or nobody came for it in time ('sweeper'): taken from here;
--   scheduled  neither: a record for (run, attempts + 1) is on its way through Kafka, due at next_attempt_at.
CREATE TABLE delivery (
    id              text COLLATE "C" NOT NULL,
    message_id      text COLLATE "C" NOT NULL,
    endpoint_id     text COLLATE "C" NOT NULL,
    merchant_id     text COLLATE "C" NOT NULL,
    event_type      text COLLATE "C" NOT NULL,
    status          text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'success', 'failed')),
    run             int NOT NULL CHECK (run > 0),
    attempts        int NOT NULL CHECK (attempts >= 0),
    next_attempt_at timestamptz,
    queued          text CHECK (queued IN ('slot', 'sweeper')),
    leased_by       text COLLATE "C",
    lease_until     timestamptz,
    last_attempt_at timestamptz,
    response_code   int,
    error           text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (id),
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((leased_by IS NULL) = (lease_until IS NULL)),
    CHECK (status = 'pending' OR (queued IS NULL AND lease_until IS NULL)),
    CHECK (queued IS NULL OR lease_until IS NULL)
) PARTITION BY RANGE (id);
CREATE TABLE delivery_default PARTITION OF delivery DEFAULT;
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_by_status ON delivery (merchant_id, status, id);
CREATE INDEX delivery_by_event ON delivery (merchant_id, event_type, status, id);
CREATE INDEX delivery_queued ON delivery (endpoint_id, id) WHERE queued IS NOT NULL;
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX delivery_scheduled ON delivery (next_attempt_at)
    WHERE status = 'pending' AND queued IS NULL AND lease_until IS NULL;

-- What was sent and what came back. The key makes a second attempt of the same number impossible.
CREATE TABLE attempt (
    delivery_id      text COLLATE "C" NOT NULL,
    run              int NOT NULL,
    number           int NOT NULL,
    trigger          text NOT NULL CHECK (trigger IN ('auto', 'manual', 'sweeper')),
    url              text NOT NULL,
    at               timestamptz NOT NULL,
    duration_ms      double precision NOT NULL,
    request_headers  jsonb NOT NULL,
    response_status  int,
    response_headers jsonb,
    response_body    bytea,
    error_class      text CHECK (error_class IN ('dns', 'connect', 'tls', 'timeout', 'status', 'blocked')),
    error            text,
    PRIMARY KEY (delivery_id, run, number)
) PARTITION BY RANGE (delivery_id);
CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;

-- What was said and what was sent is history: added to, never changed.
REVOKE UPDATE, DELETE, TRUNCATE ON message, message_default, attempt, attempt_default FROM notifier;
