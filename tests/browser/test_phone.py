"""A buyer with a phone: touch, a small screen, a keyboard on it that fits the field."""

import pytest
from playwright.async_api import Locator

from tests.browser.buyer import PHONE, PHONE_WIDTH, Arrive
from tests.browser.till import Till, told_success

pytestmark = pytest.mark.stack

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FONT_PX_MIN = 16
"""Below it Safari zooms into a field."""

FIELDS = {
    "card-number-input": ("cc-number", "numeric"),
    "expiry-input": ("cc-exp", "numeric"),
    "cvv-input": ("cc-csc", "numeric"),
    "cardholder-name-input": ("cc-name", None),
}


async def font_px(field: Locator) -> float:
    return float(await field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))


async def test_a_phone_pays_by_touch(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(**PHONE), await till.merchant.order()
    await buyer.page.goto(till.page(order))
    await buyer.page.locator("button[data-order]").tap()
    checkout = buyer.frame
    await checkout.shows("checkout-container")
    await checkout.at("method-card").tap()
    for field, (autocomplete, inputmode) in FIELDS.items():
        shown = await checkout.shows(field)
        assert await shown.get_attribute("autocomplete") == autocomplete
        assert await shown.get_attribute("inputmode") == inputmode
        assert await font_px(shown) >= FONT_PX_MIN
    box = await buyer.page.get_by_test_id("payment-iframe").bounding_box()
    assert box is not None
    assert box["width"] == PHONE_WIDTH, "the whole screen is the checkout's"
    for frame in buyer.page.frames:
        assert await frame.evaluate(OVERFLOW) <= 0, "nothing has to be scrolled sideways"
    await checkout.choose_card()
    await checkout.at("pay-button").tap()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))


@pytest.mark.prove
async def test_the_phones_back_button_closes_the_dialog(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(**PHONE), await till.merchant.order()
    await buyer.opens_modal(till.page(order))
    await buyer.page.evaluate("() => history.back()")
    await buyer.page.get_by_test_id("payment-modal").wait_for(state="hidden")
    assert buyer.page.url == till.site.origin() + "/"
