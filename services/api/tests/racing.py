"""A track for races: two replicas of the api on one database, and one race of each kind, a round at a time.

Each race starts what competes at the same time, half on either replica, and asserts who may have won; then what is
in the rows must be right. Whatever chance decides comes from the track's seed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from contracts.events.payment_result import PaymentResult
from services.api import payments
from services.api.answers import Answers
from services.api.settings import Settings
from services.api.sweeper import Timers
from services.api.tests.conftest import HEADERS
from services.api.tests.money_checks import assert_money_is_right
from services.api.tests.test_payments import Client, approved, message

AMOUNT = 5000
START_WITHIN_S = 0.004
"""Racers start within about the time that a commit takes, so that none always wins."""

PATIENCE_S = 60
"""For what a race waits for, locks among it. It ends a race that hangs and decides no other."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, byte for byte."""

    status: int
    body: Any
    raw: bytes
    replayed: bool

    @property
    def refusal(self) -> str:
        """What the envelope says, or nothing."""
        return self.body["error"]["description"] if self.status >= 400 else ""


@dataclass(frozen=True, slots=True)
class Replica:
    """One process's HTTP, consumer and timers, with a clock of its own: two machines' clocks differ, too."""

    runtime: Runtime[Settings]
    client: Client
    clock: ManualClock

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> Reply:
        """A merchant's POST."""
        headers = {**HEADERS, **({"Idempotency-Key": key} if key else {})}
        async with self.client.post(f"/api/v1{path}", json=body, headers=headers) as response:
            raw = await response.read()
            replayed = response.headers.get("Idempotent-Replayed") == "true"
            return Reply(response.status, await response.json(), raw, replayed)

    async def take(self, *results: PaymentResult) -> None:
        """A slice of payment.results, as the consumer has it."""
        async with pg.transaction(self.runtime.pool) as connection:
            messages = [message(result) for result in results]
            await payments.apply_results(connection, messages, self.clock.now(), self.runtime.settings.terms)

    async def pass_deadlines(self) -> None:
        """A turn of the sweeper."""
        async with pg.transaction(self.runtime.pool) as connection:
            await Timers(self.clock, Answers(self.clock.now())).pass_deadlines(connection)


