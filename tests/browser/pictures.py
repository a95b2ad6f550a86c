"""Takes the pictures of docs/images anew: `python -m tests.browser.pictures`, with a stack of its own."""

import asyncio
import base64
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, async_playwright

from deploy.embedded.config import ROOT
from deploy.embedded.failure import StackFailure
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.browser import chromium
from tests.browser.axe import SETTLED
from tests.browser.buyer import PHONE, Buyer, arriving
from tests.browser.site import serving
from tests.browser.states import STATES
from tests.browser.till import Till, public_origin
from tests.conftest import SERVICES
from tests.merchant import Merchant

IMAGES: Final = ROOT / "docs/images"
BYTES_MAX: Final = 60_000
QUALITY: Final = 80
DESKTOP: Final = {"viewport": {"width": 1120, "height": 720}}

PICTURES: Final[dict[str, tuple[str, dict[str, Any], dict[str, str]]]] = {
    "checkout-desktop": ("card", {**DESKTOP, "color_scheme": "light"}, {}),
    "checkout-phone": ("upi", {**PHONE, "color_scheme": "light"}, {}),
    "checkout-phone-dark": ("qr", {**PHONE, "color_scheme": "dark"}, {}),
    "checkout-phone-rtl": ("card", {**PHONE, "color_scheme": "light"}, {"locale": "ar"}),
}
"""Name to the state that it shows, the buyer's device, and the query of the page."""


async def shoot(buyer: Buyer, name: str) -> Path:
    """What the buyer sees, as WebP."""
    for frame in buyer.page.frames:
        await frame.evaluate(SETTLED)
    session = await buyer.context.new_cdp_session(buyer.page)
    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path = IMAGES / f"{name}.webp"
    path.write_bytes(base64.b64decode(taken["data"]))
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size / 1000:.1f} kB")
    if size > BYTES_MAX:
        raise StackFailure(f"{path.name} has {size} bytes, which is more than {BYTES_MAX}: lower its size or quality.")
    return path


async def take(stack: Stack, browser: Browser) -> None:
    """All pictures."""
    IMAGES.mkdir(exist_ok=True)
    async with AsyncExitStack() as leaving:
        merchant = await leaving.enter_async_context(Merchant(stack.url("api")))
        till = Till(merchant, await leaving.enter_async_context(serving()), public_origin(stack))
        for name, (state, device, query) in PICTURES.items():
            buyer = await leaving.enter_async_context(arriving(await browser.new_context(**device)))
            await STATES[state](till, buyer, lambda order, query=query: till.hosted(order, **query))
            await shoot(buyer, name)


async def main() -> None:
    """Take them with a browser of our own."""
    async with async_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test-id")
        browser = await playwright.chromium.launch(executable_path=chromium.find(print), args=chromium.ARGUMENTS)
        with running(new_config(services=SERVICES)) as stack:
            await take(stack, browser)
        await browser.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except StackFailure as failure:
        sys.exit(str(failure))
