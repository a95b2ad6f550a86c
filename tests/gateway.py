"""The whole gateway in one process: every service's own code over one real database, without Kafka.

What Kafka would carry is handed over here, batch by batch, in the order of the outbox, each batch applied in one
transaction as a consumer does. Nothing happens by itself: `settle` moves everything on until nothing moves any more.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import services.api.app
import services.api.settings
import services.notifier.app
import services.notifier.settings
import services.processor.settings
import services.refunder.settings
from acquirer.asking import open_acquirer
from acquirer.port import Acquirer
from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import Clock, SystemClock
from chassis.cloudevents import decode, encode
from chassis.consumer import Apply, Handler, Message
from chassis.http import Route
from chassis.internal import internal_only
from chassis.jobs import JobQueue, backoff
from chassis.outbox import queries as outbox_queries
from chassis.pg import Pool
from chassis.runtime import Runtime
from contracts.topics import (
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
from services.api.peers import Peers
from services.api.seed import SEED_KEY, SEED_SECRET
from services.api.sweeper import Timers
from services.notifier.deliveries import Lease
from services.notifier.handlers import Intake
from services.processor.app import make_attempts
from services.processor.attempts import Attempts
from services.processor.handlers import handlers as processor_handlers
from services.processor.routes import ProcessorRoutes
from services.processor.routes import internal_routes as processor_routes
from services.refunder.executions import Executions
from services.refunder.handlers import handlers as refunder_handlers
from services.refunder.routes import RefunderRoutes
from services.refunder.routes import internal_routes as refunder_routes

KEY: Final = "00" * 32
"""With what a migrated database of the tests is seeded."""

HEADERS: Final = {"X-Api-Key": SEED_KEY, "X-Api-Secret": SEED_SECRET}
OPERATOR: Final = {"Authorization": f"Bearer {KEY}"}
BATCH: Final = 100
PAUSE_S: Final = 0.01


@dataclass
class Service:
    """One service: its outbox, and what it does with which topics."""

    name: str
    pool: Pool
    takes: Sequence[str]
    handlers: Mapping[str, Handler]
    intake: Intake | None = None

    async def take(self, messages: Sequence[tuple[str, Any]]) -> None:
        """Apply records of (topic, outbox row) in one transaction."""
        by_apply: dict[Apply, list[Message[Any]]] = {}
        for topic, row in messages:
            handler = self.handlers.get(row["type"])
            if topic not in self.takes or handler is None:
                continue
            headers = encode(
                event_id=row["event_id"],
                type_=row["type"],
                source="/paygate/test",
                subject=row["subject"],
                time=row["occurred_at"],
                traceparent=row["traceparent"],
            )
            data = handler.adapter.validate_json(row["data"])
            message = Message(decode(headers), data, row["data"], row["key"])
            by_apply.setdefault(handler.apply, []).append(message)
        if not by_apply:
            return
        async with pg.transaction(self.pool) as connection:
            for apply, batch in by_apply.items():
                await apply(connection, batch)
        if self.intake is not None:
            self.intake.committed()


@dataclass
class Gateway:
    """Ask it as a merchant, look at it as a superuser, and let it settle."""

    client: TestClient[Any, Any]
    admin: "asyncpg.Connection[asyncpg.Record]"
    api: Runtime[services.api.settings.Settings]
    services: Sequence[Service]
    workers: Sequence["Worker"]
    received: list[dict[str, Any]] = field(default_factory=list)

    async def post(self, path: str, body: Any = None, headers: Mapping[str, str] = HEADERS) -> tuple[int, Any]:
        """Status and body."""
        async with self.client.post(f"/api/v1{path}", json=body or {}, headers=headers) as response:
            return response.status, await response.json()

    async def get(self, path: str, headers: Mapping[str, str] = HEADERS) -> tuple[int, Any]:
        """Status and body."""
        async with self.client.get(f"/api/v1{path}", headers=headers) as response:
            return response.status, await response.json()

    async def audit(self, *, wait_s: float = 0, headers: Mapping[str, str] = OPERATOR) -> dict[str, Any]:
        """The audit's report, over every merchant's rows."""
        status, report = await self.get(f"/audit?wait_s={wait_s:g}", headers)
        assert status == 200, report
        return dict(report)

    async def new_payment(self, amount: int = 5000, *, currency: str = "INR", **fields: Any) -> dict[str, Any]:
        """A pending one, on an order of its own; UPI that succeeds unless the fields say otherwise."""
        _, order = await self.post("/orders", {"amount": amount, "currency": currency})
        body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank", **fields}
        status, payment = await self.post("/payments", body)
        assert status == 201, payment
        return dict(payment)

    async def pass_deadlines(self) -> None:
        """What the sweeper does: end what has been pending or uncaptured for too long."""
        async with pg.transaction(self.api.pool) as connection:
            await Timers(self.api.clock, Answers(self.api.clock.now())).pass_deadlines(connection)

    async def publish(self) -> int:
        """Hand over everything that waits in an outbox; how many messages."""
        return sum([len(await self.publish_from(sender)) for sender in self.services])

    async def publish_from(self, sender: Service) -> Sequence[asyncpg.Record]:
        """Hand over what waits in one service's outbox; the rows."""
        async with sender.pool.acquire() as connection:
            rows = await outbox_queries.select_outbox.rows(connection, limit=BATCH)
        if rows:
            for receiver in self.services:
                await receiver.take([(row["topic"], row) for row in rows])
            async with sender.pool.acquire() as connection:
                ids = [row["id"] for row in rows]
                await outbox_queries.finish_outbox.run(connection, ids=ids, partitions=[0] * len(ids), offsets=ids)
        return rows

    async def settle(self) -> None:
        """Until nothing waits for Kafka, for the acquirer or to be sent. What the payer never answers stays."""
        while True:
            moved = await self.publish()
            for worker in self.workers:
                moved += await worker.work()
            if moved:
                continue
            if not any([await worker.waits() for worker in self.workers]):
                return
            await asyncio.sleep(PAUSE_S)


