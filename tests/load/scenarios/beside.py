"""Other simulated gateways beside ours, in turns: creating a payment and reading one, closed loop."""

from dataclasses import replace
from statistics import median

from tests.load.calls import Call
from tests.load.options import Options
from tests.load.outcome import Outcome
from tests.load.peers import HEADERS, PEERS, Running, running
from tests.load.scenarios.payments import AUTHORISED, payments_that
from tests.load.stage import NOTHING, Stage, Window

PER_S_MAX = 6000


async def run(stage: Stage, options: Options) -> Outcome:
    """Those that are installed."""
    outcome = Outcome("peers", "Beside other simulated gateways (which keep nothing safe)")
    window_s = options.window_s / 2
    [known] = await payments_that(stage, AUTHORISED, 1)
    get = Call("get", "GET", f"/api/v1/payments/{known}")
    for peer in PEERS:
        if peer.program is None:
            outcome.notes.append(f"{peer.name}: not installed")
            continue
        async with running(peer) as theirs:
            for what in ("create", "get"):
                pairs = []
                for _ in range(options.pairs):
                    await stage.until_idle()
                    ours = get if what == "get" else stage.payments(await stage.orders(round(window_s * PER_S_MAX)))
                    pairs.append(
                        (
                            await stage.run(stage.plan([ours], window_s)),
                            await _window(stage, theirs, theirs.get if what == "get" else theirs.create, window_s),
                        )
                    )
                _tell(outcome, f"{what}, {peer.name}", pairs)
    return outcome


async def _window(stage: Stage, theirs: Running, call: Call, seconds: float) -> Window:
    plan = replace(stage.plan([call], seconds), ports=[theirs.port], headers=HEADERS)
    return await stage.run(plan, peer=theirs.pid)


def _tell(outcome: Outcome, name: str, pairs: list[tuple[Window, Window]]) -> None:
    ratio = median(ours.report.per_s / theirs.report.per_s for ours, theirs in pairs)
    outcome.add(f"{name}: ours ÷ theirs", ratio, "", note=f"median of {len(pairs)} pairs")
    outcome.add(f"{name}: ours", median(ours.report.per_s for ours, _ in pairs), "/s")
    errors = sum(theirs.report.errors for _, theirs in pairs)
    outcome.add(f"{name}: theirs", median(theirs.report.per_s for _, theirs in pairs), "/s", note=f"{errors} refused")
    for place, whose in enumerate(("ours", "theirs")):
        spent = sum((pair[place].spent for pair in pairs), NOTHING)
        outcome.costs_us[f"{name}: {whose}"] = spent.cpu_us_per(sum(pair[place].report.done for pair in pairs))
        outcome.latencies[f"{name}: {whose}, closed loop"] = pairs[-1][place].report.latency
