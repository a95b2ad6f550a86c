"""A stack to break: started with its environment, driven by traffic, judged by the oracle. In two sizes."""

import asyncio
import os
import random
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.config import StackConfig
from deploy.embedded.credentials import load_or_make
from deploy.embedded.postgres import Postgres
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.backstage import Backstage
from tests.faults.oracle import Oracle, Verdict
from tests.faults.traffic import Traffic
from tests.figures import Figures
from tests.receiver import Shop
from tests.waiting import eventually

SERVICES: Final = ("api", "processor", "refunder", "notifier", "shop")
HEARD: Final = 20
"""Deliveries between two kills of the notifier."""

SLOW_S: Final = 0.5
REFUSED: Final = 400
"""The shop is there and says no: it goes on to be sent to at full speed, unlike one that seems to be away."""

VICTIMS: Final = ("api", "processor", "refunder", "notifier", "checkout", "kafka", "postgres")
Environment = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything, and how long to wait before something counts as lost."""

    payments: int
    """In flight at once."""
    buyers: int
    """Who go on paying while faults happen."""
    progress: int
    """Acknowledgements between two faults."""
    delay_ms: int
    """Of the simulated acquirer; payments are in flight for so long at least."""
    passes: int
    """How often each process is killed."""
    notifier_kills: int
    """How often the notifier alone is killed while it sends."""
    rounds: int
    """How many COMMITs and answers are lost."""
    patience_s: float


SMALL: Final = Size(
    payments=80, buyers=4, progress=10, delay_ms=1_500, passes=1, notifier_kills=3, rounds=3, patience_s=150
)
FULL: Final = Size(
    payments=1_000, buyers=16, progress=100, delay_ms=10_000, passes=3, notifier_kills=50, rounds=100, patience_s=600
)
SIZES: Final = [
    pytest.param(SMALL, id="small"),
    pytest.param(FULL, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(3600)]),
]


@dataclass(frozen=True, slots=True)
class Scene:
    """A running stack and those who look at it."""

    stack: Stack
    backstage: Backstage
    shop: Shop
    size: Size
    seed: int

    def traffic(self) -> Traffic:
        """Buyers who are patient enough for this size."""
        apis = [name for name in self.stack.names() if name.partition("-")[0] == "api"]
        return Traffic(*map(self.stack.url, apis), seed=self.seed, patience_s=self.size.patience_s)

    async def kill_one_after_the_other(self, traffic: Traffic) -> int:
        """Every process, each once the traffic flows again; how many payments were in flight at the first kill."""
        await traffic.burst(self.size.payments)
        in_flight = traffic.in_flight
        traffic.keep(self.size.buyers)
        for victim in VICTIMS * self.size.passes:
            await traffic.progress(self.size.progress)
            await self.backstage.kill(victim)
        await traffic.progress(self.size.progress)
        return in_flight

    async def kill_while_it_sends(self, traffic: Traffic) -> None:
        """The notifier, again and again, each time in the middle of deliveries that the shop takes, refuses or is slow
        to answer."""
        chance = random.Random(self.seed)
        traffic.keep(self.size.buyers)
        for _ in range(self.size.notifier_kills):
            mode = chance.choice(("ok", "fail", "slow"))
            times = chance.randint(1, 2 * HEARD)
            await self.shop.behave(mode, times=times, delay_s=SLOW_S, status=REFUSED)
            await self._heard(HEARD)
            await self.backstage.kill("notifier")
        await self.shop.behave("ok")

    async def _heard(self, count: int) -> None:
        """Return when so many more deliveries have come to the shop."""
        target = (await self.shop.stats())["received"] + count

        async def heard() -> bool:
            return bool((await self.shop.stats())["received"] >= target)

        await eventually(heard, f"{count} more deliveries come to the shop", patience_s=self.size.patience_s)

    def oracle(self, traffic: Traffic) -> Oracle:
        """Who judges what this traffic was promised."""
        return Oracle(traffic.journal, traffic.merchant, self.shop, self.backstage)

    async def verdict(self, traffic: Traffic, *, patience_s: float | None = None) -> Verdict:
        """On what this traffic was promised."""
        return await self.oracle(traffic).verdict(patience_s=patience_s or self.size.patience_s, seed=self.seed)

    async def must_be_clean(self, traffic: Traffic, figures: Figures, faults: str) -> Verdict:
        """Say the figures of a run, then fail unless nothing was lost, doubled or wrong."""
        began_s = time.monotonic()
        verdict = await self.verdict(traffic)
        journal = traffic.journal
        figures(
            f"seed {self.seed}: {faults}; {journal.payments} payments and {len(journal.acknowledged)} requests "
            f"acknowledged; {verdict}; drained and judged in {time.monotonic() - began_s:.0f} s; "
            f"answers {dict(journal.answers.most_common())}"
        )
        assert verdict.is_clean, str(verdict)
        return verdict


def stack_config(
    size: Size, *, services: Sequence[str] = SERVICES, environment: Environment | None = None
) -> StackConfig:
    """A stack whose acquirer takes as long as the size says."""
    delays = {"*": {"TEST_PROCESSING_DELAY": str(size.delay_ms)}}
    return new_config(services=tuple(services), environment={**delays, **(environment or {})})


def dsn_of(config: StackConfig, service: str) -> str:
    """Where a service of this stack will find its database; known before the stack runs."""
    return Postgres(config, load_or_make(config.state_dir)).dsn(service)


@asynccontextmanager
async def scene(config: StackConfig, size: Size, seed: int) -> AsyncIterator[Scene]:
    """Start it, in a thread, so that proxies of the test can serve it meanwhile; end it whatever happens."""
    life = running(config)
    stack = await asyncio.to_thread(life.__enter__)
    try:
        async with Shop(stack.url("shop")) as shop:
            yield Scene(stack, Backstage(stack), shop, size, seed)
    finally:
        _keep_logs(config)
        await asyncio.to_thread(life.__exit__, *sys.exc_info())


def _keep_logs(config: StackConfig) -> None:
    """Where PAYGATE_TEST_LOGS says, since the stack's folder goes with it."""
    folder = os.environ.get("PAYGATE_TEST_LOGS")
    if folder:
        shutil.copytree(config.logs_dir, Path(folder) / config.state_dir.name, dirs_exist_ok=True)
