"""One browser for the session, a context of its own for every buyer, a merchant's site, and what must never happen."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Playwright, async_playwright, expect

from deploy.embedded.stack import Stack
from tests.browser import chromium
from tests.browser.buyer import PATIENCE_MS, Arrive, Buyer, arriving
from tests.browser.site import Site, serving
from tests.browser.till import Till, public_origin
from tests.figures import Figures
from tests.merchant import Merchant

HERE: Final = Path(__file__).parent
TIMEOUT_S: Final = 60
"""For a test by itself: what it asks for (the stack, a browser that has to be installed) has time limits of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test of this folder hangs: what a page is asked in JavaScript has no time limit in Playwright."""
    for item in items:
        if item.path.is_relative_to(HERE) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TIMEOUT_S, func_only=True))


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """What drives browsers."""
    async with async_playwright() as running:
        running.selectors.set_test_id_attribute("data-test-id")
        expect.set_options(timeout=PATIENCE_MS)
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
