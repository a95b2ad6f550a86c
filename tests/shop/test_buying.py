"""From the cart to the paid order, at a gateway in this process: its own api, signatures and webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import AnyHttpUrl

from deploy.databases import Databases
from examples.shop.app import build_app
from examples.shop.settings import ShopSettings
from examples.shop.signature import sign_payment
from tests.gateway import Gateway, in_process
from tests.waiting import eventually

SECRET: Final = "secret_test_xyz789"
JSON: Final = {"Accept": "application/json"}


@dataclass
class Market:
    """A shop and its gateway."""

    shop: TestClient[Any, Any]
    gateway: Gateway

    async def fill_cart(self, product: str = "mug", quantity: int = 2) -> str:
        """Put so many in the cart; the page that is shown then."""
        async with self.shop.post("/cart", data={"product": product, "quantity": quantity}) as response:
            assert response.status == 200
            return await response.text()

    async def make_order(self) -> dict[str, Any]:
        """What pay.js does first."""
        async with self.shop.post("/orders", headers=JSON, json={}) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    async def pay(self, order_id: str, vpa: str = "success@upi") -> str:
        """What the buyer does in the dialog; the payment's id. The webhooks have arrived."""
        body = {"order_id": order_id, "method": "upi", "vpa": vpa}
        status, payment = await self.gateway.post("/payments/public", body, headers={})
        assert status == 201
        await self.gateway.settle()
        return str(payment["id"])

    async def come_back(self, order_id: str, payment_id: str, signature: str | None = None) -> int:
        """What pay.js does last."""
        body = {"payment_id": payment_id, "signature": signature or sign_payment(SECRET, order_id, payment_id)}
        async with self.shop.post(f"/orders/{order_id}/return", json=body) as response:
            return response.status

    async def state(self, order_id: str) -> dict[str, Any]:
        """What the shop knows."""
        async with self.shop.get(f"/orders/{order_id}/state") as response:
            assert response.status == 200
            return dict(await response.json())

    async def until(self, order_id: str, **wanted: Any) -> dict[str, Any]:
        """The state, as soon as it is as wanted."""

        async def look() -> dict[str, Any] | None:
            state = await self.state(order_id)
            return state if wanted.items() <= state.items() else None

        return await eventually(look, f"the order becomes {wanted}")

    async def page(self, path: str) -> str:
        """A page as a browser gets it."""
        async with self.shop.get(path, headers={"Accept": "text/html"}) as response:
            return await response.text()


@pytest.fixture(scope="module")
async def gateway(databases: Databases) -> AsyncIterator[Gateway]:
    database = databases.borrow((), seeded=True)
    async with in_process(database) as running:
        yield running
    databases.give_back(database)


@asynccontextmanager
async def opened(gateway: Gateway, return_grace_s: float) -> AsyncIterator[Market]:
    """A shop that the gateway's webhooks go to."""
    settings = ShopSettings(api_url=AnyHttpUrl(str(gateway.client.make_url("/"))), return_grace_s=return_grace_s)
    async with TestClient(TestServer(build_app(settings))) as shop:
        url = str(shop.make_url("/webhook"))
        await gateway.admin.execute("UPDATE notifier.endpoint SET url = $1, updated_at = now()", url)
        yield Market(shop, gateway)


@pytest.fixture
async def market(gateway: Gateway) -> AsyncIterator[Market]:
    async with opened(gateway, return_grace_s=300) as made:
        yield made


async def test_the_prices_are_the_servers_and_the_order_is_made_once(market: Market) -> None:
    page = await market.fill_cart(quantity=2)
    assert "Pay ₹998.00" in page
    async with market.shop.post("/orders", headers=JSON, json={"amount": 1, "price": 1}) as response:
        order = await response.json()
    assert order["amount"] == 99_800
    assert await market.make_order() == order
    status, made = await market.gateway.get(f"/orders/{order['id']}")
    assert (status, made["amount"], made["notes"]) == (200, 99_800, {"description": "2 × Clay mug"})
    await market.fill_cart(quantity=1)
    assert (await market.make_order())["id"] != order["id"]


