"""All services in this process, on one real database, with a clock that stands and a Kafka that the test carries.

Real handlers, real transactions, real rows; only what moves by itself is gone: messages wait here, by topic and key
as in their partitions, until the test hands them to their consumer, and due work until the test has it done.
"""

import contextlib
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson
from aiohttp.test_utils import TestClient

from chassis import outbox, pg
from chassis.clock import ManualClock
from chassis.cloudevents import Attributes
from chassis.consumer import Apply, Handler, Message
from chassis.http import Route
from chassis.jobs import JobQueue
from chassis.pg import Pool
from contracts.topics import (
    MERCHANT_EVENTS,
    PAYMENT_COMMANDS,
    PAYMENT_EVENTS,
    PAYMENT_RESULTS,
    REFUND_COMMANDS,
    REFUND_EVENTS,
    REFUND_RESULTS,
)
from deploy.databases import Database
from services.api.answers import Answers
from services.api.handlers import handlers as api_handlers
from services.api.seed import SEED_KEY, SEED_SECRET
from services.api.sweeper import Timers
from services.notifier.handlers import Intake
from services.processor.handlers import handlers as processor_handlers
from services.refunder.handlers import handlers as refunder_handlers
from tests.model.house import House

CREDENTIALS: Final = {"X-Api-Key": SEED_KEY, "X-Api-Secret": SEED_SECRET}
TOKEN: Final = "00" * 32
ADMIN_KEY: Final = "operators-own-key-of-the-tests"
KEPT: Final = ("merchants", "api_keys", "api_key_fences", "relay_state", "schema_migration")
"""What a wipe leaves. Nobody listens to webhooks: what the notifier takes in is all that it has to do here."""

PUBLISHERS: Final = ("api", "processor", "refunder")
RELAY_ROWS: Final = 1000
SENT_AGAIN_OF: Final = 20
SLICE: Final = 100

