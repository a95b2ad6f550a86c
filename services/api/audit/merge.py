"""Merge-join of sorted streams in bounded memory: one object at a time, with its rows of every stream."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

YIELD_EVERY_OBJECTS: Final = 100
"""Requests of merchants are answered in the same process: they get their turn in between."""


class Row(Protocol):
    """A database row or a line of a peer's stream."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""


Stream = AsyncIterator[Sequence[Row]]
"""Rows in chunks, each with an `id`, sorted by it in byte order; an id may come several times."""

Group = Mapping[str, Sequence[Row]]
"""The rows of each stream with the same id."""

NO_ROWS: Final[Sequence[Row]] = ()


class OutOfOrder(Exception):
    """A stream is not sorted by its id: its rows can't be joined."""


@dataclass(slots=True)
class _Cursor:
    """Where we are in a stream: `key` is the next row's id, None at the end."""

    name: str
    stream: Stream
    chunk: Sequence[Row] = NO_ROWS
    next: int = 0
    key: str | None = None
    rows_read: int = 0

    async def refill(self) -> None:
        self.chunk, self.next = await anext(self.stream, list[Row]()), 0
        self.rows_read += len(self.chunk)
        self._look(self.key)

    async def take(self, key: str) -> Sequence[Row]:
        if self.key != key:
            return NO_ROWS
        taken: list[Row] = []
        while self.key == key:
            taken.append(self.chunk[self.next])
            self.next += 1
            if self.next < len(self.chunk):
                self._look(key)
            else:
                await self.refill()
        return taken

    def _look(self, before: str | None) -> None:
        self.key = self.chunk[self.next]["id"] if self.chunk else None
        if self.key is not None and before is not None and self.key < before:
            raise OutOfOrder(f"{self.name}: {self.key} after {before}")


async def merge(streams: Mapping[str, Stream], counts: dict[str, int]) -> AsyncIterator[tuple[str, Group]]:
    """(id, rows of each stream with that id), in order of id. `counts` gets the number of rows read per stream.

    Raises OutOfOrder.
    """
    cursors = [_Cursor(name, stream) for name, stream in streams.items()]
    for cursor in cursors:
        await cursor.refill()
    objects = 0
    while keys := [cursor.key for cursor in cursors if cursor.key is not None]:
        key = min(keys)
        yield key, {cursor.name: await cursor.take(key) for cursor in cursors}
        objects += 1
        if objects % YIELD_EVERY_OBJECTS == 0:
            await asyncio.sleep(0)
    for cursor in cursors:
        counts[cursor.name] = cursor.rows_read
