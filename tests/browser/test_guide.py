"""What the guides show, word for word: the page takes a payment under its policy, and the function believes it."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from deploy.embedded.config import ROOT
from tests.browser.buyer import Arrive
from tests.browser.site import merchant_policy
from tests.browser.till import Till
from tests.checkout_signature.languages import Case, ask_python

GUIDE: Final = (ROOT / "docs/checkout.md").read_text(encoding="utf-8")
SNIPPETS: Final = dict(re.findall(r"^```\w+ ([\w.]+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
POLICIES: Final = re.findall(r"^Content-Security-Policy: (.+)$", GUIDE, re.MULTILINE)
ORIGIN: Final = "http://localhost:3001"
"""The checkout's in every example."""


def test_the_guide_shows_the_policy_that_the_tests_hold_every_page_to() -> None:
    assert [merchant_policy(ORIGIN)] == POLICIES


@pytest.mark.stack
async def test_the_guides_page_takes_a_payment_that_the_guides_function_verifies(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    till.site.put("/pay.js", SNIPPETS["pay.js"], content_type="text/javascript")
    text = SNIPPETS["page.html"].replace(ORIGIN, till.checkout).replace("order_…", order["id"])
    policy = {"Content-Security-Policy": POLICIES[0].replace(ORIGIN, till.checkout)}
    page = f'<!doctype html><html lang="en"><head><title>A shop</title></head><body>{text}</body></html>'
    await buyer.page.route("**/paid", lambda route: route.fulfill(status=204))
    await buyer.page.goto(till.site.put("/guide", page, headers=policy))
    await buyer.page.locator("#pay").click()
    await buyer.frame.choose_upi()
    async with buyer.page.expect_request("**/paid") as asked:
        await buyer.frame.pay()
    told: dict[str, Any] = dict(parse_qsl((await asked.value).post_data or ""))
    await till.took(order, told)
    assert ask_python([Case(order["id"], told["paymentId"], told["signature"], till.merchant.secret)]) == [True]
