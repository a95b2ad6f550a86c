"""One browser for the session, a context of its own for every buyer, a merchant's site, and what must never happen."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from deploy.embedded.stack import Stack
from tests.browser import chromium
from tests.browser.buyer import Arrive, Buyer, arriving
from tests.browser.site import Site, serving
from tests.browser.till import Till, public_origin
from tests.figures import Figures
from tests.merchant import Merchant

FIRST_TIMEOUT_S: Final = 900
"""For tests that need the browser: one of them may have to install it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave time for the browser's installation."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(FIRST_TIMEOUT_S))


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """What drives browsers."""
    async with async_playwright() as running:
        running.selectors.set_test_id_attribute("data-test-id")
        yield running


@pytest.fixture(scope="session")
def program(say: Figures) -> Path | None:
    """The browser to start; see `chromium.find`."""
    return chromium.find(say)


@pytest.fixture(scope="session")
async def browser(playwright: Playwright, program: Path | None) -> AsyncIterator[Browser]:
    """A real Chromium without a window."""
    running = await playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
    yield running
    await running.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site on a port of the test's own."""
    async with serving() as running:
        yield running


@pytest.fixture(scope="session")
def checkout(stack: Stack) -> str:
    """The checkout's origin, as browsers know it."""
    return public_origin(stack)


@pytest.fixture
def till(merchant: Merchant, site: Site, checkout: str) -> Till:
    """The seeded merchant's, with a site of the test's own."""
    return Till(merchant, site, checkout)


@pytest.fixture
async def arrive(browser: Browser, site: Site) -> AsyncIterator[Arrive]:
    """`await arrive()`: another buyer with a browser of their own and Playwright's options of a context: `**PHONE`,
    `color_scheme="dark"`, `locale="ar"`… What none of them may see fails the test."""
    del site  # is there for longer than the buyers: a page may ask for its icon late
    buyers: list[Buyer] = []
    async with AsyncExitStack() as leaving:

        async def arrive(**options: Any) -> Buyer:
            buyers.append(await leaving.enter_async_context(arriving(await browser.new_context(**options))))
            return buyers[-1]

        yield arrive
    assert "\n".join(one for buyer in buyers for one in buyer.watch.unexpected) == ""