Key = tuple[str, str]
"""Topic and key: what keeps its order in Kafka."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message in a partition."""

    topic: str
    key: str
    type: str
    attributes: Attributes
    raw: bytes

    @property
    def data(self) -> Any:
        """What it says."""
        return orjson.loads(self.raw)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP."""

    status: int
    body: Any
    raw: bytes
    replayed: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """Due work of a service."""

    jobs: JobQueue
    claim: Callable[[int], Awaitable[Sequence[Any]]]
    work: Callable[[Any], Awaitable[None]]


@dataclass(slots=True)
class Gateway:
    """`waiting` holds what was published and not yet consumed, `seen` what was consumed, to be sent again."""

    clock: ManualClock
    owner: asyncpg.Connection
    client: TestClient[Any, Any]
    routes: Sequence[Route]
    pools: Mapping[str, Pool]
    tables: Mapping[str, tuple[Pool, Mapping[str, Handler]]]
    workers: Mapping[str, Worker]
    timers: Timers
    intake: Intake
    waiting: dict[Key, deque[Record]] = field(default_factory=lambda: defaultdict(deque))
    seen: list[Record] = field(default_factory=list)

    # ── Merchants ──

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Reply:
        """A merchant's request to `/api/v1{path}`."""
        headers = {**CREDENTIALS, **({"Idempotency-Key": key} if key else {})}
        async with self.client.request(method, f"/api/v1{path}", json=body, headers=headers) as response:
            raw = await response.read()
            return Reply(response.status, await response.json(), raw, "Idempotent-Replayed" in response.headers)

    async def audit(self) -> dict[str, Any]:
        """The operator's audit, which waits for nothing."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with self.client.get("/api/v1/audit?wait_s=0", headers=headers) as response:
            report: dict[str, Any] = await response.json()
            assert response.status == 200, report
            return report

    # ── Kafka ──

    async def publish(self) -> int:
        """What every outbox holds goes to its partitions, as the relays do it; how much there was."""
        published = 0
        for service in PUBLISHERS:
            async with pg.transaction(self.pools[service]) as connection:
                rows = await outbox.queries.select_outbox.rows(connection, limit=RELAY_ROWS)
                if rows:
                    ids = [row["id"] for row in rows]
                    if any(row["tenant"] is not None for row in rows):
                        places = {"partitions": [0] * len(ids), "offsets": ids}
                        await outbox.queries.finish_outbox.run(connection, ids=ids, **places)
                    else:
                        await outbox.queries.delete_outbox.run(connection, ids=ids)
            for row in rows:
                about = Attributes(
                    row["event_id"], row["type"], f"/paygate/{service}", row["subject"], row["occurred_at"], None
                )
                record = Record(row["topic"], row["key"], row["type"], about, row["data"])
                self.waiting[record.topic, record.key].append(record)
            published += len(rows)
        return published

    def partitions(self, *, of: str | None = None) -> list[Key]:
        """Where something waits, in the order of their first messages; of one topic, or of all."""
        return [key for key, records in self.waiting.items() if records and of in (None, key[0])]

    async def deliver(self, partitions: Sequence[Key], most: int) -> list[Record]:
        """The next messages of these partitions (of one topic), to their consumer in one transaction."""
        records = [self.waiting[key].popleft() for key in partitions for _ in range(min(most, len(self.waiting[key])))]
        pool, table = self.tables[records[0].topic]
        by_apply: dict[Apply, list[Message[Any]]] = {}
        for record in records:
            handler = table[record.type]
            data = handler.adapter.validate_json(record.raw)
            by_apply.setdefault(handler.apply, []).append(Message(record.attributes, data, record.raw, record.key))
        async with pg.transaction(pool) as connection:
            for apply, messages in by_apply.items():
                await apply(connection, messages)
        self.intake.committed()
        self.seen += records
        return records

    def send_again(self, index: int) -> Record:
        """One of the last messages once more in its partition: its publisher did not hear that it had arrived."""
        record = self.seen[-1 - index % min(len(self.seen), SENT_AGAIN_OF)]
        self.waiting[record.topic, record.key].append(record)
        return record

    # ── Time ──

    async def work(self, service: str, most: int) -> int:
        """Ask the acquirer what is due; how much was."""
        worker = self.workers[service]
        claimed = await worker.claim(most)
        for one in claimed:
            await worker.work(one)
        return len(claimed)

    async def sweep(self) -> None:
        """A turn of the api's timers."""
        for step in (self.timers.pass_deadlines, self.timers.send_again):
            async with pg.transaction(self.pools["api"]) as connection:
                await step(connection)

    async def wait_for_next_due(self) -> bool:
        """Let the time pass until somebody has something to do; whether there is anybody."""
        dues = [due for worker in self.workers.values() if (due := await worker.jobs.next_due()) is not None]
        if not dues:
            return False
        self.clock.advance(max(timedelta(0), min(dues) - self.clock.now()))
        return True

    async def arrive(self) -> None:
        """Everything under way, whatever time it takes."""
        while await self.publish() or self.partitions() or await self.wait_for_next_due():
            for topic in sorted({topic for topic, _ in self.partitions()}):
                await self.deliver(self.partitions(of=topic), SLICE)
            for service in self.workers:
                await self.work(service, SLICE)

    # ── The test's ──

    async def told_of_payments(self) -> dict[str, list[str]]:
        """The types of each payment's events, in their order."""
        rows = await self.owner.fetch(
            "SELECT subject, array_agg(type ORDER BY position) AS types FROM api.event_log "
            "WHERE subject LIKE 'pay\\_%' GROUP BY subject"
        )
        return {row["subject"]: row["types"] for row in rows}

    async def wipe(self) -> None:
        """Nothing has ever happened."""
        tables = await self.owner.fetch(
            "SELECT c.oid::regclass AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($2)",
            ["acquirer", "api", "notifier", "processor", "refunder"],
            list(KEPT),
        )
        statements = [f"DELETE FROM {row['name']}" for row in tables]
        statements += [f"UPDATE {service}.relay_state SET position = 0" for service in PUBLISHERS]
        await self.owner.execute("; ".join(statements))
        self.waiting.clear()
        self.seen.clear()


@contextlib.asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Gateway]:
    """A gateway on this migrated database."""
    async with contextlib.AsyncExitStack() as stack:
        house = House(stack, database, ManualClock(datetime.now(UTC)))
        attempts, processor = await house.processor()
        executions, refunder = await house.refunder()
        intake, notifier = await house.notifier()
        urls = {"processor": processor.url, "refunder": refunder.url, "notifier": notifier.url}
        api, client, routes = await house.api(urls, admin_api_key=ADMIN_KEY)
        owner = await asyncpg.connect(database.admin_url)
        stack.push_async_callback(owner.close)
        answers = Answers(house.clock.now())
        results = api.pool, api_handlers(api.clock, api.settings.terms, answers)
        events = notifier.pool, intake.event_handlers()
        yield Gateway(
            clock=house.clock,
            owner=owner,
            client=client,
            routes=routes,
            pools={"api": api.pool, "processor": processor.pool, "refunder": refunder.pool},
            tables={
                PAYMENT_COMMANDS.name: (processor.pool, processor_handlers(attempts)),
                REFUND_COMMANDS.name: (refunder.pool, refunder_handlers(executions)),
                PAYMENT_RESULTS.name: results,
                REFUND_RESULTS.name: results,
                PAYMENT_EVENTS.name: events,
                REFUND_EVENTS.name: events,
                MERCHANT_EVENTS.name: (notifier.pool, intake.merchant_handlers()),
            },
            workers={
                "processor": Worker(processor.jobs, attempts.claim, attempts.make),
                "refunder": Worker(refunder.jobs, executions.claim, executions.execute),
            },
            timers=Timers(house.clock, answers),
            intake=intake,
        )
