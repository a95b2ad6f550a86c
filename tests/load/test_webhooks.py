"""The notifier under load: nothing is lost among endpoints that hang and fail, and what is healthy does not notice."""

from typing import Final

import pytest

from tests.load.notifying import site
from tests.load.webhooks import GROWTH_BAR, HISTORY, Load, history, isolation, measure_rate, measure_window

FEW: Final = Load(healthy=2, hanging=3, failing=3, healthy_per_s=10.0, seconds=5.0)

pytestmark = pytest.mark.stack


async def test_what_is_put_onto_kafka_is_delivered_or_accounted_for() -> None:
    async with site() as on:
        merchants = await on.open_endpoints(FEW.urls(on.receiver))
        await measure_window(on, merchants[: FEW.healthy], merchants[FEW.healthy :], FEW)
        assert (await measure_rate(on, merchants[: FEW.healthy], 500)).per_s > 0


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_two_hundred_sick_endpoints_do_not_delay_five_healthy_ones() -> None:
    found = await isolation(5, Load())
    assert found.is_good, found.p99_ms


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_a_delivery_costs_the_same_beside_a_million_stored_attempts() -> None:
    before, after = await history(5, 20_000, 20, HISTORY)
    assert after.total_us <= GROWTH_BAR * before.total_us, (before, after)  # by CPU: no other work counts there
