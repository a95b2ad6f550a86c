-- For who knows an event by its id: ids are time-ordered, so the index grows at its end and costs the relay little.
CREATE INDEX event_log_event ON event_log (event_id);
