"""What the notifier delivers (`rate`), also beside a history (`history`), what that costs, and what slow receivers do
to the others (`isolation`). scenarios/webhooks.py tells it; test_webhooks.py holds the ratios.

One notifier process and one receiver process, all on this machine with their Postgres and Kafka. Events are put onto
Kafka directly, as the api's relay does, so that the api is no limit. Every attempt is in the log when a delivery counts
as done. Needs /proc.
"""

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

from chassis.sql import Queries
from services.notifier.state import TEST_GAPS_S
from tests.load.notifying import Event, Site, new_events, site
from tests.load.processes import spent_s, total
from tests.load.receiver import Receiver

HERE: Final = Path(__file__).parent
WARM_UP: Final = 500
HISTORY: Final = 1_000_000
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

    @property
    def total_us(self) -> float:
        """Without what the rest of the machine did."""
        return total(self.cpu_us)

    def __str__(self) -> str:
        parts = "  ".join(f"{name} {spent:.0f}" for name, spent in sorted(self.cpu_us.items()))
        return f"{self.per_s:6.0f} deliveries/s   CPU µs per delivery {self.total_us:5.0f} = {parts}"


def median_of(found: Sequence[Rate]) -> Rate:
    """Each figure's median."""
    names = {name for one in found for name in one.cpu_us}
    parts = {name: statistics.median(one.cpu_us.get(name, 0.0) for one in found) for name in names}
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
    began_s, begin, done = time.monotonic(), await on.snapshot(), await on.settled() - before - WARM_UP
    await on.until(on.settled, before + WARM_UP + count, "deliveries are over")
    took_s, spent = time.monotonic() - began_s, spent_s(begin, await on.snapshot())
    measured = max(1, count - done)
    return Rate(measured / took_s, {name: used_s / measured * 1e6 for name, used_s in spent.items()})


async def rate(runs: int, count: int, endpoints: int) -> list[Rate]:
    """Several runs on one stack."""
    async with site() as on:
        merchants = await on.open_endpoints([on.receiver.url("ok", number) for number in range(endpoints)])
        return [await _told(on, merchants, count) for _ in range(runs)]


async def _told(on: Site, merchants: Sequence[str], count: int) -> Rate:
    found = await measure_rate(on, merchants, count)
    print(f"    {found}", load_average(), flush=True)
    return found


async def history(runs: int, count: int, endpoints: int, size: int) -> tuple[Rate, Rate]:
    """Two stacks in turns, one of them with a history: the medians without and with it."""
    async with site() as empty, site() as full:
        sides = {
            on: await on.open_endpoints([on.receiver.url("ok", number) for number in range(endpoints)])
            for on in (empty, full)
        }
        await fill(full.database, sides[full][0], size)
        found: dict[Site, list[Rate]] = {empty: [], full: []}
        for _ in range(runs):
            for on, merchants in sides.items():
                found[on].append(await _told(on, merchants, count))
        return median_of(found[empty]), median_of(found[full])


async def fill(database: asyncpg.Connection, merchant_id: str, size: int) -> None:
    """Deliveries of a day, each with its attempt."""
    began_s = time.monotonic()
    await id_queries.make_id_function.run(database)
    await queries.fill_messages.run(database, size=size, until=datetime.now(UTC), merchant_id=merchant_id)
    endpoint_id = await queries.endpoint_of.value(database, merchant_id=merchant_id)
    await queries.fill_deliveries.run(database, endpoint_id=endpoint_id)
    await queries.fill_attempts.run(database)
    await database.execute("VACUUM ANALYZE")
    print(f"    {size} attempts stored in {time.monotonic() - began_s:.0f} s", flush=True)


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

    def __str__(self) -> str:
        times = f"p50 {self.p50_ms:6.1f} ms  p99 {self.p99_ms:6.1f} ms"
        return f"{times}  most memory {self.memory_mb:4.0f} MB  {self.told}"


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
    while done < len(timed) or done_others < len(others):
        part = min(1.0, (time.monotonic() - began_s) / seconds)
        now, now_others = round(part * len(timed)), round(part * len(others))
        batch = timed[done:now]
        put_s |= dict.fromkeys((event.id for event in batch), time.monotonic())
        await on.publish([*batch, *others[done_others:now_others]])
        done, done_others = now, now_others
        await asyncio.sleep(TICK_S)
    return put_s


@dataclass(frozen=True, slots=True)
class Isolation:
    """Windows of the healthy ones alone, each with one among the sick."""

    pairs: list[tuple[Window, Window]]

    @property
    def p99_ms(self) -> tuple[float, float]:
        """The medians, alone and among the others."""
        alone_ms, among_ms = (statistics.median(pair[side].p99_ms for pair in self.pairs) for side in (0, 1))
        return alone_ms, among_ms

    @property
    def is_good(self) -> bool:
        """Whether the healthy ones hardly notice."""
        alone_ms, among_ms = self.p99_ms
        return among_ms <= max(alone_ms * RATIO_BAR, alone_ms + SLACK_BAR_MS)


async def isolation(pairs: int, load: Load) -> Isolation:
    """Alternating windows."""
    async with site() as on:
        merchants = await on.open_endpoints(load.urls(on.receiver))
        healthy, sick = merchants[: load.healthy], merchants[load.healthy :]
        found: list[tuple[Window, Window]] = []
        for _ in range(pairs):
            found.append((await measure_window(on, healthy, [], load), await measure_window(on, healthy, sick, load)))
            for name, one in zip(("alone", "among"), found[-1], strict=True):
                print(f"    {name}  {one}  {load_average()}", flush=True)
        return Isolation(found)


def load_average() -> str:
    """Of the machine, over the last minute."""
    return f"(load average {os.getloadavg()[0]:.1f})"
