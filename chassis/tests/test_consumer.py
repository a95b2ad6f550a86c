"""The consumer: each message's effect once, each partition in order, positions, and a group that shares them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from chassis.cloudevents import decode
from chassis.consumer import Consumer, ConsumerStuck, Handler, Message
from chassis.kafka import Outgoing
from chassis.pg import Connection, Pool
from chassis.tests import parts
from chassis.tests.conftest import Schema
from chassis.tests.consuming import PARTITIONS, Scene, Thing, headers_of, set_up, write_effects
from chassis.tests.parts import at_work
from chassis.tests.reading import read_all
from chassis.tests.waiting import until


@pytest_asyncio.fixture
async def scene(pool: Pool, empty_schema: Schema, kafka: str, quick_polls: None) -> AsyncIterator[Scene]:
    async with set_up(pool, empty_schema, kafka) as scene:
        yield scene


async def test_every_message_has_its_effect_once_and_each_keys_in_order(scene: Scene) -> None:
    async with at_work(scene.consumer()):
        for start in range(0, 600, 150):
            await scene.publish(*(scene.record(n, f"k{n % 7}") for n in range(start, start + 150)))
        effects = await scene.until_effects(600)
    assert Counter(effects) == {f"k{n % 7}-{n}": 1 for n in range(600)}
    for key in range(7):
        numbers = [int(effect.partition("-")[2]) for effect in effects if effect.startswith(f"k{key}-")]
        assert numbers == sorted(numbers)
    assert await scene.stored() == 600


async def test_a_slice_has_a_largest_size(scene: Scene) -> None:
    sizes: list[int] = []

    async def note(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        sizes.append(len(messages))
        await write_effects(connection, messages)

    await scene.publish_numbers(range(95))
    async with at_work(scene.consumer(note, slice_max=10)):
        await scene.until_effects(95)
    assert max(sizes) == 10


async def test_a_handler_is_given_the_event_its_key_and_its_exact_bytes(scene: Scene) -> None:
    given: list[Message[Thing]] = []

    async def note(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        given.extend(messages)

    await scene.publish(Outgoing(scene.topic, b"k", b'{"number": 5,  "key":"k"}', headers_of("e")))
    async with at_work(scene.consumer(note)):
        await scene.until_stored(1)
    (message,) = given
    assert message.attributes == decode(headers_of("e"))
    assert (message.data, message.raw, message.key) == (Thing(key="k", number=5), b'{"number": 5,  "key":"k"}', "k")


async def test_types_that_share_a_handler_keep_their_order_among_each_other(scene: Scene) -> None:
    handlers = {type_: Handler(Thing, write_effects) for type_ in ("thing.opened", "thing.closed")}
    consumer = parts.consumer(scene.pool, scene.watch, scene.kafka, scene.topic, handlers, group=scene.group)
    types = ["thing.opened", "thing.closed", "thing.closed", "thing.opened"] * 5
    await scene.publish(*(scene.record(n, type_=type_) for n, type_ in enumerate(types)))
    async with at_work(consumer):
        assert await scene.until_effects(20) == [f"k-{n}" for n in range(20)]


async def test_a_type_that_nobody_handles_is_passed_over(scene: Scene) -> None:
    await scene.publish(scene.record(1), scene.record(2, type_="thing.invented.in.2031"), scene.record(3))
    async with at_work(scene.consumer()):
        await scene.until_stored(3)
    assert await scene.effects() == ["k-1", "k-3"]
    assert await scene.letters() == []


async def test_whoever_is_woken_after_the_commit_finds_it_committed(scene: Scene) -> None:
    found: list[asyncio.Task[list[str]]] = []
    consumer = scene.consumer(after_commit=lambda: found.append(asyncio.create_task(scene.effects())))
    await scene.publish_numbers(range(3))
    async with at_work(consumer):
        await scene.until_stored(3)
    assert await found[0], "whichever partition came first"


async def test_a_consumer_that_is_stopped_finishes_the_slice_it_has_begun(scene: Scene) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        begun.set()
        await go_on.wait()
        await write_effects(connection, messages)

    await scene.publish_numbers(range(5))
    consumer = scene.consumer(slowly)
    async with at_work(consumer):
        await begun.wait()
        consumer.stop()
        go_on.set()
    assert len(await scene.effects()) == await scene.stored() > 0


async def test_a_consumer_that_starts_anew_goes_on_where_the_last_one_stood(scene: Scene) -> None:
    await scene.publish_numbers(range(10))
    async with at_work(scene.consumer()):
        await scene.until_effects(10)
    await scene.publish_numbers(range(10, 20))
    async with at_work(scene.consumer()):
        await scene.until_effects(20)
    assert await scene.effects() == [f"k-{n}" for n in range(20)]


class TestPositions:
    async def test_a_cluster_that_lost_its_data_is_read_from_its_beginning(self, scene: Scene) -> None:
        await scene.pool.execute(
            "INSERT INTO consumer_offset SELECT $1, $2, n, 1000, 'the wiped cluster' FROM generate_series(0, 1) AS n",
            scene.group, scene.topic,
        )  # fmt: skip
        await scene.publish_numbers(range(5))
        async with at_work(scene.consumer()):
            assert await scene.until_effects(5) == [f"k-{n}" for n in range(5)]

    async def test_a_gap_that_shows_once_is_not_believed(self, scene: Scene) -> None:
        """Something fetched before a seek: the consumer asks once more for what it has not had."""
        await scene.publish_numbers(range(10))
        consumer = scene.consumer()
        kafka = AIOKafkaConsumer(bootstrap_servers=scene.kafka, auto_offset_reset="earliest")
        await kafka.start()
        kafka.assign([TopicPartition(scene.topic, number) for number in range(PARTITIONS)])
        cluster_id = await scene.watch.cluster_id()
        try:
            await consumer._take(kafka, {}, cluster_id)
            (full,) = [place for place, end in (await kafka.end_offsets(kafka.assignment())).items() if end]
            kafka.seek(full, 6)
            await consumer._take(kafka, await fetched(kafka), cluster_id)
            assert await scene.effects() == []
            await consumer._take(kafka, await fetched(kafka), cluster_id)
            assert await scene.effects() == [f"k-{n}" for n in range(10)]
        finally:
            await kafka.stop()

    async def test_a_gap_that_stays_is_believed(self, scene: Scene) -> None:
        """Retention has removed the beginning."""
        await scene.publish_numbers(range(10))
        admin = AIOKafkaAdminClient(bootstrap_servers=scene.kafka)
        await admin.start()
        for number in range(PARTITIONS):
            place = TopicPartition(scene.topic, number)
            if [r for r in await read_all(scene.kafka, scene.topic, PARTITIONS) if r.partition == number]:
                await admin.delete_records({place: RecordsToDelete(before_offset=4)})
        await admin.close()
        async with at_work(scene.consumer()):
            assert await scene.until_effects(6) == [f"k-{n}" for n in range(4, 10)]


async def fetched(kafka: AIOKafkaConsumer) -> Any:
    return await until(lambda: kafka.getmany(timeout_ms=100), "records are fetched")


class TestHousekeeping:
    @pytest.fixture(autouse=True)
    def often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chassis.consumer.COMMIT_HINT_EVERY_S", 0.05)

    async def test_kafka_is_told_where_the_group_stands_for_tools_that_show_its_lag(self, scene: Scene) -> None:
        await scene.publish_numbers(range(10))
        admin = AIOKafkaAdminClient(bootstrap_servers=scene.kafka)
        await admin.start()

        async def told() -> bool:
            offsets = await admin.list_consumer_group_offsets(scene.group)
            return bool(sum(max(0, offset.offset) for offset in offsets.values()) == 10)

        async with at_work(scene.consumer()):
            await until(told, "Kafka knows of ten messages")
        await admin.close()

    async def test_a_consumer_that_takes_nothing_although_there_is_something_ends_to_be_started_anew(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.consumer.STUCK_AFTER_S", 0.2)

        class Silent(Consumer):
            """As aiokafka may be after it was expelled: it holds its partitions, and brings nothing."""

            async def _find_positions(self, consumer: AIOKafkaConsumer, cluster_id: str) -> None:
                await super()._find_positions(consumer, cluster_id)
                consumer.pause(*consumer.assignment())

        consumer = scene.consumer(kind=Silent)
        running = asyncio.create_task(consumer.run())
        await until_it_holds_every_partition(consumer)
        held_s = consumer._moved_at
        await until(lambda: consumer._moved_at > held_s + 0.5 or running.done(), "it has looked often enough")
        assert not running.done(), "nothing to take is no silence"
        await scene.publish_numbers([1])
        with pytest.raises(ConsumerStuck):
            await asyncio.wait_for(running, 30)


async def until_it_holds_every_partition(consumer: Consumer) -> None:
    await until(lambda: len(consumer._next) == PARTITIONS, "the consumer holds every partition")


class TestTwoConsumersOfOneGroup:
    @pytest.fixture(autouse=True)
    def beat_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The least that a broker takes: a member learns of a rebalance with its next heartbeat."""
        monkeypatch.setattr("chassis.consumer.SESSION_TIMEOUT_MS", 6000)

    async def test_share_the_partitions_and_hand_them_over_with_every_effect_once(self, scene: Scene) -> None:
        first, second = scene.consumer(), scene.consumer()
        async with at_work(first):
            published = await publish_more(scene, 0)
            await scene.until_effects(published)
            async with at_work(second):
                while not len(first._next) == len(second._next) == 1:
                    published = await publish_more(scene, published)
                published = await publish_more(scene, published)
                first.stop()
                published = await publish_more(scene, published)
                await scene.until_effects(published)
        assert Counter(await scene.effects()) == {f"k{n % 7}-{n}": 1 for n in range(published)}

    async def test_a_restarted_slot_gets_its_own_partitions_back_with_every_effect_once(self, scene: Scene) -> None:
        other = scene.consumer(slot_id="slot-1")
        async with at_work(other):
            async with at_work(scene.consumer(slot_id="slot-0")):
                published = await publish_more(scene, 0)
                await until(lambda: len(other._next) == 1, "each has one of the two partitions")
                published = await publish_more(scene, published)
            kept = set(other._next)
            async with at_work(scene.consumer(slot_id="slot-0")):
                published = await publish_more(scene, published)
                await scene.until_effects(published)
                assert set(other._next) == kept, "nothing was handed over"
        assert Counter(await scene.effects()) == {f"k{n % 7}-{n}": 1 for n in range(published)}


async def publish_more(scene: Scene, published: int) -> int:
    """A hundred further messages; how many there are then."""
    await scene.publish(*(scene.record(n, f"k{n % 7}") for n in range(published, published + 100)))
    return published + 100


async def test_a_bug_outside_of_every_handler_ends_the_consumer(scene: Scene) -> None:
    class Broken(Consumer):
        def _moves(self, records: Any) -> Any:
            raise KeyError("a bug of ours")

    consumer = scene.consumer(kind=Broken)
    await scene.publish_numbers([1])
    with pytest.raises(KeyError):
        await asyncio.wait_for(consumer.run(), 30)
    assert await scene.effects() == []
