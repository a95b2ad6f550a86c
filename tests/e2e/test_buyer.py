"""A buyer at the whole stack: pays without credentials, watches at either replica, and brings the shop a signature."""

import asyncio
import hashlib
import hmac
from typing import Final

import aiohttp
import pytest

from deploy.embedded.stack import Stack
from tests.event_stream import EventStream
from tests.merchant import Merchant, Object
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PATIENCE_S: Final = 60.0


async def watched_to_its_end(session: aiohttp.ClientSession, url: str, order_id: str) -> list[Object]:
    """Every state of an order until it is paid."""
    states: list[Object] = []
    async with (
        asyncio.timeout(PATIENCE_S),
        session.get(f"{url}/api/v1/orders/{order_id}/public/stream") as response,
    ):
        assert response.status == 200, await response.text()
        async for told in EventStream(response).events():
            states.append(told.json())
            if states[-1]["order"]["status"] == "paid":
                break
    return states


async def test_a_buyer_sees_the_payment_succeed_wherever_it_watches_and_the_shop_believes_it(
    merchant: Merchant, stack: Stack
) -> None:
    order = await merchant.order(50_000)
    urls = [stack.url("api"), stack.url("api-1")]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        watching = [asyncio.create_task(watched_to_its_end(session, url, order["id"])) for url in urls]
        body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
        payment = (await merchant.call("POST", "/payments/public", body, anonymous=True)).expect(201)
        seen = await asyncio.gather(*watching)
    message = f"{order['id']}|{payment['id']}".encode()
    signature = hmac.new(merchant.secret.encode(), message, hashlib.sha256).hexdigest()
    for states in seen:
        assert [one["signature"] for one in states[-1]["payments"]] == [signature]
        assert all(one["signature"] is None for state in states[:-1] for one in state["payments"])
    path = f"/orders/{order['id']}/public/payments"
    assert (await merchant.call("GET", path, anonymous=True)).expect(200) == seen[0][-1] == seen[1][-1]


async def test_a_hosted_session_goes_from_open_to_complete_or_is_ended(merchant: Merchant) -> None:
    paid, ended = await merchant.order(50_000), await merchant.order(50_000)
    sessions = [
        (await merchant.call("POST", "/checkout/sessions", {"order_id": order["id"]})).expect(201)
        for order in (paid, ended)
    ]
    assert [one["status"] for one in sessions] == ["open", "open"]
    body = {"order_id": paid["id"], "method": "upi", "vpa": "success@bank"}
    (await merchant.call("POST", "/payments/public", body, anonymous=True)).expect(201)

    async def complete() -> bool:
        told = (await merchant.call("GET", f"/checkout/sessions/{sessions[0]['id']}")).expect(200)
        return bool(told["status"] == "complete")

    await eventually(complete, "the session is complete once its order is paid")
    assert (await merchant.call("POST", f"/checkout/sessions/{sessions[0]['id']}/expire")).status == 400
    told = (await merchant.call("POST", f"/checkout/sessions/{sessions[1]['id']}/expire")).expect(200)
    assert told["status"] == "expired"
    listed = (await merchant.call("GET", f"/checkout/sessions?order_id={ended['id']}")).expect(200)
    assert listed["data"] == [told]
