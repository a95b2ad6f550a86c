"""Merchants' hosted sessions, as the api forwards them."""

from collections.abc import Sequence

from chassis.clock import Clock
from chassis.errors import unavailable
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.once import Once
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.checkout import store
from services.checkout.orders import ApiAway, Orders
from services.checkout.routes.merchants import merchant_of
from services.checkout.schemas import CreateSession, NoBody, SessionsQuery
from services.checkout.sessions import Sessions, not_found
from services.checkout.state import Order, Session


class SessionRoutes:
    """The handlers. The api is asked for orders before a transaction begins, never in one."""

    def __init__(self, pool: Pool, clock: Clock, orders: Orders, sessions: Sessions, once: Once) -> None:
        self._pool = pool
        self._clock = clock
        self._orders = orders
        self._sessions = sessions
        self._once = once

    async def create(self, call: Call) -> Answer:
        """POST /internal/checkout/sessions"""
        asked: CreateSession = call.body
        merchant_id = merchant_of(call)
        order = await self._order(asked.order_id, merchant_id) if ids.is_id(asked.order_id, ids.ORDER) else None

        async def decide(connection: Connection) -> Answer:
            made = await self._sessions.create(connection, merchant_id, asked, order, self._clock.now())
            return json_answer(201, made)

        return await self._once.answer(call, merchant_id, decide)

    async def get(self, call: Call) -> Answer:
        """GET /internal/checkout/sessions/{id}"""
        merchant_id = merchant_of(call)
        session = await self._mine(call, merchant_id)
        order = await self._order(session.order_id, merchant_id)
        return json_answer(200, self._sessions.view(session, order, self._clock.now()))

    async def list(self, call: Call) -> Answer:
        """GET /internal/checkout/sessions"""
        query: SessionsQuery = call.query
        merchant_id = merchant_of(call)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await store.list_sessions(connection, merchant_id, **query.model_dump())
        orders = await self._found([session.order_id for session in page.sessions], merchant_id)
        return json_answer(200, self._sessions.page_view(page, orders, query, self._clock.now()))

    async def expire(self, call: Call) -> Answer:
        """POST /internal/checkout/sessions/{id}/expire"""
        merchant_id = merchant_of(call)
        session = await self._mine(call, merchant_id)
        order = await self._order(session.order_id, merchant_id)

        async def decide(connection: Connection) -> Answer:
            ended = await self._sessions.expire(connection, merchant_id, session.id, order, self._clock.now())
            return json_answer(200, ended)

        return await self._once.answer(call, merchant_id, decide)

    async def _mine(self, call: Call, merchant_id: str) -> Session:
        """The path's session. Raises 404."""
        session_id = call.path["id"]
        if not ids.is_id(session_id, ids.CHECKOUT_SESSION):
            raise not_found()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            session = await store.find_session(connection, session_id, merchant_id)
        if session is None:
            raise not_found()
        return session

    async def _order(self, order_id: str, merchant_id: str) -> Order | None:
        return (await self._found([order_id], merchant_id)).get(order_id)

    async def _found(self, order_ids: Sequence[str], merchant_id: str) -> dict[str, Order]:
        """This merchant's orders. Raises 503."""
        try:
            return await self._orders.find(order_ids, merchant_id=merchant_id)
        except ApiAway as error:
            raise unavailable(
                "SERVICE_UNAVAILABLE", "The orders can't be looked up at the moment; try again"
            ) from error


def session_routes(handlers: SessionRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    base = "/internal/checkout/sessions"
    one = f"{base}/{{id}}"
    return [
        Route("GET", base, handlers.list, "A merchant's sessions, newest first", internal, query=SessionsQuery),
        Route("POST", base, handlers.create, "One more session", internal, body=CreateSession),
        Route("GET", one, handlers.get, "A session", internal),
        Route(
            "POST",
            f"{one}/expire",
            handlers.expire,
            "End a session before its time",
            internal,
            body=NoBody,
            body_optional=True,
        ),
    ]
