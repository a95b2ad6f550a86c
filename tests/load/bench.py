"""`make bench`: starts a fresh stack, measures what Paygate does and what that costs, audits it, and tells.

    python -m tests.load.bench --only accept,full --seconds 60
    python -m tests.load.bench --quick

A table goes to the terminal, results.json and report.html to the folder that --out names. Bars are printed beside the
figures and decide nothing. The audit does: when money does not add up in the end, the run is void and the exit code 1.
"""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import uvloop

from tests.load import machine, report
from tests.load.options import QUICK, Options
from tests.load.outcome import Outcome
from tests.load.scenarios import (
    accept,
    backlog,
    beside,
    changes,
    full,
    growth,
    latency,
    reads,
    replicas,
    shop,
    upkeep,
    webhooks,
)
from tests.load.stage import Stage, staged, warm

OUT: Final = Path("bench-results")
WARM_S: Final = 5.0

ON_THE_STACK: Final[dict[str, Callable[[Stage, Options], Awaitable[Outcome]]]] = {
    "accept": accept.run,
    "reads": reads.run,
    "full": full.run,
    "full_all": full.run_all,
    "tail": latency.run_posts,
    "webhook_latency": latency.run_webhooks,
    "captures": changes.run_captures,
    "refunds": changes.run_refunds,
    "shop": shop.run,
    "peers": beside.run,
    "backlog": backlog.run,
    "memory": upkeep.run_memory,
    "kill": upkeep.run_kill,
}
"""In this order, on one stack, each from an idle one on."""

APART: Final[dict[str, Callable[[Options], Awaitable[Outcome]]]] = {
    "replicas": replicas.run,
    "webhooks": webhooks.run,
    "isolation": webhooks.run_isolation,
    "webhook_history": webhooks.run_history,
    "growth": growth.run,
    "up": upkeep.run_up,
}
"""Each on what it starts for itself."""

SCENARIOS: Final = (*ON_THE_STACK, *APART)
QUICK_SCENARIOS: Final = tuple(name for name in SCENARIOS if name not in ("full_all", *APART))
"""What starts a stack of its own has no place in two minutes."""


async def on_the_stack(names: list[str], options: Options) -> tuple[list[Outcome], dict[str, Any]]:
    """Their outcomes, and the audit of all that they did."""
    outcomes = []
    async with staged() as stage:
        await warm(stage, min(WARM_S, options.window_s))
        for name in names:
            outcomes.append(await timed(name, ON_THE_STACK[name](stage, options)))
        await stage.until_idle()
        return outcomes, await stage.audit()


async def timed(name: str, measuring: Awaitable[Outcome]) -> Outcome:
    """With how long it took, told at once."""
    print(f"\n{name} …", flush=True)
    began_s = time.monotonic()
    outcome = await measuring
    outcome.took_s = time.monotonic() - began_s
    print(report.table(outcome), flush=True)
    return outcome


async def measure(names: list[str], options: Options, out: Path) -> int:
    """The exit code."""
    facts = machine.facts()
    print(f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gb']} GB; commit {facts['commit']}")
    outcomes: list[Outcome] = []
    audits: list[dict[str, Any]] = []
    if shared := [name for name in names if name in ON_THE_STACK]:
        outcomes, audit = await on_the_stack(shared, options)
        audits.append(audit)
    for name in names:
        if name in APART:
            outcomes.append(await timed(name, APART[name](options)))
            audits += outcomes[-1].audits
    written = report.write(out, facts, options, outcomes, audits)
    for audit in audits:
        rows, differ = sum(audit["checked"].values()), len(audit["differences"])
        print(f"\nAudit: {rows:,} rows checked, {differ} differences, {audit['skipped']} skipped")
    print("Written: " + ", ".join(map(str, written)))
    if not all(audit["ok"] for audit in audits):
        print("The audit differs, so this run is void.", file=sys.stderr)
        return 1
    return 0


def chosen(text: str) -> list[str]:
    """The scenarios that a list names, in their own order."""
    named = set(text.replace(" ", "").split(",")) - {""}
    if unknown := named - set(SCENARIOS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(SCENARIOS)}")
    return [name for name in SCENARIOS if name in named]


def main() -> int:
    """The exit code; 0 when everything was measured and no money is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=chosen, help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--quick", action="store_true", help="short windows: whether it runs, not how fast")
    parser.add_argument("--seconds", type=float, help="how long payments go all the way (300)")
    parser.add_argument("--window", type=float, help="of a burst, in s (20)")
    parser.add_argument("--pairs", type=int, help="bursts with a baseline each (5)")
    parser.add_argument("--size", type=int, help="payments of the long history (1000000)")
    parser.add_argument("--out", type=Path, default=OUT, help="where results go (%(default)s)")
    given = parser.parse_args()
    told = {"full_s": given.seconds, "window_s": given.window, "pairs": given.pairs, "size": given.size}
    options = replace(QUICK if given.quick else Options(), **{name: one for name, one in told.items() if one})
    names = given.only or list(QUICK_SCENARIOS if given.quick else SCENARIOS)
    return uvloop.run(measure(names, options, given.out))


if __name__ == "__main__":
    sys.exit(main())
