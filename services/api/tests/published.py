"""What the relay does to the outbox, without Kafka: every message counts as acknowledged."""

from typing import Any

import orjson
from aiohttp.test_utils import TestClient

from chassis import outbox
from chassis.pg import Pool
from services.api.tests.conftest import HEADERS

Client = TestClient[Any, Any]


async def publish(pool: Pool) -> None:
    """Enter what waits into the log."""
    async with pool.acquire() as connection:
        rows = await outbox.queries.select_outbox.rows(connection, limit=100_000)
        await outbox.queries.finish_outbox.run(
            connection,
            ids=[row["id"] for row in rows],
            partitions=[0 for _ in rows],
            offsets=[row["id"] for row in rows],
        )


async def call(
    client: Client, method: str, path: str, body: Any = None, headers: dict[str, str] = HEADERS
) -> tuple[int, Any]:
    """Status and JSON."""
    async with client.request(method, f"/api/v1{path}", json=body, headers=headers) as response:
        return response.status, orjson.loads(await response.read())


async def pay(client: Client, headers: dict[str, str] = HEADERS, **fields: Any) -> dict[str, Any]:
    """A new payment of a new order: two events."""
    _, order = await call(client, "POST", "/orders", {"amount": 5000}, headers)
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank", **fields}
    status, payment = await call(client, "POST", "/payments", body, headers)
    assert status == 201, payment
    return dict(payment)
