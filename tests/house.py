"""The api, the processor, the refunder and the acquirer in the test's own process, on one database, by one clock that
stands still until it is moved. There is no Kafka: the test carries the messages itself, as often as it likes."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
from aiohttp.test_utils import TestClient, TestServer
from asyncpg import Record
from pydantic import SecretStr

from acquirer.client import HttpAcquirer
from acquirer.delay import Delay
from acquirer.port import Acquirer, ChallengeAnswer
from acquirer.rules import Odds
from acquirer.server import AcquirerRoutes, Failpoint
from acquirer.simulator import Simulator
from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import ManualClock
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.jobs import JobQueue, backoff
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.runtime import Runtime
from contracts.events import EVENT_TYPES
from contracts.topics import PAYMENT_COMMANDS, PAYMENT_RESULTS, REFUND_COMMANDS, REFUND_RESULTS
from deploy.testing import Database
from services.api import payments, refunds
from services.api.app import make_routes, make_writer
from services.api.peers import Peers
from services.api.settings import Settings
from services.api.sweeper import Timers
from services.processor.attempts import Attempts, Pace
from services.refunder.executions import Executions
from tests.merchant import KEY, SECRET

TOKEN: Final = SecretStr("test-token")
POLL_S: Final = 30
DISPUTE_DELAY_S: Final = 60
HEADERS: Final = {"X-Api-Key": KEY, "X-Api-Secret": SECRET}
Object = dict[str, Any]


@dataclass(slots=True)
class House:
    """Everything a payment goes through. `seen` is what was carried, so that it can be carried again."""

    clock: ManualClock
    runtime: Runtime[Settings]
    client: TestClient[Any, Any]
    attempts: Attempts
    executions: Executions
    processor_pool: Pool
    refunder_pool: Pool
    acquirer_pool: Pool
    acquirer_url: str | None
    seen: list[Message[Any]]

    async def call(self, method: str, path: str, body: Object | None = None) -> tuple[int, Any]:
        """A merchant's call of the API."""
        async with self.client.request(method, f"/api/v1{path}", json=body, headers=HEADERS) as response:
            return response.status, await response.json()

    async def pay(self, **how: Any) -> Object:
        """A new payment of a new order."""
        _, order = await self.call("POST", "/orders", {"amount": 50_000})
        status, payment = await self.call("POST", "/payments", {"order_id": order["id"], **how})
        assert status == 201, payment
        return dict(payment)

    async def look(self, payment: Object) -> Object:
        """The payment as its merchant sees it now."""
        return dict((await self.call("GET", f"/payments/{payment['id']}"))[1])

    async def lose_answers(self, count: int) -> None:
        """From now on, of the acquirer over HTTP: so many calls commit, and nobody hears of it."""
        assert self.acquirer_url is not None
        told = {"Authorization": f"Bearer {TOKEN.get_secret_value()}"}
        wanted = {"drop_answer_after_commit": count}
        async with self.client.session.post(f"{self.acquirer_url}failpoint", json=wanted, headers=told) as response:
            assert response.status == 200

    async def commands(self) -> int:
        """Carry what the api asks to processor and refunder; how many."""
        asked = await self._take(self.runtime.pool, PAYMENT_COMMANDS.name)
        async with pg.transaction(self.processor_pool) as connection:
            await self.attempts.take(connection, [(m.data, m.attributes.traceparent) for m in asked])
        refunds_ = await self._take(self.runtime.pool, REFUND_COMMANDS.name)
        async with pg.transaction(self.refunder_pool) as connection:
            await self.executions.take(connection, [(m.data, m.attributes.traceparent) for m in refunds_])
        return len(asked) + len(refunds_)

    async def results(self) -> int:
        """Carry what processor and refunder found to the api; how many."""
        messages = await self._take(self.processor_pool, PAYMENT_RESULTS.name)
        await self.tell(messages)
        self.seen += messages
        executed = await self._take(self.refunder_pool, REFUND_RESULTS.name)
        async with pg.transaction(self.runtime.pool) as connection:
            await refunds.apply_results(connection, executed, self.clock.now())
        return len(messages) + len(executed)

    async def tell(self, messages: Sequence[Message[Any]]) -> None:
        """Results for the api, perhaps not for the first time."""
        async with pg.transaction(self.runtime.pool) as connection:
            await payments.apply_results(connection, messages, self.clock.now(), self.runtime.settings.terms)

    async def process(self) -> int:
        """Make every attempt and every refund that is due; how many."""
        attempts = await self.attempts.claim(100)
        for attempt in attempts:
            await self.attempts.make(attempt)
        executions = await self.executions.claim(100)
        for execution in executions:
            await self.executions.execute(execution)
        return len(attempts) + len(executions)

    async def sweep(self) -> None:
        """The api's own timers."""
        async with pg.transaction(self.runtime.pool) as connection:
            await Timers(self.clock).pass_deadlines(connection)

    def wait(self, seconds: float) -> None:
        """Let time pass, in which nobody does anything."""
        self.clock.advance(timedelta(seconds=seconds))

    async def settle(self) -> None:
        """Until nothing is on its way and nothing due."""
        while await self.commands() + await self.process() + await self.results():
            pass

    async def answer(self, payment: Object, answer: ChallengeAnswer) -> None:
        """The buyer's, on the challenge's page."""
        url = await self.runtime.pool.fetchval("SELECT challenge_url FROM payments WHERE id = $1", payment["id"])
        assert await self.attempts.answer_challenge(url.rpartition("/")[2], answer) is not None

    async def events(self, payment: Object) -> list[str]:
        """What the api told of it, in order."""
        rows = await self.runtime.pool.fetch(
            "SELECT type FROM outbox WHERE key = $1 AND tenant IS NOT NULL ORDER BY id", payment["id"]
        )
        return [row["type"] for row in rows]

    async def timeline(self, payment: Object) -> list[Object]:
        """Each transition with its cause."""
        found: list[Object] = await self.runtime.pool.fetchval(
            "SELECT timeline FROM payments WHERE id = $1", payment["id"]
        )
        return found

    async def held(self, payment: Object) -> Record | None:
        """What the acquirer holds for it."""
        return await self.acquirer_pool.fetchrow("SELECT * FROM authorisation WHERE payment_id = $1", payment["id"])

    async def calls(self, payment: Object) -> list[tuple[str, str]]:
        """The acquirer's journal of it."""
        rows = await self.acquirer_pool.fetch(
            "SELECT operation, outcome FROM call WHERE payment_id = $1 ORDER BY id", payment["id"]
        )
        return [(row["operation"], row["outcome"]) for row in rows]

    async def _take(self, pool: Pool, topic: str) -> list[Message[Any]]:
        rows = await pool.fetch("DELETE FROM outbox WHERE topic = $1 RETURNING *", topic)
        return [_message(row) for row in sorted(rows, key=lambda row: row["id"])]


