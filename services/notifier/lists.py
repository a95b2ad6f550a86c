"""The webhook log's list, and which deliveries a retry of many means: at a cost that does not grow with history.

A page goes by status and id, newest first. What that index does not serve is filtered over a window of rows: a page may
end before it is full, with the cursor to go on from. A total is exact without a filter, by status, and of one payment
or event; else it counts the first window. An id is a bound and nothing else: whose it is makes no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from chassis import counts
from chassis.pg import Connection
from contracts import ids
from services.notifier.schemas import DeliveriesQuery, RetryFilter
from services.notifier.state import STATUSES
from services.notifier.store import COUNTED, queries

MATCH_WINDOW: Final = 10_000
"""How many deliveries of a status one step of a retry looks at."""

OF_PAYMENT_MAX: Final = 10_000
ID_SLACK: Final = timedelta(minutes=1)
"""An id is made a moment after the instant that its row bears."""

CLOCKS_DIFFER_BY: Final = timedelta(days=1)

Filters = dict[str, Any]
"""A query's parameter to what is wanted; None wants everything."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first, and how many match in all. `next_cursor`: there are more, from this id on."""

    rows: list[asyncpg.Record]
    total: int
    total_capped: bool = False
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """What a window of deliveries holds, the oldest first: the first that match, and how many do. `edge`: where the
    window ends and more may lie behind it."""

    ids: list[str]
    count: int
    edge: str | None


@dataclass(frozen=True, slots=True)
class _Reach:
    """Ids from `low` (inclusive) to `high` (exclusive), and the end that the page starts at."""

    low: str
    high: str
    oldest_first: bool = False


async def list_deliveries(
    connection: Connection, merchant_id: str, query: DeliveriesQuery, *, scan_max_rows: int
) -> Page:
    """The page that the query asks for."""
    whole = _whole(query.created_from, query.created_to)
    reach = _from_cursor(whole, query)
    filters: Filters = {
        "event_type": query.event,
        "endpoint_id": query.webhook_endpoint_id,
        "failure_reason": query.failure_reason,
        "created_from": query.created_from,
        "created_to": query.created_to,
    }
    filtered = any(value is not None for value in filters.values())
    filters |= {"merchant_id": merchant_id, "statuses": [query.status] if query.status else list(STATUSES)}
    if query.payment_id is not None or query.event_id is not None:
        filters |= {"payment_id": query.payment_id, "event_id": query.event_id, "window": OF_PAYMENT_MAX}
        found = await _rows(connection, queries.list_deliveries_of, reach, query, filters)
        total = await queries.count_deliveries_of.value(connection, **filters, low=whole.low, high=whole.high)
        return _cut(found, query, reach, total)
    filters["window"] = scan_max_rows if filtered else query.offset + query.limit + 1
    found = await _rows(connection, queries.list_deliveries, reach, query, filters)
    if not filtered:
        return _cut(found, query, reach, await counts.total(connection, merchant_id, COUNTED, filters["statuses"]))
    return await _filtered_page(connection, found, query, whole, reach, filters)


async def match_deliveries(
    connection: Connection,
    merchant_id: str,
    asked: RetryFilter,
    endpoint_ids: Sequence[str],
    *,
    after: str | None,
    limit: int,
) -> Matching:
    """The oldest deliveries that a filter names, of those that go to these endpoints, `after` an id."""
    reach = _whole(asked.created_from, asked.created_to)
    where: Filters = {
        "merchant_id": merchant_id,
        "low": max(reach.low, after or ""),
        "high": reach.high,
        "window": MATCH_WINDOW,
        "status": asked.status,
        "event_type": asked.event,
        "endpoint_ids": list(endpoint_ids),
        "failure_reason": asked.failure_reason,
        "created_from": asked.created_from,
        "created_to": asked.created_to,
        "limit": limit,
    }
    if asked.payment_id is None:
        row = await queries.match_deliveries.row(connection, **where)
    else:
        row = await queries.match_deliveries_of_payment.row(connection, **where, payment_id=asked.payment_id)
    assert row is not None
    return Matching(row["ids"], row["matching"], row["edge"] if row["seen"] >= MATCH_WINDOW else None)


async def _rows(
    connection: Connection, list_them: Any, reach: _Reach, query: DeliveriesQuery, filters: Filters
) -> list[asyncpg.Record]:
    """The page and the row after it, newest first."""
    rows: list[asyncpg.Record] = await list_them.rows(
        connection,
        **filters,
        low=reach.low,
        high=reach.high,
        oldest_first=reach.oldest_first,
        limit=query.limit + 1,
        offset=query.offset,
    )
    return rows


async def _filtered_page(
    connection: Connection,
    found: list[asyncpg.Record],
    query: DeliveriesQuery,
    whole: _Reach,
    reach: _Reach,
    filters: Filters,
) -> Page:
    async def survey(part: _Reach) -> asyncpg.Record:
        row = await queries.survey_deliveries.row(
            connection, **filters, low=part.low, high=part.high, oldest_first=part.oldest_first
        )
        assert row is not None
        return row

    first = await survey(whole)
    capped = first["seen"] >= filters["window"]
    page = _cut(found, query, reach, first["matching"], capped=capped)
    if page.next_cursor is not None:
        return page
    here = first if reach is whole else await survey(reach)
    edge = here["edge"] if here["seen"] >= filters["window"] else None
    return Page(page.rows, page.total, page.total_capped, edge)


def _whole(created_from: datetime | None, created_to: datetime | None) -> _Reach:
    """All ids that the two instants can mean; a little more, and the filter of `created_at` drops the rest."""
    low = f"{ids.DELIVERY}_" if created_from is None else ids.id_floor(ids.DELIVERY, created_from - ID_SLACK)
    end = datetime.now(UTC) + CLOCKS_DIFFER_BY if created_to is None else created_to + ID_SLACK
    return _Reach(low, ids.id_floor(ids.DELIVERY, end))


def _from_cursor(whole: _Reach, query: DeliveriesQuery) -> _Reach:
    if query.starting_after is not None:
        return _Reach(whole.low, min(whole.high, query.starting_after))
    if query.ending_before is not None:
        return _Reach(max(whole.low, _next_to(query.ending_before)), whole.high, oldest_first=True)
    return whole


def _next_to(one: str) -> str:
    """Sorts after this id and before every other one that does."""
    return one + "0"


def _cut(
    found: list[asyncpg.Record], query: DeliveriesQuery, reach: _Reach, total: int, *, capped: bool = False
) -> Page:
    """The page of rows that are one more than the limit if there are more."""
    more = len(found) > query.limit
    rows = found[-query.limit :] if reach.oldest_first else found[: query.limit]
    end = rows[0 if reach.oldest_first else -1]["id"] if more else None
    return Page(rows, total, capped, end)
