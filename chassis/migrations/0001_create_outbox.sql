-- Messages that must reach Kafka, written in the transaction of the change they tell of, deleted once acknowledged.
-- Identity CACHE 1: with the rows inserted under the aggregate's lock, id order is commit order per key.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    topic       text NOT NULL,
    key         text NOT NULL,
    event_id    text NOT NULL,
    type        text NOT NULL,
    subject     text NOT NULL,
    tenant      text,
    occurred_at timestamptz NOT NULL,
    traceparent text,
    headers     jsonb,
    data        bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);

-- Published messages that have a tenant, in the order of their publication: `position` has no gap and never changes.
CREATE TABLE event_log (
    position    bigint PRIMARY KEY,
    topic       text NOT NULL,
    key         text NOT NULL,
    event_id    text COLLATE "C" NOT NULL,
    type        text NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    tenant      text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    traceparent text,
    data        bytea NOT NULL
);
CREATE INDEX event_log_subject ON event_log (subject, position);
CREATE INDEX event_log_tenant ON event_log (tenant, position);

-- One row: how far the log goes, and the Kafka cluster that got it (another one has lost what it held).
CREATE TABLE relay_state (
    singleton  bool PRIMARY KEY DEFAULT true CHECK (singleton),
    position   bigint NOT NULL DEFAULT 0,
    cluster_id text
);
INSERT INTO relay_state DEFAULT VALUES;
