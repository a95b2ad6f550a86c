"""The example of a consumer on a real Kafka and a real Postgres: each event once, in order, whatever comes."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from chassis.cloudevents import Headers, encode
from chassis.kafka import Outgoing, Publisher, TopicSpec, ensure_topics
from examples.consumer.consumer import Consumer, Settings, StartAnew, connected, opened_database, run
from tests.figures import Figures
from tests.integrations.example import Example, running
from tests.waiting import eventually

PARTITIONS: Final = 3
AT: Final = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
SIZES: Final = [
    pytest.param(5, id="small"),
    pytest.param(60, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(1800)]),
]


def headers_of(payment_id: str, sequence: int, type_: str = "payment.success") -> Headers:
    return encode(
        event_id=f"evt_{payment_id}_{sequence}",
        type_=type_,
        source="/paygate/api",
        subject=payment_id,
        time=AT,
        traceparent=None,
    )


@dataclass
class Scene:
    """A topic of the test's own and a consumer with a database of its own."""

    settings: Settings
    publisher: Publisher
    log: Path
    last: dict[str, int] = field(default_factory=dict)
    """The latest sequence of each payment."""

    def event(self, payment_id: str, *, type_: str = "payment.success") -> Outgoing:
        """The payment's next event."""
        sequence = self.last[payment_id] = self.last.get(payment_id, 0) + 1
        data = {"sequence": sequence, "payment": {"id": payment_id, "added_in_2031": True}}
        headers = headers_of(payment_id, sequence, type_)
        return Outgoing(self.settings.topic, payment_id.encode(), orjson.dumps(data), headers)

    def raw(self, value: bytes | None, headers: Headers) -> Outgoing:
        return Outgoing(self.settings.topic, b"pay_raw", value, headers)  # type: ignore[arg-type]  # null is poison, too

    async def publish(self, *records: Outgoing) -> list[str]:
        """The ids of what was published."""
        await self.publisher.publish(records)
        return [dict(record.headers)["ce_id"].decode() for record in records]

    @property
    def example(self) -> Example:
        """For its rows; nothing of it runs unless a test starts it."""
        return Example(self.settings, self.log)

    @contextlib.asynccontextmanager
    async def at_work(self, instance: str = "consumer-0") -> AsyncIterator[None]:
        """The consumer, in this process."""
        stopping = asyncio.Event()
        settings = Settings(self.settings.database_url, self.settings.kafka, instance, self.settings.topic)
        life = asyncio.create_task(run(settings, stopping))
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait_for(life, 60)


@pytest.fixture
async def scene(kafka: str, own_database: str, tmp_path: Path) -> AsyncIterator[Scene]:
    topic = f"consumed-{secrets.token_hex(4)}"
    await ensure_topics(kafka, [TopicSpec(topic, PARTITIONS, {})])
    publisher = Publisher(kafka, client_id="tests")
    yield Scene(Settings(own_database, kafka, topic=topic), publisher, tmp_path / "consumer.log")
    await publisher.close()


async def test_it_takes_what_was_there_before_and_what_comes(scene: Scene) -> None:
    ids = await scene.publish(*(scene.event(f"pay_{n % 7}") for n in range(300)))
    async with scene.at_work():
        await scene.example.until_taken(300)
        ids += await scene.publish(*(scene.event(f"pay_{n % 7}") for n in range(300)))
        taken = await scene.example.until_taken(600)
    assert sorted(taken) == sorted(ids)
    assert await scene.example.out_of_order() == []
    (row,) = await scene.example.rows("SELECT * FROM payment_event WHERE id = 'evt_pay_3_2'")
    assert (row["type"], row["payment_id"], row["happened_at"]) == ("payment.success", "pay_3", AT)
    assert orjson.loads(row["data"])["payment"]["added_in_2031"] is True, "the event as it was sent"


async def test_what_is_published_again_is_known(scene: Scene) -> None:
    records = [scene.event("pay_1") for _ in range(20)]
    await scene.publish(*records, *records[5:], *records)
    async with scene.at_work():
        await until_read(scene, 55)
    assert await scene.example.taken() == [f"evt_pay_1_{n}" for n in range(1, 21)]


