"""The only module of the checkout that runs SQL: merchants and their hosted sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from chassis import counts
from chassis.pg import Connection, columns
from chassis.sql import Queries
from contracts import ids
from services.checkout.state import Session

queries = Queries(Path(__file__).with_name("sql") / "queries.sql")

COUNTED: Final = "session"
MADE: Final = "made"
"""Under which chassis.counts knows sessions: they are made, and none goes."""

OF_ORDER_MAX: Final = 10_000
"""Further the sessions of one order are not counted."""

FIRST_ID: Final = f"{ids.CHECKOUT_SESSION}_"
BEYOND_IDS: Final = f"{ids.CHECKOUT_SESSION}`"
"""Sorts after every id of a session: the sign after the underscore."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant as far as the checkout knows it. `allowed_origins` None: it has said nothing."""

    name: str | None = None
    allowed_origins: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a merchant's sessions, newest first, and how many there are. `next_cursor`: there are more, from this id
    on."""

    sessions: list[Session]
    total: int
    total_capped: bool
    next_cursor: str | None


async def name_merchants(connection: Connection, names: Mapping[str, str]) -> None:
    """Write merchants' names, of those that are new and of those that have been told of before."""
    merchant_ids, told = columns(sorted(names.items()), 2)
    await queries.name_merchants.run(connection, ids=merchant_ids, names=told)


async def find_merchant(connection: Connection, merchant_id: str) -> Merchant:
    """What is known of it; nothing of one that we have not been told of yet."""
    row = await queries.find_merchant.row(connection, id=merchant_id)
    if row is None:
        return Merchant()
    allowed = row["allowed_origins"]
    return Merchant(row["name"], None if allowed is None else tuple(allowed))


async def allow_origins(connection: Connection, merchant_id: str, origins: Sequence[str] | None) -> None:
    """Write whose pages may embed a merchant's checkout."""
    allowed = None if origins is None else list(origins)
    await queries.allow_origins.run(connection, id=merchant_id, allowed_origins=allowed)


async def insert_session(connection: Connection, session: Session) -> None:
    """Write a new session, counted."""
    await queries.insert_session.run(
        connection,
        id=session.id,
        merchant_id=session.merchant_id,
        order_id=session.order_id,
        amount_minor=session.amount_minor,
        currency=session.currency,
        success_url=session.success_url,
        cancel_url=session.cancel_url,
        locale=session.locale,
        theme=session.theme,
        prefill=session.prefill,
        expires_at=session.expires_at,
        created_at=session.created_at,
    )
    await counts.add(connection, Counter({(session.merchant_id, COUNTED, MADE): 1}))


async def find_session(connection: Connection, session_id: str, merchant_id: str | None = None) -> Session | None:
    """A session; None when there is none, or when it is not this merchant's."""
    row = await queries.find_session.row(connection, id=session_id)
    if row is None or merchant_id not in (None, row["merchant_id"]):
        return None
    return Session(**row)


async def lock_session(connection: Connection, session_id: str, merchant_id: str) -> Session | None:
    """A merchant's session, to be changed."""
    row = await queries.lock_session.row(connection, id=session_id, merchant_id=merchant_id)
    return None if row is None else Session(**row)


async def expire_session(connection: Connection, session_id: str, at: datetime) -> None:
    """End a locked session."""
    await queries.expire_session.run(connection, id=session_id, at=at)


async def list_sessions(
    connection: Connection,
    merchant_id: str,
    *,
    order_id: str | None,
    starting_after: str | None,
    ending_before: str | None,
    limit: int,
    offset: int,
) -> Page:
    """A page. A cursor is a bound and nothing else: whose it is makes no difference."""
    where = {
        "merchant_id": merchant_id,
        # The sign that sorts before all others makes it the first id after the one that is named.
        "low": FIRST_ID if ending_before is None else f"{ending_before}0",
        "high": starting_after or BEYOND_IDS,
        "oldest_first": ending_before is not None,
        "limit": limit + 1,
        "offset": offset,
    }
    if order_id is None:
        rows = await queries.list_sessions.rows(connection, **where)
        total, capped = await counts.total(connection, merchant_id, COUNTED), False
    else:
        rows = await queries.list_sessions_of_order.rows(connection, **where, order_id=order_id)
        total = await queries.count_sessions_of_order.value(
            connection, merchant_id=merchant_id, order_id=order_id, most=OF_ORDER_MAX
        )
        capped = total == OF_ORDER_MAX
    found = [Session(**row) for row in rows]
    more = len(found) > limit
    if ending_before is None:
        shown = found[:limit]
        return Page(shown, total, capped, shown[-1].id if more else None)
    shown = found[-limit:]
    return Page(shown, total, capped, shown[0].id if more else None)
