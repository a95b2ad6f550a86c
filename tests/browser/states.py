"""Every state that the checkout can be in, each as a way for a buyer to get there: for axe-core and for pictures."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.async_api import Route

from tests.browser.buyer import Buyer, Checkout
from tests.browser.till import Till
from tests.merchant import Object

DECLINED: Final = "4000000000000002"
CHALLENGED: Final = "4000002760003184"
PENDING_VPA: Final = "pending@razorpay"
NOTES: Final = {"description": "Brass lamp"}
AMOUNT_MINOR: Final = 249_900

Way = Callable[[Till, Buyer, Callable[..., str]], Awaitable[Checkout]]
"""Leads a buyer there; the function makes the URL of an order's page."""


async def order_of(till: Till, **fields: object) -> Object:
    """An order as shops make them."""
    return await till.merchant.order(AMOUNT_MINOR, receipt="R-1042", notes=NOTES, **fields)


async def begun(till: Till, buyer: Buyer, url: Callable[..., str], **fields: object) -> Checkout:
    """The page of a new order."""
    checkout = await buyer.opens(url(await order_of(till, **fields)))
    await checkout.shows("checkout-container")
    return checkout


async def upi(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """An address is to be typed."""
    checkout = await begun(till, buyer, url)
    await checkout.shows("upi-form")
    return checkout


async def qr(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """A code is to be scanned."""
    checkout = await begun(till, buyer, url)
    await checkout.at("method-qr").click()
    await checkout.shows("qr-code")
    return checkout


async def card(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """A card is half typed."""
    checkout = await begun(till, buyer, url)
    await checkout.at("method-card").click()
    await checkout.at("card-number-input").press_sequentially("4242424242424242")
    await checkout.at("expiry-input").press_sequentially("1231")
    return checkout


async def faults(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """What was typed can't be right, and the page says so beside the fields."""
    checkout = await begun(till, buyer, url)
    await checkout.choose_card("4242424242424241", expiry="13/20", code="1")
    await checkout.pay()
    await checkout.place.locator("[aria-invalid=true]").first.wait_for()
    return checkout


async def processing(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The bank has not answered."""
    checkout = await begun(till, buyer, url)
    await checkout.choose_upi(PENDING_VPA)
    await checkout.pay()
    await checkout.shows("processing-state")
    return checkout


async def challenge(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The bank asks."""
    checkout = await begun(till, buyer, url)
    await checkout.choose_card(CHALLENGED)
    await checkout.pay()
    frame = checkout.place.frame_locator('[data-test-id="challenge-iframe"]')
    await frame.get_by_role("button", name="Complete authentication").wait_for()
    return checkout


async def success(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """It is paid."""
    checkout = await begun(till, buyer, url)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    return checkout


async def failure(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The bank declined."""
    checkout = await begun(till, buyer, url)
    await checkout.choose_card(DECLINED)
    await checkout.pay()
    await checkout.shows("error-state")
    return checkout


async def paid(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """It was paid before."""
    order = await order_of(till)
    await till.merchant.ended(await till.merchant.pay(order))
    checkout = await buyer.opens(url(order))
    await checkout.shows("success-state")
    return checkout


async def expired(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The order's time is over while the page is open."""
    soon = datetime.now(UTC) + timedelta(seconds=1)
    checkout = await begun(till, buyer, url, expires_at=soon.isoformat())
    await checkout.shows("expired-state")
    return checkout


async def error(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """There is no such order."""
    buyer.watch.expect("status of 404")
    checkout = await buyer.opens(url({"id": "order_0000000000000000"}))
    await checkout.shows("config-error-state")
    return checkout


async def offline(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The buyer's network is away."""
    checkout = await begun(till, buyer, url)
    await buyer.context.set_offline(True)
    await checkout.shows("offline-notice")
    return checkout


async def sending(till: Till, buyer: Buyer, url: Callable[..., str]) -> Checkout:
    """The gateway does not answer."""

    async def hold(_: Route) -> None:
        """Leave the request without an answer."""

    checkout = await begun(till, buyer, url)
    await buyer.context.route("**/payments/public", hold)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("processing-state")
    return checkout


STATES: Final[Mapping[str, Way]] = {
    way.__name__: way
    for way in (
        upi,
        qr,
        card,
        faults,
        sending,
        processing,
        challenge,
        success,
        failure,
        paid,
        expired,
        error,
        offline,
    )
}
