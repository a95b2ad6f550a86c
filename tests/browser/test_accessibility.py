"""axe-core has nothing to say against any state of the checkout, in both colour schemes, in both directions."""

import asyncio
from collections.abc import Iterable
from typing import Final

import pytest

from tests.browser import axe
from tests.browser.buyer import PHONE, Arrive
from tests.browser.states import STATES
from tests.browser.till import Till

pytestmark = pytest.mark.stack

OVERFLOW: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOCALES: Final = ("en", "hi", "es", "fr", "de", "ar")
MAIN: Final = ("card", "faults", "processing", "challenge", "success", "failure")
"""What every buyer may come through; the first, UPI, is in the dialog."""


async def found_in(states: Iterable[str], arrive: Arrive, till: Till) -> list[str]:
    """What is wrong with them, light and dark."""

    async def judge(state: str) -> list[str]:
        """What is wrong with it."""
        buyer = await arrive()
        await STATES[state](till, buyer, till.hosted)
        found = await axe.violations(buyer.page)
        await buyer.page.emulate_media(color_scheme="dark")
        return [f"{state}: {one}" for one in found + await axe.violations(buyer.page)]

    return [one for found in await asyncio.gather(*map(judge, states)) for one in found]


async def test_no_state_on_the_way_of_a_payment_has_a_violation_light_or_dark(arrive: Arrive, till: Till) -> None:
    assert await found_in(MAIN, arrive, till) == []


@pytest.mark.prove
async def test_no_other_state_has_a_violation_light_or_dark(arrive: Arrive, till: Till) -> None:
    assert await found_in(STATES.keys() - set(MAIN), arrive, till) == []


async def test_the_dialog_in_the_shops_page_has_no_violation(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    await buyer.opens_modal(till.page(order))
    assert await axe.violations(buyer.page) == []


async def test_the_page_from_right_to_left_has_no_violation(arrive: Arrive, till: Till) -> None:
    buyer = await arrive(**PHONE)
    checkout = await STATES["faults"](till, buyer, lambda order: till.hosted(order, locale="ar"))
    assert await buyer.page.evaluate("() => document.documentElement.dir") == "rtl"
    assert await axe.violations(buyer.page) == []
    direction = "one => getComputedStyle(one).direction"
    assert await checkout.at("card-number-input").evaluate(direction) == "ltr", "numbers are not mirrored"


@pytest.mark.prove
@pytest.mark.timeout(180, func_only=True)
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_on_a_phone_in_every_language_has_no_violation(
    arrive: Arrive, till: Till, scheme: str, locale: str
) -> None:
    async def judge(state: str) -> list[str]:
        """What is wrong with it."""
        buyer = await arrive(**PHONE, color_scheme=scheme)
        await STATES[state](till, buyer, lambda order: till.hosted(order, locale=locale))
        too_wide = ["has to be scrolled sideways"] if await buyer.page.evaluate(OVERFLOW) > 0 else []
        return [f"{state}: {one}" for one in await axe.violations(buyer.page) + too_wide]

    assert [one for found in await asyncio.gather(*map(judge, STATES)) for one in found] == []
