-- What merchants asked and what came of it: for people who look for a mistake. Written apart from any request and lossy
-- on purpose; neither bodies nor queries are kept. `idempotency`: first or replayed, NULL without a key.
CREATE TABLE request_log (
    id          text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    method      text NOT NULL,
    path        text NOT NULL,
    route       text NOT NULL,
    status      int NOT NULL,
    error_code  text,
    duration_ms real NOT NULL,
    request_id  text NOT NULL,
    api_key     text,
    user_email  text,
    address     text NOT NULL,
    user_agent  text NOT NULL,
    idempotency text,
    at          timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE request_log_default PARTITION OF request_log DEFAULT;
CREATE INDEX request_log_merchant ON request_log (merchant_id, id);
