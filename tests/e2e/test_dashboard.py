"""The dashboard on the whole stack: its test user sees what happens as it happens, and is out after signing out."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from deploy.embedded.stack import Stack
from tests.merchant import Merchant

pytestmark = pytest.mark.stack

LOGIN = {"email": "test@example.com", "password": "paygate-test"}


@pytest.fixture
async def browser(stack: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    """The test user is signed in."""
    url = f"http://localhost:{stack.config.port('dashboard')}"
    async with aiohttp.ClientSession(url, headers={"Origin": url}, timeout=aiohttp.ClientTimeout(total=30)) as made:
        async with made.post("/dashboard/api/login", json=LOGIN) as response:
            assert response.status == 200, await response.text()
            assert (await response.json())["merchant"]["name"] == "Test Merchant"
        yield made


async def test_a_payment_by_curl_is_told_at_once_and_nothing_after_the_sign_out(
    browser: aiohttp.ClientSession, merchant: Merchant
) -> None:
    async with browser.get("/api/v1/stream") as stream:
        assert stream.content_type == "text/event-stream"
        order = await merchant.order()
        payment = await merchant.pay(order)
        seen = b""
        async with asyncio.timeout(10):
            while payment["id"].encode() not in seen:
                seen += await stream.content.readany()
        async with browser.post("/dashboard/api/logout") as response:
            assert response.status == 204
        async with asyncio.timeout(10):
            while await stream.content.readany():
                pass
    async with browser.get("/api/v1/payments") as response:
        assert response.status == 401


async def test_what_is_done_at_the_dashboard_is_done_and_says_who_did_it(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/api/v1/orders", json={"amount": 5000}) as response:
        assert response.status == 201
        order = await response.json()
    async with browser.get(f"/api/v1/orders/{order['id']}") as response:
        assert (await response.json())["amount"] == 5000
    async with browser.get("/dashboard/api/trail") as response:
        first = (await response.json())["data"][0]
    assert (first["action"], first["status"], first["user"]["email"]) == ("POST /api/v1/orders", 201, LOGIN["email"])
