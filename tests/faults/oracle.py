"""The verdict on a run: what the merchant's journal promises, held against the API, the shop, the acquirer's journal,
the ledger and the audit."""

import asyncio
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.topics import TOPICS
from tests import traces
from tests.backstage import Backstage
from tests.faults.journal import Journal
from tests.merchant import Merchant
from tests.receiver import Shop

AUDIT_WAIT_S: Final = 30.0
LOOK_EVERY_S: Final = 1.0
REPLAYS_MAX: Final = 200
ORDERS_AT_ONCE: Final = 16
SHOWN_MAX: Final = 5
PUBLIC: Final = [topic for topic in TOPICS if topic.public]
SERVICES: Final = ("api", "processor", "refunder", "notifier")


@dataclass(slots=True)
class Verdict:
    """Nothing in these lists: nothing was lost, doubled or wrong."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    webhooks: int = 0
    repeated_webhooks: int = 0
    attempts: int = 0
    replays: int = 0
    acquirer_calls: int = 0
    acquirer_replays: int = 0
    audited: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether everything is as it was promised."""
        return not (self.lost or self.doubled or self.wrong)

    def __str__(self) -> str:
        kinds = {"lost": self.lost, "doubled": self.doubled, "wrong": self.wrong}
        told = "; ".join(f"{len(found)} {kind} {found[:SHOWN_MAX] or ''}".strip() for kind, found in kinds.items())
        return (
            f"{told}; {self.webhooks} events at the shop ({self.repeated_webhooks} repeated), {self.attempts} attempts "
            f"logged, {self.replays} answers replayed, {self.acquirer_calls} calls in the acquirer's journal "
            f"({self.acquirer_replays} replays), "
            f"audited {self.audited}"
        )


