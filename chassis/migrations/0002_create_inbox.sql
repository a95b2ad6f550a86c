-- How far this service has come in each partition it consumes; moved only in the transaction of the messages' effects.
CREATE TABLE consumer_offset (
    consumer_group text COLLATE "C" NOT NULL,
    topic          text COLLATE "C" NOT NULL,
    partition      int NOT NULL,
    next           bigint NOT NULL,
    cluster_id     text NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50);