def _message(row: Record) -> Message[Any]:
    data = EVENT_TYPES[row["type"]].model_validate(orjson.loads(row["data"]))
    about = Attributes(row["event_id"], row["type"], "/test", row["subject"], row["occurred_at"], row["traceparent"])
    return Message(about, data, row["data"], row["key"])


@asynccontextmanager
async def house(database: Database, *, over_http: bool = False) -> AsyncIterator[House]:
    """On a migrated and seeded database; the acquirer in the callers' process, or reached over HTTP."""
    clock = ManualClock(datetime.now(UTC))
    async with AsyncExitStack() as life:
        runtime = await _api(life, database, clock)
        pools = {}
        for role in ("processor", "refunder", "acquirer"):
            pools[role] = await pg.connect_pool(database.dsn(role), name=f"test-{role}")
            life.push_async_callback(pools[role].close)
        peers = Peers(runtime.settings)
        life.push_async_callback(peers.close)
        app = runtime.http.application(make_routes(runtime, make_writer(runtime), peers))
        client = await life.enter_async_context(TestClient(TestServer(app)))
        acquirer_url = None
        acquirer: Acquirer = Simulator(
            pools["acquirer"], clock=clock, metrics=Metrics(), odds=Odds(1.0, 1.0, fixed=True)
        )
        if over_http:
            acquirer, acquirer_url = await _over_http(life, acquirer)
        attempts = Attempts(
            pools["processor"],
            JobQueue(pools["processor"], clock, slot_id="processor-0", lease_s=30.0),
            acquirer,
            clock=clock,
            wide=WideLog("processor"),
            pace=Pace(
                delay=Delay(0, 0, 0),
                backoff=partial(backoff, first_s=0.5, max_s=30.0),
                challenge_poll=timedelta(seconds=POLL_S),
                dispute_delay=timedelta(seconds=DISPUTE_DELAY_S),
            ),
            published=lambda: None,
        )
        attempts.answers = Batcher(attempts.write, name="answers", metrics=Metrics())
        executions = Executions(
            pools["refunder"],
            JobQueue(pools["refunder"], clock, slot_id="refunder-0", lease_s=30.0),
            acquirer,
            clock=clock,
            wide=WideLog("refunder"),
            delay=Delay(0, 0, 0),
            backoff=partial(backoff, first_s=0.5, max_s=30.0),
            published=lambda: None,
        )
        executions.answers = Batcher(executions.write, name="answers", metrics=Metrics())
        yield House(
            clock,
            runtime,
            client,
            attempts,
            executions,
            processor_pool=pools["processor"],
            refunder_pool=pools["refunder"],
            acquirer_pool=pools["acquirer"],
            acquirer_url=acquirer_url,
            seen=[],
        )


async def _api(life: AsyncExitStack, database: Database, clock: ManualClock) -> Runtime[Settings]:
    keys = dict.fromkeys(("fingerprint_key", "encryption_key"), "00" * 32)
    values: Object = {
        "database_url": database.dsn("api"),
        "internal_token": TOKEN,
        "kafka_bootstrap_servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"),
        **keys,
    }
    runtime = await Runtime.start("api", Settings(**values), topics=[])
    life.push_async_callback(runtime.pool.close)
    runtime.clock = clock
    return runtime


async def _over_http(life: AsyncExitStack, simulator: Acquirer) -> tuple[Acquirer, str]:
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("acquirer"))
    server = TestServer(
        kit.application(AcquirerRoutes(simulator, internal_only(TOKEN), failpoint=Failpoint()).routes())
    )
    await server.start_server()
    life.push_async_callback(server.close)
    url = str(server.make_url("/"))
    client = HttpAcquirer(url, token=TOKEN, timeout_s=5.0, calls_max=16)
    life.push_async_callback(client.close)
    return client, url
