"""The api as a client of the other services' internal HTTP: forwarding, figures, audit streams."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import orjson

from chassis.errors import unavailable
from chassis.http import Answer, Call
from chassis.idempotency import parse_key
from services.api.settings import Settings

PASSED_ON = ("Content-Type", "Idempotency-Key")
PASSED_BACK = ("Idempotent-Replayed", "Retry-After")
AUDIT_LINE_MAX_BYTES = 1 << 20
AUDIT_TIMEOUT_S = 120.0
"""How long a peer may take until its first rows, and between some and the next."""
READY_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
"""Who asks for `/health` has not the patience of a request."""


class PeerAway(Exception):
    """Another service does not answer."""


class Peers:
    """One HTTP session to the other services."""

    def __init__(self, settings: Settings) -> None:
        self.urls = {
            "processor": settings.processor_url,
            "refunder": settings.refunder_url,
            "notifier": settings.notifier_url,
            "checkout": settings.checkout_url,
        }
        self._token = settings.internal_token.get_secret_value()
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=settings.internal_timeout_s),
            headers={"Authorization": f"Bearer {self._token}"},
            trust_env=False,
            read_bufsize=AUDIT_LINE_MAX_BYTES,
        )

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    async def forward(self, call: Call, peer: str, path: str) -> Answer:
        """The peer's answer, byte for byte, to this merchant's request. Raises 503 when it is away, and 400 for an
        Idempotency-Key that can't be kept: on its way such a one could become another."""
        method = call.request.method
        parse_key(call.request.headers.get("Idempotency-Key"))
        headers = {
            "X-Merchant-Id": call.principal.merchant_id,
            "Request-Id": call.request_id,
            "traceparent": call.traceparent,
            **{name: call.request.headers[name] for name in PASSED_ON if name in call.request.headers},
        }
        try:
            async with self._session.request(
                "GET" if method == "HEAD" else method,  # so that the length is told of what a GET answers
                self.urls[peer] + path,
                params=call.request.query,
                data=await call.request.read(),
                headers=headers,
            ) as response:
                passed = {name: response.headers[name] for name in PASSED_BACK if name in response.headers}
                return Answer(response.status, await response.read(), passed, response.content_type)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unavailable("SERVICE_UNAVAILABLE", f"The {peer} can't be reached at the moment; try again") from error

    async def get_json(self, peer: str, path: str, merchant_id: str | None = None) -> Any:
        """A peer's JSON. Raises PeerAway."""
        headers = {"X-Merchant-Id": merchant_id} if merchant_id else {}
        try:
            async with self._session.get(self.urls[peer] + path, headers=headers) as response:
                if response.status != 200:
                    raise PeerAway(f"{peer} answered {response.status} to {path}")
                return orjson.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PeerAway(f"the {peer} does not answer") from error

    async def is_ready(self, peer: str) -> bool:
        """Whether a peer says it can serve."""
        try:
            async with self._session.get(self.urls[peer] + "/ready", timeout=READY_TIMEOUT) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def stream(
        self, peer: str, path: str, params: Mapping[str, str], *, key: str
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The rows of a peer's NDJSON stream, some at a time, each with the field `key` as its `id`.

        Raises PeerAway for a stream that breaks off before its end line.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=AUDIT_TIMEOUT_S, sock_read=AUDIT_TIMEOUT_S)
        try:
            async with self._session.get(self.urls[peer] + path, params=params, timeout=timeout) as response:
                if response.status != 200:
                    raise PeerAway(f"{peer} answered {response.status} to {path}")
                seen, rest = 0, b""
                async for piece in response.content.iter_any():
                    *lines, rest = (rest + piece).split(b"\n")
                    rows = [orjson.loads(line) for line in lines]
                    ended = bool(rows) and rows[-1].get("end")
                    said = rows.pop()["rows"] if ended else None
                    seen += len(rows)
                    if rows:
                        for row in rows:
                            row["id"] = row[key]
                        yield rows
                    if ended and said == seen:
                        return
                raise PeerAway(f"{peer} broke off {path} after {seen} rows")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PeerAway(f"the {peer} does not answer") from error
