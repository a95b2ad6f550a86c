"""A database with the notifier's schema, its parts in this process, and a receiver; Kafka only where a test asks."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import uvloop
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis import pg
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from chassis.pg import Pool
from chassis.progress import Progress
from chassis.runtime import Runtime
from chassis.sweep import Sweep
from chassis.tests.waiting import until
from contracts import ids
from contracts.events.webhook import DispatchWebhook
from deploy.databases import Database
from services.notifier import app, deliveries
from services.notifier.app import make_dispatcher, make_routes, make_sender
from services.notifier.deliveries import Lease
from services.notifier.dispatcher import Dispatcher
from services.notifier.endpoints import insert_default
from services.notifier.handlers import Intake
from services.notifier.lists import list_deliveries
from services.notifier.retention import Retention
from services.notifier.schemas import DeliveriesQuery, PublicEvent
from services.notifier.seed import seed
from services.notifier.sender import Sender
from services.notifier.settings import Settings
from services.notifier.state import Outcome
from services.notifier.store import queries
from services.notifier.sweeper import Rescue, make_sweep
from services.notifier.tests.receiver import Receiver
from services.notifier.tests.sockets import Run

MERCHANT = "550e8400-e29b-41d4-a716-446655440000"
OTHER_MERCHANT = "7d0e8400-e29b-41d4-a716-446655440001"
TOKEN = "test-token"
SECRET = "whsec_test_abc123"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A merchant's server."""
    made = Receiver()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def settings(fresh_database: Callable[..., Database], receiver: Receiver) -> Settings:
    """For a fresh, migrated and seeded database; the test merchant's webhooks go to the receiver. No attempt runs out
    of time because the machine stands still for a while: a test about timeouts asks for shorter ones."""
    database = fresh_database("notifier")
    values: dict[str, Any] = {
        "database_url": database.dsn("notifier"),
        "migrate_database_url": database.dsn("notifier_owner"),
        "internal_token": TOKEN,
        "encryption_key": "22" * 32,
        "kafka_bootstrap_servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"),
        "webhook_retry_intervals_test": True,
        "webhook_timeout_s": 30.0,
        "webhook_lease_s": 60.0,
        "webhook_blocked_ports": "5432,8000",
        "seed_webhook_url": receiver.url,
        "slot_id": "notifier-0",
    }
    made = Settings(**values)
    await seed(made)
    return made


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime[Settings]]:
    """The notifier's parts; its relay and consumers do not run, so that the outbox shows what was written."""
    made = await Runtime.start("notifier", settings, topics=[])
    yield made
    await made.pool.close()


@pytest.fixture
async def client(runtime: Runtime[Settings]) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of the internal routes."""
    served = runtime.http.application(make_routes(runtime))
    async with TestClient(TestServer(served)) as made:
        yield made


@dataclass
class Process:
    """What one notifier process does with events and records, without Kafka."""

    runtime: Runtime[Settings]
    dispatcher: Dispatcher
    events: Intake
    dispatches: Intake
    sender: Sender
    lease: Lease

    @classmethod
    def make(cls, runtime: Runtime[Settings]) -> "Process":
        """Like a new process of the slot."""
        _, holder = runtime.settings.lease_holder()
        lease = Lease(holder, app.lease_length(runtime.settings))
        sender = make_sender(runtime)
        dispatcher = make_dispatcher(runtime, sender, lease)
        events, dispatches = (app.make_intake(runtime, dispatcher, lease) for _ in range(2))
        return cls(runtime, dispatcher, events, dispatches, sender, lease)

    async def take(self, *events: Message[PublicEvent]) -> None:
        """As the consumer does with a slice."""
        apply = self.events.event_handlers()["payment.success"].apply
        async with pg.transaction(self.runtime.pool) as connection:
            await apply(connection, list(events))
        self.events.committed()

    async def take_records(self, *records: DispatchWebhook) -> None:
        """As the consumer does with a slice of webhook.dispatch."""
        apply = self.dispatches.dispatch_handlers()[DispatchWebhook.TYPE].apply
        messages = [
            Message(_attributes(DispatchWebhook.TYPE, record.delivery_id), record, b"", record.delivery_id)
            for record in records
        ]
        async with pg.transaction(self.runtime.pool) as connection:
            await apply(connection, messages)
        self.dispatches.committed()

    def sweeper(self) -> Sweep:
        """This process's sweeper, with no grace."""
        slot, _, _ = self.lease.holder.partition("#")
        rescue = Rescue(self.runtime.clock, self.dispatcher, self.lease, slot=slot, grace_s=0)
        return make_sweep(self.runtime.pool, self.runtime.clock, rescue, Retention(days=30), every_s=0.05)

    async def sweep(self) -> None:
        """Let the sweeper look for what is overdue and the dispatcher for what it found, once; then both have ended."""
        sweeper, swept = self.sweeper(), asyncio.Event()
        sweeper._after_commit = swept.set
        workers = [asyncio.create_task(worker.run()) for worker in (sweeper, self.dispatcher)]
        await asyncio.wait_for(swept.wait(), 20)
        await self.turn()
        sweeper.stop()
        self.dispatcher.stop()
        await asyncio.gather(*workers)

    async def turn(self) -> None:
        """Let the dispatcher, which runs, look once for what it may send; return once that was sent and recorded."""
        self.dispatcher.progress = turns = CountedTurns()

        def turned() -> bool:
            self.dispatcher._bell.set()
            # A turn under way may have looked already. When the second one after it begins, a whole one is over.
            return turns.count >= 2

        await until(turned, "the dispatcher's loop turns")
        await self.idle()

    async def record(self, connection: pg.Connection, *outcomes: Outcome) -> set[str]:
        """As the dispatcher does with a batch."""
        now, health = self.runtime.clock.now(), app.make_health(self.runtime.settings)
        done = await deliveries.record(connection, outcomes, lease=self.lease, health=health, now=now)
        return done.queueing

    async def idle(self) -> None:
        """Return once nothing is being sent or recorded."""
        await asyncio.wait_for(self.dispatcher.idle(), 20)


