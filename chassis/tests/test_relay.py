"""The relay's rules: in order, deleted once acknowledged, positions without a gap, one at a time, woken at once."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis import outbox, pg
from chassis.clock import ManualClock
from chassis.cloudevents import decode
from chassis.kafka import ClusterWatch, Outgoing, Place, Publisher, PublishError, TopicSpec, ensure_topics
from chassis.outbox import OutboxMessage, queries
from chassis.pg import Connection, Pool
from chassis.relay import Relay
from chassis.sql import Query
from chassis.tests import parts
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.parts import NEVER_S, at_work
from chassis.tests.proxy import PostgresProxy
from chassis.tests.reading import read_all
from chassis.tests.samples import AT, fresh_name, message
from chassis.tests.waiting import Watcher, until

PARTITIONS = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """A schema, a broker, a topic of the test's own, and a watch that knows the cluster."""

    pool: Pool
    watcher: Watcher
    schema: Schema
    kafka: str
    topic: str
    watch: ClusterWatch

    def relay(self, dsn: str | None = None, **options: Any) -> Relay:
        return parts.relay(self.pool, self.watch, self.kafka, dsn or self.schema.dsn, **options)

    async def append(self, *messages: OutboxMessage) -> None:
        async with pg.transaction(self.pool) as connection:
            await outbox.append(connection, messages)

    def message(self, key: str = "k", number: int | None = None, *, tenant: str | None = "t") -> OutboxMessage:
        return message(self.topic, key, number, tenant=tenant)

    async def waiting(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM outbox"))

    async def until_drained(self) -> None:
        async def drained() -> bool:
            return await self.waiting() == 0

        await until(drained, "the outbox is empty")

    async def published(self) -> list[ConsumerRecord]:
        return await read_all(self.kafka, self.topic, PARTITIONS)

    async def published_ids(self) -> list[str]:
        return [decode(record.headers).id for record in await self.published()]

    async def log(self) -> list[tuple[int, str]]:
        rows = await self.pool.fetch("SELECT position, event_id FROM event_log ORDER BY position")
        return [(row["position"], row["event_id"]) for row in rows]

    async def places(self) -> list[tuple[int, int]]:
        """Partition and offset of each event of the log."""
        rows = await self.pool.fetch("SELECT partition, kafka_offset FROM event_log ORDER BY position")
        return [(row["partition"], row["kafka_offset"]) for row in rows]

    async def leaders(self) -> int:
        return int(
            await self.watcher.connection.fetchval(
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
                "WHERE locktype = 'advisory' AND granted AND d.datname = current_database()"
            )
        )

    async def until_led(self) -> None:
        await until(self.leaders, "a relay leads")


@pytest_asyncio.fixture
async def scene(pool: Pool, watcher: Watcher, empty_schema: Schema, kafka: str) -> AsyncIterator[Scene]:
    topic = fresh_name("relayed")
    watch = ClusterWatch(kafka, [TopicSpec(topic, PARTITIONS, {})])
    async with at_work(watch):
        await watch.cluster_id()
        yield Scene(pool, watcher, empty_schema, kafka, topic, watch)


async def test_every_message_is_published_once_and_each_keys_in_the_order_of_their_commits(scene: Scene) -> None:
    keys = [f"k{number}" for number in range(20)]
    async with at_work(scene.relay(batch_max=70)):
        for start in range(0, 1000, 50):
            await scene.append(*(scene.message(random.choice(keys), start + n) for n in range(50)))
        await scene.until_drained()
    by_key: dict[bytes, list[int]] = defaultdict(list)
    for record in await scene.published():
        by_key[record.key].append(int(decode(record.headers).id.partition("-")[2]))
    assert sorted(number for numbers in by_key.values() for number in numbers) == list(range(1000))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())


async def test_a_relay_that_is_to_stand_back_publishes_nothing_and_catches_up_afterwards(scene: Scene) -> None:
    asked, wait = 0, True

    def must_wait() -> bool:
        nonlocal asked
        asked += 1
        return wait

    relay = scene.relay()
    relay.stand_back(must_wait)
    async with at_work(relay):
        await scene.append(*(scene.message("k", number) for number in range(250)))
        relay.wake()
        await until(lambda: asked > 10, "it was asked again and again")
        assert await scene.waiting() == 250
        wait = False
        await scene.until_drained()
    assert len(await scene.published_ids()) == 250


