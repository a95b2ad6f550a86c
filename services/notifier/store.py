"""The only module of the notifier that runs SQL: rows in, rows out, in batches."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson

from chassis import changes, counts
from chassis.changes import Change
from chassis.pg import Connection, columns
from chassis.sql import Queries, Query
from services.notifier.state import Endpoint, Job, Outcome, Queued, StartedBy, trigger_of

SQL: Final = Path(__file__).with_name("sql")
NAMES: Final = ("queries", "endpoints", "health", "lists", "log", "ordering", "pace", "retries")
queries = Queries(*(SQL / f"{name}.sql" for name in NAMES))

COUNTED: Final = "deliveries"
"""The kind under which deliveries are counted."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as merchants get it."""

    id: str
    merchant_id: str
    type: str
    subject: str
    payment_id: str | None
    sequence: int
    body: bytes
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message's way to one endpoint: leased from the start, or queued, or waiting in the line of `ordered_by`, or
    (nothing of these) told to Kafka."""

    id: str
    message: Message
    endpoint_id: str
    queued: Queued | None = None
    leased_by: str | None = None
    lease_until: datetime | None = None
    ordered_by: str | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A locked delivery whose next attempt a Kafka record asked for."""

    job: Job
    next_attempt_at: datetime


async def _write(connection: Connection, query: Query, rows: list[tuple[Any, ...]], **shared: Any) -> None:
    """One statement for all rows. Raises, which rolls the batch back, unless it touched exactly as many."""
    if not rows:
        return
    touched = await query.run(connection, **_arguments(query, rows, shared))
    if touched != len(rows):
        raise RuntimeError(f"{query.name} touched {touched} rows instead of {len(rows)}")