class CountedTurns(Progress):
    """How often a worker's loop turned."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def beat(self) -> None:
        """The loop turned."""
        super().beat()
        self.count += 1


@pytest.fixture
async def process(runtime: Runtime[Settings]) -> AsyncIterator[Process]:
    """One notifier process."""
    made = Process.make(runtime)
    yield made
    await made.sender.close()


def payment_event(
    type_: str = "payment.success",
    *,
    merchant_id: str = MERCHANT,
    event_id: str | None = None,
    sequence: int = 3,
    **extra: Any,
) -> Message[PublicEvent]:
    """An event as the consumer hands it over; `extra` goes into the payment."""
    payment = {"id": "pay_0VxKb3RcW1uY7HdE", "merchant_id": merchant_id, "amount": 50000, **extra}
    raw = orjson.dumps({"sequence": sequence, "merchant_id": merchant_id, "payment": payment})
    attributes = _attributes(type_, payment["id"], event_id)
    return Message(attributes, PublicEvent.model_validate_json(raw), raw, payment["id"])


def _attributes(type_: str, subject: str, event_id: str | None = None) -> Attributes:
    return Attributes(event_id or ids.new_id(ids.EVENT), type_, "/paygate/api", subject, datetime.now(UTC), None)


async def deliveries_of(pool: Pool, merchant_id: str = MERCHANT) -> list[Any]:
    """All of a merchant's deliveries, newest first."""
    async with pool.acquire() as connection:
        query = DeliveriesQuery.model_construct(limit=1000)
        page = await list_deliveries(connection, merchant_id, query, scan_max_rows=1000)
    assert page.total == len(page.rows)
    return page.rows


async def attempts_of(pool: Pool, delivery_id: str) -> list[dict[str, Any]]:
    """The log of a delivery."""
    async with pool.acquire() as connection:
        rows = await queries.list_attempts.rows(connection, delivery_id=delivery_id)
    return [{**row, "request_headers": orjson.loads(row["request_headers"])} for row in rows]


async def records_in(pool: Pool) -> list[tuple[str, DispatchWebhook]]:
    """Take what waits in the outbox: topic and record."""
    async with pool.acquire() as connection:
        rows = await connection.fetch("WITH o AS (DELETE FROM outbox RETURNING *) SELECT * FROM o ORDER BY id")
    return [(row["topic"], DispatchWebhook.model_validate_json(row["data"])) for row in rows]


async def add_endpoint(settings: Settings, pool: Pool, url: str | None, merchant_id: str = OTHER_MERCHANT) -> None:
    """A default endpoint for another merchant."""
    async with pool.acquire() as connection:
        await insert_default(
            connection,
            app.make_cipher(settings),
            merchant_id,
            url=url,
            secret=SECRET,
            now=datetime.now(UTC),
        )


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's TLS with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a test's coroutine on one of the loops: services run on uvloop, tests on asyncio's own."""

    def ran(work: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(work)

    return ran
