"""A merchant's server, as the tests play it: calls of the public API and nothing else."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from tests.waiting import eventually

KEY: Final = "key_test_abc123"
SECRET: Final = "secret_test_xyz789"
CALL_TIMEOUT_S: Final = 10.0
CONNECTIONS_MAX: Final = 64
JSON: Final = {"Content-Type": "application/json"}
ENDED: Final = ("success", "failed", "canceled", "expired")

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, byte for byte."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    def expect(self, status: int) -> Any:
        """The body of an answer with this status."""
        assert self.status == status, f"answered {self.status} instead of {status}: {self.body[:500]!r}"
        return self.json() if self.body else None

    @property
    def error(self) -> Object:
        """What the error envelope says; fails when there is no such envelope."""
        told = self.json()
        assert set(told) == {"error"}, told
        assert {"code", "description", "request_id", "doc_url"} <= set(told["error"]), told
        error: Object = told["error"]
        return error


class Merchant:
    """One merchant's credentials at one gateway. With several URLs (replicas), call after call goes to the next."""

    def __init__(
        self, *urls: str, key: str = KEY, secret: str = SECRET, connections_max: int = CONNECTIONS_MAX
    ) -> None:
        self.urls = urls
        self.key = key
        self.secret = secret
        self.credentials = {"X-Api-Key": key, "X-Api-Secret": secret}
        self._connections_max = connections_max
        self._calls = 0
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S),
            connector=aiohttp.TCPConnector(limit=self._connections_max),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Object | bytes | None = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> Reply:
        """One request to `/api/v1{path}`, or to the path itself when it begins with two slashes (`//health`)."""
        base = self.urls[self._calls % len(self.urls)]
        self._calls += 1
        url = base + (path[1:] if path.startswith("//") else f"/api/v1{path}")
        sent = {} if anonymous else dict(self.credentials)
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        if data is not None:
            sent |= JSON
        if key is not None:
            sent["Idempotency-Key"] = key
        async with self._session.request(method, url, data=data, headers={**sent, **(headers or {})}) as response:
            return Reply(response.status, await response.read(), response.headers)

    async def get(self, path: str) -> Any:
        """The body of a GET that must succeed."""
        return (await self.call("GET", path)).expect(200)

    async def post(self, path: str, body: Object | None = None, *, status: int, key: str | None = None) -> Any:
        """The body of a POST that must be answered with this status."""
        return (await self.call("POST", path, body if body is not None else {}, key=key)).expect(status)

    async def order(self, amount: int = 50_000, **fields: Any) -> Object:
        """A new order."""
        order: Object = await self.post("/orders", {"amount": amount, **fields}, status=201)
        return order

    async def pay(self, order: Object, **how: Any) -> Object:
        """A new payment of an order; by UPI that succeeds unless `how` says otherwise."""
        asked = how if "method" in how else {"method": "upi", "vpa": "success@bank", **how}
        payment: Object = await self.post("/payments", {"order_id": order["id"], **asked}, status=201)
        return payment

    async def ended(self, payment: Object) -> Object:
        """The payment once it is no longer pending."""
        return await self.settled("payments", payment["id"], *ENDED)

    async def settled(self, kind: str, object_id: str, *statuses: str) -> Object:
        """The object once it has one of these statuses."""

        async def look() -> Object | None:
            found: Object = await self.get(f"/{kind}/{object_id}")
            return found if found["status"] in statuses else None

        return await eventually(look, f"{object_id} becomes {' or '.join(statuses)}")

    async def paid(self, amount: int = 50_000, **how: Any) -> Object:
        """A payment of a new order that has succeeded."""
        payment = await self.ended(await self.pay(await self.order(amount), **how))
        assert payment["status"] == "success", payment
        return payment

    async def captured(self, amount: int = 50_000, take: int | None = None) -> Object:
        """A payment that was captured, all of it or a part."""
        payment = await self.paid(amount)
        body = {} if take is None else {"amount": take}
        captured: Object = await self.post(f"/payments/{payment['id']}/capture", body, status=200)
        return captured

    async def at_once(self, count: int, method: str, path: str, body: Object | bytes, **how: Any) -> list[Reply]:
        """The same request so many times, all at the same time."""
        return list(await asyncio.gather(*(self.call(method, path, body, **how) for _ in range(count))))
