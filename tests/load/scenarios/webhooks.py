"""What one notifier delivers, on stacks without an api: events are put onto Kafka as its relay puts them there."""

from statistics import median
from typing import Final

from tests.load.options import Options
from tests.load.outcome import Bar, Outcome
from tests.load.webhooks import GROWTH_BAR, Load, Rate, history, isolation, median_of, rate

PER_S: Final = Bar("at least", 2000, 4000)
GROWTH: Final = Bar("at most", GROWTH_BAR, 1.1)
EVENTS_PER_S: Final = 1000
"""So many events for each second of a window: some 20,000 in all."""

MANY_ENDPOINTS: Final = 20


async def run(options: Options) -> Outcome:
    """To one endpoint, and to many."""
    outcome = Outcome("webhooks", "Webhook deliveries with durable attempt rows, one notifier process")
    for endpoints in (1, MANY_ENDPOINTS):
        found = await rate(options.pairs, round(options.window_s * EVENTS_PER_S), endpoints)
        told = f"to {endpoints} endpoint{'s' if endpoints > 1 else ''}"
        rates = [one.per_s for one in found]
        spread = f"median of {len(found)} runs, {min(rates):,.0f} to {max(rates):,.0f}"
        outcome.add(f"deliveries {told}", median(rates), "/s", PER_S, spread)
        outcome.costs_us[f"delivery {told}"] = median_of(found).cpu_us
    return outcome


async def run_history(options: Options) -> Outcome:
    """Beside as many stored attempts as the long history has payments."""
    outcome = Outcome("webhook_history", f"Webhook deliveries beside {options.size:,} stored attempts")
    count = round(options.window_s * EVENTS_PER_S)
    before, after = await history(options.pairs, count, MANY_ENDPOINTS, options.size)
    outcome.add("CPU per delivery, with ÷ without a history", after.total_us / before.total_us, "", GROWTH)
    for what, found in {"without a history": before, "with a history": after}.items():
        _tell(outcome, what, found)
    return outcome


def _tell(outcome: Outcome, what: str, found: Rate) -> None:
    outcome.add(f"deliveries {what}", found.per_s, "/s")
    outcome.costs_us[f"delivery {what}"] = found.cpu_us


async def run_isolation(options: Options) -> Outcome:
    """Healthy endpoints alone, and among 100 that never answer and 100 that fail."""
    load = Load(seconds=options.window_s)
    outcome = Outcome("isolation", f"{load.healthy} healthy endpoints beside {load.hanging + load.failing} sick ones")
    found = await isolation(options.pairs, load)
    alone_ms, among_ms = found.p99_ms
    outcome.add("p99, among the sick ÷ alone", among_ms / alone_ms, "", note=f"{among_ms - alone_ms:+.1f} ms")
    outcome.add("p99 of Kafka → receiver, alone", alone_ms, "ms")
    outcome.add("p99 of Kafka → receiver, among the sick", among_ms, "ms")
    outcome.add("the notifier's memory, most", max(among.memory_mb for _, among in found.pairs), "MB")
    return outcome
