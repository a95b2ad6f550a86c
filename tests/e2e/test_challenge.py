"""3-D Secure on the whole stack: the buyer opens the page that the payment names, presses, and the shop is told."""

import html
import re
from typing import Any

import aiohttp
import pytest

from tests.backstage import Backstage
from tests.e2e.test_payments import audited, card, told
from tests.merchant import Merchant
from tests.receiver import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

CHALLENGED = ("payment.created", "payment.pending", "payment.requires_action")


async def press(url: str, button: str) -> str:
    """Open the page as a browser does, and press the button with this text; the page that follows."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as browser:
        async with browser.get(url) as response:
            assert response.status == 200
            page = await response.text()
        found = re.search(rf'<form method="post" action="([^"]+)"><button[^>]*>{button}</button>', page)
        assert found, page
        action = response.url.join(type(response.url)(html.unescape(found[1])))
        async with browser.post(action) as answered:
            assert answered.status == 200
            return await answered.text()


async def challenged(merchant: Merchant, number: str, **how: Any) -> Any:
    payment = await merchant.pay(await merchant.order(), **card(number), **how)
    return await merchant.settled("payments", payment["id"], "requires_action", "success", "failed")


@pytest.mark.parametrize(
    ("number", "button", "headline", "status", "code"),
    [
        ("4000002760003184", "Complete authentication", "Authentication completed", "success", None),
        ("4000002760003184", "Fail authentication", "Authentication failed", "failed", "authentication_failed"),
        ("4000008400001629", "Complete authentication", "Authentication completed", "failed", "authentication_failed"),
    ],
)
async def test_a_buyer_answers_the_challenge(
    merchant: Merchant, shop: Shop, number: str, button: str, headline: str, status: str, code: str | None
) -> None:
    payment = await challenged(merchant, number)
    assert payment["status"] == "requires_action"
    refused = await merchant.call("POST", f"/payments/{payment['id']}/cancel", {})
    assert refused.status == 400, "it is neither paid nor failed"
    page = await press(payment["next_action"]["url"], button)
    assert headline in page
    assert "You can close this window." in page
    ended = await merchant.ended(payment)
    assert (ended["status"], ended["decline_code"], "next_action" in ended) == (status, code, False)
    await told(shop, payment["id"], *CHALLENGED, "payment.pending", f"payment.{status}")
    (asked,) = [
        delivery
        for delivery in await shop.deliveries(payment_id=payment["id"])
        if delivery["event"] == "payment.requires_action"
    ]
    assert asked["verified"]


async def test_a_disputed_card_and_an_unanswered_challenge_leave_the_audit_true(
    merchant: Merchant, shop: Shop, backstage: Backstage
) -> None:
    waiting = await challenged(merchant, "4000002760003184")
    disputed = await merchant.paid(**card("4000000000000259"), capture="automatic")

    async def look() -> Any:
        payment = await merchant.get(f"/payments/{disputed['id']}")
        return payment if payment["disputed"] else None

    seen = await eventually(look, f"{disputed['id']} is disputed")
    assert (seen["status"], seen["dispute"]["amount"]) == ("success", 50_000)
    await told(
        shop,
        disputed["id"],
        "payment.created",
        "payment.pending",
        "payment.success",
        "payment.captured",
        "payment.disputed",
    )
    assert (await merchant.get(f"/payments/{waiting['id']}"))["status"] == "requires_action"
    await audited(backstage)
