"""The test shop as a newcomer tries it: from the shelf to an order that is paid, in a browser on the real stack."""

import re

import pytest
from playwright.async_api import Page, expect

from deploy.embedded.stack import Stack
from tests.browser.axe import violations
from tests.browser.buyer import PATIENCE_MS, PHONE, Arrive, Buyer, Checkout
from tests.receiver import Shop

pytestmark = pytest.mark.stack

ORDER_PAGE = re.compile(r"/orders/order_\w+$")


@pytest.fixture
def address(stack: Stack) -> str:
    """Where a browser finds the shop: on the name that its links say."""
    return stack.url("shop").replace("127.0.0.1", "localhost")


async def fill_cart(page: Page, address: str) -> None:
    """A mug and a lamp."""
    await page.goto(address)
    for number, product in enumerate(("Clay mug", "Reading lamp"), start=1):
        await page.get_by_role("button", name=f"Add to cart: {product}").click()
        await expect(page.locator(".cart .lines li")).to_have_count(number)


async def to_the_dialog(buyer: Buyer) -> Checkout:
    await buyer.page.get_by_role("button", name="Pay ₹1,798.00").click()
    await buyer.frame.shows("checkout-container")
    return buyer.frame


async def leaves(buyer: Buyer) -> None:
    """The buyer closes the dialog, and is shown the order."""
    await buyer.page.get_by_test_id("close-modal-button").click()
    await buyer.page.wait_for_url(ORDER_PAGE)


async def is_paid(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible(timeout=PATIENCE_MS)


async def test_a_cart_is_paid_at_the_second_attempt_and_the_money_given_back(arrive: Arrive, address: str) -> None:
    buyer = await arrive()
    page = buyer.page
    await fill_cart(page, address)
    assert await violations(page) == []
    dialog = await to_the_dialog(buyer)
    await dialog.choose_upi("failure@upi")
    await dialog.pay()
    await dialog.shows("error-state")
    await dialog.at("retry-button").click()
    await dialog.choose_card()
    await dialog.pay()
    await dialog.shows("success-state")
    await leaves(buyer)
    await is_paid(page)
    for proof in ("its signature is right", "webhook said the same", "₹1,798.00 captured"):
        await expect(page.get_by_role("heading", name=proof)).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Give the money back").click()
    await expect(page.get_by_role("heading", name="Money given back")).to_be_visible(timeout=PATIENCE_MS)
    await page.get_by_role("link", name="Webhooks").click()
    await expect(page.get_by_text("refund.processed").last).to_be_visible()
    assert await violations(page) == []


async def test_an_order_is_not_paid_before_a_webhook_is_accepted(arrive: Arrive, address: str, shop: Shop) -> None:
    buyer = await arrive(**PHONE, color_scheme="dark")
    page = buyer.page
    await fill_cart(page, address)
    await page.goto(f"{address}/webhooks")
    await page.get_by_role("button", name="Answer 500").click()
    try:
        await expect(page.get_by_text("The shop answers 500.")).to_be_visible()
        await page.goto(address)
        dialog = await to_the_dialog(buyer)
        await dialog.choose_upi()
        await dialog.pay()
        await dialog.shows("success-state")
        await leaves(buyer)
        await expect(page.get_by_role("heading", name="No webhook is accepted at the moment")).to_be_visible()
        await expect(page.get_by_role("heading", name="Confirming your payment…")).to_be_visible()
        assert await violations(page) == []
    finally:
        await shop.behave("ok")
    await is_paid(page)


async def test_a_shop_without_scripts_leads_to_the_gateways_own_page_and_back(arrive: Arrive, address: str) -> None:
    buyer = await arrive()
    page = buyer.page
    await page.route(f"{address}/static/*.js", lambda route: route.abort())
    buyer.watch.expect("ERR_FAILED")
    await fill_cart(page, address)
    await page.get_by_role("button", name="Pay ₹1,798.00").click()
    await page.wait_for_url(re.compile(r"/checkout/cs_\w+$"))
    hosted = Checkout(page)
    await hosted.choose_upi()
    await hosted.pay()
    await page.wait_for_url(ORDER_PAGE)
    await expect(page.get_by_text("its signature is right")).to_be_visible()
