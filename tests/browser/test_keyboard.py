"""A buyer without a mouse."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.buyer import Arrive
from tests.browser.till import Till, told, told_success

pytestmark = pytest.mark.stack

FOCUSED = """() => {
  const one = document.activeElement;
  return one === document.body || one.closest("dialog") ? "" : one.outerHTML;
}"""
"""What has the focus though it is behind the dialog; nothing has it while the browser's own controls do."""

ROUNDS = 40
"""More than the dialog has places to stop at."""


async def stays_inside(page: Page, key: str) -> None:
    """Go round with one key; the focus never leaves the dialog for the page behind it."""
    for _ in range(ROUNDS):
        await page.keyboard.press(key)
        assert await page.evaluate(FOCUSED) == ""


async def test_the_keyboard_alone_pays_and_ends_where_it_began(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    page = buyer.page
    await page.goto(till.page(order))
    opener = page.locator("button[data-order]")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    checkout = buyer.frame
    await checkout.shows("checkout-container")
    await stays_inside(page, "Tab")
    await stays_inside(page, "Shift+Tab")
    for _ in range(ROUNDS):
        if await checkout.at("vpa-input").evaluate("one => one === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.type("success@upi")
    await page.keyboard.press("Enter")
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    await stays_inside(page, "Tab")
    await buyer.escapes()
    await expect(page.get_by_test_id("payment-modal")).to_be_hidden()
    await expect(opener).to_be_focused()


@pytest.mark.prove
async def test_escape_closes_from_inside_the_frame_but_not_while_money_moves(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    dialog = buyer.page.get_by_test_id("payment-modal")
    await checkout.at("vpa-input").focus()
    await buyer.escapes()
    await expect(dialog).to_be_hidden()
    await told(buyer.said("close"))
    checkout = await buyer.presses()
    await checkout.choose_upi("pending@razorpay")
    await checkout.pay()
    await checkout.shows("processing-state")
    for _ in range(3):
        await buyer.escapes()
    await expect(dialog).to_be_visible()
    await told(buyer.said("close"), 1)
