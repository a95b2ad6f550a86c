"""The same harness on a gateway that breaks a rule: it must report what is lost and what is doubled, or its silence
elsewhere would mean nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.config import ROOT
from tests.faults.scene import FULL, SERVICES, SMALL, Scene, scene, stack_config
from tests.figures import Figures
from tests.waiting import eventually

pytestmark = pytest.mark.stack

BROKEN: Final = Path(__file__).with_name("broken")
CRASHES_MAX: Final = 10
HANGING_MS: Final = 600
SIZE: Final = replace(SMALL, payments=20, patience_s=8)
"""What is lost never comes: there is no use in being patient."""

SIZE_OF_KILLS: Final = replace(FULL, payments=300, delay_ms=SMALL.delay_ms, patience_s=60)


@pytest.fixture(scope="module")
async def broken(seed: int) -> AsyncIterator[Scene]:
    """An api that publishes after the commit, and a processor that charges with a new key each time."""
    config = stack_config(SIZE, services=("acquirer", "checkout", *SERVICES))
    path = {"PYTHONPATH": f"{BROKEN}:{ROOT}"}
    environment = {
        "api": {"BROKEN": "publish_after_commit", "BROKEN_HOLD": str(config.state_dir / "hold"), **path},
        "processor": {"BROKEN": "key_per_try", **path},
    }
    config = replace(config, environment={**config.environment, **environment})
    async with scene(config, SIZE, seed) as running:
        yield running


async def test_without_a_fault_nothing_is_lost_or_doubled_and_the_audit_sees_that_the_keys_are_no_attempts(
    broken: Scene, figures: Figures
) -> None:
    async with replace(broken, size=SMALL).traffic() as traffic:
        await traffic.burst(SIZE.payments)
        await traffic.finish()
        verdict = await replace(broken, size=SMALL).verdict(traffic)
    figures(f"rules broken, but no fault: {verdict}")
    assert not verdict.lost
    assert not verdict.doubled
    assert verdict.wrong
    assert all("'attempts." in problem for problem in verdict.wrong), verdict.wrong


async def test_a_charge_without_a_stable_key_is_seen_to_be_doubled(broken: Scene, figures: Figures) -> None:
    backstage = broken.backstage
    verdict = None
    async with replace(broken, size=SMALL).traffic() as traffic:
        await backstage.acquirer_fails(delay_ms=HANGING_MS)
        for _ in range(CRASHES_MAX):
            await traffic.burst(SIZE.payments)
            await eventually(lambda: _calls_hang(broken), "the processor asks the acquirer", every_s=0.05)
            await backstage.kill("processor")
            await traffic.finish()
            verdict = await broken.verdict(traffic)
            if verdict.doubled:
                break
        await backstage.acquirer_fails()
    assert verdict is not None
    figures(f"key per try: {verdict}")
    assert verdict.doubled
    assert any("acquirer.no_double_charge" in problem for problem in verdict.wrong), "the audit sees it, too"


async def _calls_hang(running: Scene) -> bool:
    return bool(await running.backstage.value("SELECT count(*) FROM processor.job WHERE leased_by IS NOT NULL"))


async def test_what_is_published_after_the_commit_is_seen_to_be_lost(broken: Scene, figures: Figures) -> None:
    backstage, hold = broken.backstage, broken.stack.config.state_dir / "hold"
    async with broken.traffic() as traffic:
        hold.touch()
        await traffic.burst(SIZE.payments)
        await eventually(broken.backstage.has_told_all, "the api has forgotten what it has not published")
        await backstage.kill("api")
        hold.unlink()
        acknowledged = list(traffic.journal.orders.values())
        async with replace(broken, size=SMALL).traffic() as later:
            await later.burst(1)
            await later.finish()
            assert later.journal.unended == [], "the pipeline flows again, past what was lost"
        await traffic.finish()
        verdict = await broken.verdict(traffic)
    figures(f"publish after commit, killed in between: {verdict}")
    unheard = {payment_id for payment_id in acknowledged if f"payment.created of {payment_id}" in verdict.lost}
    assert unheard, "payments were acknowledged and never told"
    assert any("webhooks.received" in problem for problem in verdict.wrong), "the audit sees it, too"


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_the_kills_lose_payments_of_a_broken_gateway(broken: Scene, figures: Figures) -> None:
    running = replace(broken, size=SIZE_OF_KILLS)
    async with running.traffic() as traffic:
        in_flight = await running.kill_one_after_the_other(traffic)
        await traffic.finish()
        verdict = await running.verdict(traffic)
    figures(f"rules broken, {in_flight} payments in flight at the first kill: {verdict}")
    assert verdict.lost, "the api was killed between its commits and Kafka, and nothing was missed"
