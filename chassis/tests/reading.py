"""What a topic holds, read from its beginning by nobody's group."""

import asyncio

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from chassis.tests.waiting import PATIENCE_S


async def read_all(bootstrap: str, topic: str, partitions: int) -> list[ConsumerRecord]:
    """Every record there is now, each partition's in order."""
    places = [TopicPartition(topic, number) for number in range(partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    records: list[ConsumerRecord] = []
    await consumer.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            while any([await consumer.position(place) < ends[place] for place in places]):
                for batch in (await consumer.getmany(timeout_ms=100)).values():
                    records += batch
    finally:
        await consumer.stop()
    return sorted(records, key=lambda record: (record.partition, record.offset))
