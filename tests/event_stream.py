"""A client of Server-Sent Events that does what a browser does, and keeps what it saw."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import ClientResponse


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it came; `id` is 0 where the stream gives none."""

    id: int
    type: str
    data: bytes

    def json(self) -> Any:
        """The event, as the list shows it."""
        return orjson.loads(self.data)


@dataclass(slots=True)
class EventStream:
    """One connection's reading. `last_id`: what a browser would send as Last-Event-ID."""

    response: ClientResponse
    last_id: int | None = None
    retry_ms: int | None = None
    comments: list[str] = field(default_factory=list)

    async def events(self) -> AsyncIterator[Told]:
        """Events until the server ends the stream. Raises ClientError when it breaks off."""
        fields: dict[str, str] = {}
        async for raw in self.response.content:
            line = raw.decode().rstrip("\n")
            if line:
                self._take(line, fields)
            elif told := self._dispatch(fields):
                fields = {}
                yield told
            else:
                fields = {}

    async def take(self, count: int) -> list[Told]:
        """The next so many events."""
        taken: list[Told] = []
        if count:
            async for told in self.events():
                taken.append(told)
                if len(taken) == count:
                    break
        return taken

    def _take(self, line: str, fields: dict[str, str]) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            self.comments.append(value)
            return
        assert name in ("id", "event", "data", "retry"), line
        assert name not in fields, "a field twice: the data is to be one line"
        fields[name] = value

    def _dispatch(self, fields: dict[str, str]) -> Told | None:
        if "retry" in fields:
            self.retry_ms = int(fields["retry"])
        if "id" in fields:
            self.last_id = int(fields["id"])
        if "data" not in fields:
            return None
        return Told(self.last_id or 0, fields["event"], fields["data"].encode())
