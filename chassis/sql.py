"""Named queries from `.sql` files: a header gives the name and the parameters' order, the call gives keywords.

The file stays valid for psql and every query can be prepared against the migrated schema by a test.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg

from chassis.pg import Connection

_HEADER = re.compile(r"^-- name: (?P<name>\w+)\((?P<params>[^)]*)\)[ \t]*$", re.MULTILINE)
_LIKE_A_HEADER = re.compile(r"^[ \t]*--\s*name\s*:.*$", re.MULTILINE)
_PARAMETER = re.compile(r"\$(\d+)")


class Query:
    """One statement. Call one of its methods with the header's parameters as keywords."""

    __slots__ = ("_expected", "name", "params", "text")

    def __init__(self, name: str, params: tuple[str, ...], text: str) -> None:
        if not text:
            raise ValueError(f"query {name} has no statement")
        if len(set(params)) != len(params):
            raise ValueError(f"query {name}: header names a parameter twice: {params}")
        used = {int(number) for number in _PARAMETER.findall(text)}
        if used != set(range(1, len(params) + 1)):
            raise ValueError(f"query {name}: header names {len(params)} parameters, the text uses {sorted(used)}")
        self.name = name
        self.params = params
        self.text = text
        self._expected = frozenset(params)

    def _ordered(self, arguments: dict[str, Any]) -> list[Any]:
        if arguments.keys() != self._expected:
            raise TypeError(f"query {self.name} takes {self.params}, got {tuple(arguments)}")
        return [arguments[param] for param in self.params]

    async def rows(self, connection: Connection, **arguments: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await connection.fetch(self.text, *self._ordered(arguments))

    async def row(self, connection: Connection, **arguments: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await connection.fetchrow(self.text, *self._ordered(arguments))

    async def value(self, connection: Connection, **arguments: Any) -> Any:
        """The first column of the first row, or None."""
        return await connection.fetchval(self.text, *self._ordered(arguments))

    async def chunks(self, connection: Connection, size: int, **arguments: Any) -> AsyncIterator[list[asyncpg.Record]]:
        """All rows, `size` at a time, by a server-side cursor: the connection must be in a transaction."""
        cursor = await connection.cursor(self.text, *self._ordered(arguments))
        while rows := await cursor.fetch(size):
            yield rows

    async def run(self, connection: Connection, **arguments: Any) -> int:
        """Run it; the number of rows it touched (0 for a statement that counts none)."""
        # `fetch` goes by the statement cache; `execute` with arguments does too, and tells the count.
        status = await connection.execute(self.text, *self._ordered(arguments))
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0


class Queries:
    """The named queries of one or more files, as attributes."""

    def __init__(self, *paths: Path) -> None:
        self._queries: dict[str, Query] = {}
        for path in paths:
            for query in _parse(path.read_text(encoding="utf-8")):
                if query.name in self._queries:
                    raise ValueError(f"{path}: query {query.name} is there twice")
                self._queries[query.name] = query

    def __getattr__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            raise AttributeError(f"no query named {name}") from None

    def __iter__(self) -> Any:
        return iter(self._queries.values())


def _parse(text: str) -> list[Query]:
    headers = list(_HEADER.finditer(text))
    for line in _LIKE_A_HEADER.finditer(text):
        if _HEADER.fullmatch(line[0]) is None:
            raise ValueError(f"write a query's header as `-- name: query(a, b)`, not as {line[0].strip()!r}")
    queries = []
    for index, header in enumerate(headers):
        end = headers[index + 1].start() if index + 1 < len(headers) else len(text)
        params = tuple(name.strip() for name in header["params"].split(",") if name.strip())
        lines = text[header.end() : end].strip().splitlines()
        while lines and lines[0].startswith("--"):
            lines.pop(0)  # the sentence that says what the query is for
        queries.append(Query(header["name"], params, "\n".join(lines).rstrip().rstrip(";")))
    return queries
