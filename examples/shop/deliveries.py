"""What the shop remembers: the last deliveries whole, every webhook id in short, and counters. Bounded, memory only.

`routes` writes it, the pages read it. A restart, or `DELETE /deliveries`, forgets all of it.
"""

import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from examples.shop.webhooks import Facts, Finding

RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class Delivery:
    """One POST to /webhook: what came, what the checks found, what was answered."""

    number: int
    received_at_s: float
    webhook_id: str | None
    headers: RawHeaders
    body: bytes
    """Its first `kept_body_bytes`."""
    body_bytes: int
    body_signature: Finding
    standard_signature: Finding
    contract: Finding = Finding.UNCHECKED
    problem: str | None = None
    """For people: why it was refused."""
    facts: Facts | None = None
    attempt: int | None = None
    """The how-manieth delivery of this webhook id; null when the signatures are not right."""
    status: int | None = None
    """What was answered; null while there is no answer, or when the sender gave up before it."""

    @property
    def verified(self) -> bool:
        """Both signatures are right."""
        return self.body_signature is Finding.VALID and self.standard_signature is Finding.VALID

    @property
    def latency_ms(self) -> int | None:
        """From the payload's timestamp (whole seconds, rounded down) to here, the gaps of retries included."""
        return round((self.received_at_s - self.facts.timestamp) * 1000) if self.facts else None

    @property
    def since_update_ms(self) -> int | None:
        """From the last change of the object in the payload to here: finer than `latency_ms`."""
        if self.facts is None or self.facts.updated_at is None:
            return None
        return round((self.received_at_s - self.facts.updated_at.timestamp()) * 1000)


@dataclass(slots=True)
class SeenWebhook:
    """All that is kept for each distinct webhook id whose signatures were right."""

    event: str | None
    object_id: str | None
    sequence: int | None
    attempts: int = 0
    accepted: bool = False
    """Was answered with 200 at least once."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries to list; what is None does not matter."""

    event: str | None = None
    object_id: str | None = None
    payment_id: str | None = None
    webhook_id: str | None = None

    def matches(self, delivery: Delivery) -> bool:
        """Whether the delivery has every asked-for value."""
        facts = delivery.facts
        return (
            (self.webhook_id is None or delivery.webhook_id == self.webhook_id)
            and (self.event is None or (facts is not None and facts.event == self.event))
            and (self.object_id is None or (facts is not None and facts.object_id == self.object_id))
            and (self.payment_id is None or (facts is not None and facts.payment_id == self.payment_id))
        )


@dataclass(slots=True)
class Counters:
    """Since the start or the last forgetting. received = bad_signatures + distinct + retries + duplicates."""

    received: int = 0
    bad_signatures: int = 0
    bad_payloads: int = 0
    accepted: int = 0
    distinct: int = 0
    retries: int = 0
    """Came again after this shop had not accepted it."""
    duplicates: int = 0
    """Came again although this shop had accepted it."""


class Deliveries:
    """The shop's memory; used from one event loop only."""

    def __init__(self, kept_deliveries: int, kept_webhook_ids: int) -> None:
        self._kept_webhook_ids = kept_webhook_ids
        self._ring: deque[Delivery] = deque(maxlen=kept_deliveries)
        self._seen: OrderedDict[str, SeenWebhook] = OrderedDict()
        self._next_number = 1
        self._start()

    def _start(self) -> None:
        self.counters = Counters()
        self.by_event: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.since_s = time.time()

    def next_number(self) -> int:
        """Numbers deliveries in the order of their arrival; never used twice, even after forgetting."""
        number = self._next_number
        self._next_number += 1
        return number

    def record(self, delivery: Delivery) -> None:
        """Remember a delivery that was checked but not yet answered."""
        self._ring.append(delivery)
        self.counters.received += 1
        if not delivery.verified:
            self.counters.bad_signatures += 1
            return
        if delivery.facts is None:
            self.counters.bad_payloads += 1
        else:
            self.by_event[delivery.facts.event] += 1
        # A right signature is over an id, so it is there.
        seen = self._seen_webhook(delivery.webhook_id or "", delivery.facts)
        seen.attempts += 1
        delivery.attempt = seen.attempts

    def _seen_webhook(self, webhook_id: str, facts: Facts | None) -> SeenWebhook:
        seen = self._seen.get(webhook_id)
        if seen is not None:
            if seen.accepted:
                self.counters.duplicates += 1
            else:
                self.counters.retries += 1
            return seen
        self.counters.distinct += 1
        if len(self._seen) == self._kept_webhook_ids:
            self._seen.popitem(last=False)
        seen = (
            SeenWebhook(facts.event, facts.object_id, facts.sequence)
            if facts
            else SeenWebhook(event=None, object_id=None, sequence=None)
        )
        self._seen[webhook_id] = seen
        return seen

    def answered(self, delivery: Delivery, status: int) -> None:
        """Note the answer that is about to be sent."""
        delivery.status = status
        self.by_status[status] += 1
        if status == 200:
            self.counters.accepted += 1
            seen = self._seen.get(delivery.webhook_id or "")
            if seen is not None:
                seen.accepted = True

    def forget(self) -> int:
        """Forget every delivery, id and counter; returns how many had been counted."""
        forgotten = self.counters.received
        self._ring.clear()
        self._seen.clear()
        self._start()
        return forgotten

    def find(self, number: int) -> Delivery | None:
        """One delivery, if it is still remembered."""
        return next((delivery for delivery in self._ring if delivery.number == number), None)

    def newest(self, wanted: Filter, limit: int, offset: int) -> tuple[list[Delivery], int]:
        """A page of the matching deliveries, newest first, and how many match in all."""
        matching = [delivery for delivery in reversed(self._ring) if wanted.matches(delivery)]
        return matching[offset : offset + limit], len(matching)

    def attempts_of(self, webhook_ids: Collection[str | None]) -> dict[str, list[Delivery]]:
        """The remembered deliveries of these webhooks, the oldest first; those whose signatures were not right are left
        out, since anybody can write an id."""
        found: dict[str, list[Delivery]] = {}
        for delivery in self._ring:
            if delivery.attempt and delivery.webhook_id in webhook_ids:
                found.setdefault(delivery.webhook_id or "", []).append(delivery)
        return found

    def of_order(self, order_id: str) -> list[Delivery]:
        """Those about an order's payments and their refunds, the newest first."""
        return [
            delivery
            for delivery in reversed(self._ring)
            if delivery.facts and delivery.facts.payment and delivery.facts.payment.order_id == order_id
        ]

    def webhooks(self, limit: int, offset: int) -> Iterator[tuple[str, SeenWebhook]]:
        """A page of the distinct webhook ids, oldest first."""
        return islice(self._seen.items(), offset, offset + limit)

    @property
    def remembered(self) -> int:
        """How many deliveries are in memory."""
        return len(self._ring)

    @property
    def remembered_webhook_ids(self) -> int:
        """How many webhook ids are in memory."""
        return len(self._seen)

    def first_attempt_latencies_ms(self) -> list[int]:
        """Sorted; of the remembered first deliveries, since a retry's latency is the retry schedule's."""
        return sorted(
            delivery.latency_ms for delivery in self._ring if delivery.attempt == 1 and delivery.latency_ms is not None
        )


def percentile(ordered: list[int], share: float) -> int | None:
    """The smallest value that at least this share of the values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
