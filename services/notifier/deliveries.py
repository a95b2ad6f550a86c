"""Use cases of deliveries: fan-out, claims, results, retries. Each works in its caller's transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from chassis import changes, counts, outbox
from chassis.errors import ApiError
from chassis.outbox import OutboxMessage
from chassis.pg import Connection
from contracts import ids
from contracts.events.webhook import DispatchWebhook
from services.notifier import ordering, pace, store
from services.notifier.health import Disabled, Health
from services.notifier.lanes import Lanes
from services.notifier.ordering import Line
from services.notifier.state import Endpoint, Job, Outcome, StartedBy, Unheard, to_ms, topic_towards
from services.notifier.store import COUNTED, Message, NewDelivery, Scheduled, queries

NO_URL: Final = "There is no webhook URL to send to"
TEST_TYPE: Final = "webhook.test"
DISABLED_TYPE: Final = "webhook_endpoint.disabled"
TEST_TEXT: Final = "It works: this is how a webhook from Paygate looks."


@dataclass(frozen=True, slots=True)
class Lease:
    """Under which name this process claims, and for how long."""

    holder: str
    length: timedelta


@dataclass(slots=True)
class Claims:
    """What a transaction claims: to be sent once it has committed, to be forgotten if it does not."""

    jobs: list[Job] = field(default_factory=list)
    backlog: set[str] = field(default_factory=set)
    early: list[Scheduled] = field(default_factory=list)

    def add(self, other: "Claims") -> None:
        """These, too."""
        self.jobs += other.jobs
        self.backlog |= other.backlog
        self.early += other.early


@dataclass(frozen=True, slots=True)
class QueuedClaims:
    """What was claimed of what is queued; and for each endpoint with a limit, how long it holds more back, in s."""

    jobs: list[Job]
    held_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What comes of a batch of outcomes: the endpoints that have something queued by it, and whether there is something
    to be published."""

    queueing: set[str]
    publishes: bool


def body_of(message_id: str, type_: str, at: datetime, sequence: int, data: Mapping[str, Any]) -> bytes:
    """The bytes that are stored, signed and sent: compact JSON, integer Unix seconds."""
    payload = {"id": message_id, "event": type_, "timestamp": int(at.timestamp()), "sequence": sequence, "data": data}
    return orjson.dumps(payload)


async def fan_out(
    connection: Connection,
    messages: Iterable[Message],
    claims: Claims,
    *,
    lanes: Lanes,
    lease: Lease,
    order_wait: timedelta,
    now: datetime,
) -> None:
    """Write new messages and a delivery for each endpoint that listens; what has room is claimed at once, unless it has
    to wait (no longer than `order_wait`) for an earlier one of its object."""
    distinct = {message.id: message for message in messages}
    fresh = await store.insert_messages(connection, distinct.values(), now)
    endpoints = await store.listening_endpoints(connection, {distinct[id_].merchant_id for id_ in fresh})
    pairs = [
        (message, endpoint, ordering.line_of(endpoint, message))
        for message in distinct.values()
        if message.id in fresh
        for endpoint in endpoints.get(message.merchant_id, ())
        if endpoint.wants(message.type)
    ]
    lines = await ordering.Lines.hold(connection, {line for _, _, line in pairs if line})
    claims.backlog |= lines.queueing
    new = []
    for message, endpoint, line in pairs:
        if line and lines.join(line):
            delivery_id = ids.new_id(ids.DELIVERY)
            wait_until = now + order_wait
            new.append(NewDelivery(delivery_id, message, endpoint.id, ordered_by=line.object, wait_until=wait_until))
        else:
            new.append(_first_delivery(message, endpoint, line and line.object, claims, lanes, lease, now))
    await changes.write(connection, store.insert_deliveries(new, now))


def _first_delivery(
    message: Message,
    endpoint: Endpoint,
    ordered_by: str | None,
    claims: Claims,
    lanes: Lanes,
    lease: Lease,
    now: datetime,
) -> NewDelivery:
    delivery_id = ids.new_id(ids.DELIVERY)
    if endpoint.rate_limit_per_s is not None or not lanes.take(endpoint.id):
        claims.backlog.add(endpoint.id)
        return NewDelivery(delivery_id, message, endpoint.id, queued="slot", ordered_by=ordered_by)
    claims.jobs.append(
        Job(
            delivery_id=delivery_id,
            run=1,
            number=1,
            trigger="auto",
            endpoint=endpoint,
            message_id=message.id,
            body=message.body,
        )
    )
    return NewDelivery(
        delivery_id,
        message,
        endpoint.id,
        leased_by=lease.holder,
        lease_until=now + lease.length,
        ordered_by=ordered_by,
    )


