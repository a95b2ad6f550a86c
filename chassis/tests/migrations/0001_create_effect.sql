-- What the tests' handlers and batches do: an effect per event, and numbers that are added to.
CREATE TABLE effect (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    key      text NOT NULL DEFAULT '',
    number   int NOT NULL DEFAULT 0 CHECK (number >= 0)
);

CREATE TABLE balance (
    id     text COLLATE "C" PRIMARY KEY,
    amount bigint NOT NULL DEFAULT 0
);