async def test_a_relay_that_is_stopped_while_it_stands_back_publishes_nothing_more(scene: Scene) -> None:
    asked = asyncio.Event()

    def must_wait() -> bool:
        asked.set()
        return True

    relay = scene.relay()
    relay.stand_back(must_wait)
    async with at_work(relay):
        await scene.append(scene.message())
        await asked.wait()
    assert await scene.waiting() == 1


async def test_a_message_arrives_as_a_cloud_event_with_its_key_bytes_and_extra_headers(scene: Scene) -> None:
    told = OutboxMessage(
        scene.topic,
        "ключ",
        "evt_1",
        "thing.happened",
        "thing_1",
        AT,
        b"\x00 any bytes \xff",
        headers={"dlq_reason": "é"},
    )
    async with at_work(scene.relay()):
        await scene.append(told)
        await scene.until_drained()
    (record,) = await scene.published()
    attributes = decode(record.headers)
    assert (record.key.decode(), record.value) == ("ключ", told.data)
    assert (attributes.id, attributes.type, attributes.subject) == ("evt_1", "thing.happened", "thing_1")
    assert (attributes.source, attributes.time, attributes.traceparent) == ("/paygate/tests", AT, None)
    assert dict(record.headers)["dlq_reason"].decode() == "é"


async def test_messages_of_a_tenant_get_positions_without_a_gap_and_the_others_get_none(scene: Scene) -> None:
    messages = [scene.message(f"k{n % 5}", n, tenant="t" if n % 3 else None) for n in range(400)]
    async with at_work(scene.relay(batch_max=30)):
        for start in range(0, 400, 25):
            await scene.append(*messages[start : start + 25])
        await scene.until_drained()
    public = [one.event_id for one in messages if one.tenant]
    assert await scene.log() == list(enumerate(public, start=1))
    at = {(one.partition, one.offset): decode(one.headers).id for one in await scene.published()}
    assert [at[place] for place in await scene.places()] == public, "each event is found where the log says"


async def test_a_relay_that_ends_between_publishing_and_deleting_publishes_again_and_logs_once(scene: Scene) -> None:
    class Interrupted(Publisher):
        """The relay's session ends right after the first batch has been acknowledged."""

        interrupted = False

        async def publish(self, records: Sequence[Outgoing]) -> list[Place]:
            places = await super().publish(records)
            if not self.interrupted:
                self.interrupted = await scene.watcher.end("tests-relay") > 0
            return places

    messages = [scene.message(number=n) for n in range(10)]
    await scene.append(*messages)
    async with at_work(scene.relay(publisher=Interrupted(scene.kafka, client_id="tests"))):
        await scene.until_drained()
    expected = [one.event_id for one in messages]
    assert await scene.published_ids() == expected * 2
    assert await scene.log() == list(enumerate(expected, start=1))