@dataclass
class Worker:
    """What asks the acquirer: the processor's attempts, or the refunder's executions."""

    desk: Attempts | Executions
    jobs: JobQueue

    async def work(self) -> int:
        """Everything that is due, at once; how much."""
        claimed: Sequence[Any] = await self.desk.claim(BATCH)
        make: Any = self.desk.make if isinstance(self.desk, Attempts) else self.desk.execute
        await asyncio.gather(*(make(one) for one in claimed))
        return len(claimed)

    async def waits(self) -> bool:
        """Whether something will be due; what is parked will not."""
        return await self.jobs.next_due() is not None


@asynccontextmanager
async def in_process(
    database: Database, *, acquirer: Acquirer | None = None, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Gateway]:
    """A gateway over a migrated database. `settings` are the api's; `acquirer` stands in for the simulator, `clock` for
    the machine's."""
    time = clock or SystemClock()
    async with AsyncExitStack() as stack:
        shared: dict[str, Any] = {
            "internal_token": KEY,
            "kafka_bootstrap_servers": "127.0.0.1:9",
            "test_payment_success": True,
            "test_processing_delay": 0,
            "acquirer_database_url": database.dsn("acquirer"),
            "acquirer_retry_first_s": PAUSE_S,
            "acquirer_retry_max_s": PAUSE_S,
        }
        admin = await asyncpg.connect(database.admin_url)
        stack.push_async_callback(admin.close)
        acquirer_pool = await pg.connect_pool(database.dsn("acquirer"), name="test-acquirer")
        stack.push_async_callback(acquirer_pool.close)
        processor, processing, processor_url = await _processor(stack, database, shared, acquirer_pool, acquirer, time)
        refunder, refunding, refunder_url = await _refunder(stack, database, shared, acquirer_pool, acquirer, time)
        received: list[dict[str, Any]] = []
        notifier, notifier_url = await _notifier(stack, database, shared, admin, received)
        urls = {"processor_url": processor_url, "refunder_url": refunder_url, "notifier_url": notifier_url}
        keys = {"fingerprint_key": KEY, "encryption_key": KEY, "api_key_cache_s": 60}
        made = services.api.settings.Settings(
            **{**shared, **urls, **keys, "database_url": database.dsn("api"), **settings}
        )
        api = await Runtime.start("api", made, topics=[])
        api.clock = time
        stack.push_async_callback(api.pool.close)
        peers = Peers(made)
        stack.push_async_callback(peers.close)
        writer, followers = services.api.app.make_writer(api), services.api.app.make_followers(api)
        routes = services.api.app.make_routes(api, writer, peers, followers)
        client = await stack.enter_async_context(TestClient(TestServer(api.http.application(routes))))
        taken = [PAYMENT_RESULTS.name, REFUND_RESULTS.name]
        desk = Service("api", api.pool, taken, api_handlers(api.clock, made.terms, Answers(api.clock.now())))
        yield Gateway(client, admin, api, [desk, processor, refunder, notifier], [processing, refunding], received)