async def test_a_type_that_is_added_later_is_taken_like_any_other(scene: Scene) -> None:
    await scene.publish(scene.event("pay_1", type_="payment.teleported"))
    async with scene.at_work():
        assert await scene.example.until_taken(1) == ["evt_pay_1_1"]


POISON: Final[dict[str, tuple[bytes | None, Headers]]] = {
    "no headers": (b'{"sequence": 1}', []),
    "a header that is null": (b'{"sequence": 1}', [("ce_id", None)]),  # type: ignore[list-item]
    "a header that is no text": (b'{"sequence": 1}', [("ce_id", b"\xff"), *headers_of("p", 1)[2:]]),
    "a NUL in the id": (b'{"sequence": 1}', [("ce_id", b"e\x00"), *headers_of("p", 1)[2:]]),
    "a time without a zone": (b'{"sequence": 1}', [*headers_of("p", 1), ("ce_time", b"2026-01-01T00:00:00")]),
    "no value": (None, headers_of("p", 1)),
    "no JSON": (b"{", headers_of("p", 1)),
    "no UTF-8": (b"\xff", headers_of("p", 1)),
    "no object": (b"[]", headers_of("p", 1)),
    "no sequence": (b"{}", headers_of("p", 1)),
    "a sequence that is no whole number": (b'{"sequence": 1.0}', headers_of("p", 1)),
    "a sequence that is true": (b'{"sequence": true}', headers_of("p", 1)),
    "a sequence beyond all numbers": (b'{"sequence": 9223372036854775808}', headers_of("p", 1)),
    "NaN": (b'{"sequence": 1, "a": NaN}', headers_of("p", 1)),
    "too deep": (b"[" * 100_000, headers_of("p", 1)),
}


async def test_poison_is_set_aside_and_its_neighbours_are_taken(scene: Scene) -> None:
    before = await scene.publish(scene.event("pay_raw"))
    await scene.publisher.publish([scene.raw(value, headers) for value, headers in POISON.values()])
    awkward = scene.raw(b'{"sequence": 9, "a": "\\u0000 \\ud800", "n": 1e999}', headers_of("pay_raw", 9))
    await scene.publish(awkward, after := scene.event("pay_raw"))
    async with scene.at_work():
        taken = await scene.example.until_taken(3)
    assert taken == [*before, "evt_pay_raw_9", dict(after.headers)["ce_id"].decode()]
    aside = await scene.example.rows("SELECT value, reason FROM unreadable ORDER BY at")
    assert [row["value"] for row in aside] == [value for value, _ in POISON.values()]
    assert all(row["reason"] for row in aside)


async def test_two_processes_share_the_partitions_and_a_third_finds_nothing_left(scene: Scene) -> None:
    ids = await scene.publish(*(scene.event(f"pay_{n % 11}") for n in range(200)))
    async with scene.at_work("a"):
        await scene.example.until_taken(1)
        async with scene.at_work("b"):
            for _ in range(5):
                ids += await scene.publish(*(scene.event(f"pay_{n % 11}") for n in range(100)))
                await scene.example.until_taken(len(ids))
    async with scene.at_work("a"):
        await until_read(scene, 700)
    assert sorted(await scene.example.taken()) == sorted(ids)
    assert await scene.example.out_of_order() == []


async def test_who_lost_a_partition_without_having_noticed_writes_nothing(scene: Scene) -> None:
    await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    async with connected(scene.settings) as zombie:
        batches = await first_batches(zombie)
        # Its successor: another process, as far as the database can tell.
        database = await opened_database(scene.settings.database_url)
        other = Consumer(zombie.kafka, zombie.admin, database, zombie.cluster_id, dict(zombie.held))
        for place, records in batches.items():
            await other._take(place, records)
        await database.close()
        assert other.taken == 10
        for place, records in batches.items():
            await zombie._take(place, records)
        assert (zombie.taken, zombie.known) == (0, 0)
        assert not batches.keys() & zombie.held.keys(), "it asks anew where it stands"
    assert len(await scene.example.taken()) == 10


async def test_offsets_of_another_cluster_do_not_count(scene: Scene) -> None:
    ids = await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    async with scene.at_work():
        await scene.example.until_taken(10)
    await scene.example.rows("UPDATE read_position SET cluster_id = 'the wiped one', next = next + 1000")
    ids += await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    async with scene.at_work():
        await until_read(scene, 20)
    assert await scene.example.taken() == ids