class TestDeletingOnlyWhatKafkaHas:
    @pytest_asyncio.fixture
    async def refusing(self, kafka: str) -> str:
        """A topic that takes nothing beyond 500 bytes."""
        name = fresh_name("narrow")
        await ensure_topics(kafka, [TopicSpec(name, 1, {"max.message.bytes": "500"})])
        return name

    def too_large(self, topic: str) -> OutboxMessage:
        return OutboxMessage(topic, "k", "evt_large", "thing.happened", "k", AT, random.randbytes(5000))

    async def test_what_is_refused_stays_with_its_whole_batch_and_goes_out_when_it_is_taken(
        self, scene: Scene, refusing: str
    ) -> None:
        await scene.append(scene.message(number=1), self.too_large(refusing), scene.message(number=2))
        async with at_work(scene.relay()):
            await until(scene.published, "the other topic's part of the batch was published")
            assert await scene.waiting() == 3
            assert await scene.log() == []
            await widen(scene.kafka, refusing)
            await scene.until_drained()
        assert len(await read_all(scene.kafka, refusing, 1)) == 1
        assert await scene.log() == [(1, "k-1"), (2, "k-2")]

    async def test_a_relay_that_deletes_first_loses_what_is_refused_and_is_seen(
        self, scene: Scene, refusing: str
    ) -> None:
        class DeletesFirst(Relay):
            async def _publish_some(self, connection: Connection) -> bool:
                rows = await queries.select_outbox.rows(connection, limit=self._batch_max)
                await queries.delete_outbox.run(connection, ids=[row["id"] for row in rows])
                if rows:
                    await self._publisher.publish(self._records(rows))
                return False

        class Noticing(Publisher):
            refused = 0

            async def publish(self, records: Sequence[Outgoing]) -> list[Place]:
                try:
                    return await super().publish(records)
                except PublishError:
                    self.refused += 1
                    raise

        await scene.append(self.too_large(refusing))
        publisher = Noticing(scene.kafka, client_id="tests")
        async with at_work(scene.relay(kind=DeletesFirst, publisher=publisher)):
            await until(lambda: publisher.refused, "the broker refused it")
            await widen(scene.kafka, refusing)
        assert await scene.waiting() == 0
        assert await read_all(scene.kafka, refusing, 1) == []


async def widen(kafka: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    config = {"max.message.bytes": "100000"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=config)])
    await admin.close()


