"""Lists of orders, payments and refunds: pages, searches and totals whose cost does not grow with history.

A list goes through ONE index by id, in either direction, from where the page starts. What that index does not serve is
filtered row by row, over a window of at most LIST_SCAN_MAX_ROWS rows: if the window ends before the page is full, the
answer holds what was found, `has_more`, and the cursor to go on from. A total is exact without a filter and by status;
else it counts the first window of the list. An id is a bound and nothing else: whose it is makes no difference.
An export is a walk along the same way to its end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import asyncpg

from chassis import counts, pg
from chassis.errors import bad_request
from chassis.pg import ACQUIRE_TIMEOUT_S, IDLE_IN_TRANSACTION_TIMEOUT_MS, Connection, Pool
from chassis.sql import Query
from contracts import ids
from services.api import store
from services.api.cards import LAST4_PATTERN, VPA_PATTERN
from services.api.schemas.lists import OLDEST_FIRST, ListFilter, ListQuery
from services.api.schemas.orders import OrdersFilter, OrdersQuery
from services.api.schemas.payments import PaymentsFilter, PaymentsQuery
from services.api.schemas.refunds import RefundsFilter, RefundsQuery
from services.api.store import queries

Asked = TypeVar("Asked", bound=ListFilter)

Filters = dict[str, Any]
"""A query's parameter to what is wanted; None wants everything."""

Rows = AsyncIterator[list[asyncpg.Record]]
"""All of them, a few at a time."""

EXPANDED_MAX = 100
"""How many of an object's own list are shown with it, the newest."""

ORDERS_OF_RECEIPT_MAX = 100
ID_DRAWN_WITHIN = timedelta(minutes=1)
"""An id is drawn a little after the row's `created_at`, while its batch is being decided."""

CLOCKS_DIFFER_BY = timedelta(days=1)
"""Of the machines that draw ids; generous, since what lies beyond is not seen."""

STEP_ROWS: Final = 500
STEP_WINDOW_ROWS: Final = 5000
"""How many rows a walk through all of them takes at once, and looks at to find them."""

NEAR = timedelta(days=92)
"""A quarter, which is what a partition holds."""

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2081, 1, 1, tzinfo=UTC)
"""What ids can tell."""


@dataclass(frozen=True, slots=True)
class Index:
    """One way through a kind: the filter that it serves (None: only whose it is), and the queries that go along it."""

    serves: str | None
    page: Query
    survey: Query


@dataclass(frozen=True, slots=True)
class Kind:
    """Objects that are listed. The first index whose filter is asked for is taken: the most selective comes first."""

    name: str
    prefix: str
    indexes: tuple[Index, ...]


