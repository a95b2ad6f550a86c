"""The stream of events over two replicas: whoever comes back with its last id sees each event once, in order."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import pytest

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.event_stream import EventStream
from tests.figures import Figures
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = pytest.mark.stack

READERS: Final = 10
BUYERS: Final = 40
EVENTS_OF_A_PAYMENT: Final = 3
STAY_MAX_S: Final = 3.0
TAKE_MAX: Final = 400
STOP_MAX_S: Final = 9.0
"""Less than the time that a process has to finish what it is answering (10 s)."""

LOG: Final = "SELECT position, event_id FROM api.event_log WHERE tenant = $1 ORDER BY position"
COUNT: Final = "SELECT count(*) FROM api.event_log WHERE tenant = $1"


@dataclass(frozen=True, slots=True)
class Size:
    """How many payments are made while everybody reads."""

    payments: int
    patience_s: float


SIZES = [
    pytest.param(Size(300, 120), id="small"),
    pytest.param(Size(10_000, 1500), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(1800)]),
]


@pytest.fixture
async def other(stack: Stack, backstage: Backstage) -> AsyncIterator[Merchant]:
    """A merchant without a history, at both replicas."""
    made = await backstage.new_merchant()
    urls = stack.url("api"), stack.url("api-1")
    async with Merchant(*urls, key=made.key, secret=made.secret, connections_max=BUYERS) as merchant:
        yield merchant


@dataclass(slots=True)
class Follower:
    """A reader who breaks off at random, in the middle of whatever comes, and goes on at the next replica. A forgetful
    one comes back without its last id."""

    merchant: Merchant
    chance: random.Random
    forgetful: bool = False
    seen: list[tuple[int, str]] = field(default_factory=list)
    connections: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def position(self) -> int:
        """The last one seen."""
        return self.seen[-1][0] if self.seen else 0

    async def follow(self, session: aiohttp.ClientSession) -> None:
        """Until told that it is done."""
        while not self.done.is_set():
            url = self.merchant.urls[self.connections % len(self.merchant.urls)]
            self.connections += 1
            headers = dict(self.merchant.credentials)
            if not self.forgetful:
                headers["Last-Event-ID"] = str(self.position)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with (
                    asyncio.timeout(self.chance.uniform(0, STAY_MAX_S)),
                    session.get(f"{url}/api/v1/stream", headers=headers) as response,
                ):
                    assert response.status == 200, await response.text()
                    left = self.chance.randint(1, TAKE_MAX)
                    async for told in EventStream(response).events():
                        self.seen.append((told.id, told.json()["id"]))
                        left -= 1
                        if not left:
                            break


@contextlib.asynccontextmanager
async def following(*followers: Follower) -> AsyncIterator[None]:
    """Let them read, and end them."""
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        tasks = [asyncio.create_task(one.follow(session)) for one in followers]
        try:
            yield
        finally:
            for one in followers:
                one.done.set()
            await asyncio.gather(*tasks)


async def pay(merchant: Merchant, count: int) -> None:
    """So many payments, many at a time."""
    left = iter(range(count))

    async def buy() -> None:
        for _ in left:
            await merchant.pay(await merchant.order())

    await asyncio.gather(*(buy() for _ in range(BUYERS)))


@pytest.mark.parametrize("size", SIZES)
async def test_readers_that_come_back_at_random_see_each_event_once_in_order(
    other: Merchant, backstage: Backstage, size: Size, seed: int, figures: Figures
) -> None:
    merchant_id = (await other.get("/merchants/profile"))["id"]
    chance = random.Random(seed)
    readers = [Follower(other, random.Random(chance.random())) for _ in range(READERS)]
    expected, began_s = EVENTS_OF_A_PAYMENT * size.payments, time.monotonic()
    async with following(*readers):
        await pay(other, size.payments)
        paid_s = time.monotonic() - began_s

        async def all_logged() -> bool:
            return bool(await backstage.value(COUNT, merchant_id) == expected)

        await eventually(all_logged, "every payment has ended", patience_s=size.patience_s)
        logged = [(row["position"], row["event_id"]) for row in await backstage.rows(LOG, merchant_id)]
        last = logged[-1][0]

        async def all_read() -> bool:
            return all(one.position >= last for one in readers)

        await eventually(all_read, "every reader has come to the end", patience_s=size.patience_s)
    for one in readers:
        assert one.seen == logged
    connections = sum(one.connections for one in readers)
    figures(
        f"{size.payments} payments in {paid_s:.0f} s, {len(logged)} events; {READERS} readers with {connections} "
        f"connections to 2 replicas saw each once, in order"
    )


async def test_a_reader_that_comes_back_without_its_last_id_loses_events_and_is_seen(
    other: Merchant, backstage: Backstage, seed: int
) -> None:
    merchant_id = (await other.get("/merchants/profile"))["id"]
    forgetful = Follower(other, random.Random(seed), forgetful=True)

    async def read_on() -> None:
        before = len(forgetful.seen)
        forgetful.done.clear()
        async with following(forgetful):
            while len(forgetful.seen) == before:
                await pay(other, 1)

    await read_on()
    while_away = await other.paid()

    async def logged_while_away() -> bool:
        page = await other.get(f"/events?object={while_away['id']}&type=payment.success")
        return bool(page["data"])

    await eventually(logged_while_away, "an event while it is away")
    await read_on()
    logged = [(row["position"], row["event_id"]) for row in await backstage.rows(LOG, merchant_id)]
    missed = {one for one in logged if forgetful.seen[0] < one < forgetful.seen[-1]} - set(forgetful.seen)
    assert missed, "the test must be able to see a loss"


async def test_a_replica_that_stops_lets_its_readers_go_at_once_and_they_go_on_at_the_other(
    other: Merchant, backstage: Backstage
) -> None:
    readers = [Follower(other, random.Random(number)) for number in range(READERS)]
    async with following(*readers):
        await pay(other, 10)
        began_s = time.monotonic()
        await backstage.stop("api-1")
        stopped_s = time.monotonic() - began_s
        async with Merchant(other.urls[0], key=other.key, secret=other.secret) as alone:
            await pay(alone, 10)
        await backstage.start("api-1")

        async def all_read() -> bool:
            return all(len(one.seen) == EVENTS_OF_A_PAYMENT * 20 for one in readers)

        await eventually(all_read, "every reader has seen everything")
    assert stopped_s < STOP_MAX_S
    for one in readers:
        assert one.seen == sorted(set(one.seen))