async def claim_scheduled(
    connection: Connection,
    wanted: Iterable[tuple[str, int, int]],
    claims: Claims,
    *,
    lanes: Lanes,
    lease: Lease,
    now: datetime,
) -> None:
    """Claim what records (delivery, run, attempt) name, as far as it is due and has room; queue or hold the rest.

    A record that no longer names the next attempt finds nothing: it is a duplicate, or of an earlier run.
    """
    queued = []
    for scheduled in await store.lock_scheduled(connection, wanted):
        job = scheduled.job
        if scheduled.next_attempt_at > now:
            claims.early.append(scheduled)
        elif job.endpoint.rate_limit_per_s is None and lanes.take(job.endpoint.id, urgent=job.trigger == "manual"):
            claims.jobs.append(job)
        else:
            claims.backlog.add(job.endpoint.id)
            queued.append(job)
    await store.place(
        connection, leased=claims.jobs, queued=queued, leased_by=lease.holder, lease_until=now + lease.length
    )


async def claim_queued(
    connection: Connection, wanted: Mapping[str, int], *, lease: Lease, now: datetime
) -> QueuedClaims:
    """Claim the oldest queued deliveries of these endpoints, so many of each, as far as their limits allow."""
    endpoints = await store.endpoints_as_they_are(connection, wanted)
    limits = {e.id: e.rate_limit_per_s for e in endpoints.values() if e.rate_limit_per_s is not None and e.listens}
    paces = await pace.lock(connection, limits)
    allowed = {id_: min(count, paces[id_].tokens) if id_ in paces else count for id_, count in wanted.items()}
    jobs = await store.claim_queued(
        connection, allowed, endpoints, leased_by=lease.holder, lease_until=now + lease.length
    )
    taken = Counter(job.endpoint.id for job in jobs)
    waits_s = await pace.spend(connection, paces, taken)
    held_s = {id_: wait_s if taken[id_] == allowed[id_] < wanted[id_] else 0.0 for id_, wait_s in waits_s.items()}
    return QueuedClaims(jobs, held_s)


async def record(
    connection: Connection, outcomes: Sequence[Outcome], *, lease: Lease, health: Health, now: datetime
) -> Recorded:
    """Write a batch of outcomes: states, the attempt log, what Kafka is to bring back, what it says of the endpoints,
    and who goes next where order is kept.

    An outcome whose claim was lost (a manual retry, or another process after the lease) changes no state.
    """
    distinct = _newest(outcomes)
    held = await store.finish_claims(connection, list(distinct.values()), lease.holder)
    valid = [outcome for id_, outcome in distinct.items() if id_ in held]
    changed: Counter[tuple[str, str, str]] = Counter()
    for outcome in valid:
        if outcome.status != "pending":
            changed[outcome.job.endpoint.merchant_id, COUNTED, "pending"] -= 1
            changed[outcome.job.endpoint.merchant_id, COUNTED, outcome.status] += 1
    hour = counts.hour_of(now)
    for outcome in outcomes:
        if outcome.exchange is None:
            continue  # given back or dropped: nothing was sent
        figure = "webhooks_ok" if outcome.status == "success" else "webhooks_failed"
        changed[outcome.job.endpoint.merchant_id, hour, figure] += 1
    next_records = [message for o in valid if (message := _next_record(o))]
    await changes.write(
        connection, [*store.insert_attempts(outcomes), *counts.added(changed), *outbox.appended(next_records)]
    )
    turned_off = await health.note(connection, valid, now)
    for disabled in turned_off:
        await _tell_others(connection, disabled, now)
    left = {Line(o.job.endpoint.id, line) for o in valid if (line := held[o.job.delivery_id])}
    # Last: who changes an endpoint holds it while it takes those who wait there, so we wait for no endpoint after this.
    queued = await ordering.release_next(connection, left, now)
    return Recorded(queued, publishes=bool(next_records or turned_off))


