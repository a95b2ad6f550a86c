"""A process that is frozen until others have taken over its work, and then goes on as if nothing had been: a zombie."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Final

import pytest

from deploy.testing import new_config
from tests.faults.cutter import Cutter
from tests.faults.scene import FULL, SERVICES, Scene, dsn_of, scene
from tests.figures import Figures
from tests.merchant import Merchant

pytestmark = [pytest.mark.stack, pytest.mark.prove, pytest.mark.timeout(3600)]

CONSUMERS: Final = ("processor", "refunder", "notifier", "api")
FROZEN: Final = (*CONSUMERS, "kafka") * 2
FROZEN_S: Final = 12.0
"""Longer than a consumer's session (10 s): its partitions go to the other replica. Shorter than a statement's time
limit (15 s): a statement that was on its way is still wanted afterwards."""

NEVER: Final = 1_000_000
SIZE: Final = replace(FULL, payments=300, delay_ms=1_500)
FENCED: Final = re.compile(r"^paygate_partitions_fenced_total\{[^}]*\} (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Freezer:
    """A stack with two replicas of everything; the first of each reaches Postgres through a cutter."""

    scene: Scene
    cutters: dict[str, Cutter]

    async def freeze(self, victim: str) -> None:
        """Let it begin something, so that it has records in its hands and a statement on its way; then freeze it."""
        pid, cutter = await self.scene.backstage.pid(victim), self.cutters.get(victim)
        if cutter is not None:
            cutter.hold()
            await asyncio.sleep(1)
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(FROZEN_S)
        finally:
            os.kill(pid, signal.SIGCONT)
            if cutter is not None:
                cutter.release()

    async def fenced(self) -> int:
        """How many partitions of zombies' slices were dropped, in all processes together."""
        names = [f"{service}{suffix}" for service in CONSUMERS for suffix in ("", "-1")]
        async with Merchant(*map(self.scene.stack.url, names)) as anybody:
            replies = [await anybody.call("GET", "//metrics", anonymous=True) for _ in names]
        return sum(int(count) for reply in replies for count in FENCED.findall(reply.body.decode()))


@pytest.fixture
async def freezer(seed: int) -> AsyncIterator[Freezer]:
    """Nobody but the test ends what does not answer."""
    config = new_config(services=SERVICES, replicas=dict.fromkeys(CONSUMERS, 2), live_failures=NEVER)
    environment = {"*": {"TEST_PROCESSING_DELAY": str(SIZE.delay_ms)}}
    async with AsyncExitStack() as life:
        cutters = {}
        for name in CONSUMERS:
            cutters[name] = await life.enter_async_context(Cutter(dsn_of(config, name)).serving())
            environment[name] = {"DATABASE_URL": cutters[name].url}
            environment[f"{name}-1"] = {"DATABASE_URL": dsn_of(config, name)}
        config = replace(config, environment=environment)
        yield Freezer(await life.enter_async_context(scene(config, SIZE, seed)), cutters)


async def test_zombies_change_nothing(freezer: Freezer, figures: Figures) -> None:
    async with freezer.scene.traffic() as traffic:
        await traffic.burst(SIZE.payments)
        traffic.keep(SIZE.buyers)
        for victim in FROZEN:
            await traffic.progress(SIZE.progress)
            await freezer.freeze(victim)
        await traffic.progress(SIZE.progress)
        await traffic.finish()
        faults = f"{len(FROZEN)} processes frozen for {FROZEN_S:.0f} s each"
        fenced = await freezer.fenced()
        await freezer.scene.must_be_clean(traffic, figures, f"{faults}, {fenced} partitions of theirs fenced off")
    assert fenced, "no zombie had anything in its hands: nothing was tested"
