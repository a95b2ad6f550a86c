"""/api/v1/stats"""

import asyncio

from chassis import counts
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api.auth import Authenticator
from services.api.peers import PeerAway, Peers
from services.api.schemas.stats import StatsAnswer, StatsQuery
from services.api.stats import USUAL_CURRENCY, Counted, Period, buckets_of, currencies_of, totals_of


class StatsRoutes:
    """The handler."""

    def __init__(self, pool: Pool, peers: Peers) -> None:
        self._pool = pool
        self._peers = peers

    async def get(self, call: Call) -> Answer:
        """GET /stats: what happened, by the hour or the day. Exact, and as cheap with a long history as with none."""
        query: StatsQuery = call.query
        period = query.period
        merchant_id = call.principal.merchant_id
        counted, webhooks = await asyncio.gather(
            self._counted(merchant_id, period), self._webhooks(merchant_id, period)
        )
        currencies = currencies_of(counted)
        currency = query.currency or next(iter(currencies), USUAL_CURRENCY)
        buckets = buckets_of(period, counted, webhooks, currency)
        told = {
            "interval": period.interval,
            "from": period.begin,
            "to": period.end,
            "currency": currency,
            "currencies": currencies,
            "buckets": buckets,
            "totals": totals_of(buckets),
            "missing": ["notifier"] if webhooks is None else [],
        }
        return json_answer(200, told)

    async def _counted(self, merchant_id: str, period: Period) -> Counted:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return await counts.between(connection, merchant_id, period.begin, period.end)

    async def _webhooks(self, merchant_id: str, period: Period) -> Counted | None:
        """None when the notifier does not say."""
        asked = f"/internal/stats?begin={period.begin:%Y-%m-%dT%H:%M:%SZ}&end={period.end:%Y-%m-%dT%H:%M:%SZ}"
        try:
            told = await self._peers.get_json("notifier", asked, merchant_id)
        except PeerAway:
            return None
        return {(hour, figure): number for hour, figure, number in told["counted"]}


def stats_routes(handlers: StatsRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    reads = merchant.needs("payments:read")
    summary = "Get figures by the hour or the day"
    return [
        Route(
            "GET",
            "/api/v1/stats",
            handlers.get,
            summary,
            reads,
            query=StatsQuery,
            answer=StatsAnswer,
            operation="getStats",
        )
    ]