@dataclass(slots=True)
class Track:
    """Where the races are run, and who won them."""

    replicas: tuple[Replica, Replica]
    db: pg.Connection
    random: random.Random
    won: Counter[str] = field(default_factory=Counter)
    turn: int = 0

    @property
    def first(self) -> Replica:
        """The replica that is not raced about."""
        return self.replicas[0]

    def next(self) -> Replica:
        """Racer after racer at another replica."""
        self.turn += 1
        return self.replicas[self.turn % 2]

    async def order(self) -> str:
        """A new one's id."""
        reply = await self.first.post("/orders", {"amount": AMOUNT})
        assert reply.status == 201, reply
        return str(reply.body["id"])

    async def payment(self, order_id: str) -> str:
        """A new, pending one's id."""
        reply = await self.first.post("/payments", {"order_id": order_id, "method": "upi", "vpa": "success@bank"})
        assert reply.status == 201, reply
        return str(reply.body["id"])

    async def authorised(self) -> tuple[str, str]:
        """An order and its payment, a success that is not captured."""
        order_id = await self.order()
        payment_id = await self.payment(order_id)
        await self.first.take(await approved(self.db, payment_id))
        return order_id, payment_id

    async def captured(self) -> tuple[str, str]:
        """An order and its payment, captured whole."""
        order_id, payment_id = await self.authorised()
        assert (await self.first.post(f"/payments/{payment_id}/capture", {})).status == 200
        return order_id, payment_id

    async def start(self, racers: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
        """All of them, each a moment after the others, in any order; what each came to, in the order given."""

        async def begin(racer: Callable[[], Awaitable[Any]], after_s: float) -> Any:
            await asyncio.sleep(after_s)
            return await racer()

        begun = (begin(racer, self.random.uniform(0, START_WITHIN_S)) for racer in racers)
        return list(await asyncio.gather(*begun))

    async def post(self, path: str, bodies: Sequence[dict[str, Any]]) -> list[Reply]:
        """POSTs that race, spread over both replicas."""

        def racer(body: dict[str, Any], replica: Replica) -> Callable[[], Awaitable[Reply]]:
            return lambda: replica.post(path, body)

        return await self.start([racer(body, self.next()) for body in bodies])

    async def row(self, payment_id: str) -> Any:
        """A payment as it is in the database."""
        return await self.db.fetchrow("SELECT * FROM payments WHERE id = $1", payment_id)


Race = Callable[[Track], Awaitable[None]]


async def capture_against_void(track: Track) -> None:
    """Either it is captured or it is canceled; the other is told so."""
    order_id, payment_id = await track.authorised()
    one, other = track.next(), track.next()
    capture, void = await track.start(
        [
            lambda: one.post(f"/payments/{payment_id}/capture", {}),
            lambda: other.post(f"/payments/{payment_id}/cancel", {}),
        ]
    )
    payment = await track.row(payment_id)
    if capture.status == 200:
        assert (void.status, void.refusal) == (400, "Payment not in cancelable state")
        assert (payment["status"], payment["captured"], payment["amount_captured_minor"]) == ("success", True, AMOUNT)
    else:
        assert (void.status, capture.status) == (200, 400), (void, capture)
        assert capture.refusal == "Payment not in capturable state"
        assert (payment["status"], payment["captured"]) == ("canceled", False)
    track.won["capture" if capture.status == 200 else "void"] += 1
    await assert_money_is_right(track.db, [order_id])


async def capture_against_expiry(track: Track) -> None:
    """One replica's clock is a millisecond before the deadline and it captures; the other's timer has just fired."""
    order_id, payment_id = await track.authorised()
    deadline: datetime = (await track.row(payment_id))["capture_before"]
    before, after = track.replicas
    before.clock.advance(deadline - timedelta(milliseconds=1) - before.clock.now())
    after.clock.advance(deadline - after.clock.now())
    capture, late, _ = await track.start(
        [
            lambda: before.post(f"/payments/{payment_id}/capture", {}),
            lambda: after.post(f"/payments/{payment_id}/capture", {}),
            after.pass_deadlines,
        ]
    )
    payment = await track.row(payment_id)
    assert (late.status, late.refusal) == (400, "Payment not in capturable state")
    if capture.status == 200:
        assert (payment["status"], payment["captured"]) == ("success", True)
    else:
        assert (capture.status, payment["status"], payment["captured"]) == (400, "expired", False)
    track.won["capture" if capture.status == 200 else "expiry"] += 1
    await assert_money_is_right(track.db, [order_id])


async def two_captures(track: Track) -> None:
    """One takes what it asked for, once."""
    order_id, payment_id = await track.authorised()
    replies = await track.post(f"/payments/{payment_id}/capture", [{"amount": AMOUNT}, {"amount": 1200}])
    assert sorted(reply.status for reply in replies) == [200, 400]
    (winner,) = (reply for reply in replies if reply.status == 200)
    assert (await track.row(payment_id))["amount_captured_minor"] == winner.body["amount_captured"]
    track.won[f"capture of {winner.body['amount_captured']}"] += 1
    await assert_money_is_right(track.db, [order_id])


async def refund_against_capture(track: Track) -> None:
    """First come: a reversal makes what is captured smaller, a capture makes the refund one that moves money."""
    order_id, payment_id = await track.authorised()
    part = track.random.choice([AMOUNT, track.random.randint(1, AMOUNT - 1)])
    one, other = track.next(), track.next()
    refund, capture = await track.start(
        [
            lambda: one.post(f"/payments/{payment_id}/refunds", {"amount": part}),
            lambda: other.post(f"/payments/{payment_id}/capture", {}),
        ]
    )
    payment = await track.row(payment_id)
    assert refund.status == 201, refund
    if refund.body["kind"] == "refund":
        assert (capture.status, payment["amount_captured_minor"]) == (200, AMOUNT)
    elif part == AMOUNT:
        assert (capture.status, payment["captured"]) == (400, False)
    else:
        assert (capture.status, payment["amount_captured_minor"]) == (200, AMOUNT - part)
    track.won["capture" if refund.body["kind"] == "refund" else "refund"] += 1
    await assert_money_is_right(track.db, [order_id])


async def fifty_full_refunds(track: Track) -> None:
    """One is accepted."""
    order_id, payment_id = await track.captured()
    replies = await track.post(f"/payments/{payment_id}/refunds", [{}] * 50)
    assert Counter(reply.status for reply in replies) == {201: 1, 400: 49}
    assert {reply.refusal for reply in replies} == {"", "Refund amount exceeds available amount"}
    assert (await track.row(payment_id))["refund_pending_minor"] == AMOUNT
    track.won["one of 50"] += 1
    await assert_money_is_right(track.db, [order_id])


async def fifty_partial_refunds(track: Track) -> None:
    """Together they ask for more than there is: as many are accepted as there is room for, and none beyond."""
    order_id, payment_id = await track.captured()
    asked = [track.random.randint(1, 400) for _ in range(49)] + [AMOUNT // 2]
    replies = await track.post(f"/payments/{payment_id}/refunds", [{"amount": amount} for amount in asked])
    accepted = [amount for amount, reply in zip(asked, replies, strict=True) if reply.status == 201]
    refused = [amount for amount, reply in zip(asked, replies, strict=True) if reply.status == 400]
    room = AMOUNT - sum(accepted)
    assert len(accepted) + len(refused) == 50
    assert 0 <= room < min(refused, default=AMOUNT)
    assert (await track.row(payment_id))["refund_pending_minor"] == sum(accepted)
    track.won["within what was captured"] += 1
    await assert_money_is_right(track.db, [order_id])


async def ten_payments_of_one_order(track: Track) -> None:
    """Approved at once, slice by slice at both replicas: one succeeds, nine fail, are voided, and say why."""
    order_id = await track.order()
    payment_ids = [await track.payment(order_id) for _ in range(10)]
    results = [await approved(track.db, payment_id) for payment_id in payment_ids]
    track.random.shuffle(results)
    cut = track.random.randint(1, 9)

    async def consume(replica: Replica, slices: Sequence[Sequence[PaymentResult]]) -> None:
        for piece in slices:
            await replica.take(*piece)

    ours, theirs = results[:cut], results[cut:]
    halves = [ours[: len(ours) // 2], ours[len(ours) // 2 :]]
    late = track.next()
    _, _, last = await track.start(
        [
            lambda: consume(track.replicas[0], [half for half in halves if half]),
            lambda: consume(track.replicas[1], [theirs]),
            lambda: late.post("/payments", {"order_id": order_id, "method": "upi", "vpa": "success@bank"}),
        ]
    )
    if last.status == 201:
        await track.first.take(await approved(track.db, last.body["id"]))
    else:
        assert (last.status, last.refusal) == (400, "Order is already paid")
    rows = await track.db.fetch(
        "SELECT status, error_code, error_description FROM payments WHERE order_id = $1", order_id
    )
    lost = [row for row in rows if row["status"] == "failed"]
    assert sum(row["status"] == "success" for row in rows) == 1
    assert len(lost) == len(rows) - 1 >= 9
    assert {(row["error_code"], "voided" in row["error_description"]) for row in lost} == {("ORDER_ALREADY_PAID", True)}
    told = "SELECT count(*) FROM outbox AS o JOIN payments AS p ON p.id = o.key WHERE p.order_id = $1 AND o.type = $2"
    for type_, times in (("payment.success", 1), ("payment.failed", len(lost)), ("payment.void", len(lost))):
        assert await track.db.fetchval(told, order_id, type_) == times, type_
    track.won["one of 10" if last.status == 400 else "one of 11"] += 1
    await assert_money_is_right(track.db, [order_id])


async def one_key_a_hundred_ways(track: Track) -> None:
    """A hundred requests with one key: one payment, and everybody gets the same bytes."""
    order_id = await track.order()
    key, body = f"key-{order_id}", {"order_id": order_id, "method": "upi", "vpa": "success@bank"}

    def racer(replica: Replica) -> Callable[[], Awaitable[Reply]]:
        return lambda: replica.post("/payments", body, key)

    replies: list[Reply] = await track.start([racer(track.next()) for _ in range(100)])
    assert {reply.status for reply in replies} == {201}
    assert len({reply.raw for reply in replies}) == 1
    assert sum(not reply.replayed for reply in replies) == 1
    assert await track.db.fetchval("SELECT count(*) FROM payments WHERE order_id = $1", order_id) == 1
    track.won["one of 100"] += 1
    await assert_money_is_right(track.db, [order_id])


async def one_batch_of_everything(track: Track) -> None:
    """One transaction holds the same payment, order and key many times: it decides as if each had come alone."""
    order_id, payment_id = await track.authorised()
    contested = await track.order()
    pay = {"order_id": contested, "method": "upi", "vpa": "success@bank"}
    asked: list[tuple[str, dict[str, Any], str | None]] = [
        *[("/payments", pay, None)] * 4,
        *[("/payments", pay, f"pay-{contested}")] * 4,
        *[(f"/payments/{payment_id}/refunds", {"amount": 900}, None)] * 7,
        *[(f"/payments/{payment_id}/refunds", {"amount": 100}, f"refund-{payment_id}")] * 3,
        *[(f"/payments/{payment_id}/capture", {"amount": 2000}, None)] * 2,
        *[(f"/payments/{payment_id}/capture", {"amount": 1000}, f"capture-{payment_id}")] * 3,
        *[(f"/payments/{payment_id}/cancel", {}, None)] * 3,
    ]
    track.random.shuffle(asked)
    replies = await _in_one_batch(track, asked)
    by_key: dict[str, list[Reply]] = {}
    for (_, _, key), reply in zip(asked, replies, strict=True):
        assert reply.status in (200, 201, 400), reply
        by_key.setdefault(key or f"none {len(by_key)}", []).append(reply)
    for same in by_key.values():
        assert len({(reply.status, reply.raw) for reply in same}) == 1
        assert sum(not reply.replayed for reply in same) == 1
    counted = [same[0] for same in by_key.values()]
    captures = [r.body["amount_captured"] for r in counted if r.status == 200 and r.body["captured"]]
    voids = sum(reply.status == 200 and reply.body["status"] == "canceled" for reply in counted)
    refunds = sum(reply.body["amount"] for reply in counted if reply.status == 201 and "kind" in reply.body)
    assert len(captures) + voids <= 1
    assert refunds <= AMOUNT
    assert await track.db.fetchval("SELECT count(*) FROM payments WHERE order_id = $1", contested) == 5
    made = await track.db.fetch("SELECT amount_minor, xmin FROM refunds WHERE payment_id = $1", payment_id)
    assert sum(row["amount_minor"] for row in made) == refunds
    assert len({row["xmin"] for row in made}) <= 1, "not one transaction: not the race that it was to be"
    track.won["capture" if captures else "void" if voids else "refunds"] += 1
    await assert_money_is_right(track.db, [order_id, contested])


async def _in_one_batch(track: Track, asked: Sequence[tuple[str, dict[str, Any], str | None]]) -> list[Reply]:
    """A request that waits for a row holds the only lane until all the others are queued behind it."""
    held = await track.order()
    replica = track.next()
    (batcher,) = replica.runtime._batchers
    lanes_max, batcher._lanes_max = batcher._lanes_max, 1
    pay = {"order_id": held, "method": "upi", "vpa": "success@bank"}
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group, track.db.transaction():
        await track.db.execute("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", held)
        group.create_task(replica.post("/payments", pay))
        await until(lambda: bool(batcher._lanes) and not batcher._queue, "the lane waits for the row")
        tasks = [group.create_task(replica.post(path, body, key)) for path, body, key in asked]
        await until(lambda: len(batcher._queue) == len(asked), "all are queued")
    batcher._lanes_max = lanes_max
    return [task.result() for task in tasks]