class TestOneAtATime:
    async def test_the_second_relay_waits_for_the_lock_and_takes_over_when_the_firsts_connection_dies(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.relay.LOCK_RETRY_S", 0.05)
        proxy = PostgresProxy(scene.schema.dsn)
        async with proxy.running(), at_work(scene.relay(proxy.dsn)):
            await scene.append(*(scene.message(number=n) for n in range(10)))
            await scene.until_drained()
            async with at_work(scene.relay()):
                await until(lambda: sessions(scene, 2), "the second relay is there")
                await scene.append(*(scene.message(number=n) for n in range(10, 20)))
                await scene.until_drained()
                assert await scene.leaders() == 1
                proxy.away = True
                proxy.drop()
                await scene.append(*(scene.message(number=n) for n in range(20, 30)))
                await scene.until_drained()
            proxy.away = False
        expected = [f"k-{number}" for number in range(30)]
        assert await scene.published_ids() == expected
        assert await scene.log() == list(enumerate(expected, start=1))

    async def test_two_relays_without_the_lock_publish_twice_and_are_seen(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both_have_read = asyncio.Barrier(2)

        class Rival(Publisher):
            async def publish(self, records: Sequence[Outgoing]) -> list[Place]:
                await both_have_read.wait()
                return await super().publish(records)

        monkeypatch.setitem(queries._queries, "try_relay_lock", Query("try_relay_lock", (), "SELECT true"))
        await scene.append(*(scene.message(number=n) for n in range(5)))
        rivals = [scene.relay(publisher=Rival(scene.kafka, client_id="tests"), poll_s=NEVER_S) for _ in range(2)]
        async with at_work(*rivals):
            await scene.until_drained()
        assert Counter(await scene.published_ids()) == {f"k-{number}": 2 for number in range(5)}


async def sessions(scene: Scene, count: int) -> bool:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tests-relay'"
    )
    return bool(await scene.watcher.connection.fetchval(query) == count)


class TestBeingWoken:
    """With a poll that would come far too late."""

    async def test_in_the_same_process(self, scene: Scene) -> None:
        relay = scene.relay(poll_s=NEVER_S)
        async with at_work(relay):
            await self.publish_one_after_another(scene, relay.wake)

    async def test_by_notify_from_another_process(self, scene: Scene, make_pool: PoolMaker) -> None:
        elsewhere = parts.relay(await make_pool(), scene.watch, scene.kafka, scene.schema.dsn)
        async with at_work(scene.relay(poll_s=NEVER_S)):
            await self.publish_one_after_another(scene, elsewhere.wake)

    async def publish_one_after_another(self, scene: Scene, wake: Callable[[], None]) -> None:
        await scene.until_led()
        await scene.append(scene.message(number=0))
        wake()
        await scene.until_drained()
        for number in range(1, 4):
            await scene.append(scene.message(number=number))
            wake()
            await scene.until_drained()
        assert await scene.published_ids() == [f"k-{number}" for number in range(4)]

    async def test_by_its_poll_when_nobody_wakes_it(self, scene: Scene) -> None:
        async with at_work(scene.relay(poll_s=0.01)):
            await scene.until_led()
            await scene.append(scene.message())
            await scene.until_drained()


class TestAClusterThatLostItsData:
    async def prepare(self, scene: Scene, cluster_id: str | None) -> None:
        """Positions 1–10 were published, one per hour; the outbox holds one more."""
        async with at_work(scene.relay()):
            messages = [scene.message(number=n) for n in range(1, 11)]
            await scene.append(*messages)
            await scene.until_drained()
        await scene.pool.execute(
            "UPDATE event_log SET occurred_at = $1::timestamptz + make_interval(hours => position::int)", AT
        )
        await scene.pool.execute("UPDATE relay_state SET cluster_id = $1", cluster_id)
        await scene.append(scene.message(number=11))

    async def republished(self, scene: Scene, cluster_id: str | None) -> list[str]:
        await self.prepare(scene, cluster_id)
        now = ManualClock(AT + timedelta(hours=24 + 5))
        async with at_work(scene.relay(clock=now, batch_max=3)):
            await scene.until_drained()
        return (await scene.published_ids())[10:]

    async def test_gets_the_last_hours_public_messages_again_before_anything_new(self, scene: Scene) -> None:
        assert await self.republished(scene, "the cluster that was wiped") == [f"k-{n}" for n in range(5, 12)]
        assert await scene.pool.fetchval("SELECT cluster_id FROM relay_state") == await scene.watch.cluster_id()
        assert [position for position, _ in await scene.log()] == list(range(1, 12)), "positions never change"
        first, *_, moved, new = [place[1] for place in await scene.places()]
        assert (first, moved, new) == (0, 15, 16), "what was published again stands where it was published last"

    async def test_a_relay_that_never_published_has_nothing_to_publish_again(self, scene: Scene) -> None:
        assert await self.republished(scene, None) == ["k-11"]

    async def test_the_cluster_that_is_known_gets_nothing_again(self, scene: Scene) -> None:
        assert await self.republished(scene, await scene.watch.cluster_id()) == ["k-11"]


async def until_beat(relay: Relay) -> None:
    seen_s = relay.progress._at_s
    await until(lambda: relay.progress._at_s > seen_s, "the relay shows progress")


class TestWaiting:
    async def test_a_relay_that_waits_for_kafka_shows_progress_and_stops_when_told(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.relay.LOCK_RETRY_S", 0.01)
        nowhere = ClusterWatch("127.0.0.1:9", [])
        relay = parts.relay(scene.pool, nowhere, "127.0.0.1:9", scene.schema.dsn)
        async with at_work(relay):
            await scene.until_led()
            for _ in range(3):
                await until_beat(relay)

    async def test_a_relay_whose_database_is_away_pauses_between_its_tries_although_its_bell_has_rung(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pause_s = 0.05
        monkeypatch.setattr("chassis.relay.BACKOFF_S", pause_s)
        proxy = PostgresProxy(scene.schema.dsn)

        class Ringing(Publisher):
            """While the first batch is on its way the bell rings once more, and then the database goes away."""

            async def publish(self, records: Sequence[Outgoing]) -> list[Place]:
                places = await super().publish(records)
                if not proxy.refused:
                    relay.wake()
                    proxy.away = True
                    proxy.drop()
                return places

        async with proxy.running():
            relay = scene.relay(proxy.dsn, poll_s=NEVER_S, publisher=Ringing(scene.kafka, client_id="tests"))
            await scene.append(scene.message())
            async with at_work(relay):
                await until(lambda: proxy.away, "the database has gone away")
                began_s = asyncio.get_running_loop().time()
                await until(lambda: proxy.refused >= 5, "the relay tries again and again")
                assert asyncio.get_running_loop().time() - began_s >= 4 * pause_s
                proxy.away = False
                await scene.until_drained()
