"""A buyer: a browser context of their own, and the checkout as they see and use it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from playwright.async_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.watch import Watch

PATIENCE_MS: Final = 20_000
"""How long a state of the page may be waited for; only a failing test waits so long, and it then says for what."""

ESCAPE_TIMEOUT_S: Final = 5.0
PHONE_WIDTH: Final = 390
PHONE: Final = {
    "viewport": {"width": PHONE_WIDTH, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
CARD: Final = "4242424242424242"


@dataclass(slots=True)
class Checkout:
    """The checkout's page, in a frame of the shop or alone in a window."""

    place: FrameLocator | Page

    def at(self, test_id: str) -> Locator:
        """A part of it by its `data-test-id`."""
        return self.place.get_by_test_id(test_id)

    async def shows(self, test_id: str) -> Locator:
        """Wait until this part is visible."""
        part = self.at(test_id)
        await expect(part).to_be_visible(timeout=PATIENCE_MS)
        return part

    async def choose_upi(self, vpa: str = "success@upi") -> None:
        """Fill in the form; nothing is paid yet."""
        await self.at("method-upi").click()
        await self.at("vpa-input").fill(vpa)

    async def choose_card(self, number: str = CARD, *, expiry: str = "12/31", code: str = "123") -> None:
        """Fill in the form key by key, as its formatting expects; nothing is paid yet."""
        await self.at("method-card").click()
        await self.at("card-number-input").press_sequentially(number)
        await self.at("expiry-input").press_sequentially(expiry)
        await self.at("cvv-input").press_sequentially(code)
        await self.at("cardholder-name-input").fill("A Buyer")

    async def pay(self) -> None:
        """Press the one button there is."""
        await self.at("pay-button").click()

    async def goes(self, test_id: str) -> None:
        """Press a button that takes the checkout away. Chromium may never acknowledge a click in a frame that is gone
        by then, so the page presses it itself a moment later."""
        await (await self.shows(test_id)).evaluate("button => setTimeout(() => button.click())")


@dataclass(slots=True)
class Buyer:
    """`page` is their first window."""

    context: BrowserContext
    page: Page
    watch: Watch

    async def opens(self, url: str) -> Checkout:
        """Go to a hosted checkout."""
        await self.page.goto(url)
        return Checkout(self.page)

    async def opens_modal(self, url: str, order_id: str | None = None) -> Checkout:
        """Go to a shop and press the button of an order (or the only one): the dialog and the frame in it are shown."""
        await self.page.goto(url)
        return await self.presses(order_id)

    async def presses(self, order_id: str | None = None) -> Checkout:
        """Press the shop's button of an order, or its only one."""
        wanted = f'[data-order="{order_id}"]' if order_id else "[data-order]"
        await self.page.locator(f"button{wanted}").click()
        checkout = self.frame
        await checkout.shows("checkout-container")
        return checkout

    async def escapes(self) -> None:
        """Press Escape. Chromium never acknowledges the key when the frame that it went to is gone by then, which is
        what the key is for: whether it did anything is seen in the page."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.page.keyboard.press("Escape"), ESCAPE_TIMEOUT_S)

    @property
    def frame(self) -> Checkout:
        """The checkout in the shop's page."""
        return Checkout(self.page.frame_locator('[data-test-id="payment-iframe"]'))

    def said(self, what: str) -> Locator:
        """The lines in which the shop's page notes that a callback came: success, failure or close."""
        return self.page.locator("#said li", has_text=f'"what":"{what}"')


Arrive = Callable[..., Awaitable[Buyer]]


@asynccontextmanager
async def arriving(context: BrowserContext) -> AsyncIterator[Buyer]:
    """A buyer with this browser context, which ends with them."""
    context.set_default_timeout(PATIENCE_MS)
    try:
        watch = await Watch.of(context)
        yield Buyer(context, await context.new_page(), watch)
    finally:
        await context.close()
