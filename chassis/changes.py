"""Writes that a transaction makes at its end, as one statement: one round trip, however many tables they go to.

A `Change` is a named query with its rows. Each of them becomes a part of one `WITH`; Postgres runs them all, in no
particular order and without one seeing what another writes. So no two may touch the same row, and whatever they need to
hold is locked before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chassis.pg import Connection, columns
from chassis.sql import Query

_PARAMETER = re.compile(r"\$(\d+)")
COMBINATIONS_MAX = 256
"""Different sets of queries whose common statement is remembered."""


@dataclass(frozen=True, slots=True)
class Change:
    """An INSERT, UPDATE or DELETE, and what it is given. `rows`: how many it must touch; None: as many as there are."""

    query: Query
    arguments: Sequence[Any]
    rows: int | None = None


def of_rows(query: Query, rows: list[tuple[Any, ...]], **more: Any) -> list[Change]:
    """The change of a query whose first parameters are columns of these rows, and whose others are `more`; it must
    touch exactly as many. None where there are no rows."""
    if not rows:
        return []
    width = len(query.params) - len(more)
    arguments = [*columns(rows, width), *(more[name] for name in query.params[width:])]
    return [Change(query, arguments, len(rows))]


async def write(connection: Connection, changes: Sequence[Change]) -> None:
    """Make them all. Raises RuntimeError, which rolls the transaction back, unless each touched what it had to."""
    if not changes:
        return
    text = _statement(tuple(one.query for one in changes))
    touched = await connection.fetchrow(text, *(argument for one in changes for argument in one.arguments))
    for one, count in zip(changes, touched or (), strict=True):
        if one.rows is not None and count != one.rows:
            raise RuntimeError(f"{one.query.name} touched {count} rows instead of {one.rows}")


@lru_cache(COMBINATIONS_MAX)
def _statement(queries: tuple[Query, ...]) -> str:
    """The queries' common text; a row of it says how many rows each has touched."""
    names = [query.name for query in queries]
    if len(set(names)) != len(names):
        raise ValueError(f"the same query twice: {names}")
    parts, counts, before = [], [], 0
    for query in queries:
        parts.append(f"{query.name} AS (\n{_shifted(query.text, before)}\nRETURNING 1\n)")
        counts.append(f"(SELECT count(*) FROM {query.name})")
        before += len(query.params)
    return f"WITH {', '.join(parts)}\nSELECT {', '.join(counts)}"


def _shifted(text: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", text)
