"""`make bench-webhooks`: what the notifier delivers, what that costs, and what slow receivers do to the others.

    python -m tests.load.webhooks rate        deliveries per second and CPU per delivery, by process
    python -m tests.load.webhooks history     the same beside 10^6 stored attempts, in turns
    python -m tests.load.webhooks isolation   healthy endpoints alone, and among 100 that hang and 100 that fail

One notifier process and one receiver process, all on this machine with their Postgres and Kafka. Events are put onto
Kafka directly, as the api's relay does, so that the api is no limit. Every attempt is in the log when a delivery counts
as done. Needs /proc.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
import uvloop

from chassis.sql import Queries
from services.notifier.state import TEST_GAPS_S
from tests.load.notifying import Event, Site, new_events, site
from tests.load.receiver import Receiver

HERE: Final = Path(__file__).parent
WARM_UP: Final = 500
HISTORY: Final = 1_000_000
RATE_BAR: Final = 2000.0
GROWTH_BAR: Final = 1.25
TICK_S: Final = 0.02
SETTLE_S: Final = 3.0
RATIO_BAR: Final = 1.5
SLACK_BAR_MS: Final = 20.0

queries = Queries(HERE / "webhooks.sql")
id_queries = Queries(HERE / "history.sql")


# ── Rate ──


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one run: deliveries per second, and the CPU of each process per delivery in µs."""

    per_s: float
    cpu_us: dict[str, float]

    def __str__(self) -> str:
        parts = "  ".join(f"{name} {spent:4.0f}" for name, spent in self.cpu_us.items())
        return f"{self.per_s:6.0f} deliveries/s   CPU µs per delivery {sum(self.cpu_us.values()):5.0f} = {parts}"


def median_of(found: Sequence[Rate]) -> Rate:
    """Each figure's median."""
    parts = {name: statistics.median(one.cpu_us[name] for one in found) for name in found[0].cpu_us}
    return Rate(statistics.median(one.per_s for one in found), parts)


async def measure_rate(on: Site, merchants: Sequence[str], count: int) -> Rate:
    """So many events wait on Kafka for a notifier that starts: from the first arrivals until every attempt is logged.

    What was over when the clock started does not count."""
    before = await on.settled()
    await on.publish(new_events(merchants, WARM_UP))
    await on.until(on.settled, before + WARM_UP, "deliveries are over")
    events = new_events(merchants, count)
    await on.stop()
    await on.publish(events)
    await on.receiver.forget()
    await on.start()
    await on.until(on.arrived, 1, "webhooks arrived")
    began_s, cpus_s, done = time.monotonic(), await on.cpus_s(), await on.settled() - before - WARM_UP
    await on.until(on.settled, before + WARM_UP + count, "deliveries are over")
    took_s, spent_s = time.monotonic() - began_s, await on.cpus_s()
    measured = max(1, count - done)
    return Rate(measured / took_s, {name: (spent_s[name] - cpus_s[name]) / measured * 1e6 for name in spent_s})


async def rate(runs: int, count: int, endpoints: int) -> None:
    """Several runs on one stack."""
    async with site() as on:
        merchants = await on.open_endpoints([on.receiver.url("ok", number) for number in range(endpoints)])
        print(f"{count} events to {endpoints} endpoint(s)")
        found = []
        for _ in range(runs):
            found.append(await measure_rate(on, merchants, count))
            print(found[-1], load_average(), flush=True)
        middle = median_of(found)
        print("median", middle, f"the bar ({RATE_BAR:.0f}/s) is {said(middle.per_s >= RATE_BAR)}")


async def history(runs: int, count: int, endpoints: int, size: int) -> bool:
    """Two stacks in turns, one of them with a history; whether the bar was met, by CPU: no other work counts there."""
    async with site() as empty, site() as full:
        sides = {
            on: await on.open_endpoints([on.receiver.url("ok", number) for number in range(endpoints)])
            for on in (empty, full)
        }
        await fill(full.database, sides[full][0], size)
        found: dict[Site, list[Rate]] = {empty: [], full: []}
        for _ in range(runs):
            for on, merchants in sides.items():
                found[on].append(await measure_rate(on, merchants, count))
                print("empty  " if on is empty else "history", found[on][-1], load_average(), flush=True)
        before, after = (median_of(found[on]) for on in (empty, full))
        print("median, empty  ", before)
        print(f"median, history of {size} attempts", after)
        spent = sum(after.cpu_us.values()) / sum(before.cpu_us.values())
        slower, met = before.per_s / after.per_s, spent <= GROWTH_BAR
        print(f"{spent:.2f} times the CPU, {slower:.2f} times the time; the bar ({GROWTH_BAR} times) is {said(met)}")
        return met


async def fill(database: asyncpg.Connection, merchant_id: str, size: int) -> None:
    """Deliveries of a day, each with its attempt."""
    began_s = time.monotonic()
    await id_queries.make_id_function.run(database)
    await queries.fill_messages.run(database, size=size, until=datetime.now(UTC), merchant_id=merchant_id)
    endpoint_id = await queries.endpoint_of.value(database, merchant_id=merchant_id)
    await queries.fill_deliveries.run(database, endpoint_id=endpoint_id)
    await queries.fill_attempts.run(database)
    await database.execute("VACUUM ANALYZE")
    print(f"{size} attempts stored in {time.monotonic() - began_s:.0f} s", flush=True)


# ── Isolation ──


