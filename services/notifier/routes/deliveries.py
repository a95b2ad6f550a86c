"""The webhook log: a merchant's deliveries, and sending them again."""

from typing import Any

import asyncpg
import orjson

from chassis.clock import Clock
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.notifier import deliveries, lists, retries
from services.notifier.routes.merchants import OncePerKey, merchant_of
from services.notifier.schemas import DeliveriesQuery, NoBody, ResendEvent, RetryMany
from services.notifier.store import queries


class DeliveryRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, once_per_key: OncePerKey, *, scan_max_rows: int) -> None:
        self._pool = pool
        self._clock = clock
        self._once_per_key = once_per_key
        self._scan_max_rows = scan_max_rows

    async def list_deliveries(self, call: Call) -> Answer:
        """GET /internal/webhooks"""
        query: DeliveriesQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await lists.list_deliveries(connection, merchant_of(call), query, scan_max_rows=self._scan_max_rows)
        body: dict[str, Any] = {
            "data": [_delivery_view(row) for row in page.rows],
            "total": page.total,
            "limit": query.limit,
            "offset": query.offset,
            "has_more": page.next_cursor is not None,
        }
        if page.total_capped:
            body["total_capped"] = True
        if page.next_cursor is not None:
            body["next_cursor"] = page.next_cursor
        return json_answer(200, body)

    async def get_delivery(self, call: Call) -> Answer:
        """GET /internal/webhooks/{id}"""
        delivery_id = _id_in(call)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await queries.get_delivery.row(connection, merchant_id=merchant_of(call), id=delivery_id)
            if row is None:
                raise deliveries.not_found()
            attempts = await queries.list_attempts.rows(connection, delivery_id=delivery_id)
        return json_answer(
            200,
            {
                **_delivery_view(row),
                "url": row["url"],
                "payload": orjson.Fragment(row["body"]),
                "request_body": row["body"].decode(),
                "attempt_log_whole": row["log_is_whole"],
                "attempt_log": [_attempt_view(attempt) for attempt in attempts],
            },
        )

    async def retry(self, call: Call) -> Answer:
        """POST /internal/webhooks/{id}/retry"""
        delivery_id, merchant_id = _id_in(call), merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            await retries.retry(connection, merchant_id, delivery_id, self._clock.now())
            return json_answer(200, {"id": delivery_id, "status": "pending", "message": "Webhook retry scheduled"})

        return await self._once_per_key(call, decide)

    async def retry_many(self, call: Call) -> Answer:
        """POST /internal/webhooks/retry"""
        asked: RetryMany = call.body
        merchant_id = merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            return json_answer(200, await retries.retry_many(connection, merchant_id, asked, self._clock.now()))

        return await self._once_per_key(call, decide)

    async def resend(self, call: Call) -> Answer:
        """POST /internal/events/{id}/resend"""
        event_id, merchant_id = call.path["id"], merchant_of(call)
        if not ids.is_id(event_id, ids.EVENT):
            raise retries.no_such_event()
        endpoint_id = call.body.webhook_endpoint_id

        async def decide(connection: Connection) -> Answer:
            now = self._clock.now()
            return json_answer(200, await retries.resend(connection, merchant_id, event_id, endpoint_id, now))

        return await self._once_per_key(call, decide)


def delivery_routes(handlers: DeliveryRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route(
            "GET",
            "/internal/webhooks",
            handlers.list_deliveries,
            "A merchant's deliveries, newest first",
            internal,
            query=DeliveriesQuery,
        ),
        Route("GET", "/internal/webhooks/{id}", handlers.get_delivery, "A delivery with every attempt", internal),
        Route(
            "POST",
            "/internal/webhooks/{id}/retry",
            handlers.retry,
            "Deliver again, attempts afresh",
            internal,
            body=NoBody,
            body_optional=True,
        ),
        Route(
            "POST",
            "/internal/webhooks/retry",
            handlers.retry_many,
            "Deliver many again, those that a filter names",
            internal,
            body=RetryMany,
        ),
        Route(
            "POST",
            "/internal/events/{id}/resend",
            handlers.resend,
            "Deliver an event again, to all that want it or to one",
            internal,
            body=ResendEvent,
            body_optional=True,
        ),
    ]


def _id_in(call: Call) -> str:
    """The path's id. Raises 404 for what can't be one."""
    delivery_id = call.path["id"]
    if not ids.is_id(delivery_id, ids.DELIVERY):
        raise deliveries.not_found()
    return delivery_id


def _delivery_view(row: asyncpg.Record) -> dict[str, Any]:
    """A delivery as merchants see it; `attempts` are those of the current run."""
    return {
        "id": row["id"],
        "event": row["event_type"],
        "event_id": row["message_id"],
        "subject": row["subject"],
        "payment_id": row["payment_id"],
        "webhook_endpoint_id": row["endpoint_id"],
        "status": row["status"],
        "run": row["run"],
        "attempts": row["attempts"],
        "created_at": row["created_at"],
        "last_attempt_at": row["last_attempt_at"],
        "next_attempt_at": row["next_attempt_at"],
        "waiting_for": "order" if row["waiting"] else None,
        "response_code": row["response_code"],
        "error": row["error"],
        "failure_reason": row["failure_reason"],
    }


def _attempt_view(row: asyncpg.Record) -> dict[str, Any]:
    body, headers = row["response_body"], row["response_headers"]
    return {
        "run": row["run"],
        "attempt": row["number"],
        "trigger": row["trigger"],
        "at": row["at"],
        "duration_ms": row["duration_ms"],
        "phases": orjson.Fragment(row["phases"]),
        "url": row["url"],
        "request_headers": orjson.Fragment(row["request_headers"]),
        "response_status": row["response_status"],
        "response_headers": None if headers is None else orjson.Fragment(headers),
        "response_body": None if body is None else body.decode("utf-8", "replace"),
        "response_body_truncated": row["response_truncated"],
        "error_class": row["error_class"],
        "error": row["error"],
        "next_attempt_at": row["next_attempt_at"],
    }
