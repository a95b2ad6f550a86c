"""When more requests wait than can be written, this process's relay stands back: the wiring of `chassis.rush`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from chassis import pg
from chassis.runtime import Runtime
from chassis.rush import AFTER_S
from chassis.tests.waiting import until
from services.api.settings import Settings
from services.api.tests.conftest import serving
from services.api.tests.test_payments import Client, post

PAYERS = 4


async def test_the_relay_stands_back_while_many_requests_wait_and_no_longer(
    runtime: Runtime[Settings], db: pg.Connection
) -> None:
    runtime.settings = runtime.settings.model_copy(update={"rush_requests": PAYERS // 2})
    async with serving(runtime) as client:
        assert not runtime.relay.must_wait()
        async with waiting_requests(client, db):
            await until(runtime.relay.must_wait, "it stands back")
        await until(lambda: not runtime.relay.must_wait(), "it does not any more")


async def test_without_rushes_it_never_does(runtime: Runtime[Settings], db: pg.Connection) -> None:
    runtime.settings = runtime.settings.model_copy(update={"rush_requests": 0})
    async with serving(runtime) as client, waiting_requests(client, db):
        for _ in range(20):
            await asyncio.sleep(AFTER_S / 10)
            assert not runtime.relay.must_wait()


@contextlib.asynccontextmanager
async def waiting_requests(client: Client, db: pg.Connection) -> AsyncIterator[None]:
    """Buyers who would pay an order that somebody holds."""
    _, order = await post(client, "/orders", {"amount": 5000})

    async def pay() -> None:
        while True:
            await post(client, "/payments", {"order_id": order["id"], "method": "upi", "vpa": "success@bank"})

    async with db.transaction():
        await db.execute("SELECT FROM orders WHERE id = $1 FOR UPDATE", order["id"])
        paying = [asyncio.create_task(pay()) for _ in range(PAYERS)]
        yield
        for task in paying:
            task.cancel()
    await asyncio.gather(*paying, return_exceptions=True)
