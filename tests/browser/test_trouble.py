"""What a buyer sees when something between them and the gateway breaks, and that it costs them nothing."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.backstage import Backstage
from tests.browser.buyer import Arrive
from tests.browser.till import Till, told, told_success

pytestmark = pytest.mark.stack

NETWORK: Final = (r"net::ERR_", "Failed to load resource", "Failed to fetch")


async def test_a_frame_that_is_blocked_is_a_failure_and_not_a_prison(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect("frame-src", "Framing", "violates", "does not match the recipient window's origin")
    url = till.page(order, loadTimeoutMs=500)
    till.site.pages["/"].headers["Content-Security-Policy"] = f"default-src 'self'; script-src 'self' {till.checkout}"
    await buyer.page.goto(url)
    await buyer.page.locator("button[data-order]").click()
    (failure,) = await told(buyer.said("failure"))
    assert failure["code"] == "frame_timeout"
    dialog = buyer.page.get_by_test_id("payment-modal")
    await expect(dialog).to_be_visible()
    await buyer.page.get_by_test_id("close-modal-button").click()
    await expect(dialog).to_be_hidden()


@pytest.mark.prove
async def test_a_request_without_an_answer_is_repeated_with_its_key_and_pays_once(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect(*NETWORK)
    checkout = await buyer.opens_modal(till.page(order))
    lost: list[str] = []

    async def lose(route) -> None:  # type: ignore[no-untyped-def]
        """The gateway gets it, the buyer's browser never hears."""
        if not lost:
            lost.append((await route.request.all_headers())["idempotency-key"])
            await route.fetch()
            await route.abort("connectionreset")
        else:
            lost.append((await route.request.all_headers())["idempotency-key"])
            await route.continue_()

    await buyer.context.route("**/payments/public", lose)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    assert len(lost) == 2
    assert len(set(lost)) == 1
    assert await till.statuses(order) == ["success"]


@pytest.mark.prove
async def test_a_buyer_without_network_is_told_and_pays_once_it_is_back(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect(*NETWORK)
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_upi()
    await buyer.context.set_offline(True)
    await checkout.shows("offline-notice")
    await buyer.context.set_offline(False)
    await expect(checkout.at("offline-notice")).to_be_hidden()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))


@pytest.mark.prove
async def test_while_the_gateway_is_down_nothing_is_lost_and_the_payment_goes_on_when_it_is_back(
    arrive: Arrive, till: Till, backstage: Backstage
) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect(*NETWORK)
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_card()
    await backstage.stop("api")
    try:
        async with buyer.page.expect_event("requestfailed", lambda request: request.method == "POST"):
            await checkout.pay()
        await checkout.shows("processing-state")
    finally:
        await backstage.start("api")
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    assert await till.statuses(order) == ["success"]
