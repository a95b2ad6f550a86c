"""A notifier to be measured: a stack of Postgres, Kafka and one notifier, a receiver, and events put onto Kafka as the
api's relay puts them there, so that nothing of the api is part of what is measured."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import orjson

from chassis import counts
from chassis.cloudevents import encode
from chassis.kafka import Outgoing, Publisher
from contracts import ids
from contracts.events.merchant import MerchantCreated
from contracts.topics import MERCHANT_EVENTS, PAYMENT_EVENTS
from deploy.embedded.config import ROOT
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.load import processes
from tests.load.receiver import Receiver, receiving

EVENT_TYPE: Final = "payment.success"
EXAMPLE: Final = ROOT / "contracts/examples" / EVENT_TYPE / "upi.json"
PUBLISHED_AT_ONCE: Final = 1000
LOOK_EVERY_S: Final = 0.1
PATIENCE_S: Final = 120.0
STATEMENT_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Event:
    """A record of payment.events, and the id that its webhook will bear."""

    id: str
    record: Outgoing


@dataclass(slots=True, eq=False)
class Site:
    """What runs, and who looks at it."""

    stack: Stack
    receiver: Receiver
    database: asyncpg.Connection
    publisher: Publisher
    merchants: list[str] = field(default_factory=list)

    async def open_endpoints(self, urls: Sequence[str]) -> list[str]:
        """A merchant for each URL, told to the notifier as the api tells it; their ids."""
        made = [ids.new_id(ids.MERCHANT) for _ in urls]
        await self.publisher.publish([_merchant(id_, url) for id_, url in zip(made, urls, strict=True)])
        self.merchants += made
        await self.until(self._endpoints, len(self.merchants), "endpoints are there")
        return made

    async def publish(self, events: Sequence[Event]) -> None:
        """As fast as Kafka takes them."""
        for start in range(0, len(events), PUBLISHED_AT_ONCE):
            await self.publisher.publish([one.record for one in events[start : start + PUBLISHED_AT_ONCE]])

    async def until(self, count: Callable[[], Awaitable[int]], wanted: int, what: str) -> None:
        """Wait until there are so many. Raises TimeoutError when there never are."""
        began_s = time.monotonic()
        while (seen := await count()) < wanted:
            if time.monotonic() - began_s > PATIENCE_S:
                raise TimeoutError(f"{seen} instead of {wanted} {what}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def arrived(self) -> int:
        """Distinct webhooks that the receiver has taken."""
        return (await self.receiver.counts())[0]

    async def settled(self) -> int:
        """Deliveries that are over, each with its attempts written."""
        return (await counts.by_status(self.database, "deliveries")).get("success", 0)

    async def written(self) -> int:
        """Messages that the notifier has stored."""
        found: int = await self.database.fetchval("SELECT count(*) FROM message")
        return found

    async def _endpoints(self) -> int:
        found: int = await self.database.fetchval(
            "SELECT count(*) FROM endpoint WHERE url IS NOT NULL AND merchant_id = ANY ($1)", self.merchants
        )
        return found

    async def stop(self) -> None:
        """End the notifier and keep it down."""
        await asyncio.to_thread(self.stack.stop_process, "notifier")

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        await asyncio.to_thread(self.stack.start_process, "notifier")
        await asyncio.to_thread(self.stack.wait_ready, "notifier")

    async def forget(self) -> None:
        """All history away, so that every window starts alike; the notifier must be down."""
        await self.database.execute("TRUNCATE message, delivery, attempt, outbox, count_delta, count_total")
        await self.receiver.forget()

    async def snapshot(self) -> processes.Snapshot:
        """CPU that each part has used until now."""
        pids = {name: await asyncio.to_thread(self.stack.pid, name) for name in ("notifier", "postgres", "kafka")}
        return processes.snapshot({**pids, "receiver": self.receiver.pid})

    async def peak_memory_mb(self) -> float:
        """The most that the notifier has held since it was started."""
        return processes.peak_memory_mb(await asyncio.to_thread(self.stack.pid, "notifier"))


def new_events(merchants: Sequence[str], count: int) -> list[Event]:
    """Successes of so many payments, the merchants in turn."""
    example = orjson.loads(EXAMPLE.read_bytes())
    return [_event(example, merchants[number % len(merchants)]) for number in range(count)]


def _event(example: Mapping[str, Any], merchant_id: str) -> Event:
    payment_id, event_id = ids.new_id(ids.PAYMENT), ids.new_id(ids.EVENT)
    payment = {**example["payment"], "id": payment_id, "merchant_id": merchant_id}
    value = orjson.dumps({**example, "merchant_id": merchant_id, "payment": payment})
    return Event(event_id, _record(PAYMENT_EVENTS.name, EVENT_TYPE, event_id, payment_id, value))


def _merchant(id_: str, url: str) -> Outgoing:
    merchant = {"id": id_, "name": "Bench", "email": "bench@example.com", "webhook_url": url}
    value = orjson.dumps({"sequence": 1, "merchant": {**merchant, "created_at": datetime.now(UTC)}})
    return _record(MERCHANT_EVENTS.name, MerchantCreated.TYPE, ids.new_id(ids.EVENT), id_, value)


def _record(topic: str, type_: str, event_id: str, key: str, value: bytes) -> Outgoing:
    headers = encode(
        event_id=event_id,
        type_=type_,
        source="/paygate/api",
        subject=key,
        time=datetime.now(UTC),
        traceparent=None,
    )
    return Outgoing(topic, key.encode(), value, headers)


@asynccontextmanager
async def site(environment: Mapping[str, str] | None = None) -> AsyncIterator[Site]:
    """Started, and ended whatever happens; `environment` is the notifier's."""
    config = new_config(services=("notifier",), environment={"notifier": dict(environment or {})})
    life = running(config)
    stack = await asyncio.to_thread(life.__enter__)
    try:
        async with receiving() as receiver:
            database = await asyncpg.connect(
                stack.admin_url,
                timeout=10,
                command_timeout=STATEMENT_TIMEOUT_S,
                server_settings={"search_path": "notifier"},
            )
            publisher = Publisher(stack.kafka_bootstrap_servers, client_id="bench")
            try:
                yield Site(stack, receiver, database, publisher)
            finally:
                await publisher.close()
                await database.close()
    finally:
        await asyncio.to_thread(life.__exit__, None, None, None)
