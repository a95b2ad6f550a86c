"""Crashes and lost answers at the two places where one system's commit is not yet another's: between the acquirer's
commit and ours, and between our commit and its answer."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Final

import pytest

from tests.faults.cutter import Cutter, When
from tests.faults.scene import SERVICES, SIZES, Scene, dsn_of, scene, stack_config
from tests.faults.traffic import Traffic
from tests.figures import Figures
from tests.merchant import Merchant, Reply
from tests.waiting import eventually

pytestmark = pytest.mark.stack

CUT_SERVICES: Final = ("api", "processor", "refunder", "notifier")
CALLERS: Final = ("processor", "refunder")
WHEN: Final[tuple[When, ...]] = ("after", "before")
HANGING_MS: Final = 600
"""Each call at the acquirer waits so long before it is made: a caller killed meanwhile never hears of its commit."""

CRASHES_IN_VAIN_MAX: Final = 20
"""Crashes that all miss the moment between the two commits: then the test says that it has tested nothing."""


@dataclass(frozen=True, slots=True)
class Cuttable:
    """A stack whose services reach Postgres through cutters, and the acquirer over HTTP."""

    scene: Scene
    cutters: dict[str, Cutter]


@pytest.fixture(scope="module", params=SIZES)
async def cuttable(request: pytest.FixtureRequest, seed: int) -> AsyncIterator[Cuttable]:
    """One for the module."""
    # What becomes of an unknown outcome is left to its lease: a short one, so that the test need not wait long.
    patience = {"ACQUIRER_TIMEOUT_S": "2", "ACQUIRER_LEASE_S": "5", "WEBHOOK_TIMEOUT_S": "2", "WEBHOOK_LEASE_S": "5"}
    config = stack_config(request.param, services=("acquirer", *SERVICES))
    async with AsyncExitStack() as life:
        cutters = {
            name: await life.enter_async_context(Cutter(dsn_of(config, name)).serving()) for name in CUT_SERVICES
        }
        environment = {name: {"DATABASE_URL": cutter.url, **patience} for name, cutter in cutters.items()}
        config = replace(config, environment={**config.environment, **environment})
        yield Cuttable(await life.enter_async_context(scene(config, request.param, seed)), cutters)


async def test_a_commit_whose_answer_is_lost_is_found_by_its_key(cuttable: Cuttable, figures: Figures) -> None:
    running, cutter = cuttable.scene, cuttable.cutters["api"]
    async with running.traffic() as traffic:
        traffic.keep(running.size.buyers)
        for number in range(running.size.rounds):
            await _pay_with_a_lost_commit(traffic, cutter, WHEN[number % len(WHEN)])
        await traffic.finish()
        await running.must_be_clean(traffic, figures, f"{running.size.rounds} COMMITs of payments lost")


async def _pay_with_a_lost_commit(traffic: Traffic, cutter: Cutter, when: When) -> None:
    merchant, key = traffic.merchant, secrets.token_hex(16)
    order = await _answered(merchant, "/orders", {"amount": 50_000}, secrets.token_hex(16))
    body = {"order_id": order.expect(201)["id"], "method": "upi", "vpa": "success@bank"}
    cutter.cut_marked(key, when)
    lost = await merchant.call("POST", "/payments", body, key=key)
    assert (lost.status, lost.error["code"]) == (503, "OUTCOME_UNKNOWN"), lost
    assert int(lost.headers["Retry-After"]) >= 1
    found = await _answered(merchant, "/payments", body, key)
    payment = found.expect(201)
    assert ("Idempotent-Replayed" in found.headers) == (when == "after"), "a COMMIT that happened is found, no other is"
    traffic.journal.orders[body["order_id"]] = payment["id"]
    traffic.journal.events[payment["id"]] = ["payment.created", "payment.pending", "payment.success"]


async def _answered(merchant: Merchant, path: str, body: dict[str, object], key: str) -> Reply:
    """The answer, once it is not a 503: another COMMIT of the same batch may have been the lost one."""

    async def look() -> Reply | None:
        reply = await merchant.call("POST", path, body, key=key)
        return None if reply.status in (409, 503) else reply

    return await eventually(look, f"POST {path} is answered")


async def test_commits_of_every_service_are_lost_in_the_middle_of_traffic(cuttable: Cuttable, figures: Figures) -> None:
    running, cutters = cuttable.scene, cuttable.cutters
    before = {name: cutter.cuts for name, cutter in cutters.items()}
    async with running.traffic() as traffic:
        await traffic.burst(running.size.payments)
        traffic.keep(running.size.buyers)
        for number in range(running.size.rounds):
            await traffic.progress(1)
            for cutter in cutters.values():
                cutter.cut_next(WHEN[number % len(WHEN)])
        await traffic.finish()
        cuts = {name: cutter.cuts - before[name] for name, cutter in cutters.items()}
        await running.must_be_clean(traffic, figures, f"COMMITs lost: {cuts}")
    assert all(cuts.values()), cuts


async def test_crashes_between_the_acquirers_commit_and_ours(cuttable: Cuttable, figures: Figures) -> None:
    running = cuttable.scene
    backstage, size = running.backstage, running.size
    replays_before = await _replays(running)
    async with running.traffic() as traffic:
        await backstage.acquirer_fails(drop_answers=size.rounds, delay_ms=HANGING_MS)
        await traffic.burst(size.payments)
        traffic.keep(size.buyers)
        crashes, wanted = 0, len(CALLERS) * size.passes
        while crashes < wanted or (
            crashes < wanted + CRASHES_IN_VAIN_MAX and await _replays(running) == replays_before
        ):
            caller = CALLERS[crashes % len(CALLERS)]
            await _until_calls_hang(running, caller)
            await backstage.kill(caller)
            crashes += 1
        await backstage.kill("acquirer")
        await traffic.progress(size.progress)
        await traffic.finish()
        inquiries = await backstage.value("SELECT count(*) FROM acquirer.call WHERE operation = 'inquire'")
        replays = await _replays(running) - replays_before
        await running.must_be_clean(
            traffic,
            figures,
            f"{size.rounds} answers dropped after the acquirer's commit ({inquiries} inquiries), {crashes} callers and "
            f"the acquirer killed while calls hung ({replays} calls made again)",
        )
    assert inquiries
    assert replays, "no crash came between the acquirer's commit and ours: nothing was tested"


async def _replays(running: Scene) -> int:
    replays: int = await running.backstage.value(
        "SELECT count(*) FROM acquirer.call WHERE replay AND operation <> 'inquire'"
    )
    return replays


async def _until_calls_hang(running: Scene, caller: str) -> None:
    """Wait until a caller has claimed something to ask of the acquirer."""

    async def look() -> bool:
        return bool(await running.backstage.value(f"SELECT count(*) FROM {caller}.job WHERE leased_by IS NOT NULL"))

    await eventually(look, f"the {caller} asks the acquirer", every_s=0.05)
