"""Every test value does what the documentation says, through processor and acquirer; and the settings of the rest."""

import random
from datetime import timedelta
from typing import Any

import orjson
import pytest

from acquirer.settings import AcquirerSettings
from contracts.test_cards import CHALLENGES, DECLINES, TEST_CARDS
from services.processor.settings import Settings
from services.processor.tests.conftest import DISPUTE_DELAY_S, Bench, Desk, PaymentCommands

APPROVED = "payment.authorisation.approved"
DECLINED = "payment.authorisation.declined"
CAPTURED = "payment.capture.accepted"
DISPUTED = "payment.dispute.opened"
REQUIRED: dict[str, Any] = {
    "database_url": "postgresql://x",
    "acquirer_database_url": "postgresql://x",
    "internal_token": "test-token",
}
DRAWS = 2000


async def told(desk: Desk) -> dict[str, Any]:
    """The one result that waits for Kafka."""
    (row,) = await desk.pool.fetch("SELECT type, data FROM outbox")
    return {"type": row["type"], **orjson.loads(row["data"])}


@pytest.mark.parametrize("number", [number for number, card in TEST_CARDS.items() if card not in CHALLENGES])
async def test_every_card_that_needs_no_buyer(bench: Bench, number: str) -> None:
    desk, card = bench.desk(), TEST_CARDS[number]
    await desk.take(PaymentCommands().authorise_card(card))
    await desk.run()
    result = await told(desk)
    if card in DECLINES:
        code, description = DECLINES[card]
        assert (result["type"], result["decline_code"], result["description"]) == (DECLINED, code, description)
    else:
        assert result["type"] == APPROVED


@pytest.mark.parametrize(
    ("vpa", "types"),
    [
        ("success@bank", [APPROVED]),
        ("success@razorpay", [APPROVED]),
        ("failure@bank", [DECLINED]),
        ("pending@razorpay", []),
        ("timeout@bank", [APPROVED]),
        ("a.buyer@bank", [APPROVED]),
    ],
)
async def test_every_address(bench: Bench, vpa: str, types: list[str]) -> None:
    desk = bench.desk()
    await desk.take(PaymentCommands().authorise(vpa))
    await desk.run()
    assert await desk.published() == types


async def test_the_address_that_times_out_is_charged_once_and_tells_what_happened(bench: Bench) -> None:
    desk = bench.desk()
    await desk.take(PaymentCommands().authorise("timeout@bank"))
    await desk.run()
    assert (await told(desk))["unanswered"] == 1
    calls = await bench.acquirer_pool.fetch("SELECT operation, outcome FROM call ORDER BY id")
    assert [tuple(row) for row in calls] == [("authorise", "answer_lost"), ("inquire", "approved")]
    assert await bench.acquirer_pool.fetchval("SELECT count(*) FROM effect") == 1


async def test_a_disputed_card_is_disputed_some_time_after_its_capture_and_once(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    capture = commands.capture(commands.authorise_card("disputed"))
    await desk.take(commands.authorise_card("disputed"))
    await desk.run()
    assert await desk.run(after_s=DISPUTE_DELAY_S) == [], "nothing was taken yet"
    await desk.take(capture)
    await desk.run(after_s=0)
    assert await desk.run(after_s=DISPUTE_DELAY_S - 1) == []
    await desk.run(after_s=1)
    assert await desk.published() == [APPROVED, CAPTURED, DISPUTED]
    await desk.take(capture)
    assert await desk.run(after_s=DISPUTE_DELAY_S) == []
    assert await desk.published() == [APPROVED, CAPTURED, DISPUTED, CAPTURED]
    assert (await desk.jobs.counts()).completed == 2


@pytest.mark.parametrize("card", ["success", "refund_fails"])
async def test_no_other_card_is_disputed(bench: Bench, card: str) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    authorise = commands.authorise_card(card)
    await desk.take(authorise)
    await desk.run()
    await desk.take(commands.capture(authorise))
    await desk.run(after_s=0)
    assert await desk.run(after_s=DISPUTE_DELAY_S) == []
    assert await desk.published() == [APPROVED, CAPTURED]


async def test_in_test_mode_a_payment_takes_what_the_setting_says() -> None:
    settings = Settings(**REQUIRED, test_mode=True, test_processing_delay=250)
    assert {settings.delay.draw() for _ in range(100)} == {timedelta(milliseconds=250)}


async def test_outside_test_mode_a_payment_takes_between_the_two_bounds() -> None:
    settings = Settings(**REQUIRED, test_mode=False, processing_delay_min=5_000, processing_delay_max=10_000)
    random.seed(20260101)
    drawn_s = [settings.delay.draw().total_seconds() for _ in range(DRAWS)]
    assert 5 <= min(drawn_s) < 5.05
    assert 9.95 < max(drawn_s) <= 10
    assert sum(drawn_s) / DRAWS == pytest.approx(7.5, abs=0.15)


async def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="PROCESSING_DELAY_MIN must not be more than PROCESSING_DELAY_MAX"):
        Settings(**REQUIRED, processing_delay_min=2, processing_delay_max=1)


@pytest.mark.parametrize(
    ("given", "fixed"),
    [
        ({}, None),
        ({"test_payment_success": True}, True),
        ({"test_payment_success": False}, False),
        ({"test_payment_success": False, "test_mode": False}, None),
    ],
)
async def test_payments_end_as_fixed_in_test_mode_only_else_by_the_rates(
    given: dict[str, Any], fixed: bool | None
) -> None:
    rates: dict[str, Any] = {"upi_success_rate": 0.5, "card_success_rate": 0.6, "refund_success_rate": 0.7}
    settings = AcquirerSettings(**REQUIRED, **rates, **given)
    odds = settings.odds
    assert (odds.upi_success_rate, odds.card_success_rate, odds.refund_success_rate) == (0.5, 0.6, 0.7)
    assert odds.fixed is fixed
