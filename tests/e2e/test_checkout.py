"""The checkout on the whole stack, without a browser: its page, hosted sessions, and a payment by the code it shows."""

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import pytest

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.e2e.test_payments import audited, told
from tests.merchant import Merchant
from tests.receiver import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

LOCAL: Final = ["http://localhost:*", "http://127.0.0.1:*"]
BOOTSTRAP: Final = re.compile(r'<script type="application/json" id="bootstrap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Buyer:
    """A buyer's browser as far as HTTP goes."""

    browser: aiohttp.ClientSession
    url: str

    async def page(self, path: str, status: int = 200, **query: str) -> tuple[dict[str, Any], str]:
        """The data block of a page, and who may frame it."""
        async with self.browser.get(f"{self.url}{path}", params=query) as response:
            assert response.status == status, await response.text()
            found = BOOTSTRAP.search(await response.text())
            assert found
            policy = response.headers["Content-Security-Policy"]
            return json.loads(found[1]), policy.partition("frame-ancestors ")[2].partition(";")[0]

    async def press(self, link: str, word: str) -> str:
        """Open the link of a code and press a button; where that leads."""
        async with self.browser.get(link) as response:
            found = re.search(rf'action="([^"]+)"><button[^>]*>{word}', await response.text())
            assert found
        async with self.browser.post(f"{self.url}{html.unescape(found[1])}") as response:
            assert response.status == 200
            return str(response.url)


@pytest.fixture(scope="module")
async def buyer(stack: Stack) -> AsyncIterator[Buyer]:
    """Anybody."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as browser:
        yield Buyer(browser, f"http://localhost:{stack.config.port('checkout')}")


async def test_the_page_shows_an_order_to_who_has_its_merchants_key(buyer: Buyer, merchant: Merchant) -> None:
    order = await merchant.order(49_900, receipt="R-1", notes={"description": "A lamp", "margin": "secret"})
    shown, ancestors = await buyer.page("/checkout", order_id=order["id"], key=merchant.key, embedded="true")
    assert shown["order"] == {
        **{name: order[name] for name in ("id", "amount", "currency", "status", "receipt", "expires_at")},
        "description": "A lamp",
    }
    assert (shown["error"], shown["merchant"], shown["allowed_origins"]) == (None, {"name": "Test Merchant"}, LOCAL)
    assert ancestors == " ".join(LOCAL)
    assert "margin" not in str(shown)
    await buyer.page("/checkout", 401, order_id=order["id"], key="key_test_none")


async def test_each_merchant_has_its_own_origins_and_its_own_orders(
    buyer: Buyer, merchant: Merchant, backstage: Backstage
) -> None:
    async with await backstage.new_merchant() as other:
        origins = ["https://books.example"]
        saved = (await other.call("PUT", "/checkout/settings", {"allowed_origins": origins})).expect(200)
        assert saved == {"allowed_origins": origins, "effective_origins": origins}
        assert await other.get("/checkout/settings") == saved
        assert (await merchant.get("/checkout/settings"))["effective_origins"] == LOCAL
        order = await other.order()
        _, ancestors = await buyer.page("/checkout", order_id=order["id"], key=other.key, embedded="true")
        assert ancestors == "https://books.example"
        shown, _ = await buyer.page("/checkout", 404, order_id=order["id"], key=merchant.key, embedded="true")
        assert shown["order"] is None
        session = await other.post("/checkout/sessions", {"order_id": order["id"]}, status=201)
        for method, rest in (("GET", ""), ("POST", "/expire")):
            reply = await merchant.call(method, f"/checkout/sessions/{session['id']}{rest}")
            assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND_ERROR")
        reply = await merchant.call("POST", "/checkout/sessions", {"order_id": order["id"]})
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND_ERROR")


async def test_a_session_is_paid_by_the_code_that_its_page_shows(
    buyer: Buyer, merchant: Merchant, shop: Shop, backstage: Backstage
) -> None:
    order = await merchant.order(49_900)
    asked = {"order_id": order["id"], "success_url": "https://shop.example/{CHECKOUT_SESSION_ID}", "locale": "hi"}
    session = await merchant.post("/checkout/sessions", asked, status=201, key="link-1")
    assert await merchant.post("/checkout/sessions", asked, status=201, key="link-1") == session
    assert session["url"] == f"{buyer.url}/checkout/{session['id']}"
    shown, ancestors = await buyer.page(f"/checkout/{session['id']}")
    assert (shown["session"]["success_url"], shown["locale"]) == (f"https://shop.example/{session['id']}", "hi")
    assert ancestors == "'none'"
    async with buyer.browser.get(f"{buyer.url}{shown['upi']['qr']}") as code:
        assert (code.status, code.content_type) == (200, "image/svg+xml")

    declined = await buyer.press(shown["upi"]["link"], "Decline")
    failed = await merchant.settled("payments", declined.rpartition("=")[2], "failed")
    assert (await merchant.get(f"/checkout/sessions/{session['id']}"))["status"] == "open"
    paid = await buyer.press(shown["upi"]["link"], "Pay")
    payment = await merchant.settled("payments", paid.rpartition("=")[2], "success")
    assert (payment["order_id"], payment["amount"]) == (failed["order_id"], 49_900)

    async def done() -> bool:
        async with buyer.browser.get(paid) as response:
            return "<h1>Paid</h1>" in await response.text()

    await eventually(done, "the app says that it is paid")
    listed = await merchant.get(f"/checkout/sessions?order_id={order['id']}")
    assert [(one["id"], one["status"]) for one in listed["data"]] == [(session["id"], "complete")]
    assert (await buyer.page(f"/checkout/{session['id']}"))[0]["order"]["status"] == "paid"
    await told(shop, payment["id"], "payment.created", "payment.pending", "payment.success")
    await audited(backstage)


async def test_a_session_that_was_ended_is_over(buyer: Buyer, merchant: Merchant) -> None:
    order = await merchant.order()
    session = await merchant.post("/checkout/sessions", {"order_id": order["id"]}, status=201)
    ended = await merchant.post(f"/checkout/sessions/{session['id']}/expire", status=200)
    assert ended["status"] == "expired"
    shown, _ = await buyer.page(f"/checkout/{session['id']}", 410)
    assert shown["session"]["expires_at"] <= shown["now"]


async def test_the_checkout_is_told_of_a_new_merchant(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as other:
        profile = await other.get("/merchants/profile")

        async def named() -> bool:
            names = await backstage.rows("SELECT name FROM checkout.merchant WHERE id = $1", profile["id"])
            return [row["name"] for row in names] == [profile["name"]]

        await eventually(named, "merchant.created arrives")


async def test_the_sdk_and_its_hash_are_served_to_any_shop(buyer: Buyer) -> None:
    async with buyer.browser.get(f"{buyer.url}/v1/checkout.js") as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        sdk = await response.read()
    assert b"PaymentGateway" in sdk
    async with buyer.browser.get(f"{buyer.url}/v1/integrity.json") as response:
        assert (await response.json())["/v1/checkout.js"].startswith("sha384-")


async def test_the_checkouts_host_is_healthy(buyer: Buyer) -> None:
    async with buyer.browser.get(f"{buyer.url}/health") as response:
        health = await response.json()
    assert {"status", "database", "kafka", "redis", "worker", "timestamp"} <= set(health)
    assert (health["status"], health["worker"]) == ("healthy", "running")
