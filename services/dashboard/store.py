"""The only module of the dashboard that runs SQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from chassis.pg import Connection, columns
from chassis.sql import Queries
from contracts import ids
from services.dashboard.state import Failures, Session, User

queries = Queries(Path(__file__).with_name("sql") / "queries.sql")

BEYOND_ACTIONS: Final = f"{ids.USER_ACTION}`"
"""Sorts after every id of an action: the sign after the underscore."""

View = dict[str, Any]


async def tell_merchants(connection: Connection, merchants: Mapping[str, tuple[str, str]]) -> None:
    """Write merchants' names and emails, by id."""
    rows = [(merchant_id, *told) for merchant_id, told in sorted(merchants.items())]
    merchant_ids, names, emails = columns(rows, 3)
    await queries.tell_merchants.run(connection, ids=merchant_ids, names=names, emails=emails)


async def find_merchant(connection: Connection, merchant_id: str) -> View | None:
    """`id`, `name` and `email`; None while the news has not come."""
    row = await queries.find_merchant.row(connection, id=merchant_id)
    return None if row is None else dict(row)


async def find_user_by_email(connection: Connection, email: str) -> User | None:
    """Who signs in; emails are in lower case."""
    row = await queries.find_user_by_email.row(connection, email=email)
    return None if row is None else User(**row)


async def get_user(connection: Connection, merchant_id: str, user_id: str) -> User | None:
    """One of a merchant's people."""
    row = await queries.get_user.row(connection, merchant_id=merchant_id, id=user_id)
    return None if row is None else User(**row)


async def list_users(connection: Connection, merchant_id: str, *, most: int) -> list[User]:
    """A merchant's people."""
    return [User(**row) for row in await queries.list_users.rows(connection, merchant_id=merchant_id, limit=most)]


async def lock_users(connection: Connection, merchant_id: str) -> list[User]:
    """All of a merchant's people, held until the transaction ends."""
    return [User(**row) for row in await queries.lock_users.rows(connection, merchant_id=merchant_id)]


async def insert_user(connection: Connection, user: User) -> bool:
    """Whether there is a new one; False when somebody has that email."""
    added = await queries.insert_user.run(
        connection,
        id=user.id,
        merchant_id=user.merchant_id,
        email=user.email,
        name=user.name,
        role=user.role,
        password_hash=user.password_hash,
        now=user.created_at,
    )
    return added == 1


async def change_user(connection: Connection, user: User) -> None:
    """Write what an admin may change."""
    await queries.change_user.run(connection, id=user.id, name=user.name, role=user.role, disabled_at=user.disabled_at)


async def hold_password(connection: Connection, user_id: str) -> str | None:
    """What is kept of a person's password, which nobody changes until the transaction ends; None when they are out."""
    row = await queries.hold_password.row(connection, id=user_id)
    return None if row is None else str(row["password_hash"])


async def set_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """Another password."""
    await queries.set_password.run(connection, id=user_id, password_hash=password_hash)


async def find_session(connection: Connection, token_hash: bytes) -> Session | None:
    """Whose session this is; good or not."""
    row = await queries.find_session.row(connection, token_hash=token_hash)
    return None if row is None else Session(**row)


async def list_sessions(
    connection: Connection, user_id: str, *, now: datetime, seen_after: datetime, most: int
) -> Sequence[View]:
    """Where a person is signed in."""
    rows = await queries.list_sessions.rows(connection, user_id=user_id, now=now, seen_after=seen_after, limit=most)
    return [dict(row) for row in rows]


async def lock_failures(connection: Connection, keys: Collection[str], now: datetime) -> dict[str, Failures]:
    """What went wrong under each key, held until the transaction ends."""
    wanted = sorted(keys)
    await queries.begin_failures.run(connection, keys=wanted, now=now)
    rows = await queries.lock_failures.rows(connection, keys=wanted)
    return {row["key"]: Failures(row["failures"], row["last_failed_at"]) for row in rows}


async def set_failures(connection: Connection, known: Mapping[str, Failures]) -> None:
    """What has gone wrong by now under each locked key."""
    keys, failures, last_failed_ats = columns([(key, *astuple(one)) for key, one in sorted(known.items())], 3)
    await queries.set_failures.run(connection, keys=keys, failures=failures, last_failed_ats=last_failed_ats)


async def list_trail(
    connection: Connection, merchant_id: str, *, user_id: str | None, before: str | None, limit: int
) -> list[View]:
    """What a merchant's people did, the newest first."""
    where = {"merchant_id": merchant_id, "before": before or BEYOND_ACTIONS, "limit": limit}
    if user_id is None:
        rows = await queries.list_trail.rows(connection, **where)
    else:
        rows = await queries.list_trail_of_user.rows(connection, **where, user_id=user_id)
    return [dict(row) for row in rows]
