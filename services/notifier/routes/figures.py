"""What only other services ask: how many deliveries there are, and the audit's rows."""

import asyncio

from aiohttp import web

from chassis import counts
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.ndjson import stream_query
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from chassis.queues import KafkaAway, committed, ends_of, lag_by_topic
from contracts.topics import DELAY_PARTITIONS, DELAY_TIERS_S, delay_topic_name
from services.notifier import store
from services.notifier.delay_relay import GROUP
from services.notifier.routes.merchants import merchant_of
from services.notifier.schemas import AuditQuery, StatsQuery
from services.notifier.store import queries


class FigureRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, bootstrap: str) -> None:
        self._pool = pool
        self._bootstrap = bootstrap

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

    async def delays(self, call: Call) -> Answer:
        """GET /internal/delays: how many records wait in each tier. A partition that nobody has committed anything of
        is at its beginning."""
        tiers = {delay_topic_name(tier_s): tier_s for tier_s in DELAY_TIERS_S}
        places = [(topic, partition) for topic in tiers for partition in range(DELAY_PARTITIONS)]
        try:
            ends, done = await asyncio.gather(ends_of(self._bootstrap, places), committed(self._bootstrap, GROUP))
        except KafkaAway:
            waiting = dict.fromkeys(tiers)
        else:
            lags = lag_by_topic({place: done.get(place, 0) for place in places}, ends)
            waiting = {topic: lags[topic][1] for topic in tiers}
        data = [{"topic": topic, "tier_s": tier_s, "waiting": waiting[topic]} for topic, tier_s in tiers.items()]
        return json_answer(200, {"data": data})

    async def stats(self, call: Call) -> Answer:
        """GET /internal/stats: [hour, figure, number] of a merchant's attempts."""
        query: StatsQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            counted = await counts.between(connection, merchant_of(call), query.begin, query.end)
        rows = [[hour, figure, number] for (hour, figure), number in counted.items()]
        return json_answer(200, {"counted": rows})

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


def figure_routes(handlers: FigureRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/internal/jobs", handlers.jobs, "How many deliveries are in which state", internal),
        Route("GET", "/internal/delays", handlers.delays, "What waits for its time", internal),
        Route("GET", "/internal/stats", handlers.stats, "Attempts by the hour", internal, query=StatsQuery),
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
