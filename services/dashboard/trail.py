"""The audit trail: who did what, when, from where, and how it ended."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chassis.pg import Connection
from contracts import ids
from services.dashboard.state import Session
from services.dashboard.store import queries

ID: Final = re.compile(r"(?:[a-z]+_[0-9A-Za-z]{16}|(?:key|pk)_[0-9A-Za-z_]+|[0-9a-f]{8}-[0-9a-f-]{27})")
"""What in a path names one thing."""


class From(Protocol):
    """Where somebody did it."""

    @property
    def address(self) -> str:
        """Their machine's."""

    @property
    def request_id(self) -> str:
        """Of the request."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done. `status` None: it is yet to be seen how it ends."""

    action: str
    object_id: str | None = None
    status: int | None = None


def deed_of(method: str, path: str) -> Deed:
    """A request to the api as a deed: the path without what it names, and the last thing that it names."""
    named = [segment for segment in path.split("/") if ID.fullmatch(segment)]
    shape = "/".join("{id}" if ID.fullmatch(segment) else segment for segment in path.split("/"))
    return Deed(f"{method} {shape}", named[-1] if named else None)


async def write(connection: Connection, session: Session, deed: Deed, caller: From, now: datetime) -> str:
    """Put it down; the row's id."""
    action_id = ids.new_id(ids.USER_ACTION)
    await queries.insert_action.run(
        connection,
        id=action_id,
        merchant_id=session.merchant_id,
        user_id=session.user_id,
        user_email=session.email,
        action=deed.action,
        object_id=deed.object_id,
        address=caller.address,
        request_id=caller.request_id,
        now=now,
    )
    if deed.status is not None:
        await end(connection, action_id, deed.status)
    return action_id


async def end(connection: Connection, action_id: str, status: int) -> None:
    """How it ended."""
    await queries.end_action.run(connection, id=action_id, status=status)
