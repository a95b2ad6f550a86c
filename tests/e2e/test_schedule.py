"""The test schedule at a receiver: attempts at 0, 5, 15, 30 and 50 s, whoever is restarted in between."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest

from tests.backstage import Backstage
from tests.e2e.listener import Hook, Listener, listening
from tests.figures import Figures
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.prove]

DUE_S: Final = (0, 5, 15, 30, 50)
LATE_MAX_S: Final = 1.0
EVENTS: Final = 20
A_SIXTH_S: Final = 30.0
"""Longer than any gap."""

Between = Callable[[int], Awaitable[None]]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as running:
        yield running


@pytest.fixture
async def merchant(backstage: Backstage, listener: Listener) -> AsyncIterator[Merchant]:
    """Of this test alone; its webhooks go to the listener, which says no: it is there, so no breaker opens."""
    listener.status = 400
    async with await backstage.new_merchant() as made:
        (await made.call("PUT", "/merchants/webhook", {"webhook_url": listener.url})).expect(200)
        yield made


async def attempts(merchant: Merchant, listener: Listener, between: Between) -> dict[str, list[Hook]]:
    """Every attempt of some events, by event; `between` is called after each round of them."""
    sent = [await merchant.post("/merchants/webhook/test", status=200) for _ in range(EVENTS)]
    for number in range(1, len(DUE_S) + 1):

        async def all_came(wanted: int = number * EVENTS) -> bool:
            return len(listener.hooks) >= wanted

        await eventually(all_came, f"attempt {number} of {EVENTS} events")
        await between(number)
    for one in sent:
        await merchant.settled("webhooks", one["id"], "failed")
    await asyncio.sleep(A_SIXTH_S)
    by_event: dict[str, list[Hook]] = defaultdict(list)
    for hook in listener.hooks:
        by_event[hook.headers["webhook-id"]].append(hook)
    assert len(by_event) == EVENTS
    return by_event


def judge(by_event: dict[str, list[Hook]], figures: Figures) -> None:
    """Five attempts, no sixth, none early, and none more than a second late."""
    at_s = [[hook.at_s - hooks[0].at_s for hook in hooks] for hooks in by_event.values()]
    late_s = [[at - due for at, due in zip(one, DUE_S, strict=True)] for one in at_s]
    worst_ms = [max(one[number] for one in late_s) * 1000 for number in range(len(DUE_S))]
    figures(f"{len(at_s)} events, worst lateness of each attempt: {', '.join(f'{ms:.0f}' for ms in worst_ms)} ms")
    assert min(min(one) for one in late_s) >= 0
    assert max(worst_ms) <= LATE_MAX_S * 1000
    assert all(len({hook.body for hook in hooks}) == 1 for hooks in by_event.values())


async def test_five_attempts_on_time_and_no_sixth(merchant: Merchant, listener: Listener, figures: Figures) -> None:
    async def nothing(_: int) -> None:
        pass

    judge(await attempts(merchant, listener, nothing), figures)


async def test_neither_the_notifiers_end_nor_kafkas_changes_a_due_time(
    merchant: Merchant, listener: Listener, backstage: Backstage, figures: Figures
) -> None:
    """The notifier is killed in the gap of 10 s, Kafka in that of 20 s: in which each is back."""
    victims = {2: "notifier", 4: "kafka"}

    async def kill(number: int) -> None:
        if number in victims:
            await asyncio.sleep(LATE_MAX_S)  # the rounds before are in Postgres by then
            await backstage.kill(victims[number])

    judge(await attempts(merchant, listener, kill), figures)
