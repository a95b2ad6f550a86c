"""The test shop from outside: what it has received, and the switch that makes it misbehave."""

from types import TracebackType
from typing import Any, Final, Self

import aiohttp

PAGE: Final = 10_000
CALL_TIMEOUT_S: Final = 20.0

Object = dict[str, Any]


class Shop:
    """A running `examples.shop`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def behave(self, mode: str, **more: Any) -> None:
        """From now on: ok, fail, slow or hang."""
        async with self._session.post(f"{self.url}/control", json={"mode": mode, **more}) as response:
            assert response.status == 200, await response.text()

    async def webhooks(self) -> list[Object]:
        """Every distinct webhook id, oldest first."""
        found: list[Object] = []
        while True:
            page = await self._get("/deliveries/ids", limit=PAGE, offset=len(found))
            found += page["data"]
            if len(page["data"]) < PAGE:
                return found

    async def events_of(self, object_id: str) -> list[str]:
        """The types of the events about an object that were accepted, in the order of their sequence numbers."""
        about = [seen for seen in await self.webhooks() if seen["object_id"] == object_id and seen["accepted"]]
        return [seen["event"] for seen in sorted(about, key=lambda seen: seen["sequence"])]

    async def deliveries(self, **filters: str | int) -> list[Object]:
        """The last deliveries, newest first."""
        page = await self._get("/deliveries", **filters)
        data: list[Object] = page["data"]
        return data

    async def delivery(self, number: int) -> Object:
        """One delivery with its headers and its body."""
        return await self._get(f"/deliveries/{number}")

    async def stats(self) -> Object:
        """The counters."""
        return await self._get("/deliveries/stats")

    async def _get(self, path: str, **params: str | int) -> Object:
        async with self._session.get(self.url + path, params=params) as response:
            assert response.status == 200, await response.text()
            body: Object = await response.json()
            return body
