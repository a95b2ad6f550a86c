"""The buyer's pages without a gateway: they load nothing but the checkout's script, and say what to do without one."""

import re

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

Client = TestClient[Request, Application]

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
CHECKOUT = "http://localhost:3001"


async def put(shop: Client, product: str, quantity: object) -> tuple[int, str]:
    async with shop.post("/cart", data={"product": product, "quantity": str(quantity)}) as response:
        return response.status, await response.text()


async def test_the_shelf_the_cart_and_what_to_pay_with(shop: Client) -> None:
    async with shop.get("/") as response:
        html = await response.text()
    assert all(words in html for words in ("₹499.00", "₹349.00", "₹1,299.00", "success@upi", "Nothing in it yet"))
    _, html = await put(shop, "lamp", 1)
    _, html = await put(shop, "mug", 9)
    assert "Pay ₹5,790.00" in html
    _, html = await put(shop, "mug", 0)
    assert "Pay ₹1,299.00" in html


@pytest.mark.parametrize(
    ("product", "quantity", "status"),
    [("yacht", 1, 404), ("mug", 10, 400), ("mug", -1, 400), ("mug", "many", 400), ("", "", 400)],
)
async def test_a_cart_that_makes_no_sense_is_refused(shop: Client, product: str, quantity: object, status: int) -> None:
    assert (await put(shop, product, quantity))[0] == status


async def test_the_policy_is_the_documented_one_and_nothing_is_inline(shop: Client) -> None:
    await put(shop, "mug", 1)
    async with shop.get("/") as response:
        policy, html = response.headers["Content-Security-Policy"], await response.text()
    assert policy.startswith(f"default-src 'self'; script-src 'self' {CHECKOUT}; frame-src {CHECKOUT}; ")
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script>", html)
    elsewhere = {link for link in re.findall(r'(?:href|src|action)="([^"]*)"', html) if not link.startswith(("/", "#"))}
    assert elsewhere == {f"{CHECKOUT}/checkout.js"}


async def test_a_gateway_that_is_away_is_explained(shop: Client) -> None:
    await put(shop, "mug", 1)
    async with shop.post("/orders", headers={"Accept": "application/json"}) as response:
        assert response.status == 503
        assert "make up" in (await response.json())["error"]["description"]
    async with shop.post("/orders", headers=BROWSER) as response:
        html = await response.text()
        assert (response.status, response.content_type) == (503, "text/html")
    assert "make up" in html
    assert "Pay ₹499.00" in html, "and the cart is still there"


async def test_no_orders_and_no_such_order(shop: Client) -> None:
    async with shop.get("/orders") as response:
        assert "No orders yet" in await response.text()
    for path in ("/orders/order_nowhere", "/nothing", "/orders/order_nowhere/return?payment_id=p&signature=s"):
        async with shop.get(path, headers=BROWSER) as response:
            assert (response.status, response.content_type) == (404, "text/html")
            assert "Back to the shop" in await response.text()


async def test_another_site_can_neither_fill_the_cart_nor_order(shop: Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/cart", "/orders", "/orders/order_1/pay", "/orders/order_1/return", "/orders/order_1/refund"):
        async with shop.post(path, data={"product": "mug", "quantity": "1"}, headers=headers) as response:
            assert response.status == 403