async def test_a_batch_of_another_cluster_is_not_taken(scene: Scene) -> None:
    await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    async with connected(scene.settings) as consumer:
        consumer.cluster_id = "the one that was wiped a moment ago"
        with pytest.raises(StartAnew, match="was the one that was wiped"):
            await asyncio.wait_for(consumer.follow(asyncio.Event()), 60)
    assert await scene.example.taken() == []
    async with scene.at_work():
        await scene.example.until_taken(10)


async def test_what_retention_has_removed_is_told_of(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    async with scene.at_work():
        await scene.example.until_taken(10)
    await scene.publish(*(scene.event("pay_1") for _ in range(10)))
    place = await place_of(scene)
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.settings.kafka)
    await admin.start()
    await admin.delete_records({place: RecordsToDelete(before_offset=14)})
    await admin.close()
    async with scene.at_work():
        taken = await scene.example.until_taken(16)
    assert taken == [f"evt_pay_1_{n}" for n in (*range(1, 11), *range(15, 21))]
    assert "4 records are gone before we read them" in capsys.readouterr().out


async def test_a_database_that_goes_away_loses_and_doubles_nothing(scene: Scene) -> None:
    ids = await scene.publish(*(scene.event("pay_1") for _ in range(50)))
    async with scene.at_work():
        await scene.example.until_taken(50)
        end = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await scene.example.rows(end)
        ids += await scene.publish(*(scene.event("pay_1") for _ in range(50)))
        await scene.example.until_taken(100)
    assert await scene.example.taken() == ids


@pytest.mark.parametrize("kills", SIZES)
async def test_killed_in_the_middle_of_the_stream(scene: Scene, kills: int, seed: int, figures: Figures) -> None:
    chance = random.Random(seed)
    payments = [f"pay_{n}" for n in range(30)]
    async with running(scene.example) as example:
        enough = asyncio.Event()
        publishing = asyncio.create_task(publish_until(enough, scene, payments, chance))
        for _ in range(kills):
            await example.until_taken(len(await example.taken()) + chance.randrange(1, 400))
            await example.kill()
            await example.start()
        enough.set()
        await publishing
        # The last life has something to take, too: it can't be asked to end before it has begun.
        await scene.publish(*(scene.event(payment) for payment in payments))
        ids = [f"evt_{payment}_{n}" for payment, last in scene.last.items() for n in range(1, last + 1)]
        taken = await example.until_taken(len(ids))
    assert sorted(taken) == sorted(ids)
    assert await example.out_of_order() == []
    figures(f"seed {seed}: killed {kills} times among {len(ids)} events; each is there once, each payment's in order")


async def publish_until(enough: asyncio.Event, scene: Scene, payments: Sequence[str], chance: random.Random) -> None:
    while not enough.is_set():
        records = [scene.event(chance.choice(payments)) for _ in range(chance.randrange(1, 40))]
        # As a relay that was killed before it could note what it had published.
        await scene.publish(*records, *(records if chance.random() < 0.1 else ()))
        await asyncio.sleep(0.01)


async def first_batches(consumer: Consumer) -> dict[TopicPartition, Any]:
    """What is there, fetched and not taken."""

    async def look() -> dict[TopicPartition, Any] | None:
        await consumer._hold_what_is_assigned()
        found: dict[TopicPartition, Any] = await consumer.kafka.getmany(timeout_ms=200)
        return None if consumer.shared_anew else found

    return await eventually(look, "records are fetched")


async def place_of(scene: Scene) -> TopicPartition:
    """The one partition that holds anything."""
    places = [TopicPartition(scene.settings.topic, number) for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(bootstrap_servers=scene.settings.kafka) as consumer:
        ends = await consumer.end_offsets(places)
    (place,) = [place for place, end in ends.items() if end]
    return place


async def until_read(scene: Scene, count: int) -> None:
    """So many records are behind the consumer, whatever became of them."""

    async def look() -> bool:
        with contextlib.suppress(asyncpg.PostgresError):
            rows = await scene.example.rows("SELECT sum(next) FROM read_position")
            return bool(rows and rows[0][0] == count)
        return False

    await eventually(look, f"{count} records are read")
