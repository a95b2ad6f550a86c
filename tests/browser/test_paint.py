"""How soon a buyer with a slow device sees something."""

from statistics import median
from typing import Final

import pytest

from tests.browser.buyer import PHONE, Arrive
from tests.browser.till import Till
from tests.figures import Figures

pytestmark = [pytest.mark.stack, pytest.mark.prove]

SLOWDOWN: Final = 4
ROUNDS: Final = 7
PAINTED: Final = """() => new Promise((painted) => {
  new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach((one) =>
    painted(one.startTime))).observe({type: "paint", buffered: true});
})"""
LOADED: Final = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


async def test_a_slow_device_paints_and_may_pay(arrive: Arrive, till: Till, figures: Figures) -> None:
    painted_ms, usable_ms, loaded_bytes = [], [], []
    for _ in range(ROUNDS):
        buyer, order = await arrive(**PHONE), await till.merchant.order()
        session = await buyer.context.new_cdp_session(buyer.page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        checkout = await buyer.opens(till.hosted(order))
        painted_ms.append(await buyer.page.evaluate(PAINTED))
        await checkout.shows("pay-button")
        usable_ms.append(await buyer.page.evaluate("() => performance.now()"))
        loaded_bytes.append(await buyer.page.evaluate(LOADED))
    figures(
        f"CPU slowed {SLOWDOWN} times, {ROUNDS} cold loads: first contentful paint after {median(painted_ms):.0f} ms "
        f"(worst {max(painted_ms):.0f}), to be used after {median(usable_ms):.0f} ms, "
        f"{median(loaded_bytes) / 1000:.1f} kB over the wire"
    )
