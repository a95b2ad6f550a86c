"""HTTP in: figures and audit streams for the other services; the acquirer's journal is told here, too."""

from dataclasses import asdict

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from acquirer.store import queries as acquirer_queries
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.internal import tenant_of
from chassis.jobs import JobQueue
from chassis.ndjson import stream_query
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.processor.store import queries

MERCHANT_HEADER = "X-Merchant-Id"
EFFECTS_MAX = 1000


class AuditFilter(BaseModel):
    """Query of the audit streams: all rows, or one merchant's."""

    model_config = ConfigDict(extra="forbid")

    merchant_id: str | None = None


class PaymentFilter(BaseModel):
    """Query of what the acquirer did for one payment."""

    model_config = ConfigDict(extra="forbid")

    payment_id: str


class ProcessorRoutes:
    """What the processor tells the other services."""

    def __init__(self, pool: Pool, acquirer_pool: Pool, jobs: JobQueue) -> None:
        self._pool = pool
        self._acquirer_pool = acquirer_pool
        self._jobs = jobs

    async def count_jobs(self, call: Call) -> Answer:
        """GET /internal/jobs"""
        return json_answer(200, asdict(await self._jobs.counts()))

    async def effects(self, call: Call) -> Answer:
        """GET /internal/effects: what the acquirer decided about a payment of the merchant in X-Merchant-Id."""
        async with self._acquirer_pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await acquirer_queries.effects_of_payment.rows(
                connection,
                payment_id=call.query.payment_id,
                merchant_id=tenant_of(call, MERCHANT_HEADER),
                limit=EFFECTS_MAX,
            )
        return json_answer(200, {"data": [dict(row) for row in rows]})

    async def audit_attempts(self, call: Call) -> web.StreamResponse:
        """GET /internal/audit/attempts, sorted by payment_id and attempt_id."""
        merchant_id = call.query.merchant_id
        if merchant_id is None:
            return await stream_query(call, self._pool, queries.audit_attempts)
        return await stream_query(call, self._pool, queries.audit_attempts_of_merchant, merchant_id=merchant_id)

    async def audit_effects(self, call: Call) -> web.StreamResponse:
        """GET /internal/audit/effects, sorted by payment_id and key."""
        merchant_id, pool = call.query.merchant_id, self._acquirer_pool
        if merchant_id is None:
            return await stream_query(call, pool, acquirer_queries.audit_effects)
        return await stream_query(call, pool, acquirer_queries.audit_effects_of_merchant, merchant_id=merchant_id)


def internal_routes(handlers: ProcessorRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/internal/jobs", handlers.count_jobs, "Attempts to make, in figures", internal),
        Route("GET", "/internal/effects", handlers.effects, "What the acquirer decided", internal, query=PaymentFilter),
        Route(
            "GET",
            "/internal/audit/attempts",
            handlers.audit_attempts,
            "Attempts, for the audit",
            internal,
            query=AuditFilter,
        ),
        Route(
            "GET",
            "/internal/audit/effects",
            handlers.audit_effects,
            "What the acquirer did, for the audit",
            internal,
            query=AuditFilter,
        ),
    ]
