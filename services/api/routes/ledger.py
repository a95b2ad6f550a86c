"""/api/v1/balance and /api/v1/ledger_entries"""

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api import ledger
from services.api.auth import Authenticator
from services.api.ledger import Cursor, Which
from services.api.schemas.ledger import BalanceAnswer, BalanceQuery, EntriesAnswer, EntriesQuery
from services.api.views import balance_view, entry_view


class LedgerRoutes:
    """Read what a merchant has, and why."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def balance(self, call: Call) -> Answer:
        """GET /balance: in each currency, from the ledger."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            balances = await ledger.balances(connection, call.principal.merchant_id)
        return json_answer(200, {"data": [balance_view(balance) for balance in balances]})

    async def entries(self, call: Call) -> Answer:
        """GET /ledger_entries: why the balance is what it is; the entries of an event sum to zero."""
        query: EntriesQuery = call.query
        which = Which(
            query.account,
            query.currency,
            query.payment_id,
            query.refund_id,
            query.event_id,
            query.created_from,
            query.created_to,
        )
        cursor = Cursor(query.limit, query.starting_after, query.ending_before)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page, has_more = await ledger.entries(connection, call.principal.merchant_id, which, cursor)
        body = {
            "data": [entry_view(row) for row in page.rows],
            "total": page.total,
            "total_capped": page.total_capped,
            "limit": query.limit,
            "has_more": has_more,
        }
        return json_answer(200, body)


def ledger_routes(handlers: LedgerRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route(
            "GET",
            "/api/v1/balance",
            handlers.balance,
            "What you have, in each currency",
            merchant.needs("balance:read"),
            query=BalanceQuery,
            answer=BalanceAnswer,
        ),
        Route(
            "GET",
            "/api/v1/ledger_entries",
            handlers.entries,
            "List the ledger's entries, newest first",
            merchant.needs("balance:read"),
            query=EntriesQuery,
            answer=EntriesAnswer,
        ),
    ]
