"""What competes for one payment, order or key, over two replicas of one consumer group: one winner, a clean audit.

services/api/tests/racing.py has the same races nearer to the rows, each also with what closes it taken away.
"""

import asyncio
import json
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.figures import Figures
from tests.merchant import Merchant, Object, Reply

pytestmark = pytest.mark.stack

AMOUNT: Final = 50_000
SAME_REQUESTS: Final = 100
SAME_REFUNDS: Final = 50
PAYMENTS_OF_AN_ORDER: Final = 10
WRITERS: Final = 8
UPI: Final = {"method": "upi", "vpa": "success@bank"}
AT_ONCE: Final = 10
"""Rounds of a race that are run at the same time, each about objects of its own."""

READS_END_WITHIN_S: Final = 1.0
"""API_KEY_CACHE_S"""


@dataclass(frozen=True, slots=True)
class Track:
    """Where a round is run: `both` is the merchant, call after call at another replica of the api."""

    both: Merchant
    backstage: Backstage
    chance: random.Random

    async def at_once(self, *asked: tuple[str, Object, str | None]) -> list[Reply]:
        """POSTs (path, body, key), all at the same time."""
        return list(await asyncio.gather(*(self.both.call("POST", path, body, key=key) for path, body, key in asked)))


Race = Callable[[Track], Awaitable[str]]
"""A round of it; who won."""


