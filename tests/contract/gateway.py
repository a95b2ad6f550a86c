"""Api and notifier in this process on one fresh database, as a merchant sees them; the test plays Kafka."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp.test_utils import TestClient, TestServer

import services.checkout.app
import services.checkout.settings
import services.notifier.app
import services.notifier.seed
import services.notifier.settings
from chassis.runtime import Runtime
from contracts.events.payment_result import AuthorisationApproved, AuthorisationDeclined
from contracts.events.refund_result import RefundExecutionSucceeded
from deploy.databases import Database
from services.api import app
from services.api.peers import Peers
from services.api.seed import SEED_KEY, SEED_SECRET, seed
from services.api.settings import Settings
from services.api.tests.published import publish
from services.api.tests.test_payments import apply_payment_results, apply_refund_results
from services.checkout.orders import Orders
from services.notifier.tests.conftest import Process, payment_event

ADMIN_KEY: Final = "an-operators-key"
CREDENTIALS: Final = {"X-Api-Key": SEED_KEY, "X-Api-Secret": SEED_SECRET, "X-Admin-Key": ADMIN_KEY}
SAMPLE_ID: Final = re.compile(r"([a-z]+(?:_test)?)_0VxK\w{12}")
TOKEN: Final = "test-token"
NO_KAFKA: Final = "127.0.0.1:9"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    operation: str
    what: str
    status: int
    headers: Mapping[str, str]
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Gateway:
    """Both services, and what a caller has learnt so far: the latest id of each kind."""

    client: TestClient[Any, Any]
    runtime: Runtime[Settings]
    notifier: Process
    known: dict[str, str] = field(default_factory=dict)

    def real(self, value: Any) -> Any:
        """The same with every sample id replaced by the latest real one of its kind."""
        if isinstance(value, dict):
            return {key: self.real(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.real(inner) for inner in value]
        if isinstance(value, str) and (sample := SAMPLE_ID.fullmatch(value)):
            return self.known.get(sample[1], value)
        return value

    async def ask(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        what: str = "",
        headers: Mapping[str, str] = CREDENTIALS,
        **sent: Any,
    ) -> Exchange:
        """Send, and remember the id that is answered."""
        async with self.client.request(method, path, headers=headers, **sent) as response:
            stream = response.content_type == "text/event-stream"
            body = b"" if stream else await response.read()
            exchange = Exchange(
                operation, what or f"{method} {path}", response.status, response.headers, response.content_type, body
            )
        if method == "POST" and response.status < 300 and isinstance(told := exchange.json.get("id"), str):
            self.known[told.rpartition("_")[0]] = told
        return exchange

    async def settle(self, succeeds: bool) -> None:
        """The acquirer's word on the payment or refund that was made last."""
        payment_id, now = self.known["pay"], datetime.now(UTC)
        async with self.runtime.pool.acquire() as connection:
            attempt_id = await connection.fetchval("SELECT attempt_id FROM payments WHERE id = $1", payment_id)
            refunds = await connection.fetch(
                "SELECT id FROM refunds WHERE payment_id = $1 AND status = 'pending'", payment_id
            )
        result: dict[str, Any] = {"payment_id": payment_id, "attempt_id": attempt_id, "occurred_at": now}
        for row in refunds:
            done = RefundExecutionSucceeded(refund_id=row["id"], payment_id=payment_id, occurred_at=now)
            await apply_refund_results(self.runtime, done)
        if refunds:
            return
        if succeeds:
            await apply_payment_results(self.runtime, AuthorisationApproved(**result))
        else:
            declined = AuthorisationDeclined(**result, decline_code="lost_card", description="The card was lost")
            await apply_payment_results(self.runtime, declined)

    async def deliver(self) -> None:
        """What happened is published, and an event goes out to the merchant's endpoint, where nobody answers."""
        await publish(self.runtime.pool)
        async with self.runtime.pool.acquire() as connection:
            self.known["evt"] = await connection.fetchval("SELECT event_id FROM event_log WHERE position = 1")
        await self.notifier.take(payment_event(event_id=self.known["evt"]))
        await self.notifier.idle()


@asynccontextmanager
async def running_gateway(database: Database) -> AsyncIterator[Gateway]:
    """Migrated, seeded, serving."""
    shared: dict[str, Any] = {
        "internal_token": TOKEN,
        "encryption_key": "22" * 32,
        "kafka_bootstrap_servers": NO_KAFKA,
        "slot_id": "notifier-0",
    }
    notifier_settings = services.notifier.settings.Settings(
        database_url=database.dsn("notifier"),
        migrate_database_url=database.dsn("notifier_owner"),
        webhook_retry_intervals_test=True,
        seed_webhook_url="http://127.0.0.1:9/webhook",
        **shared,
    )
    await services.notifier.app.migrate(notifier_settings)
    await services.notifier.seed.seed(notifier_settings)
    notifier = await Runtime.start("notifier", notifier_settings, topics=[])
    process = Process.make(notifier)
    async with TestServer(notifier.http.application(services.notifier.app.make_routes(notifier))) as internal:
        settings = Settings(
            database_url=database.dsn("api"),
            migrate_database_url=database.dsn("api_owner"),
            fingerprint_key="11" * 32,
            admin_api_key=ADMIN_KEY,
            notifier_url=str(internal.make_url("")).rstrip("/"),
            **shared,
        )
        await app.migrate(settings)
        await seed(settings)
        runtime = await Runtime.start("api", settings, topics=[])
        peers = Peers(settings)
        followers = app.make_followers(runtime)
        routes = app.make_routes(runtime, app.make_writer(runtime), peers, followers)
        following = [asyncio.create_task(worker.run()) for worker in followers.workers]
        async with (
            TestClient(TestServer(runtime.http.application(routes))) as client,
            _checkout(database, shared, str(client.make_url("")).rstrip("/")) as peers.urls["checkout"],
        ):
            yield Gateway(client, runtime, process)
        await asyncio.gather(*following)
        await peers.close()
        await runtime.pool.close()
    await process.sender.close()
    await notifier.pool.close()


@asynccontextmanager
async def _checkout(database: Database, shared: Mapping[str, Any], api_url: str) -> AsyncIterator[str]:
    """Where the checkout is, which asks the api for orders."""
    urls: dict[str, Any] = {
        "database_url": database.dsn("checkout"),
        "migrate_database_url": database.dsn("checkout_owner"),
    }
    settings = services.checkout.settings.Settings(api_url=api_url, **urls, **shared)
    await services.checkout.app.migrate(settings)
    runtime = await Runtime.start("checkout", settings, topics=[])
    orders = Orders(settings)
    async with TestServer(runtime.http.application(services.checkout.app.make_routes(runtime, orders))) as served:
        yield str(served.make_url("")).rstrip("/")
    await orders.close()
    await runtime.pool.close()
