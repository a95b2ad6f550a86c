"""The whole notifier on a real Kafka: events in, attempts on time through the delay topics, also across restarts."""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiokafka import AIOKafkaConsumer

from chassis import pg
from chassis.cloudevents import encode
from chassis.consumer import Message
from chassis.kafka import Outgoing, Publisher
from chassis.progress import Worker
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from contracts.topics import PAYMENT_EVENTS, dead_letter_name, delay_topic_name
from services.notifier.app import make_sender, make_workers
from services.notifier.schemas import PublicEvent
from services.notifier.settings import Settings
from services.notifier.tests.conftest import add_endpoint, attempts_of, deliveries_of, payment_event
from services.notifier.tests.receiver import Receiver, in_turn, status

LATENESS = [
    pytest.param(math.inf, id="not early"),
    pytest.param(1.0, id="on time", marks=pytest.mark.prove),
]
"""In s, of an attempt: on a busy machine it says nothing."""


@dataclass
class Shop:
    """A merchant of this test alone, since a Kafka may be shared with others."""

    merchant_id: str
    receiver: Receiver


@pytest.fixture
async def shops(settings: Settings) -> AsyncIterator[list[Shop]]:
    """Two merchants with a receiver each."""
    made = [Shop(f"m_{secrets.token_hex(8)}", Receiver()) for _ in range(2)]
    for shop in made:
        await shop.receiver.server.start_server()
    yield made
    for shop in made:
        await shop.receiver.server.close()


@asynccontextmanager
async def running(settings: Settings, shops: Sequence[Shop]) -> AsyncIterator[Runtime[Settings]]:
    """A notifier process, its HTTP aside."""
    runtime = await Runtime.start("notifier", settings, topics=[])
    for shop in shops:
        await add_endpoint(settings, runtime.pool, shop.receiver.url, shop.merchant_id)
    sender = make_sender(runtime)
    workers: list[Worker] = [runtime.watch, runtime.relay, *make_workers(runtime, sender)]
    tasks = [asyncio.create_task(worker.run(), name=worker.name) for worker in workers]
    try:
        yield runtime
        for worker in workers:
            worker.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sender.close()
        await runtime.pool.close()


async def publish(kafka: str, *events: Message[PublicEvent]) -> None:
    """As the api's relay does."""
    publisher = Publisher(kafka, client_id="test")
    await publisher.publish(
        [
            Outgoing(
                PAYMENT_EVENTS.name,
                event.key.encode(),
                event.raw,
                encode(
                    event_id=event.attributes.id,
                    type_=event.attributes.type,
                    source="/paygate/api",
                    subject=event.attributes.subject,
                    time=event.attributes.time,
                    traceparent=None,
                ),
            )
            for event in events
        ]
    )
    await publisher.close()


@pytest.fixture
def on_kafka(settings: Settings, kafka: str) -> Settings:
    """The settings with a real Kafka, and a sweeper that comes too late to help."""
    return settings.model_copy(update={"kafka_bootstrap_servers": kafka, "webhook_sweep_grace_s": 60.0})


@pytest.mark.parametrize("late_max_s", LATENESS)
async def test_attempts_come_on_time_also_across_a_restart(
    on_kafka: Settings, kafka: str, shops: list[Shop], late_max_s: float
) -> None:
    plain, patient = shops
    plain.receiver.answer = in_turn(status(500), status(200))
    patient.receiver.answer = in_turn(status(503, {"Retry-After": "7"}), status(200))
    async with running(on_kafka, shops):
        await publish(kafka, *(payment_event(merchant_id=shop.merchant_id) for shop in shops))
        for shop in shops:
            await shop.receiver.until(1, timeout_s=30)
        await asyncio.sleep(0.5)
    async with running(on_kafka, []) as runtime:
        for shop, wait_s in ((plain, 5), (patient, 7)):
            first, second = await shop.receiver.until(2, timeout_s=20)
            assert wait_s <= second.at_s - first.at_s < wait_s + late_max_s
            assert first.headers["webhook-id"] == second.headers["webhook-id"]
            assert first.body == second.body
        await until_succeeded(on_kafka, len(shops))
        for shop in shops:
            (delivery,) = await deliveries_of(runtime.pool, shop.merchant_id)
            assert (delivery["status"], delivery["attempts"]) == ("success", 2)
            log = await attempts_of(runtime.pool, delivery["id"])
            assert [attempt["trigger"] for attempt in log] == ["auto", "auto"]