async def one_key_a_hundred_ways(track: Track) -> str:
    both, key = track.both, secrets.token_hex(8)
    order = await both.order()
    body = {"order_id": order["id"], **UPI}
    replies = await both.at_once(SAME_REQUESTS, "POST", "/payments", body, key=key)
    assert Counter(reply.status for reply in replies) == {201: SAME_REQUESTS}
    assert len({reply.body for reply in replies}) == 1
    assert sum(was_replayed(reply) for reply in replies) == SAME_REQUESTS - 1

    other = await both.call("POST", "/payments", {**body, "vpa": "failure@bank"}, key=key)
    assert (other.status, other.error["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    spaced = json.dumps(dict(reversed(body.items())), indent=3).encode()
    for again in await both.at_once(2, "POST", "/payments", spaced, key=key):
        assert (again.status, again.body, was_replayed(again)) == (201, replies[0].body, True)

    payments = await both.get(f"/payments?order_id={order['id']}")
    assert [payment["id"] for payment in payments["data"]] == [replies[0].json()["id"]]
    assert (await both.ended(replies[0].json()))["status"] == "success"
    return "one request"


async def fifty_full_refunds(track: Track) -> str:
    both = track.both
    payment = await both.captured(AMOUNT)
    path = f"/payments/{payment['id']}/refunds"
    replies = await track.at_once(*((path, {}, secrets.token_hex(8)) for _ in range(SAME_REFUNDS)))
    (accepted,) = (reply.json() for reply in replies if reply.status == 201)
    refused = [reply for reply in replies if reply.status != 201]
    assert {(reply.status, reply.error["code"]) for reply in refused} == {(400, "BAD_REQUEST_ERROR")}
    await both.settled("refunds", accepted["id"], "processed")
    after = await both.get(f"/payments/{payment['id']}")
    assert (after["amount_refunded"], after["refund_status"]) == (AMOUNT, "full")
    left: Counter[str] = Counter()
    for entry in (await both.get(f"/ledger_entries?payment_id={payment['id']}&limit=100"))["data"]:
        left[entry["account"]] += entry["amount"]
    assert left
    assert not any(left.values())
    return "one refund"


async def fifty_partial_refunds(track: Track) -> str:
    both = track.both
    payment = await both.captured(AMOUNT)
    asked = [track.chance.randint(500, 4000) for _ in range(SAME_REFUNDS)]
    path = f"/payments/{payment['id']}/refunds"
    replies = await track.at_once(*((path, {"amount": amount}, None) for amount in asked))
    given = [reply.json() for reply in replies if reply.status == 201]
    refused = [amount for amount, reply in zip(asked, replies, strict=True) if reply.status == 400]
    total = sum(refund["amount"] for refund in given)
    assert len(given) + len(refused) == SAME_REFUNDS
    assert 0 <= AMOUNT - total < min(refused), "as much as there is room for, and no more"
    await asyncio.gather(*(both.settled("refunds", refund["id"], "processed") for refund in given))
    assert (await both.get(f"/payments/{payment['id']}"))["amount_refunded"] == total
    return "within bounds"


async def capture_against_void(track: Track) -> str:
    return await _capture_against(track, "cancel", {})


async def two_captures(track: Track) -> str:
    return await _capture_against(track, "capture", {"amount": 1000})


async def _capture_against(track: Track, rival: str, body: Object) -> str:
    path = f"/payments/{(await track.both.paid(AMOUNT))['id']}"
    asked = [(f"{path}/capture", {}, None), (f"{path}/{rival}", body, None)]
    track.chance.shuffle(asked)
    replies = await track.at_once(*asked)
    assert sorted(reply.status for reply in replies) == [200, 400]
    (winner,) = (reply.json() for reply in replies if reply.status == 200)
    after = await track.both.get(path)
    assert {name: after[name] for name in winner} == winner
    return f"{after['status']}, {after['amount_captured']} captured"


async def capture_against_expiry(track: Track) -> str:
    """The end of the capture window is moved near; captures come just before and just after it."""
    both = track.both
    payment = await both.paid(AMOUNT)
    path, deadline = f"/payments/{payment['id']}", datetime.now(UTC) + timedelta(seconds=0.3)
    moved = "UPDATE api.payments SET capture_before = $2, deadline_at = $2 WHERE id = $1 RETURNING id"
    await track.backstage.rows(moved, payment["id"], deadline)

    async def capture(late_s: float) -> Reply:
        await asyncio.sleep((deadline - datetime.now(UTC)).total_seconds() + late_s)
        return await both.call("POST", f"{path}/capture", {})

    replies = await asyncio.gather(*(capture(track.chance.uniform(-0.02, 0.01)) for _ in range(4)))
    won = [reply for reply in replies if reply.status == 200]
    assert {reply.error["description"] for reply in replies if reply not in won} <= {"Payment not in capturable state"}
    assert len(won) <= 1
    if not won:
        await both.settled("payments", payment["id"], "expired")
        return "expiry"
    after = await both.get(path)
    assert (after["status"], after["amount_captured"]) == ("success", AMOUNT)
    return "capture"


async def refund_against_capture(track: Track) -> str:
    """First come: a reversal makes what is captured smaller, a capture makes the refund one that moves money."""
    both = track.both
    path = f"/payments/{(await both.paid(AMOUNT))['id']}"
    part = track.chance.choice([AMOUNT, track.chance.randint(1, AMOUNT - 1)])
    asked = [(f"{path}/refunds", {"amount": part}, None), (f"{path}/capture", {}, None)]
    if track.chance.random() < 0.5:
        capture, refund = await track.at_once(*reversed(asked))
    else:
        refund, capture = await track.at_once(*asked)
    made = refund.expect(201)
    taken = capture.expect(200)["amount_captured"] if capture.status == 200 else 0
    assert taken == (AMOUNT if made["kind"] == "refund" else AMOUNT - part), (made, capture)
    await both.settled("refunds", made["id"], "processed")
    after = await both.get(path)
    moved = (part, 0) if made["kind"] == "refund" else (0, part)
    assert (after["amount_captured"], after["amount_refunded"], after["amount_reversed"]) == (taken, *moved)
    return "capture" if made["kind"] == "refund" else "reversal"


async def ten_payments_of_one_order(track: Track) -> str:
    both = track.both
    order = await both.order()
    payments = await asyncio.gather(*(both.pay(order) for _ in range(PAYMENTS_OF_AN_ORDER)))
    ended = await asyncio.gather(*(both.ended(payment) for payment in payments))
    told = Counter((payment["status"], payment["error_code"]) for payment in ended)
    assert told == {("success", None): 1, ("failed", "ORDER_ALREADY_PAID"): PAYMENTS_OF_AN_ORDER - 1}
    assert all("voided" in payment["error_description"] for payment in ended if payment["status"] == "failed")
    assert (await both.get(f"/orders/{order['id']}"))["status"] == "paid"
    return "one payment"


async def a_key_is_revoked_during_traffic(track: Track) -> str:
    """Nothing is written once the revocation is answered, and nothing read a second later."""
    made = await track.both.post("/api_keys", {"name": "Ends soon"}, status=201)
    async with Merchant(*track.both.urls, key=made["key"], secret=made["secret"]) as holder:
        begun = asyncio.Event()

        async def write() -> None:
            while (reply := await holder.call("POST", "/orders", {"amount": 100, "receipt": made["id"]})).status != 401:
                reply.expect(201)
                begun.set()

        async with asyncio.TaskGroup() as traffic:
            for _ in range(WRITERS):
                traffic.create_task(write())
            await begun.wait()
            (await track.both.call("DELETE", f"/api_keys/{made['id']}")).expect(200)
            before = await _orders_of(track, made)
        assert await _orders_of(track, made) == before
        await asyncio.sleep(READS_END_WITHIN_S)
        assert [(await holder.call("GET", "/orders")).status for _ in holder.urls] == [401, 401]
    return "the revocation"


async def _orders_of(track: Track, key: Object) -> int:
    (row,) = await track.backstage.rows("SELECT count(*) FROM api.orders WHERE receipt = $1", key["id"])
    return int(row["count"])


async def the_same_payment_order_and_key_many_times(track: Track) -> str:
    """What one batch may hold of them: each is decided as if it had come alone."""
    both = track.both
    payment, contested = await both.paid(AMOUNT), await both.order(AMOUNT)
    path, pay, key = f"/payments/{payment['id']}", {"order_id": contested["id"], **UPI}, secrets.token_hex(8)
    asked: list[tuple[str, Object, str | None]] = [
        *[("/payments", pay, None)] * 4,
        *[("/payments", pay, key)] * 4,
        *[(f"{path}/refunds", {"amount": 9000}, None)] * 7,
        *[(f"{path}/refunds", {"amount": 1000}, key)] * 3,
        *[(f"{path}/capture", {"amount": 20_000}, None)] * 2,
        *[(f"{path}/capture", {"amount": 10_000}, key)] * 3,
        *[(f"{path}/cancel", {}, None)] * 3,
    ]
    track.chance.shuffle(asked)
    counted = _once_each(asked, await track.at_once(*asked))
    assert {reply.status for reply in counted} <= {200, 201, 400}
    ended = [reply.json() for reply in counted if reply.status == 200]
    assert len(ended) <= 1, "captured or canceled, once"
    after = await both.get(path)
    assert all(after[name] == one[name] for one in ended for name in ("status", "captured", "amount_captured"))
    made = [reply.json() for reply in counted if reply.status == 201]
    listed = (await both.get(f"{path}/refunds?limit=100"))["data"]
    assert {refund["id"] for refund in listed} == {body["id"] for body in made if "kind" in body}
    given = Counter[str]()
    for refund in listed:
        given[refund["kind"]] += refund["amount"]
    assert after["amount_captured"] + given["reversal"] <= AMOUNT
    assert given["refund"] <= after["amount_captured"]
    assert (await both.get(f"/payments?order_id={contested['id']}"))["total"] == 5
    return f"{after['status']}, {'captured' if after['captured'] else 'not captured'}"


def _once_each(asked: Sequence[tuple[str, Object, str | None]], replies: Sequence[Reply]) -> list[Reply]:
    """One answer for each request: those with a key were answered with the same bytes, and one of them first."""
    by_key: dict[Any, list[Reply]] = {}
    for number, ((path, _, key), reply) in enumerate(zip(asked, replies, strict=True)):
        by_key.setdefault((path, key) if key else number, []).append(reply)
    for same in by_key.values():
        assert len({(reply.status, reply.body) for reply in same}) == 1
        assert sum(not was_replayed(reply) for reply in same) == 1
    return [same[0] for same in by_key.values()]


def was_replayed(reply: Reply) -> bool:
    """Whether it is an earlier answer once more."""
    return reply.headers.get("Idempotent-Replayed") == "true"


RACES: Final = (
    one_key_a_hundred_ways,
    fifty_full_refunds,
    fifty_partial_refunds,
    capture_against_void,
    two_captures,
    capture_against_expiry,
    refund_against_capture,
    ten_payments_of_one_order,
    a_key_is_revoked_during_traffic,
    the_same_payment_order_and_key_many_times,
)
SIZES: Final = [
    pytest.param(RACES, 1, id="all at once"),
    *(
        pytest.param((race,), 200, id=race.__name__, marks=[pytest.mark.prove, pytest.mark.timeout(1200)])
        for race in RACES
    ),
]


@pytest.fixture
async def track(stack: Stack, backstage: Backstage, seed: int) -> AsyncIterator[Track]:
    """With room for a hundred calls at once."""
    async with Merchant(stack.url("api"), stack.url("api-1"), connections_max=SAME_REQUESTS) as both:
        yield Track(both, backstage, random.Random(seed))


@pytest.mark.parametrize(("races", "rounds"), SIZES)
async def test_no_round_of_a_race_over_two_replicas_makes_money_wrong(
    track: Track, races: Sequence[Race], rounds: int, figures: Figures
) -> None:
    won: Counter[str] = Counter()
    waiting = [race for race in races for _ in range(rounds)]
    while waiting:
        group, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        won.update(await asyncio.gather(*(race(track) for race in group)))
    report = await track.backstage.audit(wait_s=30)
    assert (report["ok"], report["differences"], report["skipped"]) == (True, [], 0), report
    figures(f"{rounds} rounds at 2 replicas, audit clean, won by {dict(won)}")