def _newest(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    """By delivery: one that was retried by hand meanwhile may have ended twice; only its last claim can still hold."""
    distinct: dict[str, Outcome] = {}
    for outcome in outcomes:
        job = outcome.job
        known = distinct.get(job.delivery_id)
        if known is None or (job.run, job.number) > (known.job.run, known.job.number):
            distinct[job.delivery_id] = outcome
    return distinct


def _next_record(outcome: Outcome) -> OutboxMessage | None:
    """What brings the next attempt back in time; what is queued needs nothing."""
    if outcome.next_attempt_at is None or outcome.queued:
        return None
    job = outcome.job
    # The wait began when it was decided: a moment later it would be a little less than a tier of the ladder.
    return dispatch_record(job.delivery_id, job.run, outcome.attempts + 1, outcome.next_attempt_at, outcome.at)


def dispatch_record(delivery_id: str, run: int, attempt: int, due_at: datetime, now: datetime) -> OutboxMessage:
    """The record of an attempt, on the topic where its wait begins."""
    due_at_ms = to_ms(due_at)
    data = DispatchWebhook(delivery_id=delivery_id, run=run, attempt=attempt, due_at_ms=due_at_ms)
    return OutboxMessage(
        topic=topic_towards(due_at_ms, to_ms(now)),
        key=delivery_id,
        event_id=ids.new_id(ids.EVENT),
        type=DispatchWebhook.TYPE,
        subject=delivery_id,
        occurred_at=now,
        data=orjson.dumps(data.model_dump()),
    )


async def send_test(connection: Connection, endpoint: Endpoint, now: datetime) -> str:
    """A `webhook.test` event for one endpoint; the delivery's id."""
    message_id = ids.new_id(ids.EVENT)
    body = body_of(message_id, TEST_TYPE, now, 1, {"test": {"message": TEST_TEXT}})
    message = Message(message_id, endpoint.merchant_id, TEST_TYPE, message_id, None, 1, body, now)
    (delivery_id,) = await _send_own(connection, message, [endpoint], "manual", now)
    return delivery_id


async def _tell_others(connection: Connection, disabled: Disabled, now: datetime) -> None:
    """A `webhook_endpoint.disabled` event for the merchant's endpoints that still listen."""
    others = (await store.listening_endpoints(connection, [disabled.merchant_id])).get(disabled.merchant_id, [])
    message_id = ids.new_id(ids.EVENT)
    data = {"webhook_endpoint": disabled.endpoint.model_dump(mode="json")}
    message = Message(
        id=message_id,
        merchant_id=disabled.merchant_id,
        type=DISABLED_TYPE,
        subject=disabled.endpoint.id,
        payment_id=None,
        sequence=disabled.sequence,
        body=body_of(message_id, DISABLED_TYPE, now, disabled.sequence, data),
        occurred_at=now,
    )
    await _send_own(connection, message, [other for other in others if other.wants(DISABLED_TYPE)], "auto", now)


async def _send_own(
    connection: Connection, message: Message, endpoints: Sequence[Endpoint], started_by: StartedBy, now: datetime
) -> list[str]:
    """An event that is the notifier's own, by way of Kafka; the ids of its deliveries."""
    new = [NewDelivery(ids.new_id(ids.DELIVERY), message, endpoint.id) for endpoint in endpoints]
    if new:
        await store.insert_messages(connection, [message], now)
        records = [dispatch_record(delivery.id, 1, 1, now, now) for delivery in new]
        await changes.write(
            connection, [*store.insert_deliveries(new, now, started_by=started_by), *outbox.appended(records)]
        )
    return [delivery.id for delivery in new]


async def end_unheard(connection: Connection, endpoint_id: str, why: Unheard, limit: int, now: datetime) -> int:
    """End the oldest queued deliveries of an endpoint that listens no more, so many at most; how many there were. Those
    that waited behind them are queued for the next step."""
    rows = await queries.end_unheard.rows(
        connection, endpoint_id=endpoint_id, error=why.error, failure_reason=why.reason, limit=limit
    )
    changed: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        changed[row["merchant_id"], COUNTED, "pending"] -= 1
        changed[row["merchant_id"], COUNTED, "failed"] += 1
    await counts.add(connection, changed)
    await ordering.release_next(
        connection, {Line(endpoint_id, row["ordered_by"]) for row in rows if row["ordered_by"]}, now
    )
    return len(rows)


def not_found() -> ApiError:
    """404, also for another merchant's delivery."""
    return ApiError(404, "NOT_FOUND_ERROR", "Webhook not found", storable=True)
