"""/api/v1/payments/{id}/acquirer_calls"""

from typing import Any

from chassis.errors import unavailable
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import store
from services.api.auth import Authenticator
from services.api.orders import not_found
from services.api.peers import PeerAway, Peers
from services.api.routes.lists import id_in_path
from services.api.schemas.acquirer_calls import AcquirerCallsAnswer


class AcquirerCallRoutes:
    """The handler."""

    def __init__(self, pool: Pool, peers: Peers) -> None:
        self._pool = pool
        self._peers = peers

    async def list(self, call: Call) -> Answer:
        """GET /payments/{id}/acquirer_calls: what the acquirer decided about a payment and its refunds."""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        merchant_id = call.principal.merchant_id
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            if await store.get_payment(connection, merchant_id, payment_id) is None:
                raise not_found("Payment")
        try:
            told = await self._peers.get_json("processor", f"/internal/effects?payment_id={payment_id}", merchant_id)
        except PeerAway as error:
            raise unavailable(
                "SERVICE_UNAVAILABLE", "The processor can't be reached at the moment; try again"
            ) from error
        return json_answer(200, {"data": [_shown(row) for row in told["data"]]})


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    told = ("key", "operation", "currency", "outcome", "decline_code", "description", "calls")
    return {**{name: row[name] for name in told}, "amount": row["amount_minor"], "at": row["created_at"]}


def acquirer_call_routes(handlers: AcquirerCallRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route(
            "GET",
            "/api/v1/payments/{id}/acquirer_calls",
            handlers.list,
            "List what the acquirer decided",
            merchant.needs("payments:read"),
            answer=AcquirerCallsAnswer,
            operation="listAcquirerCalls",
        )
    ]