class Oracle:
    """Judges one journal."""

    def __init__(self, journal: Journal, merchant: Merchant, shop: Shop, backstage: Backstage) -> None:
        self._journal = journal
        self._merchant = merchant
        self._shop = shop
        self._backstage = backstage

    async def verdict(self, *, patience_s: float, seed: int) -> Verdict:
        """Wait until everything is drained, at most so long, and look at everything."""
        verdict = Verdict(lost=list(self._journal.unended), wrong=list(self._journal.surprises))
        verdict.lost += await self._unheard(patience_s)
        verdict.wrong += await self._audit(patience_s, verdict)
        await self._look_at_webhooks(verdict)
        await self.look_at_attempts(verdict)
        await self._look_at_topics(verdict)
        await self._look_at_orders(verdict)
        await self._look_at_acquirer(verdict)
        await self._look_at_ledger(verdict)
        await self._look_at_leftovers(verdict)
        await self._repeat_requests(verdict, seed)
        if internal := {answer: n for answer, n in self._journal.answers.items() if answer.startswith("500")}:
            verdict.wrong.append(f"answers that must never be given: {internal}")
        return verdict

    async def _unheard(self, patience_s: float) -> list[str]:
        """Events that the shop did not accept even after waiting."""
        deadline_s = asyncio.get_running_loop().time() + patience_s
        while True:
            accepted = {(seen["object_id"], seen["event"]) for seen in await self._shop.webhooks() if seen["accepted"]}
            promised = [(object_id, event) for object_id, events in self._journal.events.items() for event in events]
            unheard = [f"{event} of {object_id}" for object_id, event in promised if (object_id, event) not in accepted]
            if not unheard or asyncio.get_running_loop().time() > deadline_s:
                return unheard
            await asyncio.sleep(LOOK_EVERY_S)

    async def _audit(self, patience_s: float, verdict: Verdict) -> list[str]:
        """The gateway's own opinion. A confirmed difference is final; what is in flight is waited for."""
        deadline_s = asyncio.get_running_loop().time() + patience_s
        while True:
            report = await self._backstage.audit(wait_s=min(AUDIT_WAIT_S, patience_s))
            verdict.audited = report["checked"]
            if report["ok"]:
                return []
            problems: list[dict[str, Any]] = [*report["differences"], *report["in_flight"]]
            if report["differences"] or asyncio.get_running_loop().time() > deadline_s:
                return [f"audit: {problem}" for problem in problems]

    async def _look_at_webhooks(self, verdict: Verdict) -> None:
        """Each event once: one webhook id per object and number, numbers without a gap, in the promised order."""
        numbered: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for seen in await self._shop.webhooks():
            if seen["object_id"] in self._journal.events:
                numbered[seen["object_id"]].append((seen["sequence"], seen["event"]))
                verdict.webhooks += 1
                verdict.repeated_webhooks += seen["attempts"] - 1
        for object_id, told in numbered.items():
            promised = list(enumerate(self._journal.events[object_id], start=1))
            if extra := Counter(told) - Counter(promised):
                verdict.doubled.append(f"{object_id} was told {dict(extra)} beyond {promised}")

    async def look_at_attempts(self, verdict: Verdict) -> None:
        """No chain forks: a message has one delivery to an endpoint, and its attempts of each run are 1, 2, 3, …"""
        doubled = await self._backstage.rows(
            "SELECT message_id, endpoint_id, count(*) AS deliveries FROM notifier.delivery "
            "GROUP BY 1, 2 HAVING count(*) > 1"
        )
        verdict.doubled += [f"{row['message_id']} has {row['deliveries']} deliveries" for row in doubled]
        broken = await self._backstage.rows(
            "SELECT delivery_id, run, array_agg(number ORDER BY number) AS numbers FROM notifier.attempt "
            "GROUP BY 1, 2 HAVING min(number) <> 1 OR max(number) <> count(*)"
        )
        verdict.wrong += [f"the attempts of {row['delivery_id']}, run {row['run']}: {row['numbers']}" for row in broken]
        verdict.attempts = await self._backstage.value("SELECT count(*) FROM notifier.attempt")

    async def _look_at_topics(self, verdict: Verdict) -> None:
        """As an integration reads them: repeated perhaps, but each event under one id, and new ones in order."""
        known: dict[str, list[str]] = defaultdict(list)
        async for record in traces.records(self._backstage.stack, PUBLIC):
            subject, event_id = record.headers["ce_subject"].decode(), record.headers["ce_id"].decode()
            if subject in self._journal.events and event_id not in known[subject]:
                known[subject].append(event_id)
                told = (json.loads(record.value)["sequence"], record.headers["ce_type"].decode())
                promised = list(enumerate(self._journal.events[subject], start=1))
                place = len(known[subject])
                if promised[place - 1 : place] != [told]:
                    verdict.wrong.append(f"{subject}: event {place} on Kafka is {told}, promised {promised}")

    async def _look_at_orders(self, verdict: Verdict) -> None:
        """Each order has its one payment, the acknowledged one."""
        gate = asyncio.Semaphore(ORDERS_AT_ONCE)

        async def look(order_id: str, payment_id: str) -> None:
            async with gate:
                page = await self._merchant.get(f"/payments?order_id={order_id}")
            found = [payment["id"] for payment in page["data"]]
            if payment_id not in found:
                verdict.lost.append(f"{payment_id} of {order_id}: there is {found}")
            if len(found) > 1:
                verdict.doubled.append(f"{order_id} has the payments {found}")

        await asyncio.gather(*(look(*pair) for pair in self._journal.orders.items()))

    async def _look_at_acquirer(self, verdict: Verdict) -> None:
        """At most one approved charge, capture and void per payment, and no more given back than taken."""
        doubled = await self._backstage.rows(
            "SELECT payment_id, operation, count(*) AS effects FROM acquirer.effect "
            "WHERE outcome = 'approved' AND operation IN ('authorise', 'capture', 'void') "
            "GROUP BY 1, 2 HAVING count(*) > 1"
        )
        verdict.doubled += [f"{row['payment_id']}: {row['effects']} × {row['operation']}" for row in doubled]
        calls = await self._backstage.rows(
            "SELECT count(*) AS calls, count(*) FILTER (WHERE replay) AS replays FROM acquirer.call"
        )
        verdict.acquirer_calls, verdict.acquirer_replays = calls[0]["calls"], calls[0]["replays"]

    async def _look_at_ledger(self, verdict: Verdict) -> None:
        """Zero per currency, and the balance that the journal's captures and refunds add up to."""
        sums = await self._backstage.rows(
            "SELECT currency, sum(amount_minor)::bigint AS total FROM api.ledger_entries GROUP BY 1"
        )
        verdict.wrong += [f"the ledger's sum is {row['total']} {row['currency']}" for row in sums if row["total"]]
        balance = await self._backstage.value(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM api.ledger_entries "
            "WHERE account = 'merchant_balance' AND payment_id = ANY($1)",
            list(self._journal.orders.values()),
        )
        promised = self._journal.refunded_minor - self._journal.captured_minor
        if balance != promised and not verdict.lost:
            verdict.wrong.append(f"the merchant's balance is {balance} instead of {promised}")

    async def _look_at_leftovers(self, verdict: Verdict) -> None:
        """No message waits for Kafka, none was given up, and no process ended that nobody had killed."""
        if died := await self._backstage.died():
            verdict.wrong.append(f"processes that ended by themselves: {died}")
        for service in SERVICES:
            if waiting := await self._backstage.value(f"SELECT count(*) FROM {service}.outbox"):
                verdict.wrong.append(f"{waiting} messages wait in the outbox of the {service}")
        if letters := await self._backstage.dead_letters():
            verdict.wrong.append(f"dead letters: {letters}")

    async def _repeat_requests(self, verdict: Verdict, seed: int) -> None:
        """A sample of the acknowledged requests once more: the same bytes."""
        done = self._journal.acknowledged
        for one in random.Random(seed).sample(done, min(REPLAYS_MAX, len(done))):
            again = await self._merchant.call("POST", one.path, one.body, key=one.key)
            if (again.status, again.body) != (one.reply.status, one.reply.body):
                verdict.wrong.append(f"POST {one.path}: first {one.reply.body!r}, then {again.status} {again.body!r}")
            verdict.replays += 1
