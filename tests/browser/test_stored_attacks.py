"""Stored cross-site scripting in the dashboard: whatever a merchant, a shop, a buyer or a merchant's server puts into
the system is shown to people as text, on every page that shows it. What the page's policy forbids fails it as well."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Dialog, Page, expect

from deploy.embedded.stack import Stack
from tests.browser.buyer import PATIENCE_MS, Arrive
from tests.browser.test_dashboard import dashboard, newcomer, sign_in
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.prove, pytest.mark.timeout(300)]

__all__ = ["dashboard"]  # the fixture

ATTACKS: Final = (
    "<script>ran('script')</script>",
    "<img src=x onerror=ran('img')>",
    "<svg onload=ran('svg')></svg>",
    "javascript:ran('url')",
    "\" autofocus onfocus=ran('double') x=\"",
    "' onmouseover=ran('single') x='",
    "</script></title></textarea><iframe srcdoc='<script>parent.ran(1)</script>'>",
    "{{constructor.constructor('ran(1)')()}}${ran(2)}",
    "\u202etxt.exe\u2066<b onclick=ran('rtl')>",
)
ATTACK: Final = "".join(ATTACKS[:6])
"""Fits into a receipt."""
SHOWN: Final = ATTACKS[0]
HOSTILE: Final = {f"note{number}": attack for number, attack in enumerate(ATTACKS)} | {
    ATTACKS[1]: {ATTACKS[2]: ATTACKS[3]}
}
MADE_OF_TEXT: Final = """() => [...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes].filter(({name}) => name.startsWith("on")).map(({name}) => `${element.tagName} ${name}`),
    ...["href", "src"].filter((name) => /^\\s*javascript:/i.test(element.getAttribute(name) ?? "")),
    ...(element.tagName === "IFRAME" || element.getAttribute("src") === "x" ? [element.tagName] : []),
])"""
"""What only an attack's text can have put into the document: handlers in attributes, addresses that run, frames."""


@pytest.fixture
async def hostile_receiver() -> AsyncIterator[str]:
    """A merchant's server that refuses each webhook with a page of attacks."""

    async def take(request: web.Request) -> web.Response:
        return web.Response(status=400, text="".join(ATTACKS), content_type="text/html")

    app = web.Application()
    app.router.add_post("/hooks", take)
    async with TestServer(app) as server:
        yield str(server.make_url("/hooks"))


async def opens(page: Page, url: str, *, shows: bool) -> None:
    """The page is there, with the attack as text where it is said to show one, and nothing was made of it."""
    await page.goto(url)
    await expect(page.locator("h1")).to_be_visible()
    await expect(page.locator("main .mantine-Skeleton-root")).to_have_count(0, timeout=PATIENCE_MS)
    if shows:
        await expect(page.get_by_text(SHOWN).first).to_be_attached()
    assert await page.evaluate(MADE_OF_TEXT) == [], url


async def test_what_anybody_stores_is_text_on_every_page_of_the_dashboard(
    arrive: Arrive, stack: Stack, dashboard: str, hostile_receiver: str
) -> None:
    merchant, email, password = await newcomer(stack, dashboard, name=ATTACKS[0] + ATTACKS[1])
    async with merchant:
        endpoint = await merchant.post(
            "/webhook_endpoints", {"url": hostile_receiver, "description": ATTACK}, status=201
        )
        order = await merchant.order(receipt=ATTACK, notes=HOSTILE)
        payment = await merchant.ended(await merchant.pay(order, metadata=HOSTILE))
        await merchant.post(f"/payments/{payment['id']}/capture", status=200)
        refund = await merchant.post(
            f"/payments/{payment['id']}/refunds", {"amount": 700, "reason": ATTACK, "metadata": HOSTILE}, status=201
        )
        await merchant.call("GET", "/payments/%3Cscript%3Eran(1)%3C%2Fscript%3E")
        [event, *_] = (await merchant.get("/events"))["data"]
        delivery = await refused(merchant)

    buyer = await arrive()
    ran: list[str] = []
    dialogs: list[str] = []
    page = buyer.page

    async def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", note)
    await page.expose_function("ran", lambda said: ran.append(str(said)))
    await sign_in(buyer, dashboard, email, password)
    for path, shows in (
        ("", True),
        ("/payments", False),
        (f"/payments/{payment['id']}", True),
        ("/orders", True),
        (f"/orders/{order['id']}", True),
        ("/refunds", True),
        (f"/refunds/{refund['id']}", True),
        ("/events", False),
        (f"/events/{event['id']}", False),
        ("/webhooks", True),
        (f"/webhooks/endpoints/{endpoint['id']}", True),
        (f"/webhooks/deliveries/{delivery['id']}", True),
        ("/developers/requests", True),
        ("/docs", True),
        ("/settings/team", True),
        ("/settings/trail", True),
    ):
        await opens(page, f"{dashboard}/dashboard{path}", shows=shows)
    await page.keyboard.press("Control+k")
    await page.get_by_test_id("palette-input").fill(ATTACK)
    await expect(page.get_by_test_id("palette")).to_be_visible()
    assert await page.evaluate(MADE_OF_TEXT) == []
    assert ran == []
    assert dialogs == []
    assert buyer.watch.violations == []


async def refused(merchant: Merchant) -> dict[str, object]:
    """A delivery whose answer was noted."""

    async def look() -> dict[str, object] | None:
        found = (await merchant.get("/webhooks"))["data"]
        return next((one for one in found if one["attempts"]), None)

    return await eventually(look, "a webhook is refused")
