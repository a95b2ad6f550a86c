"""HTTP in: figures and the audit stream for the other services."""

from dataclasses import asdict

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.jobs import JobQueue
from chassis.ndjson import stream_query
from chassis.pg import Pool
from services.refunder.store import queries


class AuditFilter(BaseModel):
    """Query of the audit stream: all rows, or one merchant's."""

    model_config = ConfigDict(extra="forbid")

    merchant_id: str | None = None


class RefunderRoutes:
    """What the refunder tells the other services."""

    def __init__(self, pool: Pool, jobs: JobQueue) -> None:
        self._pool = pool
        self._jobs = jobs

    async def count_jobs(self, call: Call) -> Answer:
        """GET /internal/jobs"""
        return json_answer(200, asdict(await self._jobs.counts()))

    async def audit_executions(self, call: Call) -> web.StreamResponse:
        """GET /internal/audit/executions, sorted by refund_id."""
        merchant_id = call.query.merchant_id
        if merchant_id is None:
            return await stream_query(call, self._pool, queries.audit_executions)
        return await stream_query(call, self._pool, queries.audit_executions_of_merchant, merchant_id=merchant_id)


def internal_routes(handlers: RefunderRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/internal/jobs", handlers.count_jobs, "Refunds to execute, in figures", internal),
        Route(
            "GET",
            "/internal/audit/executions",
            handlers.audit_executions,
            "Refund executions, for the audit",
            internal,
            query=AuditFilter,
        ),
    ]