@dataclass(frozen=True, slots=True)
class Load:
    """Endpoints and how many events each gets per second."""

    healthy: int = 5
    hanging: int = 100
    failing: int = 100
    healthy_per_s: float = 20.0
    sick_per_s: float = 1.0
    seconds: float = 20.0

    def urls(self, receiver: Receiver) -> list[str]:
        """Of all, the healthy ones first."""
        kinds = {"ok": self.healthy, "hang": self.hanging, "fail": self.failing}
        return [receiver.url(kind, number) for kind, count in kinds.items() for number in range(count)]


@dataclass(frozen=True, slots=True)
class Window:
    """How long the healthy ones' webhooks took, from before they were put onto Kafka to their arrival, in ms."""

    p50_ms: float
    p99_ms: float
    memory_mb: float
    told: str


async def measure_window(on: Site, healthy: Sequence[str], sick: Sequence[str], load: Load) -> Window:
    """A fresh process without history under a steady load; raises when a webhook of a healthy endpoint is missing or
    any delivery is not as its attempts tell."""
    await on.stop()
    await on.forget()
    await on.start()
    timed = new_events(healthy, round(load.healthy_per_s * len(healthy) * load.seconds))
    others = new_events(sick, round(load.sick_per_s * len(sick) * load.seconds)) if sick else []
    put_s = await put_steadily(on, timed, others, load.seconds)
    await on.until(on.arrived, len(timed), "webhooks arrived")
    first_s = await on.receiver.first_s()
    warm_s = min(put_s.values()) + SETTLE_S
    took_ms = sorted((first_s[event.id] - put_s[event.id]) * 1000 for event in timed if put_s[event.id] > warm_s)
    await on.until(on.written, len(timed) + len(others), "messages are written")
    row = await queries.judge.row(on.database, attempts_max=len(TEST_GAPS_S) + 1)
    assert row is not None
    told = dict(row)
    if told["wrong"] or told["deliveries"] != len(timed) + len(others):
        raise AssertionError(f"{len(timed) + len(others)} events were put onto Kafka, and there is {told}")
    return Window(
        p50_ms=took_ms[len(took_ms) // 2],
        p99_ms=took_ms[int(len(took_ms) * 0.99)],
        memory_mb=await on.peak_memory_mb(),
        told=", ".join(f"{value} {name}" for name, value in told.items()),
    )


async def put_steadily(on: Site, timed: list[Event], others: list[Event], seconds: float) -> dict[str, float]:
    """Both kinds spread evenly over the time; when each of `timed` was put onto Kafka."""
    began_s, done, done_others = time.monotonic(), 0, 0
    put_s: dict[str, float] = {}
    while done < len(timed):
        part = min(1.0, (time.monotonic() - began_s) / seconds)
        now, now_others = round(part * len(timed)), round(part * len(others))
        batch = timed[done:now]
        put_s |= dict.fromkeys((event.id for event in batch), time.monotonic())
        await on.publish([*batch, *others[done_others:now_others]])
        done, done_others = now, now_others
        await asyncio.sleep(TICK_S)
    return put_s


async def isolation(pairs: int, load: Load) -> bool:
    """Alternating windows; whether the bar was met."""
    async with site() as on:
        merchants = await on.open_endpoints(load.urls(on.receiver))
        healthy, sick = merchants[: load.healthy], merchants[load.healthy :]
        print(f"{load}, {pairs} pairs")
        found: list[tuple[Window, Window]] = []
        for _ in range(pairs):
            alone = await measure_window(on, healthy, [], load)
            among = await measure_window(on, healthy, sick, load)
            found.append((alone, among))
            for name, one in (("alone", alone), ("among", among)):
                print(
                    f"{name}  p50 {one.p50_ms:6.1f} ms  p99 {one.p99_ms:6.1f} ms  peak memory {one.memory_mb:4.0f} MB"
                    f"  {one.told}  {load_average()}",
                    flush=True,
                )
        alone_ms, among_ms = (statistics.median(pair[side].p99_ms for pair in found) for side in (0, 1))
        met = among_ms <= max(alone_ms * RATIO_BAR, alone_ms + SLACK_BAR_MS)
        print(
            f"median p99: alone {alone_ms:.1f} ms, among {among_ms:.1f} ms = {among_ms / alone_ms:.2f} times, "
            f"{among_ms - alone_ms:+.1f} ms; the bar ({RATIO_BAR} times or + {SLACK_BAR_MS:.0f} ms) is {said(met)}"
        )
        return met


def said(met: bool) -> str:
    """Of a bar."""
    return "met" if met else "MISSED"


def load_average() -> str:
    """Of the machine, over the last minute."""
    return f"(load average {os.getloadavg()[0]:.1f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rate", "history", "isolation"])
    parser.add_argument("--runs", type=int, default=5, help="or pairs")
    parser.add_argument("--events", type=int, default=20_000, help="of a run of rate or history")
    parser.add_argument("--endpoints", type=int, default=1, help="of rate or history")
    parser.add_argument("--size", type=int, default=HISTORY, help="stored attempts of history")
    parser.add_argument("--seconds", type=float, default=20.0, help="of a window of isolation")
    given = parser.parse_args()
    match given.what:
        case "rate":
            uvloop.run(rate(given.runs, given.events, given.endpoints))
        case "history":
            uvloop.run(history(given.runs, given.events, given.endpoints, given.size))
        case _:
            uvloop.run(isolation(given.runs, Load(seconds=given.seconds)))


if __name__ == "__main__":
    main()
