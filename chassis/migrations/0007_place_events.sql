-- Where Kafka has them, last published: what its retention has taken since is not there any more. NULL: not known, of events
-- older than these columns.
ALTER TABLE event_log ADD COLUMN partition int, ADD COLUMN kafka_offset bigint;
