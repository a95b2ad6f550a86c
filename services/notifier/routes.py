"""Internal HTTP: what the api forwards for merchants (X-Merchant-Id says for whom), figures, and the audit's rows."""

from collections.abc import Callable
from typing import Any, Final

import asyncpg
import orjson
from aiohttp import web

from chassis import counts, pg
from chassis.clock import Clock
from chassis.errors import bad_request
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.ndjson import stream_query
from chassis.once import Once
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.notifier import deliveries, store
from services.notifier.endpoints import Endpoints
from services.notifier.schemas import AuditQuery, DeliveriesQuery, NoBody, RetryMany, SaveSettings
from services.notifier.store import queries

MERCHANT_ID_MAX_CHARS: Final = 64


class Routes:
    """The handlers. `published` wakes the relay after a commit that wrote to the outbox."""

    def __init__(
        self, pool: Pool, clock: Clock, endpoints: Endpoints, once: Once, *, published: Callable[[], None]
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._endpoints = endpoints
        self._once = once
        self._published = published

    async def list_deliveries(self, call: Call) -> Answer:
        """GET /internal/webhooks"""
        query: DeliveriesQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await store.list_page(
                connection,
                _merchant_of(call),
                status=query.status,
                event_type=query.event,
                limit=query.limit,
                offset=query.offset,
            )
        data = [_delivery_view(row) for row in page.rows]
        body: dict[str, Any] = {
            "data": data,
            "total": page.total,
            "limit": query.limit,
            "offset": query.offset,
            "has_more": query.offset + len(data) < page.total,
        }
        if page.total_capped:
            body["total_capped"] = True
        return json_answer(200, body)

    async def get_delivery(self, call: Call) -> Answer:
        """GET /internal/webhooks/{id}"""
        delivery_id = _id_in(call)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await queries.get_delivery.row(connection, merchant_id=_merchant_of(call), id=delivery_id)
            if row is None:
                raise deliveries.not_found()
            attempts = await queries.list_attempts.rows(connection, delivery_id=delivery_id)
        return json_answer(
            200,
            {
                **_delivery_view(row),
                "url": row["url"],
                "payload": orjson.Fragment(row["body"]),
                "attempt_log": [_attempt_view(attempt) for attempt in attempts],
            },
        )

    async def retry(self, call: Call) -> Answer:
        """POST /internal/webhooks/{id}/retry"""
        delivery_id, merchant_id = _id_in(call), _merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            await deliveries.retry(connection, merchant_id, delivery_id, self._clock.now())
            return json_answer(200, {"id": delivery_id, "status": "pending", "message": "Webhook retry scheduled"})

        return await self._decide(call, decide)

    async def retry_many(self, call: Call) -> Answer:
        """POST /internal/webhooks/retry"""
        asked: RetryMany = call.body
        merchant_id = _merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            return json_answer(200, await deliveries.retry_many(connection, merchant_id, asked, self._clock.now()))

        return await self._decide(call, decide)

    async def get_settings(self, call: Call) -> Answer:
        """GET /internal/settings"""
        async with pg.transaction(self._pool) as connection:
            return json_answer(200, await self._endpoints.shown(connection, _merchant_of(call), self._clock.now()))

    async def save_settings(self, call: Call) -> Answer:
        """PUT /internal/settings"""
        body: SaveSettings = call.body
        merchant_id = _merchant_of(call)
        url = await self._endpoints.checked_url(body.webhook_url)
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            await self._endpoints.set_url(connection, merchant_id, url, now)
            return json_answer(200, await self._endpoints.shown(connection, merchant_id, now))

    async def renew_secret(self, call: Call) -> Answer:
        """POST /internal/settings/regenerate-secret"""
        merchant_id = _merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            secret = await self._endpoints.renew_secret(connection, merchant_id, self._clock.now())
            return json_answer(200, {"webhook_secret": secret})

        return await self._decide(call, decide)

    async def send_test(self, call: Call) -> Answer:
        """POST /internal/settings/test"""
        merchant_id = _merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            delivery_id = await self._endpoints.send_test(connection, merchant_id, self._clock.now())
            told = {"id": delivery_id, "event": deliveries.TEST_TYPE, "status": "pending"}
            return json_answer(200, {**told, "message": "Test webhook scheduled"})

        return await self._decide(call, decide)

    async def jobs(self, call: Call) -> Answer:
        """GET /internal/jobs"""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            totals = await counts.by_status(connection, store.COUNTED)
            processing = await queries.count_leased.value(connection)
        return json_answer(
            200,
            {
                "pending": max(0, totals.get("pending", 0) - processing),
                "processing": processing,
                "completed": totals.get("success", 0),
                "failed": totals.get("failed", 0),
            },
        )

    async def audit_messages(self, call: Call) -> web.StreamResponse:
        """GET /internal/audit/messages"""
        query: AuditQuery = call.query
        if query.merchant_id is None:
            return await stream_query(call, self._pool, queries.audit_messages)
        return await stream_query(call, self._pool, queries.audit_messages_of_merchant, merchant_id=query.merchant_id)

    async def audit_deliveries(self, call: Call) -> web.StreamResponse:
        """GET /internal/audit/deliveries"""
        query: AuditQuery = call.query
        if query.merchant_id is None:
            return await stream_query(call, self._pool, queries.audit_deliveries)
        return await stream_query(call, self._pool, queries.audit_deliveries_of_merchant, merchant_id=query.merchant_id)

    async def _decide(self, call: Call, decide: Any) -> Answer:
        answer = await self._once.answer(call, _merchant_of(call), decide)
        self._published()
        return answer


def internal_routes(handlers: Routes, internal: Authenticator) -> list[Route]:
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
        Route("GET", "/internal/settings", handlers.get_settings, "A merchant's webhook URL and secret", internal),
        Route("PUT", "/internal/settings", handlers.save_settings, "Set or clear the URL", internal, body=SaveSettings),
        Route(
            "POST",
            "/internal/settings/regenerate-secret",
            handlers.renew_secret,
            "A new secret",
            internal,
            body=NoBody,
            body_optional=True,
        ),
        Route(
            "POST",
            "/internal/settings/test",
            handlers.send_test,
            "Send a test event",
            internal,
            body=NoBody,
            body_optional=True,
        ),
        Route("GET", "/internal/jobs", handlers.jobs, "How many deliveries are in which state", internal),
        Route(
            "GET",
            "/internal/audit/messages",
            handlers.audit_messages,
            "Messages, for the audit",
            internal,
            query=AuditQuery,
        ),
        Route(
            "GET",
            "/internal/audit/deliveries",
            handlers.audit_deliveries,
            "What became of each event's deliveries, for the audit",
            internal,
            query=AuditQuery,
        ),
    ]


def _merchant_of(call: Call) -> str:
    merchant_id = call.request.headers.get("X-Merchant-Id", "")
    if not 0 < len(merchant_id) <= MERCHANT_ID_MAX_CHARS or not merchant_id.isprintable():
        raise bad_request("The header X-Merchant-Id must name a merchant", field="X-Merchant-Id")
    return merchant_id


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
        "endpoint_id": row["endpoint_id"],
        "status": row["status"],
        "run": row["run"],
        "attempts": row["attempts"],
        "created_at": row["created_at"],
        "last_attempt_at": row["last_attempt_at"],
        "next_attempt_at": row["next_attempt_at"],
        "response_code": row["response_code"],
        "error": row["error"],
    }


def _attempt_view(row: asyncpg.Record) -> dict[str, Any]:
    body = row["response_body"]
    return {
        "run": row["run"],
        "attempt": row["number"],
        "trigger": row["trigger"],
        "at": row["at"],
        "duration_ms": row["duration_ms"],
        "url": row["url"],
        "request_headers": row["request_headers"],
        "response_status": row["response_status"],
        "response_headers": row["response_headers"],
        "response_body": None if body is None else body.decode("utf-8", "replace"),
        "error_class": row["error_class"],
        "error": row["error"],
    }