async def test_an_order_is_paid_with_both_proofs_then_captured_and_can_be_given_back(market: Market) -> None:
    await market.fill_cart()
    order_id = (await market.make_order())["id"]
    assert "Not paid yet" in await market.page(f"/orders/{order_id}")
    payment_id = await market.pay(order_id)
    waiting = await market.state(order_id)
    assert (waiting["webhook_verified"], waiting["paid"]) == (True, False)
    assert "Confirming" in await market.page(f"/orders/{order_id}")
    assert await market.come_back(order_id, payment_id) == 200
    state = await market.until(order_id, stage="captured")
    assert (state["signature_verified"], state["asked_the_api"], state["amount_captured"]) == (True, False, 99_800)
    html = await market.page(f"/orders/{order_id}")
    assert "Paid. Thank you!" in html
    assert "its signature is right" in html
    assert "Your cart" in await market.page("/")
    assert "Nothing in it yet" in await market.page("/")
    for _ in range(2):
        async with market.shop.post(f"/orders/{order_id}/refund", allow_redirects=False) as response:
            assert response.status == 303
    await market.gateway.settle()
    await market.until(order_id, stage="refunded")
    _, payment = await market.gateway.get(f"/payments/{payment_id}")
    assert (payment["captured"], payment["amount_refunded"]) == (True, 99_800)
    assert "Money given back" in await market.page(f"/orders/{order_id}")


async def test_a_signature_that_does_not_fit_is_refused_and_changes_nothing(market: Market) -> None:
    await market.fill_cart()
    order_id = (await market.make_order())["id"]
    assert await market.come_back(order_id, "pay_0000000000000000", "0" * 64) == 400
    assert await market.come_back(order_id, "pay_1", sign_payment("a guess", order_id, "pay_1")) == 400
    assert (await market.state(order_id))["stage"] == "open"
    async with market.shop.get(f"/orders/{order_id}/return?payment_id=pay_1&signature=x") as response:
        assert response.status == 400


async def test_a_signature_alone_does_not_make_an_order_paid_while_the_webhook_is_refused(market: Market) -> None:
    await market.fill_cart()
    order_id = (await market.make_order())["id"]
    async with market.shop.post("/control", json={"mode": "fail"}) as response:
        assert response.status == 200
    payment_id = await market.pay(order_id)
    assert await market.come_back(order_id, payment_id) == 200
    state = await market.state(order_id)
    assert (state["signature_verified"], state["webhook_verified"], state["paid"]) == (True, False, False)
    assert "No webhook is accepted at the moment" in await market.page(f"/orders/{order_id}")


async def test_a_buyer_who_closed_the_window_has_paid_all_the_same(gateway: Gateway) -> None:
    async with opened(gateway, return_grace_s=0.01) as market:
        await market.fill_cart()
        order_id = (await market.make_order())["id"]
        await market.pay(order_id)
        state = await market.until(order_id, stage="captured")
        assert (state["signature_verified"], state["asked_the_api"]) == (False, True)
        assert "the shop asked the gateway" in await market.page(f"/orders/{order_id}")


async def test_a_declined_attempt_leaves_the_order_open_for_another(market: Market) -> None:
    await market.fill_cart()
    order_id = (await market.make_order())["id"]
    await market.pay(order_id, "failure@upi")
    state = await market.state(order_id)
    assert (state["stage"], len(state["declines"])) == ("open", 1)
    assert "Waiting for another attempt" in await market.page(f"/orders/{order_id}")
    payment_id = await market.pay(order_id)
    await market.come_back(order_id, payment_id)
    await market.until(order_id, stage="captured")


async def test_an_empty_cart_makes_no_order(market: Market) -> None:
    async with market.shop.post("/orders", headers=JSON, json={}) as response:
        assert response.status == 400
        assert "put something in it" in (await response.json())["error"]["description"]
