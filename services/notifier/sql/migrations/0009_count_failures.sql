-- `failures`: failed attempts since the last success, counted as far as it matters for turning the endpoint off;
-- `disablings`: how often the notifier has turned it off, the sequence of the events that tell so.
ALTER TABLE endpoint
    ADD COLUMN failures   int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    ADD COLUMN disablings int NOT NULL DEFAULT 0 CHECK (disablings >= 0);
