"""Whatever a merchant, the acquirer, Kafka and time may do, in any order: each step is foretold by the book.

A program is a list of steps drawn from a seed. A step names what it is about by a number, so that it means something
whatever came before it, and a program that fails can be made smaller by leaving steps out.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.topics import PAYMENT_RESULTS, REFUND_RESULTS
from tests.model.book import Book, Order, Payment, Told
from tests.model.gateway import Gateway, Record, Reply

TERMS: Final = {"pending_timeout": timedelta(seconds=900), "capture_window": timedelta(hours=168)}
CARD: Final = {"expiry_month": 12, "expiry_year": 2030, "cvv": "123"}
INSTRUMENTS: Final[dict[str, dict[str, Any]]] = {
    "good UPI": {"method": "upi", "vpa": "success@bank"},
    "good card": {"method": "card", "card": {**CARD, "number": "4242424242424242"}},
    "card whose refunds fail": {"method": "card", "card": {**CARD, "number": "4000000000005126"}},
    "bad UPI": {"method": "upi", "vpa": "failure@bank"},
    "bad card": {"method": "card", "card": {**CARD, "number": "4000000000009995"}},
    "silent UPI": {"method": "upi", "vpa": "pending@bank"},
}
GOOD: Final = tuple(INSTRUMENTS)[:3]
AMOUNTS: Final = (100, 101, 5000, 10**12)
DELAY: Final = timedelta(seconds=1)
LONG_PAUSES_S: Final = (600, 901, 86_400, 604_801)
"""Towards and past the pending timeout, a key's life, the capture window."""

KEY_LIFE: Final = timedelta(hours=24)
SETTLE_ROUNDS_MAX: Final = 500
STEPS: Final = "steps"
WEIGHTS: Final = {
    "buy": 4,
    "pay": 3,
    "capture": 6,
    "cancel": 2,
    "refund": 8,
    "repeat": 3,
    "deliver": 10,
    "send_again": 4,
    "work": 6,
    "arrive": 5,
    "wait": 2,
    "wait_long": 1,
    "fire_timers": 2,
}
"""How often each action is taken."""


@dataclass(frozen=True, slots=True)
class Step:
    """`number` chooses whatever there is to choose; `amount` None is all of it."""

    action: str
    number: int
    amount: int | None


Program = Sequence[Step]


