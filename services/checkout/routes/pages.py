"""The checkout's page: for an order, in a shop's frame or of its own; and for a hosted session."""

import re
from typing import Any, Final, cast

import structlog
from aiohttp import web

from chassis import pg
from chassis.clock import Clock
from chassis.http import Answer, Call, Route
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.checkout import store
from services.checkout.assets import Assets
from services.checkout.bootstrap import Bootstraps, Scene
from services.checkout.locales import Locale, chosen
from services.checkout.orders import ApiAway, Orders, UnknownKey
from services.checkout.page import Look, Pages, Problem
from services.checkout.schemas import PageQuery
from services.checkout.state import Order, Session, Theme, effective_origins, status_of
from services.checkout.store import Merchant

log = structlog.get_logger()

KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
TRUE: Final = ("true", "1", "yes", "")
THEMES: Final = ("auto", "light", "dark")

NO_ORDER_ASKED: Final = Problem(400, "BAD_REQUEST_ERROR", "This address names no order to pay: it needs order_id.")
NO_ORDER: Final = Problem(404, "NOT_FOUND_ERROR", "There is no such order to pay. Go back to the shop and try again.")
NO_SESSION: Final = Problem(404, "NOT_FOUND_ERROR", "There is no such payment page. Ask the shop for a new link.")
UNKNOWN_KEY: Final = Problem(401, "AUTHENTICATION_ERROR", "The shop's API key is not known here.")
AWAY: Final = Problem(
    503, "SERVICE_UNAVAILABLE", "The checkout can't be reached right now. Nothing was taken; try again in a moment."
)


class PageRoutes:
    """The handlers."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        orders: Orders,
        assets: Assets,
        pages: Pages,
        bootstraps: Bootstraps,
        *,
        test_mode: bool,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._orders = orders
        self._assets = assets
        self._pages = pages
        self._bootstraps = bootstraps
        self._test_mode = test_mode

    async def of_order(self, call: Call) -> Answer:
        """GET /checkout?order_id=…"""
        asked: PageQuery = call.query
        order, merchant, problem = None, Merchant(), None
        try:
            order, problem = await self._order(asked.order_id or "", asked.key)
            merchant = await self._merchant(order.merchant_id) if order is not None else merchant
        except Exception as error:
            problem = _away(error)
        embedded = asked.embedded is not None and asked.embedded.lower() in TRUE
        origins = effective_origins(merchant.allowed_origins, test_mode=self._test_mode) if embedded else ()
        look = Look(_locale(call, asked.locale), _theme(asked.theme, None), embedded, origins)
        if problem is not None or order is None:
            return self._page(Scene(look, self._clock.now(), problem=problem or NO_ORDER))
        name = merchant.name or order.merchant_name
        return self._page(Scene(look, self._clock.now(), merchant=name, order=order, key=asked.key))

    async def of_session(self, call: Call) -> Answer:
        """GET /checkout/{session}: a page of its own, which nobody frames. 410 when it has ended unpaid."""
        asked: PageQuery = call.query
        session, order, merchant, problem = None, None, Merchant(), None
        try:
            session = await self._session(call.path["session"])
            if session is None:
                problem = NO_SESSION
            else:
                merchant = await self._merchant(session.merchant_id)
                found = await self._orders.find([session.order_id], merchant_id=session.merchant_id)
                order = found.get(session.order_id)
                problem = NO_ORDER if order is None else None
        except Exception as error:
            problem = _away(error)
        look = Look(
            _locale(call, asked.locale, None if session is None else session.locale),
            _theme(asked.theme, None if session is None else session.theme),
            embedded=False,
        )
        name = merchant.name or (order.merchant_name if order is not None else None)
        scene = Scene(look, self._clock.now(), merchant=name, order=order, session=session, problem=problem)
        return self._page(scene)

    def _page(self, scene: Scene) -> Answer:
        build = self._assets.build()
        if build is None:
            return self._pages.not_built()
        data: dict[str, Any] = self._bootstraps.of(scene)
        status = scene.problem.status if scene.problem is not None else 200
        if scene.problem is None and scene.session is not None and scene.order is not None:
            ended = status_of(scene.session, scene.order.paid_at, scene.now) == "expired"
            status = 410 if ended else status
        return self._pages.page(build, scene.look, data, status=status, merchant=scene.merchant, problem=scene.problem)

    async def _order(self, order_id: str, key: str | None) -> tuple[Order | None, Problem | None]:
        """The order, and what stands in its place. Also with a wrong key the order's merchant is to see, in its own
        frame, that the key is wrong."""
        if not order_id:
            return None, NO_ORDER_ASKED
        if not ids.is_id(order_id, ids.ORDER):
            return None, NO_ORDER
        problem = NO_ORDER
        try:
            if key is not None and not KEY.fullmatch(key):
                raise UnknownKey
            found = await self._orders.find([order_id], key=key)
            if order_id in found:
                return found[order_id], None
        except UnknownKey:
            problem = UNKNOWN_KEY
        if key is None:
            return None, problem
        return (await self._orders.find([order_id])).get(order_id), problem

    async def _merchant(self, merchant_id: str) -> Merchant:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return await store.find_merchant(connection, merchant_id)

    async def _session(self, session_id: str) -> Session | None:
        if not ids.is_id(session_id, ids.CHECKOUT_SESSION):
            return None
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return await store.find_session(connection, session_id)


def page_routes(handlers: PageRoutes) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/checkout", handlers.of_order, "The page on which an order is paid", query=PageQuery),
        Route("GET", "/checkout/{session}", handlers.of_session, "The page of a hosted session", query=PageQuery),
    ]


def _away(error: Exception) -> Problem:
    """What the buyer is told when the api or Postgres does not answer. Raises whatever else it is."""
    if isinstance(error, ApiAway) or pg.fate_of(error) is pg.Fate.LOST:
        log.warning("page.away", error=repr(error))
        return AWAY
    raise error


def _locale(call: Call, asked: str | None, session: str | None = None) -> Locale:
    request: web.Request = call.request
    return chosen(asked, session, request.headers.get("Accept-Language"))


def _theme(asked: str | None, session: Theme | None) -> Theme:
    """What the address asks for, else the session, else what the buyer's system says."""
    return cast("Theme", asked) if asked in THEMES else session or "auto"
