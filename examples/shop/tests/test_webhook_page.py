"""The pages of the webhooks: what came is shown and escaped, nothing comes from elsewhere, the forms work."""

import re
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from contracts.events.webhook import WebhookData
from examples.shop.catalogue import BY_ID
from examples.shop.markup import Markup, join, tag
from examples.shop.tests import samples

Client = TestClient[Request, Application]

EVIL = "<script>alert('&\"')</script>"


async def deliver(shop: Client, body: bytes, webhook_id: str = "evt_1") -> int:
    async with shop.post("/webhook", data=body, headers=samples.signed(body, webhook_id)) as response:
        return response.status


async def page(shop: Client, path: str = "/webhooks") -> str:
    async with shop.get(path) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        return await response.text()


def test_markup_escapes_every_text_but_markup() -> None:
    assert tag("p", EVIL, tag("b", 1), None, title=EVIL, hidden=True, id=None, class_="x", data_label="y") == (
        '<p title="&lt;script&gt;alert(&#x27;&amp;&quot;&#x27;)&lt;/script&gt;" hidden class="x" data-label="y">'
        "&lt;script&gt;alert(&#x27;&amp;&quot;&#x27;)&lt;/script&gt;<b>1</b></p>"
    )
    assert tag("input", value="") == '<input value="">'
    assert join(Markup("<br>"), "<br>") == "<br>&lt;br&gt;"


async def test_an_empty_shop_says_what_to_do(shop: Client) -> None:
    html = await page(shop)
    assert "Nothing has arrived yet" in html
    assert "curl -X POST" in html


async def test_what_senders_write_is_escaped(shop: Client) -> None:
    body = samples.body_of("payment.success", WebhookData(payment=samples.payment(EVIL, metadata={"n": EVIL})))
    assert await deliver(shop, body, webhook_id=EVIL) == 200
    for path in ("/webhooks", "/webhooks/1", f"/webhooks?object_id={quote(EVIL)}"):
        html = await page(shop, path)
        assert "alert(" in html
        assert "<script>" not in html


async def test_nothing_inline_and_nothing_from_elsewhere(shop: Client) -> None:
    await deliver(shop, samples.refund_body())
    for path in ("/webhooks", "/webhooks/1"):
        html = await page(shop, path)
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
        links = re.findall(r'(?:href|src|action)="([^"]*)"', html)
        assert links
        assert all(link.startswith(("/", "#")) for link in links)


@pytest.mark.parametrize(
    "name",
    ["shop.css", "buy.css", "webhooks.css", "shop.js", "pay.js", "shop.svg", *(f"{product}.svg" for product in BY_ID)],
)
async def test_the_static_files_are_there(shop: Client, name: str) -> None:
    async with shop.get(f"/static/{name}") as response:
        assert response.status == 200


async def test_the_details_of_a_refused_delivery_say_why(shop: Client) -> None:
    body = samples.payment_body()
    async with shop.post("/webhook", data=body + b" ", headers=samples.signed(body)) as response:
        assert response.status == 401
    html = await page(shop, "/webhooks/1")
    assert "X-Webhook-Signature does not fit the body" in html
    assert "not checked" in html


async def test_the_form_sets_the_switch(shop: Client) -> None:
    form = {"mode": "fail", "status": "503", "delay_s": "5", "times": ""}
    async with shop.post("/control", data=form, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/webhooks")
    assert "The shop answers 503." in await page(shop)
    assert await deliver(shop, samples.payment_body()) == 503
    async with shop.post("/forget", allow_redirects=False) as response:
        assert response.status == 303
    assert "Nothing has arrived yet" in await page(shop)


async def test_a_form_that_makes_no_sense_is_explained_on_the_page(shop: Client) -> None:
    async with shop.post("/control", data={"mode": "slow", "delay_s": "1e9"}) as response:
        assert response.status == 400
        html = await response.text()
    assert "The behaviour was not changed: delay_s" in html


async def test_pages_of_deliveries_keep_the_filter(shop: Client) -> None:
    for number in range(3):
        await deliver(shop, samples.payment_body(), webhook_id=f"evt_{number}")
    html = await page(shop, "/webhooks?event=payment.success&limit=1&offset=1")
    assert 'href="/webhooks?event=payment.success&amp;limit=1&amp;offset=0"' in html
    assert 'href="/webhooks?event=payment.success&amp;limit=1&amp;offset=2"' in html
    assert "2–2 of 3" in html
