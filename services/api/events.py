"""The log of events, in either order. An event is in it once it is published: a moment after the answer that caused it.

Pages go by position, along one index. What the index does not serve (types, the exact instant) is filtered over a
window of rows: a page may end before it is full, with the cursor to go on from; a total counts the first window.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import asyncpg

from chassis.errors import bad_request
from chassis.pg import Connection
from contracts import ids
from services.api.lists import Page
from services.api.schemas.events import POSITION_MAX, EventsQuery, types_named
from services.api.schemas.lists import OLDEST_FIRST
from services.api.store import queries

PAYMENTS_OF_ORDER_MAX: Final = 1000
REFUNDS_OF_PAYMENT_MAX: Final = 1000
OUT_OF_ORDER: Final = timedelta(seconds=15)
"""Two events may stand in the log the other way round than their instants: as far apart as a transaction is long."""

Filters = dict[str, Any]
"""A query's parameter to what is wanted; None wants everything."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """Positions from `low` (inclusive) to `high` (exclusive), and the end that the page starts at."""

    low: int = 0
    high: int = POSITION_MAX
    oldest_first: bool = False


async def list_events(connection: Connection, merchant_id: str, query: EventsQuery, *, scan_max_rows: int) -> Page:
    """A page of a merchant's events. Raises 400 for a cursor that is none."""
    whole = await _whole(connection, merchant_id, query)
    reach = await _from_cursor(connection, merchant_id, query, whole)
    filters: Filters = {
        "types": types_named(query.type),
        "created_from": query.created_from,
        "created_to": query.created_to,
    }
    subjects = await _subjects(connection, merchant_id, query)
    if subjects is not None:
        filters |= {"merchant_id": merchant_id, "subjects": subjects}
        return await _page_of(connection, query, whole, reach, {**filters, "window": scan_max_rows})
    if any(value is not None for value in filters.values()):
        return await _page(connection, query, whole, reach, {**filters, "merchant_id": merchant_id}, scan_max_rows)
    return await _plain_page(connection, query, reach, {**filters, "merchant_id": merchant_id}, scan_max_rows)


async def get_event(connection: Connection, merchant_id: str, event_id: str) -> asyncpg.Record | None:
    """A merchant's event."""
    return await queries.get_event.row(connection, merchant_id=merchant_id, id=event_id)


async def _plain_page(
    connection: Connection, query: EventsQuery, reach: _Reach, filters: Filters, count_max: int
) -> Page:
    """Of all events."""
    rows = await _rows(connection, query, reach, filters, window=query.offset + query.limit + 1)
    total = await queries.count_events.value(connection, merchant_id=filters["merchant_id"], most=count_max + 1)
    return _cut(rows, query, reach, min(total, count_max), capped=total > count_max)


async def _page(
    connection: Connection, query: EventsQuery, whole: _Reach, reach: _Reach, filters: Filters, window: int
) -> Page:
    """Of all events, filtered row by row."""
    rows = await _rows(connection, query, reach, filters, window=window)
    survey = await queries.survey_events.row(connection, **filters, low=whole.low, high=whole.high, window=window)
    assert survey is not None
    page = _cut(rows, query, reach, survey["matching"], capped=survey["seen"] == window)
    if page.next_cursor is not None:
        return page
    edge = await queries.get_edge_event.value(
        connection,
        merchant_id=filters["merchant_id"],
        low=reach.low,
        high=reach.high,
        oldest_first=reach.oldest_first,
        before=window - 1,
    )
    return replace(page, next_cursor=edge)


async def _rows(
    connection: Connection, query: EventsQuery, reach: _Reach, filters: Filters, *, window: int
) -> list[asyncpg.Record]:
    return await queries.list_events.rows(
        connection,
        **filters,
        low=reach.low,
        high=reach.high,
        oldest_first=reach.oldest_first,
        window=window,
        limit=query.limit + 1,
        offset=query.offset,
    )


async def _page_of(connection: Connection, query: EventsQuery, whole: _Reach, reach: _Reach, filters: Filters) -> Page:
    """Of some objects."""
    rows = await queries.list_events_of.rows(
        connection,
        **filters,
        low=reach.low,
        high=reach.high,
        oldest_first=reach.oldest_first,
        limit=query.limit + 1,
        offset=query.offset,
    )
    total = await queries.count_events_of.value(connection, **filters, low=whole.low, high=whole.high)
    return _cut(rows, query, reach, total, capped=False)


def _cut(found: list[asyncpg.Record], query: EventsQuery, reach: _Reach, total: int, *, capped: bool) -> Page:
    """The page of rows that are one more than the limit if there are more; in the order that is asked for."""
    rows = found[: query.limit]
    cursor = rows[-1]["event_id"] if len(found) > query.limit else None
    if reach.oldest_first != (query.sort == OLDEST_FIRST):
        rows.reverse()
    return Page(rows, total, capped, cursor)


async def _whole(connection: Connection, merchant_id: str, query: EventsQuery) -> _Reach:
    """All positions that the query can mean; a little more than its instants say."""
    low, high = 0, POSITION_MAX
    if query.created_from is not None:
        low = await queries.find_event_position.value(
            connection, merchant_id=merchant_id, at=query.created_from - OUT_OF_ORDER
        )
    if query.created_to is not None:
        high = await queries.find_event_position.value(
            connection, merchant_id=merchant_id, at=query.created_to + OUT_OF_ORDER
        )
    return _Reach(low, high, oldest_first=query.sort == OLDEST_FIRST)


async def _from_cursor(connection: Connection, merchant_id: str, query: EventsQuery, whole: _Reach) -> _Reach:
    """What lies behind the cursor, or before it: on the way there and back, of either order."""
    if query.starting_after is not None:
        position = await _position(connection, merchant_id, query.starting_after, "starting_after")
        rises = whole.oldest_first
    elif query.ending_before is not None:
        position = await _position(connection, merchant_id, query.ending_before, "ending_before")
        rises = not whole.oldest_first
    else:
        return whole
    if rises:
        return _Reach(max(whole.low, position + 1), whole.high, oldest_first=True)
    return _Reach(whole.low, min(whole.high, position))


async def _position(connection: Connection, merchant_id: str, event_id: str, field: str) -> int:
    position: int | None = await queries.get_event_position.value(connection, merchant_id=merchant_id, id=event_id)
    if position is None:
        raise bad_request(f"{field} must be the id of one of your events", field=field)
    return position


async def _subjects(connection: Connection, merchant_id: str, query: EventsQuery) -> list[str] | None:
    """The objects whose events are wanted; None for all."""
    if query.payment_id is not None:
        payments = [query.payment_id]
    elif query.object is not None and ids.is_id(query.object, ids.ORDER):
        rows = await queries.payments_of_order.rows(
            connection, merchant_id=merchant_id, order_id=query.object, limit=PAYMENTS_OF_ORDER_MAX
        )
        payments = [row["id"] for row in rows]
    else:
        return None if query.object is None else [query.object]
    refunds = await queries.refunds_of_payments.rows(
        connection, merchant_id=merchant_id, payment_ids=payments, most=REFUNDS_OF_PAYMENT_MAX
    )
    return payments + [row["id"] for row in refunds]
