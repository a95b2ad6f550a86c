"""Two processes of each service beside one of each, on stacks of their own, in turns."""

from statistics import median
from typing import Final

from tests.load.options import Options
from tests.load.outcome import Outcome
from tests.load.scenarios import full
from tests.load.stage import ENDS, NOTHING, Stage, staged, warm

TWO: Final = 2


async def run(options: Options) -> Outcome:
    """The whole path's rate of both."""
    outcome = Outcome("replicas", "Two replicas of api, processor, refunder and notifier beside one of each")
    async with staged() as one, staged(replicas=TWO) as two:
        for stage in (one, two):
            await warm(stage, min(full.SETTLED_S, options.window_s))
        pairs = []
        for _ in range(options.pairs):
            pairs.append((await _window(one, options), await _window(two, options)))
            print("    " + "   ".join(f"{found.per_s:.0f}/s" for found in pairs[-1]), flush=True)
        ratio = median(both.per_s / single.per_s for single, both in pairs)
        outcome.add("two ÷ one", ratio, "", note=f"median of {len(pairs)} pairs")
        for place, what in enumerate(("one of each", "two of each")):
            outcome.add(f"payments, webhook received, {what}", median(pair[place].per_s for pair in pairs), "/s")
            spent = sum((pair[place].window.spent for pair in pairs), NOTHING)
            outcome.costs_us[f"payment, {what}"] = spent.cpu_us_per(sum(sum(pair[place].arrived) for pair in pairs))
        outcome.audits += [await one.audit(), await two.audit()]
        return outcome


async def _window(stage: Stage, options: Options) -> full.Throughput:
    await stage.listen(*ENDS)
    return await full.sustained(stage, options.window_s, options.under_way_max)
