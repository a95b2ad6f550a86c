"""3-D Secure in the browser: the bank's page stands in the checkout's frame, and the buyer answers it, or goes."""

import pytest
from playwright.async_api import FrameLocator

from tests.browser.buyer import Arrive, Buyer, Checkout
from tests.browser.till import Till, told, told_success
from tests.merchant import Object
from tests.waiting import eventually

pytestmark = pytest.mark.stack

APPROVED, REFUSED = "4000002760003184", "4000008400001629"


def bank(checkout: Checkout) -> FrameLocator:
    """The bank's page, in a frame of the checkout."""
    return checkout.place.frame_locator('[data-test-id="challenge-iframe"]')


async def challenged(arrive: Arrive, till: Till, order: Object, number: str = APPROVED) -> tuple[Buyer, Checkout]:
    """A buyer who has paid by card in the shop's page and is asked by the bank."""
    buyer = await arrive()
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_card(number)
    await checkout.pay()
    await bank(checkout).get_by_role("button", name="Complete authentication").wait_for()
    return buyer, checkout


async def test_a_buyer_passes_the_banks_challenge(arrive: Arrive, till: Till) -> None:
    order = await till.merchant.order()
    buyer, checkout = await challenged(arrive, till, order)
    await bank(checkout).get_by_role("button", name="Complete authentication").click()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))


@pytest.mark.prove
@pytest.mark.parametrize(
    ("number", "button"), [(APPROVED, "Fail authentication"), (REFUSED, "Complete authentication")]
)
async def test_a_challenge_that_fails_may_be_followed_by_another_payment(
    arrive: Arrive, till: Till, number: str, button: str
) -> None:
    order = await till.merchant.order()
    buyer, checkout = await challenged(arrive, till, order, number)
    await bank(checkout).get_by_role("button", name=button).click()
    await checkout.shows("error-state")
    (failure,) = await told(buyer.said("failure"))
    assert failure["declineCode"] == "authentication_failed"
    await checkout.at("retry-button").click()
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    assert await till.statuses(order) == ["failed", "success"]


@pytest.mark.prove
async def test_who_leaves_the_challenge_may_pay_in_another_way(arrive: Arrive, till: Till) -> None:
    order = await till.merchant.order()
    buyer, checkout = await challenged(arrive, till, order)
    await checkout.at("leave-challenge-button").click()
    await checkout.shows("error-state")
    await given_up(till, order)
    await checkout.at("retry-button").click()
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    assert await till.statuses(order) == ["failed", "success"]


async def test_who_closes_the_checkout_during_a_challenge_has_given_it_up(arrive: Arrive, till: Till) -> None:
    order = await till.merchant.order()
    buyer, checkout = await challenged(arrive, till, order)
    await buyer.page.get_by_test_id("close-modal-button").click()
    await checkout.goes("confirm-leave-button")
    await given_up(till, order)


async def given_up(till: Till, order: Object) -> None:
    """The payment has failed, long before the challenge's time is over."""

    async def failed() -> Object | None:
        (payment,) = await till.payments(order)
        return payment if payment["status"] == "failed" else None

    payment = await eventually(failed, "the payment has failed")
    assert payment["decline_code"] == "authentication_failed"


@pytest.mark.prove
async def test_who_reloads_during_a_challenge_finds_it_again(arrive: Arrive, till: Till) -> None:
    order = await till.merchant.order()
    buyer, _ = await challenged(arrive, till, order)
    await buyer.page.reload()
    checkout = await buyer.presses()
    await bank(checkout).get_by_role("button", name="Complete authentication").click()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
