"""Merge-join of sorted streams in bounded memory: one object at a time, with its rows of every stream."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Row(Protocol):
    """A database row or a line of a peer's stream."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""


class OutOfOrder(Exception):
    """A stream is not sorted by its id: its rows can't be joined."""


@dataclass(slots=True)
class _Cursor:
    name: str
    stream: AsyncIterator[Row]
    row: Row | None = None
    rows_read: int = 0

    async def advance(self) -> None:
        before = self.row
        self.row = await anext(self.stream, None)
        if self.row is None:
            return
        self.rows_read += 1
        if before is not None and self.row["id"] < before["id"]:
            raise OutOfOrder(f"{self.name}: {self.row['id']} after {before['id']}")

    async def take(self, key: str) -> list[Row]:
        taken = []
        while self.row is not None and self.row["id"] == key:
            taken.append(self.row)
            await self.advance()
        return taken


async def merge(
    streams: Mapping[str, AsyncIterator[Row]], counts: dict[str, int]
) -> AsyncIterator[tuple[str, dict[str, list[Row]]]]:
    """(id, rows of each stream with that id), in order of id. `counts` gets the number of rows read per stream.

    Each stream's rows have an `id` and are sorted by it in byte order. Raises OutOfOrder.
    """
    cursors = [_Cursor(name, stream) for name, stream in streams.items()]
    for cursor in cursors:
        await cursor.advance()
    while keys := [cursor.row["id"] for cursor in cursors if cursor.row is not None]:
        key = min(keys)
        yield key, {cursor.name: await cursor.take(key) for cursor in cursors}
    for cursor in cursors:
        counts[cursor.name] = counts.get(cursor.name, 0) + cursor.rows_read
