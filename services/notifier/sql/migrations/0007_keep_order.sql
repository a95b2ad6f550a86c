-- Where an endpoint wants an object's events one after another, a delivery stands in a line: that of its endpoint and the
-- object in `ordered_by`, until it ends or is let go. One of a line is on its way; the others are in a fourth place:
--   waiting    nothing is on its way for it. The end of the one before it queues it, at the latest `next_attempt_at`.
ALTER TABLE delivery
    ADD COLUMN ordered_by text COLLATE "C",
    ADD COLUMN waiting    bool NOT NULL DEFAULT false,
    ADD CHECK (ordered_by IS NULL OR status = 'pending'),
    ADD CHECK (NOT waiting OR (ordered_by IS NOT NULL AND queued IS NULL AND lease_until IS NULL));
CREATE INDEX delivery_line ON delivery (endpoint_id, ordered_by) WHERE ordered_by IS NOT NULL;
CREATE INDEX delivery_waiting ON delivery (next_attempt_at) WHERE waiting;

-- Scheduled is what no other place has.
DROP INDEX delivery_scheduled;
CREATE INDEX delivery_scheduled ON delivery (next_attempt_at)
    WHERE status = 'pending' AND queued IS NULL AND lease_until IS NULL AND NOT waiting;