def drawn(chance: random.Random, steps: int) -> Program:
    """A program of so many steps. Small amounts add up, large ones are too much for some orders or for all."""
    actions = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=steps)
    large = (100, 101, 4999, 5000, 5001, 10**12)
    amounts = (chance.choice([None, chance.randint(1, 60), chance.choice(large)]) for _ in actions)
    return [Step(action, chance.randrange(720), amount) for action, amount in zip(actions, amounts, strict=True)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a key, and until when the key holds its answer."""

    path: str
    body: dict[str, Any]
    key: str
    reply: Reply
    until: datetime


class Play:
    """One program over a gateway in which nothing has happened. `steps` counts what was done, and under STEPS the
    program's steps by which something was."""

    def __init__(self, gateway: Gateway, steps: Counter[str]) -> None:
        self.gateway = gateway
        self.steps = steps
        self.book = Book(**TERMS)
        self.payments: list[Payment] = []
        self.asked: list[Asked] = []

    async def run(self, program: Program) -> None:
        """Begin with two payments of one order and one of another; then the program; then everything comes to rest."""
        await self.gateway.wipe()
        contested = await self.new_order(AMOUNTS[2])
        for order, instrument in (
            (contested, "good UPI"),
            (contested, "good card"),
            (await self.new_order(100), GOOD[2]),
        ):
            await self.new_payment(order, instrument, automatic=False)
        for step in program:
            act: Callable[[Step], Awaitable[None]] = getattr(self, step.action)
            before = self.steps.total()
            await act(step)
            self.steps[STEPS] += self.steps.total() > before
        await self.end()

    # ── The merchant ──

    async def buy(self, step: Step) -> None:
        """An order and its payment, of which all has arrived by the next step."""
        order = await self.new_order(AMOUNTS[step.number % 4])
        await self.new_payment(order, GOOD[step.number % 3], automatic=step.number % 2 == 0)
        await self.arrive(step)

    async def pay(self, step: Step) -> None:
        """POST /payments, for an order that may be paid, or about to be."""
        order = _recent(list(self.book.orders.values()), step.number)
        await self.new_payment(order, tuple(INSTRUMENTS)[step.number % 6], automatic=step.number % 7 == 0)

    async def capture(self, step: Step) -> None:
        """POST /payments/{id}/capture"""
        payment = _recent(self.payments, step.number)
        told = self.book.foretell_capture(payment, step.amount, self.now)
        if (await self.ask(f"/payments/{payment.id}/capture", _body(step), told)).status == 200:
            self.book.enter_capture(payment, step.amount)
        await self.compare(payment)

    async def cancel(self, step: Step) -> None:
        """POST /payments/{id}/cancel"""
        payment = _recent(self.payments, step.number)
        told = self.book.foretell_cancel(payment, self.now)
        if (await self.ask(f"/payments/{payment.id}/cancel", {}, told)).status == 200:
            self.book.enter_cancel(payment)
        await self.compare(payment)

    async def refund(self, step: Step) -> None:
        """POST /payments/{id}/refunds, every other time with a key"""
        payment = _recent(self.payments, step.number)
        told = self.book.foretell_refund(payment, step.amount, self.now)
        key = f"key-{len(self.asked)}" if step.number % 2 else None
        path, body = f"/payments/{payment.id}/refunds", _body(step)
        reply = await self.ask(path, body, told, key)
        if key is not None:
            self.asked.append(Asked(path, body, key, reply, self.now + KEY_LIFE))
        if reply.status == 201:
            refund = self.book.enter_refund(reply.body["id"], payment, step.amount)
            assert (reply.body["amount"], reply.body["kind"] == "reversal") == (refund.amount, refund.before_capture)
        await self.compare(payment)

    async def repeat(self, step: Step) -> None:
        """A request again with its key: the same bytes, and nothing happens; a day later the key is anybody's."""
        valid = [one for one in self.asked if self.now < one.until]
        if valid:
            one = _recent(valid, step.number)
            again = await self.gateway.call("POST", one.path, one.body, one.key)
            assert (again.status, again.raw, again.replayed) == (one.reply.status, one.reply.raw, True)
            self.count("repeated with a key")

    # ── Kafka, the acquirer, time ──

    async def deliver(self, step: Step) -> None:
        """Some partition's next messages reach their consumer."""
        await self.gateway.publish()
        partitions = self.gateway.partitions()
        if partitions:
            chosen = [partitions[step.number % len(partitions)]]
            for payment in self.take(await self.gateway.deliver(chosen, 1 + step.number % 3)):
                await self.compare(payment)

    async def send_again(self, step: Step) -> None:
        """A message is in its partition twice."""
        if self.gateway.seen:
            self.gateway.send_again(step.number)
            self.count("message sent again")

    async def work(self, step: Step) -> None:
        """Attempts are made, once the simulated delay is over."""
        self.gateway.clock.advance(DELAY)
        service = ("processor", "refunder")[step.number % 2]
        if await self.gateway.work(service, 1 + step.number % 3):
            self.count(f"asked by the {service}")

    async def arrive(self, step: Step) -> None:
        """Everything that is under way and needs no more than the usual delay."""
        self.gateway.clock.advance(DELAY)
        self.count("all arrives")
        for payment in await self.settle(patient=False):
            await self.compare(payment)

    async def wait(self, step: Step) -> None:
        """Nobody does anything, long enough for commands to be sent again; no timer has fired yet."""
        self.gateway.clock.advance(timedelta(seconds=31))
        self.count("pause")

    async def wait_long(self, step: Step) -> None:
        """The same, and it ends most of what is going on."""
        self.gateway.clock.advance(timedelta(seconds=LONG_PAUSES_S[step.number % 4]))
        self.count("long pause")

    async def fire_timers(self, step: Step) -> None:
        """Deadlines that have passed, commands without a result."""
        await self.gateway.sweep()
        self.count("timers")
        for payment in self.book.pass_time(self.now):
            await self.compare(payment)

    # ── The end ──

    async def end(self) -> None:
        """Everything under way arrives; then all that was foretold is there, and the audit finds no difference."""
        await self.settle(patient=True)
        for payment in self.payments:
            await self.compare(payment)
            page = (await self.gateway.call("GET", f"/payments/{payment.id}/refunds?limit=100")).body
            foretold = {refund.id: (refund.amount, refund.status) for refund in payment.refunds}
            assert {shown["id"]: (shown["amount"], shown["status"]) for shown in page["data"]} == foretold
            assert all(refund.status != "pending" for refund in payment.refunds), "a refund was never executed"
        assert await self.gateway.told_of_payments() == {payment.id: payment.events for payment in self.payments}
        report = await self.gateway.audit()
        assert (report["ok"], report["differences"], report["skipped"]) == (True, [], 0), report
        assert report["checked"]["payments"] == len(self.payments)

    async def settle(self, *, patient: bool) -> list[Payment]:
        """Deliver and work until nothing moves any more, or ever will; the timers stay silent. Who was told of."""
        told: list[Payment] = []
        for _ in range(SETTLE_ROUNDS_MAX):
            await self.gateway.publish()
            for topic in sorted({topic for topic, _ in self.gateway.partitions()}):
                told += self.take(await self.gateway.deliver(self.gateway.partitions(of=topic), 100))
            worked = [await self.gateway.work(service, 100) for service in self.gateway.workers]
            if any(worked) or await self.gateway.publish() or self.gateway.partitions():
                continue
            if not patient or not await self.gateway.wait_for_next_due():
                return told
        raise AssertionError("it never comes to rest")

    # ── What the steps share ──

    @property
    def now(self) -> datetime:
        """By the gateway's clock."""
        return self.gateway.clock.now()

    async def ask(self, path: str, body: dict[str, Any], told: Told, key: str | None = None) -> Reply:
        """A POST, which is answered as it was foretold."""
        reply = await self.gateway.call("POST", path, body, key)
        refusal = reply.body["error"]["description"] if reply.status >= 400 else ""
        assert (reply.status, refusal) == told, (path, body, reply)
        self.count(f"{path.rpartition('/')[2]} {reply.status}")
        return reply

    async def new_order(self, amount: int) -> Order:
        """POST /orders"""
        reply = await self.ask("/orders", {"amount": amount}, (201, ""))
        return self.book.enter_order(reply.body["id"], amount)

    async def new_payment(self, order: Order, instrument: str, *, automatic: bool) -> None:
        """POST /payments"""
        body = {"order_id": order.id, **INSTRUMENTS[instrument], "capture": "automatic" if automatic else "manual"}
        reply = await self.ask("/payments", body, self.book.foretell_payment(order))
        if reply.status == 201:
            self.payments.append(
                self.book.enter_payment(reply.body["id"], order, self.now, capture_by_itself=automatic)
            )
            await self.compare(self.payments[-1])

    def take(self, records: list[Record]) -> list[Payment]:
        """The book hears what the api was told, in the same order; the payments that it was told of."""
        told = []
        for record in records:
            self.count(record.topic)
            if record.topic not in (PAYMENT_RESULTS.name, REFUND_RESULTS.name):
                continue
            data = record.data
            told.append(self.book.payments[data["payment_id"]])
            match record.type:
                case "payment.authorisation.approved":
                    self.book.hear_approval(data["payment_id"], self.now)
                case "payment.authorisation.declined":
                    self.book.hear_decline(data["payment_id"])
                case "refund.execution.succeeded" | "refund.execution.failed":
                    self.book.hear_refund(data["refund_id"], succeeded=record.type.endswith("succeeded"))
        return told

    async def compare(self, payment: Payment) -> None:
        """The API shows a payment and its order as they are in the book."""
        for path, foretold in (
            (f"/payments/{payment.id}", payment.view()),
            (f"/orders/{payment.order.id}", payment.order.view()),
        ):
            shown = (await self.gateway.call("GET", path)).body
            assert {name: shown[name] for name in foretold} == foretold, path

    def count(self, what: str) -> None:
        """A step that did something."""
        self.steps[what] += 1


def _recent(things: list[Any], number: int) -> Any:
    """One of the last few, most often: what is old is mostly over."""
    few = things[-3:] if number % 3 else things
    return few[number // 3 % len(few)]


def _body(step: Step) -> dict[str, Any]:
    return {} if step.amount is None else {"amount": step.amount}
