"""Sending again: a delivery, the many that a filter names, an event. Each works in its caller's transaction.

What is sent again begins its next run: due at once, all attempts before it. Whatever is on its way for an earlier run
finds its claim gone.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from chassis import changes, counts, outbox
from chassis.errors import ApiError, bad_request
from chassis.pg import Connection
from contracts import ids
from services.notifier import store
from services.notifier.deliveries import dispatch_record, not_found
from services.notifier.lists import match_deliveries
from services.notifier.schemas import RetryMany
from services.notifier.state import Endpoint, StartedBy, Status
from services.notifier.store import COUNTED, Message, NewDelivery, queries

NOBODY_LISTENS: Final = "No webhook endpoint of yours has a URL and is enabled; save a URL or enable one, and retry"
NOT_LISTENING: Final = "There is no webhook endpoint of yours with this id, or it has no URL, or it is disabled"


async def retry(connection: Connection, merchant_id: str, delivery_id: str, now: datetime) -> None:
    """Start the next run of a delivery, whatever became of it so far. Raises ApiError."""
    row = await queries.lock_delivery.row(connection, merchant_id=merchant_id, id=delivery_id)
    if row is None:
        raise not_found()
    if row["deleted_at"] is not None:
        raise ApiError(400, "BAD_REQUEST_ERROR", "The endpoint of this webhook has been deleted", storable=True)
    if row["url"] is None or not row["enabled"]:
        raise ApiError(
            400,
            "BAD_REQUEST_ERROR",
            "The endpoint of this webhook has no URL or is disabled; save its URL or enable it, and retry",
            storable=True,
        )
    await _start_runs(connection, merchant_id, [delivery_id], row["status"], "manual", now)


async def retry_many(connection: Connection, merchant_id: str, asked: RetryMany, now: datetime) -> dict[str, Any]:
    """Start the next run of the oldest deliveries that match, at most `limit`: one bounded step of a long way.

    What can't be sent now (its endpoint has no URL or is disabled) does not match. Who goes on from `next_cursor` meets
    each delivery once, whatever becomes of it meanwhile. Raises 400 when nobody listens.
    """
    endpoints = await _listening(connection, merchant_id)
    named = asked.filter.webhook_endpoint_id
    endpoint_ids = [endpoint.id for endpoint in endpoints if named in (None, endpoint.id)]
    if not endpoint_ids:
        raise bad_request(NOT_LISTENING, field="filter.webhook_endpoint_id")
    matching = await match_deliveries(
        connection, merchant_id, asked.filter, endpoint_ids, after=asked.starting_after, limit=asked.limit
    )
    scheduled = matching.ids
    if not asked.dry_run:
        status = asked.filter.status
        locked = await queries.lock_deliveries.rows(connection, ids=matching.ids, status=status)
        scheduled = [row["id"] for row in locked]
        await _start_runs(connection, merchant_id, scheduled, status, "bulk", now)
    remaining = matching.count - len(matching.ids)
    told: dict[str, Any] = {"scheduled": len(scheduled), "remaining": remaining, "dry_run": asked.dry_run}
    if matching.edge is not None:
        told["remaining_capped"] = True
    next_cursor = matching.ids[-1] if remaining else matching.edge
    return told | ({"next_cursor": next_cursor} if next_cursor else {})


async def resend(
    connection: Connection, merchant_id: str, event_id: str, endpoint_id: str | None, now: datetime
) -> dict[str, Any]:
    """Send an event again to every endpoint that listens and wants it, or to the one that is named, whatever it wants.

    One that had no delivery of it gets its first. Raises 404 when no such event has come, 400 when nobody listens.
    """
    await queries.hold_event.run(connection, event_id=event_id)
    row = await queries.get_message.row(connection, merchant_id=merchant_id, id=event_id)
    if row is None:
        raise no_such_event()
    endpoints = [
        endpoint
        for endpoint in await _listening(connection, merchant_id)
        if (endpoint.wants(row["type"]) if endpoint_id is None else endpoint.id == endpoint_id)
    ]
    if not endpoints:
        if endpoint_id is not None:
            raise bad_request(NOT_LISTENING, field="webhook_endpoint_id")
        raise bad_request(f"No webhook endpoint of yours that is enabled asks for {row['type']}; name one")
    sent = await _send_again(connection, merchant_id, _message_from(row), endpoints, now)
    return {"id": event_id, "event": row["type"], "deliveries": sent, "message": "Event resend scheduled"}


async def _send_again(
    connection: Connection, merchant_id: str, message: Message, endpoints: Sequence[Endpoint], now: datetime
) -> list[dict[str, Any]]:
    known = await queries.lock_deliveries_of_event.rows(
        connection, message_id=message.id, endpoint_ids=[endpoint.id for endpoint in endpoints]
    )
    newest = {row["endpoint_id"]: row for row in known}
    by_status: dict[Status, list[str]] = defaultdict(list)
    for row in newest.values():
        by_status[row["status"]].append(row["id"])
    runs: dict[str, int] = {}
    for status, delivery_ids in by_status.items():
        runs |= await _start_runs(connection, merchant_id, delivery_ids, status, "manual", now)
    first = [NewDelivery(ids.new_id(ids.DELIVERY), message, e.id) for e in endpoints if e.id not in newest]
    records = [dispatch_record(new.id, 1, 1, now, now) for new in first]
    everything = [*store.insert_deliveries(first, now, started_by="manual"), *outbox.appended(records)]
    await changes.write(connection, everything)
    told = [(row["id"], row["endpoint_id"], runs[row["id"]]) for row in newest.values()]
    told += [(new.id, new.endpoint_id, 1) for new in first]
    return [{"id": id_, "webhook_endpoint_id": to, "run": run} for id_, to, run in sorted(told)]


async def _listening(connection: Connection, merchant_id: str) -> list[Endpoint]:
    endpoints = (await store.listening_endpoints(connection, [merchant_id])).get(merchant_id)
    if not endpoints:
        raise ApiError(400, "BAD_REQUEST_ERROR", NOBODY_LISTENS, storable=True)
    return endpoints


async def _start_runs(
    connection: Connection,
    merchant_id: str,
    delivery_ids: Sequence[str],
    status: Status,
    started_by: StartedBy,
    now: datetime,
) -> dict[str, int]:
    """Locked deliveries of one status begin anew: due at once, with all attempts before them. Their runs."""
    if not delivery_ids:
        return {}
    rows = await queries.start_runs.rows(connection, ids=list(delivery_ids), started_by=started_by, now=now)
    started = sorted(rows, key=lambda row: row["id"])  # the oldest first
    moved = Counter({(merchant_id, COUNTED, "pending"): len(started)})
    moved[merchant_id, COUNTED, status] -= len(started)
    records = [dispatch_record(row["id"], row["run"], 1, now, now) for row in started]
    await changes.write(connection, [*counts.added(moved), *outbox.appended(records)])
    return {row["id"]: row["run"] for row in started}


def no_such_event() -> ApiError:
    """404, also for another merchant's event. It may be on its way: an idempotency key keeps no such answer."""
    return ApiError(404, "NOT_FOUND_ERROR", "Event not found")


def _message_from(row: asyncpg.Record) -> Message:
    return Message(
        id=row["id"],
        merchant_id=row["merchant_id"],
        type=row["type"],
        subject=row["subject"],
        payment_id=row["payment_id"],
        sequence=row["sequence"],
        body=row["body"],
        occurred_at=row["occurred_at"],
    )