async def test_a_burst_is_delivered_once_each(on_kafka: Settings, kafka: str, shops: list[Shop]) -> None:
    """All are on one partition, everything twice: when the last of them, which come once, are delivered, the second
    time of all others was looked at."""
    events = [payment_event(merchant_id=shop.merchant_id) for shop in shops for _ in range(300)]
    last = [payment_event(merchant_id=shop.merchant_id) for shop in shops]
    async with running(on_kafka, shops) as runtime:
        await publish(kafka, *events, *events, *last)
        await until_succeeded(on_kafka, len(events) + len(last))
        for shop in shops:
            rows = await deliveries_of(runtime.pool, shop.merchant_id)
            assert {row["status"] for row in rows} == {"success"}
            assert sorted(row["message_id"] for row in rows) == ids_of(shop, *events, *last)
    # Now that the process has ended, nothing more is on its way.
    for shop in shops:
        sent = sorted(taken.headers["webhook-id"] for taken in shop.receiver.received)
        assert sent == ids_of(shop, *events, *last)


async def test_nothing_is_lost_when_postgres_drops_every_connection(
    on_kafka: Settings, kafka: str, shops: list[Shop]
) -> None:
    events = [payment_event(merchant_id=shop.merchant_id) for shop in shops for _ in range(300)]
    breaker = await pg.connect(on_kafka.database_url.get_secret_value(), name="breaker")
    async with running(on_kafka, shops) as runtime:
        await publish(kafka, *events)
        for count in (1, 100, 200):
            await shops[0].receiver.until(count, timeout_s=30)
            await breaker.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        await until_succeeded(on_kafka, len(events))
        for shop in shops:
            assert len({taken.headers["webhook-id"] for taken in shop.receiver.received}) == 300
            assert len(await deliveries_of(runtime.pool, shop.merchant_id)) == 300
    await breaker.close()


async def test_a_delay_record_that_can_not_be_read_goes_to_the_dead_letters(
    on_kafka: Settings, kafka: str, shops: list[Shop]
) -> None:
    topic = delay_topic_name(5)
    mark = secrets.token_hex(8).encode()
    publisher = Publisher(kafka, client_id="test")
    await publisher.publish([Outgoing(topic, mark, b"{}", [])])
    await publisher.close()
    async with running(on_kafka, []):
        assert mark in await dead_letter_keys(kafka, dead_letter_name(topic), mark)


def ids_of(shop: Shop, *events: Message[PublicEvent]) -> list[str]:
    """Of those events that are the shop's."""
    return sorted(event.attributes.id for event in events if event.data.merchant_id == shop.merchant_id)


async def until_succeeded(settings: Settings, count: int) -> None:
    """Return once so many deliveries are recorded as successful, of all merchants together."""
    looking = await pg.connect(settings.database_url.get_secret_value(), name="looking")

    async def succeeded() -> bool:
        return bool(await looking.fetchval("SELECT count(*) >= $1 FROM delivery WHERE status = 'success'", count))

    try:
        await until(succeeded, f"{count} deliveries succeed")
    finally:
        await looking.close()


async def dead_letter_keys(kafka: str, topic: str, wanted: bytes) -> set[bytes]:
    """Keys in a dead-letter topic, read until the wanted one comes."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        keys: set[bytes] = set()
        async with asyncio.timeout(30):
            while wanted not in keys:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    keys |= {record.key for record in records}
        return keys
    finally:
        await consumer.stop()
