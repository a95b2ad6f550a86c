"""What the acquirer decided, when the processor can't say it. What it says is asked of the whole gateway
(`tests/contract/test_whole_stack.py`)."""

from typing import Any

from aiohttp.test_utils import TestClient

from services.api.tests.conftest import HEADERS, OTHER_HEADERS


async def test_a_processor_that_is_away_is_named_and_a_payment_of_others_is_not_there(
    client: TestClient[Any, Any],
) -> None:
    async with client.post("/api/v1/orders", json={"amount": 5000}, headers=HEADERS) as response:
        order = await response.json()
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@upi"}
    async with client.post("/api/v1/payments", json=body, headers=HEADERS) as response:
        payment = await response.json()
    path = f"/api/v1/payments/{payment['id']}/acquirer_calls"
    async with client.get(path, headers=HEADERS) as response:
        assert response.status == 503
        assert response.headers["Retry-After"]
        assert "processor" in (await response.json())["error"]["description"]
    async with client.get(path, headers=OTHER_HEADERS) as response:
        assert response.status == 404