def _arguments(query: Query, rows: list[tuple[Any, ...]], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The rows as the query's first parameters, and what all rows share as its last."""
    names = query.params[: len(query.params) - len(shared)]
    return {**dict(zip(names, columns(rows, len(names)), strict=True)), **shared}


def endpoint_from(row: asyncpg.Record) -> Endpoint:
    """An endpoint's row."""
    gaps_s = row["retry_gaps_s"]
    return Endpoint(
        id=row["id"],
        merchant_id=row["merchant_id"],
        url=row["url"],
        enabled=row["enabled"],
        secret_sealed=row["secret_sealed"],
        event_types=tuple(row["event_types"]),
        headers_sealed=row["headers_sealed"],
        rate_limit_per_s=row["rate_limit_per_s"],
        api_version=row["api_version"],
        ordering=row["ordering"],
        retry_gaps_s=None if gaps_s is None else tuple(gaps_s),
        former_secret_sealed=row["former_secret_sealed"],
        former_secret_until=row["former_secret_until"],
        failing_since=row["failing_since"],
        failures=row["failures"],
        deleted=row["deleted_at"] is not None,
    )


async def endpoints_as_they_are(connection: Connection, endpoint_ids: Iterable[str]) -> dict[str, Endpoint]:
    """Endpoints by id."""
    found = await queries.endpoints.rows(connection, ids=sorted(endpoint_ids))
    return {row["id"]: endpoint_from(row) for row in found}


def _job_from(row: asyncpg.Record, endpoint: Endpoint) -> Job:
    number = row["attempts"] + 1
    return Job(
        delivery_id=row["id"],
        run=row["run"],
        number=number,
        trigger=trigger_of(row["started_by"], number, row["queued"]),
        endpoint=endpoint,
        message_id=row["message_id"],
        body=row["body"],
    )


async def listening_endpoints(connection: Connection, merchant_ids: Iterable[str]) -> dict[str, list[Endpoint]]:
    """By merchant: the endpoints that are enabled and have a URL."""
    found: dict[str, list[Endpoint]] = {}
    for row in await queries.listening_endpoints.rows(connection, merchant_ids=sorted(merchant_ids)):
        found.setdefault(row["merchant_id"], []).append(endpoint_from(row))
    return found


async def insert_messages(connection: Connection, messages: Iterable[Message], now: datetime) -> set[str]:
    """Write messages (distinct ids); the ids of those that were not there yet."""
    rows = [
        (m.id, m.merchant_id, m.type, m.subject, m.payment_id, m.sequence, m.body, m.occurred_at)
        for m in sorted(messages, key=lambda message: message.id)
    ]
    query = queries.insert_messages
    return {row["id"] for row in await query.rows(connection, **_arguments(query, rows, {"now": now}))}


def insert_deliveries(
    deliveries: Sequence[NewDelivery], now: datetime, *, started_by: StartedBy = "auto"
) -> list[Change]:
    """New deliveries, counted. Their messages are there already."""
    rows = [
        (
            d.id,
            d.message.id,
            d.endpoint_id,
            d.message.merchant_id,
            d.message.type,
            d.queued,
            d.leased_by,
            d.lease_until,
            d.ordered_by,
            d.wait_until,
        )
        for d in deliveries
    ]
    counted = Counter((d.message.merchant_id, COUNTED, "pending") for d in deliveries)
    return [
        *changes.of_rows(queries.insert_deliveries, rows, now=now, started_by=started_by),
        *counts.added(counted),
    ]


async def lock_scheduled(connection: Connection, wanted: Iterable[tuple[str, int, int]]) -> list[Scheduled]:
    """Lock the deliveries that records (delivery, run, attempt) name, as far as that attempt is the next one."""
    ids, runs, attempts = columns(sorted(set(wanted)), 3)
    rows = await queries.lock_scheduled.rows(connection, ids=ids, runs=runs, attempts=attempts)
    if not rows:
        return []
    endpoints = await endpoints_as_they_are(connection, {row["endpoint_id"] for row in rows})
    return [Scheduled(_job_from(row, endpoints[row["endpoint_id"]]), row["next_attempt_at"]) for row in rows]


async def place(
    connection: Connection, *, leased: Sequence[Job], queued: Sequence[Job], leased_by: str, lease_until: datetime
) -> None:
    """Put locked deliveries where they go next."""
    rows: list[tuple[Any, ...]] = [(job.delivery_id, None, leased_by, lease_until) for job in leased]
    rows += [(job.delivery_id, "slot", None, None) for job in queued]
    await _write(connection, queries.place, rows)


async def claim_queued(
    connection: Connection,
    wanted: Mapping[str, int],
    endpoints: Mapping[str, Endpoint],
    *,
    leased_by: str,
    lease_until: datetime,
) -> list[Job]:
    """Lease the oldest queued deliveries of these endpoints, so many of each."""
    endpoint_ids, mosts = columns(sorted(wanted.items()), 2)
    rows = await queries.claim_queued.rows(
        connection, endpoint_ids=endpoint_ids, mosts=mosts, leased_by=leased_by, lease_until=lease_until
    )
    return [_job_from(row, endpoints[row["endpoint_id"]]) for row in rows]


async def finish_claims(connection: Connection, outcomes: Sequence[Outcome], leased_by: str) -> dict[str, str | None]:
    """Write what became of claims (distinct deliveries). The ids of those whose claim still held; with the object in
    whose line it stood, if it ended."""
    rows = [
        (
            o.job.delivery_id,
            o.job.run,
            o.job.number,
            o.status,
            o.attempts,
            o.next_attempt_at,
            o.queued,
            o.exchange.at if o.exchange else None,
            o.exchange.response_status if o.exchange else None,
            o.error,
            o.failure_reason,
        )
        for o in outcomes
    ]
    query = queries.finish_claims
    found = await query.rows(connection, **_arguments(query, rows, {"leased_by": leased_by}))
    return {row["id"]: row["left_line"] for row in found}


def insert_attempts(outcomes: Iterable[Outcome]) -> list[Change]:
    """The log of what was really sent; an attempt that is there already stays as it is."""
    rows = [
        (
            o.job.delivery_id,
            o.job.run,
            o.job.number,
            o.job.trigger,
            o.job.endpoint.url,
            o.exchange.at,
            o.exchange.duration_ms,
            _json(o.exchange.request_headers),
            o.exchange.response_status,
            None if o.exchange.response_headers is None else _json(o.exchange.response_headers),
            o.exchange.response_body,
            o.exchange.error_class,
            o.exchange.error,
            o.next_attempt_at,
            _json(o.exchange.phases),
            o.exchange.response_truncated,
        )
        for o in outcomes
        if o.exchange is not None
    ]
    return [Change(queries.insert_attempts, columns(rows, len(queries.insert_attempts.params)))] if rows else []


def _json(value: Mapping[str, Any]) -> str:
    """For a column that is written often and read seldom: `json` keeps the text, `jsonb` would take it to pieces."""
    return orjson.dumps(value).decode()


async def queueing_endpoints(connection: Connection, limit: int) -> list[str]:
    """Endpoints with deliveries that wait for a slot."""
    return [row["endpoint_id"] for row in await queries.queueing_endpoints.rows(connection, limit=limit)]
