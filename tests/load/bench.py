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
from tests.load.scenarios import accept, full
from tests.load.stage import Stage, staged, warm

OUT: Final = Path("bench-results")
WARM_S: Final = 5.0

Scenario = Callable[[Stage, Options], Awaitable[Outcome]]

ON_THE_STACK: Final[dict[str, Scenario]] = {
    "accept": accept.run,
    "accept_alone": accept.run_alone,
    "full": full.run,
    "full_all": full.run_all,
}
"""In this order, on one stack, each from an idle one on."""


async def on_the_stack(names: list[str], options: Options) -> tuple[list[Outcome], dict[str, Any]]:
    """Their outcomes, and the audit of all that they did."""
    outcomes = []
    async with staged() as stage:
        await warm(stage, min(WARM_S, options.window_s))
        for name in names:
            print(f"\n{name} …", flush=True)
            outcomes.append(await timed(ON_THE_STACK[name](stage, options)))
        await stage.until_idle()
        return outcomes, await stage.audit()


async def timed(measuring: Awaitable[Outcome]) -> Outcome:
    """With how long it took, told at once."""
    began_s = time.monotonic()
    outcome = await measuring
    outcome.took_s = time.monotonic() - began_s
    print(report.table(outcome), flush=True)
    return outcome


async def measure(names: list[str], options: Options, out: Path) -> int:
    """The exit code."""
    facts = machine.facts()
    print(f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gb']} GB; commit {facts['commit']}")
    outcomes, audit = await on_the_stack(names, options)
    written = report.write(out, facts, outcomes, audit)
    checked = sum(audit["checked"].values())
    print(f"\nAudit: {checked:,} rows checked, {len(audit['differences'])} differences, {audit['skipped']} skipped")
    print("Written: " + ", ".join(map(str, written)))
    if not audit["ok"]:
        print("The audit differs, so this run is void.", file=sys.stderr)
        return 1
    return 0


def chosen(text: str) -> list[str]:
    """The scenarios that a list names, in their own order."""
    named = set(text.replace(" ", "").split(",")) - {""}
    if unknown := named - set(ON_THE_STACK):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(ON_THE_STACK)}")
    return [name for name in ON_THE_STACK if not named or name in named]


def main() -> int:
    """The exit code; 0 when everything was measured and no money is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=chosen, default=chosen(""), help="scenarios, with commas between them")
    parser.add_argument("--quick", action="store_true", help="short windows: whether it runs, not how fast")
    parser.add_argument("--seconds", type=float, help="how long payments go all the way (300)")
    parser.add_argument("--window", type=float, help="of a burst, in s (20)")
    parser.add_argument("--pairs", type=int, help="bursts with a baseline each (5)")
    parser.add_argument("--size", type=int, help="payments of the long history (1000000)")
    parser.add_argument("--out", type=Path, default=OUT, help="where results go (%(default)s)")
    given = parser.parse_args()
    told = {"full_s": given.seconds, "window_s": given.window, "pairs": given.pairs, "size": given.size}
    options = replace(QUICK if given.quick else Options(), **{name: one for name, one in told.items() if one})
    return uvloop.run(measure(given.only, options, given.out))


if __name__ == "__main__":
    sys.exit(main())