ORDERS = Kind(
    "orders",
    ids.ORDER,
    (
        Index("receipt", queries.list_orders_by_receipt, queries.survey_orders_by_receipt),
        Index("status", queries.list_orders_by_status, queries.survey_orders_by_status),
        Index(None, queries.list_orders, queries.survey_orders),
    ),
)
PAYMENTS = Kind(
    "payments",
    ids.PAYMENT,
    (
        Index("order_ids", queries.list_payments_of_orders, queries.survey_payments_of_orders),
        Index("instrument", queries.list_payments_by_instrument, queries.survey_payments_by_instrument),
        Index("status", queries.list_payments_by_status, queries.survey_payments_by_status),
        Index(None, queries.list_payments, queries.survey_payments),
    ),
)
REFUNDS = Kind(
    "refunds",
    ids.REFUND,
    (
        Index("payment_id", queries.list_refunds_of_payment, queries.survey_refunds_of_payment),
        Index("status", queries.list_refunds_by_status, queries.survey_refunds_by_status),
        Index(None, queries.list_refunds, queries.survey_refunds),
    ),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, in the order that was asked for, and how many match in all. `next_cursor`: there are more,
    from this id on."""

    rows: list[Any]
    total: int
    total_capped: bool = False
    next_cursor: str | None = None


NOTHING = Page([], 0)


@dataclass(frozen=True, slots=True)
class Reach:
    """Ids from `low` (inclusive) to `high` (exclusive), and the end that the page starts at."""

    low: str
    high: str
    oldest_first: bool = False

    def farther(self, one: str, other: str) -> str:
        """Of two ids the one that comes later on this way."""
        return max(one, other) if self.oldest_first else min(one, other)

    def behind(self, one: str) -> "Reach":
        """What comes after this id on this way."""
        if self.oldest_first:
            return replace(self, low=max(self.low, _next_to(one)))
        return replace(self, high=min(self.high, one))


def near_and_far(reach: Reach, prefix: str) -> list[Reach]:
    """Its two parts: what lies within NEAR of its start, and the rest, if any. Each partition costs a look into its
    index, so that who has enough after the first part pays the same whatever lies behind."""
    if reach.oldest_first:
        if reach.low == f"{prefix}_":
            return [reach]  # from the beginning of time: where its first rows are, nobody knows
        bound = id_floor(prefix, ids.instant_of(reach.low) + NEAR)
        parts = [replace(reach, high=bound), replace(reach, low=bound)]
    else:
        bound = id_floor(prefix, ids.instant_of(reach.high) - NEAR)
        parts = [replace(reach, low=bound), replace(reach, high=bound)]
    return parts if reach.low < bound < reach.high else [reach]


@dataclass(frozen=True, slots=True)
class _Survey:
    """What a window holds: rows that match, rows, and the id it ends at."""

    matching: int
    seen: int
    edge: str | None


class _Listing:
    """One request's way through a kind: the objects that are `asked` for, their instants, cursors and `filters`."""

    def __init__(self, kind: Kind, merchant_id: str, asked: ListFilter, filters: Filters, scan_max_rows: int) -> None:
        self._index = next(index for index in kind.indexes if index.serves is None or filters[index.serves] is not None)
        self._kind = kind
        self._merchant_id = merchant_id
        self._asked = asked
        self._filters = filters
        self._scan_max_rows = scan_max_rows
        self._filtered = any(value is not None for name, value in filters.items() if name != self._index.serves)

    async def page(self, connection: Connection, query: ListQuery) -> Page:
        """The page that the query asks for."""
        whole = self._whole()
        reach = _from_cursor(whole, query)
        if self._is_counted:
            return await self._counted_page(connection, query, reach, starts_here=reach is whole)
        found = await self._rows(connection, reach, query, enough=query.limit + 1)
        rows, last = _shown(found, query, reach)
        more = len(found) > query.limit
        if not (self._filtered or more or reach is not whole) and (rows or not query.offset):
            return Page(rows, query.offset + len(rows))
        survey = await self._survey(connection, whole)
        if self._filtered and not more:
            here = survey if reach is whole else await self._survey(connection, reach)
            if here.edge is not None and here.seen >= self._scan_max_rows:
                more, last = True, here.edge if last is None else reach.farther(here.edge, last)
        return Page(rows, survey.matching, survey.seen >= self._scan_max_rows, last if more else None)

    async def _counted_page(self, connection: Connection, query: ListQuery, reach: Reach, *, starts_here: bool) -> Page:
        """A page of a list whose total is known."""
        total = await self._total(connection)
        there_are = max(total - query.offset, 0) if starts_here else query.limit + 1
        found = await self._rows(connection, reach, query, enough=min(there_are, query.limit + 1))
        rows, last = _shown(found, query, reach)
        return Page(rows, total, False, last if len(found) > query.limit else None)

    async def walk(self, pool: Pool, rows_max: int) -> Rows:
        """All rows in the order that is asked for, a few at a time, each time by a connection of the pool. None is met
        twice, and none is missed that was there before and stays. Raises 400 for more than `rows_max`."""
        reach: Reach | None = self._whole()
        if self._is_counted:
            async with pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                _check_length(await self._total(connection), rows_max)
        count = 0
        while reach is not None:
            async with pg.snapshot(pool, reader_patience_ms=IDLE_IN_TRANSACTION_TIMEOUT_MS) as connection:
                rows, reach = await self._step(connection, reach)
            count += len(rows)
            _check_length(count, rows_max)
            yield rows

    async def _step(self, connection: Connection, reach: Reach) -> tuple[list[asyncpg.Record], Reach | None]:
        """The next rows, and what lies behind them or, when few of many match, behind those that were looked at: of one
        instant, since what comes in between two looks would move the window's end."""
        where = self._where(reach, STEP_WINDOW_ROWS if self._filtered else STEP_ROWS)
        rows = await self._index.page.rows(connection, **where, limit=STEP_ROWS, offset=0)
        if len(rows) == STEP_ROWS:
            return rows, reach.behind(rows[-1]["id"])
        if self._filtered:
            survey = await self._index.survey.row(connection, **where)
            assert survey is not None
            if survey["seen"] >= STEP_WINDOW_ROWS:
                return rows, reach.behind(survey["edge"])
        return rows, None

    async def _total(self, connection: Connection) -> int:
        """Of a list that is counted."""
        wanted = [self._filters["status"]] if self._index.serves else None
        return await counts.total(connection, self._merchant_id, self._kind.name, wanted)

    @property
    def _is_counted(self) -> bool:
        return not self._filtered and self._asked.id is None and self._index.serves in (None, "status")

    def _whole(self) -> Reach:
        """All ids that can be meant. Those of an instant are exact below; above they reach a little beyond, and the
        filter of `created_at` drops the rest. What belongs to an object was made after it."""
        prefix, asked = self._kind.prefix, self._asked
        low = f"{prefix}_"
        high = id_floor(prefix, datetime.now(UTC) + CLOCKS_DIFFER_BY)
        owners = self._filters.get("order_ids") or [one for one in [self._filters.get("payment_id")] if one is not None]
        if owners:
            low = id_floor(prefix, ids.instant_of(min(owners)) - CLOCKS_DIFFER_BY)
        if asked.created_from is not None:
            low = max(low, id_floor(prefix, asked.created_from))
        if asked.created_to is not None:
            high = min(high, id_floor(prefix, asked.created_to + ID_DRAWN_WITHIN))
        if asked.id is not None:
            low, high = max(low, asked.id), min(high, _next_to(asked.id))
        return Reach(low, high, oldest_first=asked.sort == OLDEST_FIRST)

    def _parts(self, reach: Reach) -> list[Reach]:
        """What to look at until it is enough. What the other indexes serve is rare: most of it is not near."""
        return near_and_far(reach, self._kind.prefix) if self._index.serves in (None, "status") else [reach]

    async def _rows(
        self, connection: Connection, reach: Reach, query: ListQuery, *, enough: int
    ) -> list[asyncpg.Record]:
        """The page and the row after it."""
        limit = query.limit + 1
        window = self._scan_max_rows if self._filtered else query.offset + limit
        near, *far = self._parts(reach)
        rows: list[asyncpg.Record] = []
        for part in [near, reach] if far else [near]:
            where = self._where(part, window)
            rows = await self._index.page.rows(connection, **where, limit=limit, offset=query.offset)
            if len(rows) >= enough:
                break
        return rows

    async def _survey(self, connection: Connection, reach: Reach) -> _Survey:
        whole = _Survey(0, 0, None)
        for part in self._parts(reach):
            row = await self._index.survey.row(connection, **self._where(part, self._scan_max_rows - whole.seen))
            assert row is not None
            whole = _Survey(whole.matching + row["matching"], whole.seen + row["seen"], row["edge"] or whole.edge)
            if whole.seen >= self._scan_max_rows:
                break
        return whole

    def _where(self, reach: Reach, window: int) -> Filters:
        return {
            "merchant_id": self._merchant_id,
            "low": reach.low,
            "high": reach.high,
            "oldest_first": reach.oldest_first,
            "window": window,
            **self._filters,
        }


class Lists:
    """The lists of one process, and all that they hold as one file: `export_max_rows` long at most."""

    def __init__(self, *, scan_max_rows: int, export_max_rows: int) -> None:
        self._scan_max_rows = scan_max_rows
        self._export_max_rows = export_max_rows

    async def orders(self, connection: Connection, merchant_id: str, query: OrdersQuery) -> Page:
        """A page of a merchant's orders."""
        listing = await self._orders(connection, merchant_id, query)
        return NOTHING if listing is None else await listing.page(connection, query)

    async def payments(self, connection: Connection, merchant_id: str, query: PaymentsQuery) -> Page:
        """A page of a merchant's payments."""
        listing = await self._payments(connection, merchant_id, query)
        return NOTHING if listing is None else await listing.page(connection, query)

    async def refunds(self, connection: Connection, merchant_id: str, query: RefundsQuery) -> Page:
        """A page of a merchant's refunds."""
        listing = await self._refunds(connection, merchant_id, query)
        return NOTHING if listing is None else await listing.page(connection, query)

    def all_orders(self, pool: Pool, merchant_id: str, asked: OrdersFilter) -> Rows:
        """All of a merchant's orders that the list shows page by page. Raises 400 for too many; so do the other two."""
        return self._walk(pool, lambda connection: self._orders(connection, merchant_id, asked))

    def all_payments(self, pool: Pool, merchant_id: str, asked: PaymentsFilter) -> Rows:
        """The same of payments."""
        return self._walk(pool, lambda connection: self._payments(connection, merchant_id, asked))

    def all_refunds(self, pool: Pool, merchant_id: str, asked: RefundsFilter) -> Rows:
        """The same of refunds."""
        return self._walk(pool, lambda connection: self._refunds(connection, merchant_id, asked))

    async def _walk(self, pool: Pool, find: Callable[[Connection], Awaitable[_Listing | None]]) -> Rows:
        async with pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            listing = await find(connection)
        if listing is not None:
            async for rows in listing.walk(pool, self._export_max_rows):
                yield rows

    async def _orders(self, connection: Connection, merchant_id: str, asked: OrdersFilter) -> _Listing | None:
        """The way through what is asked for; None when nothing can match. So do the other two."""
        found = await _searched_orders(connection, merchant_id, asked)
        if found is None:
            return None
        filters = {"status": found.status, "receipt": found.receipt, **_shared(found)}
        return _Listing(ORDERS, merchant_id, found, filters, self._scan_max_rows)

    async def _payments(self, connection: Connection, merchant_id: str, asked: PaymentsFilter) -> _Listing | None:
        found = await _searched_payments(connection, merchant_id, asked)
        if found is None or (found.vpa is not None and found.last4 is not None):
            return None
        order_ids = None if found.order_id is None else [found.order_id]
        if found.receipt is not None:
            of_receipt = await _order_ids_of_receipt(connection, merchant_id, found.receipt)
            order_ids = [one for one in of_receipt if order_ids is None or one in order_ids]
        filters = {
            "status": found.status,
            "order_ids": order_ids,
            "instrument": found.vpa if found.last4 is None else found.last4,
            "method": found.method,
            "captured": found.captured,
            "refund_status": found.refund_status,
            **_shared(found),
        }
        return _Listing(PAYMENTS, merchant_id, found, filters, self._scan_max_rows)

    async def _refunds(self, connection: Connection, merchant_id: str, asked: RefundsFilter) -> _Listing | None:
        found = _searched_refunds(asked)
        if found is None:
            return None
        filters = {"status": found.status, "payment_id": found.payment_id, **_shared(found)}
        return _Listing(REFUNDS, merchant_id, found, filters, self._scan_max_rows)


def _check_length(rows: int, rows_max: int) -> None:
    if rows > rows_max:
        raise bad_request(
            f"An export holds at most {rows_max} rows, and there are more: ask for a part with created_from, created_to"
        )


def _shared(query: ListFilter) -> Filters:
    return {
        "currency": query.currency,
        "amount_min": query.amount_min,
        "amount_max": query.amount_max,
        "created_from": query.created_from,
        "created_to": query.created_to,
    }


def _shown(found: list[asyncpg.Record], query: ListQuery, reach: Reach) -> tuple[list[asyncpg.Record], str | None]:
    """The rows of the page, in the order that is asked for, and the id of the last one on its way."""
    rows = found[: query.limit]
    last = rows[-1]["id"] if rows else None
    return rows[::-1] if reach.oldest_first != (query.sort == OLDEST_FIRST) else rows, last


def id_floor(prefix: str, at: datetime) -> str:
    """The smallest id of an instant; of the first or the last that ids can tell, beyond."""
    return ids.id_floor(prefix, min(max(at, FIRST), LAST))


def _from_cursor(whole: Reach, query: ListQuery) -> Reach:
    if query.starting_after is not None:
        return whole.behind(query.starting_after)
    if query.ending_before is not None:
        return replace(whole, oldest_first=not whole.oldest_first).behind(query.ending_before)
    return whole


def _next_to(one: str) -> str:
    """Sorts after this id and before every other one that does."""
    return one + "0"


async def _order_ids_of_receipt(connection: Connection, merchant_id: str, receipt: str) -> list[str]:
    rows = await queries.order_ids_of_receipt.rows(
        connection, merchant_id=merchant_id, receipt=receipt, limit=ORDERS_OF_RECEIPT_MAX
    )
    return [row["id"] for row in rows]


async def _searched_orders(connection: Connection, merchant_id: str, query: OrdersFilter) -> OrdersFilter | None:
    """The query with the field that its `q` looks like; None when nothing can match. So do the other two."""
    given = query.q
    if given is None:
        return query
    if ids.is_id(given, ids.ORDER):
        return _with(query, "id", given)
    payment_id = await _payment_id_of(connection, merchant_id, given)
    if payment_id is not None:
        payment = await store.get_payment(connection, merchant_id, payment_id)
        return None if payment is None else _with(query, "id", payment.order_id)
    return _with(query, "receipt", given)


async def _searched_payments(connection: Connection, merchant_id: str, query: PaymentsFilter) -> PaymentsFilter | None:
    given = query.q
    if given is None:
        return query
    if ids.is_id(given, ids.ORDER):
        return _with(query, "order_id", given)
    payment_id = await _payment_id_of(connection, merchant_id, given)
    if payment_id is not None:
        return _with(query, "id", payment_id)
    if LAST4_PATTERN.fullmatch(given):
        return _with(query, "last4", given)
    return _with(query, "vpa" if VPA_PATTERN.fullmatch(given) else "receipt", given)


def _searched_refunds(query: RefundsFilter) -> RefundsFilter | None:
    given = query.q
    if given is None:
        return query
    if ids.is_id(given, ids.REFUND):
        return _with(query, "id", given)
    if ids.is_id(given, ids.PAYMENT):
        return _with(query, "payment_id", given)
    raise bad_request("q must be the id of a refund or of a payment", field="q")


async def _payment_id_of(connection: Connection, merchant_id: str, given: str) -> str | None:
    """The payment that an id means: a payment's own, or a refund's payment. None for every other text."""
    if ids.is_id(given, ids.REFUND):
        refund = await store.get_refund(connection, merchant_id, given)
        return given if refund is None else refund.payment_id
    return given if ids.is_id(given, ids.PAYMENT) else None


def _with(query: Asked, field: str, value: str) -> Asked | None:
    """The query that wants this, too; None when it wants something else already."""
    if getattr(query, field) not in (None, value):
        return None
    return query.model_copy(update={field: value})
