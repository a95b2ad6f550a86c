"""Kafka is away for a minute while payments go on being accepted; then how soon everything is settled and told."""

import asyncio
import time
from typing import Final

from tests.load.options import Options
from tests.load.outcome import Chart, Outcome
from tests.load.scenarios.latency import CONNECTIONS
from tests.load.stage import ENDS, Stage

PER_S: Final = 200.0
LOOK_EVERY_S: Final = 0.5


async def run(stage: Stage, options: Options) -> Outcome:
    """Open loop while it is away."""
    outcome = Outcome("backlog", f"Kafka away for {options.kafka_away_s:.0f} s, {PER_S:.0f} payments/s meanwhile")
    await stage.listen(*ENDS)
    await stage.until_idle()
    orders = await stage.orders(round(PER_S * options.kafka_away_s) + 1)
    how = {"mode": "open", "rate_per_s": PER_S, "connections": CONNECTIONS}
    await stage.stop("kafka")
    window = await stage.run(stage.plan([stage.payments(orders)], options.kafka_away_s, **how))
    began_s = time.monotonic()
    await stage.start("kafka")
    ready_s = time.monotonic() - began_s
    idle = asyncio.create_task(stage.until_idle())
    arrived: list[tuple[float, float]] = []
    while not idle.done():
        arrived.append((time.monotonic() - began_s, float((await stage.receiver.counts())[0])))
        await asyncio.wait({idle}, timeout=LOOK_EVERY_S)
    await idle
    drained_s = time.monotonic() - began_s
    count = window.report.by_call["POST /payments"].count
    outcome.add("accepted while Kafka was away", count, "", note=f"{window.report.errors} refused")
    outcome.add("Kafka's own start", ready_s, "s")
    outcome.add("from its start until all is settled and told", drained_s, "s")
    outcome.add("payments drained, from when it was ready", count / max(drained_s - ready_s, 0.001), "/s")
    outcome.latencies[f"POST /payments at {PER_S:.0f}/s without Kafka"] = window.report.latency
    outcome.charts.append(Chart("Webhooks received, from Kafka's start", "s", "", {"payments told": arrived}))
    return outcome