async def _served(stack: AsyncExitStack, runtime: Runtime[Any], routes: Sequence[Route]) -> str:
    """Its internal HTTP; the address."""
    stack.push_async_callback(runtime.pool.close)
    server = await stack.enter_async_context(TestServer(runtime.http.application(routes)))
    return str(server.make_url("")).rstrip("/")


async def _processor(
    stack: AsyncExitStack,
    database: Database,
    shared: Mapping[str, Any],
    acquirer_pool: Pool,
    acquirer: Acquirer | None,
    clock: Clock,
) -> tuple[Service, Worker, str]:
    made = services.processor.settings.Settings(**{**shared, "database_url": database.dsn("processor")})
    runtime = await Runtime.start("processor", made, topics=[])
    runtime.clock = clock
    jobs = JobQueue(runtime.pool, runtime.clock, slot_id="processor-0", lease_s=made.acquirer_lease_s)
    simulator = open_acquirer(
        made, acquirer_pool, token=made.internal_token, clock=runtime.clock, metrics=runtime.metrics
    )
    attempts = make_attempts(runtime, jobs, acquirer or simulator)
    routes = processor_routes(ProcessorRoutes(runtime.pool, acquirer_pool, jobs), internal_only(made.internal_token))
    url = await _served(stack, runtime, routes)
    service = Service("processor", runtime.pool, [PAYMENT_COMMANDS.name], processor_handlers(attempts))
    return service, Worker(attempts, jobs), url


async def _refunder(
    stack: AsyncExitStack,
    database: Database,
    shared: Mapping[str, Any],
    acquirer_pool: Pool,
    acquirer: Acquirer | None,
    clock: Clock,
) -> tuple[Service, Worker, str]:
    made = services.refunder.settings.Settings(**{**shared, "database_url": database.dsn("refunder")})
    runtime = await Runtime.start("refunder", made, topics=[])
    runtime.clock = clock
    jobs = JobQueue(runtime.pool, runtime.clock, slot_id="refunder-0", lease_s=made.acquirer_lease_s)
    executions = Executions(
        runtime.pool,
        jobs,
        acquirer
        or open_acquirer(made, acquirer_pool, token=made.internal_token, clock=runtime.clock, metrics=runtime.metrics),
        clock=runtime.clock,
        wide=runtime.wide,
        delay=made.delay,
        backoff=partial(backoff, first_s=made.acquirer_retry_first_s, max_s=made.acquirer_retry_max_s),
        published=lambda: None,
    )
    executions.answers = Batcher(executions.write, name="answers", metrics=runtime.metrics)
    routes = refunder_routes(RefunderRoutes(runtime.pool, jobs), internal_only(made.internal_token))
    url = await _served(stack, runtime, routes)
    service = Service("refunder", runtime.pool, [REFUND_COMMANDS.name], refunder_handlers(executions))
    return service, Worker(executions, jobs), url


async def _notifier(
    stack: AsyncExitStack,
    database: Database,
    shared: Mapping[str, Any],
    admin: "asyncpg.Connection[asyncpg.Record]",
    received: list[dict[str, Any]],
) -> tuple[Service, str]:
    shop = await stack.enter_async_context(TestServer(_shop(received)))
    await admin.execute("UPDATE notifier.endpoint SET url = $1, updated_at = $2", str(shop.make_url("/")), _now())
    values = {**shared, "database_url": database.dsn("notifier"), "encryption_key": KEY, "slot_id": "notifier-0"}
    made = services.notifier.settings.Settings(**values)
    runtime = await Runtime.start("notifier", made, topics=[])
    sender = services.notifier.app.make_sender(runtime)
    stack.push_async_callback(sender.close)
    _, holder = made.lease_holder()
    lease = Lease(holder, services.notifier.app.lease_length(made))
    dispatcher = services.notifier.app.make_dispatcher(runtime, sender, lease)
    stack.push_async_callback(dispatcher.idle)
    intake = services.notifier.app.make_intake(runtime, dispatcher, lease)
    url = await _served(stack, runtime, services.notifier.app.make_routes(runtime))
    topics = [PAYMENT_EVENTS.name, REFUND_EVENTS.name]
    return Service("notifier", runtime.pool, topics, intake.event_handlers(), intake), url


def _shop(received: list[dict[str, Any]]) -> web.Application:
    """A merchant's server that takes every webhook."""

    async def take(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    return app


def _now() -> datetime:
    return datetime.now(UTC)
