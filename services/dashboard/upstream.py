"""The api on behalf of who is signed in: their session becomes a short-lived note, and of their request goes on what
the api may know. Answers that go on for long (streams of events, exports) are passed through as they come."""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import aiohttp
import structlog
from aiohttp import web

from chassis.clock import Clock
from chassis.delegation import Delegation, sign
from chassis.errors import ApiError, unavailable
from chassis.http import Answer, Call
from services.dashboard.origin import SAFE_METHODS
from services.dashboard.settings import Settings
from services.dashboard.state import Session

log = structlog.get_logger()

PATH: Final = re.compile(r"/api/v1(?:/[0-9A-Za-z_-]+)+")
"""What the api's paths look like. Anything else (`..`, an escaped slash) could lead to where nobody was asked."""

PASSED_ON: Final = ("Accept", "Content-Type", "Idempotency-Key", "Last-Event-ID", "User-Agent")
PASSED_BACK: Final = (
    "Content-Disposition",
    "Idempotent-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
)
STREAMED: Final = ("text/event-stream", "text/csv")
STREAM_HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
PIECE_MAX_BYTES: Final = 65_536
WRITE_PATIENCE_S: Final = 30.0
"""How long who reads a stream may take nothing before it is cut."""

LOOK_EVERY_S: Final = 0.25
"""How soon it is seen that a page was left."""

READY_TIMEOUT: Final = aiohttp.ClientTimeout(total=2.0)
AWAY: Final = "The api can't be reached at the moment; try again"
NOT_HEARD: Final = "The api's answer was lost; repeat the request with the same Idempotency-Key to learn what happened"
CONNECT_TIMEOUT_S: Final = 5.0
"""Until there is a connection, a place among `api_connections_max` included."""


NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""What says that the api has not heard of the request."""

StillGood = Callable[[], Awaitable[bool]]


class Upstream:
    """One HTTP session to the api."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._secret = settings.internal_token.get_secret_value()
        self._open: Counter[str] = Counter()
        self._streams: set[asyncio.Task[None]] = set()
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=settings.api_timeout_s),
            connector=aiohttp.TCPConnector(limit=settings.api_connections_max),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the HTTP session."""
        await self._http.close()

    def end_streams(self) -> None:
        """The process is to end: let go of what would go on for ever."""
        for stream in self._streams:
            stream.cancel()

    async def is_ready(self) -> bool:
        """Whether the api says that it can serve."""
        try:
            async with self._http.get(self._settings.api_url + "/ready", timeout=READY_TIMEOUT) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def forward(self, call: Call, session: Session, still_good: StillGood) -> Answer | web.StreamResponse:
        """The api's answer to this request, whose path was checked. `still_good` is asked now and then while a stream
        goes on. Raises 503 when the api is away."""
        path = call.request.rel_url.raw_path
        try:
            async with self._http.request(
                call.request.method,
                self._settings.api_url + path,
                params=call.request.query,
                data=await call.request.read() or None,
                headers=self._headers(call, session),
                allow_redirects=False,
            ) as response:
                if response.content_type in STREAMED and response.status == 200:
                    return await self._pass_through(call, response, session, still_good)
                return await self._whole(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("upstream.away", path=path, error=repr(error))
            if call.request.method in SAFE_METHODS or isinstance(error, NEVER_SENT):
                raise unavailable("SERVICE_UNAVAILABLE", AWAY) from error
            raise unavailable("OUTCOME_UNKNOWN", NOT_HEARD) from error

    def _headers(self, call: Call, session: Session) -> dict[str, str]:
        """Of the caller's own only what is named; whatever else claims to say who they are goes no further."""
        note = Delegation(
            tenant=session.merchant_id,
            user_id=session.user_id,
            user=session.email,
            scopes=sorted(session.scopes),
            expires_at=int(self._clock.now().timestamp()) + self._settings.delegation_life_s,
            address=call.request.remote or "",
        )
        return {
            **{name: call.request.headers[name] for name in PASSED_ON if name in call.request.headers},
            "Authorization": sign(note, self._secret),
            "Request-Id": call.request_id,
            "traceparent": call.traceparent,
        }

    async def _whole(self, response: aiohttp.ClientResponse) -> Answer:
        if response.status == 401:
            # The person is signed in: it is the path that is not theirs, the operator's for instance.
            raise ApiError(403, "PERMISSION_ERROR", "This can't be done from the dashboard")
        body = await response.content.read(self._settings.api_answer_max_bytes + 1)
        while not response.content.at_eof() and len(body) <= self._settings.api_answer_max_bytes:
            body += await response.content.read(PIECE_MAX_BYTES)
        if len(body) > self._settings.api_answer_max_bytes:
            raise unavailable("SERVICE_UNAVAILABLE", "The api's answer is too large; ask for less")
        return Answer(response.status, body, _passed_back(response), response.headers.get("Content-Type", ""))

    async def _pass_through(
        self, call: Call, response: aiohttp.ClientResponse, session: Session, still_good: StillGood
    ) -> web.StreamResponse:
        """Piece by piece, until one side ends or the session does."""
        with self._place(session.id):
            told = web.StreamResponse(
                headers={**_passed_back(response), **STREAM_HEADERS, "Request-Id": call.request_id}
            )
            told.headers["Content-Type"] = response.headers["Content-Type"]
            await told.prepare(call.request)
            endless = response.content_type == "text/event-stream"
            pump = asyncio.create_task(_pump(response, told), name="stream")
            if endless:
                self._streams.add(pump)
            try:
                await self._watch(pump, call.request, still_good)
            finally:
                self._streams.discard(pump)
                pump.cancel()
                with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError, ConnectionError, TimeoutError):
                    await pump
        broke_off = pump.cancelled() or pump.exception() is not None
        if broke_off and not endless and call.request.transport is not None:
            # Half an export must not look like a whole one.
            call.request.transport.abort()
        return told

    async def _watch(self, pump: "asyncio.Task[None]", request: web.Request, still_good: StillGood) -> None:
        """Until the pump is done, or who reads has gone, or their session is over. (A page that is left writes nothing
        and reads nothing: without a look its place would be taken until the next heartbeat.)"""
        clock = asyncio.get_running_loop().time
        checked_s = clock()
        while not pump.done() and not _is_gone(request):
            await asyncio.wait([pump], timeout=LOOK_EVERY_S)
            if clock() - checked_s >= self._settings.session_check_s:
                if not pump.done() and not await still_good():
                    return
                checked_s = clock()

    @contextlib.contextmanager
    def _place(self, session_id: str) -> Iterator[None]:
        """Room for one more stream of this session. Raises 429; 503 when there is none for anybody."""
        if self._open.total() >= self._settings.streams_max:
            raise unavailable("OVERLOADED", "Too many streams are open at this dashboard; try again shortly")
        if self._open[session_id] >= self._settings.session_streams_max:
            raise ApiError(
                429, "RATE_LIMIT_ERROR", "Too many streams of this session are open", headers={"Retry-After": "5"}
            )
        self._open[session_id] += 1
        try:
            yield
        finally:
            self._open[session_id] -= 1
            if not self._open[session_id]:
                del self._open[session_id]


def check_path(request: web.Request) -> None:
    """Raises 404 for a path that can't be one of the api's."""
    if not PATH.fullmatch(request.rel_url.raw_path):
        raise ApiError(404, "NOT_FOUND_ERROR", "There is nothing at this path")


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _pump(response: aiohttp.ClientResponse, told: web.StreamResponse) -> None:
    async for piece in response.content.iter_any():
        async with asyncio.timeout(WRITE_PATIENCE_S):
            await told.write(piece)


def _passed_back(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers = {name: response.headers[name] for name in PASSED_BACK if name in response.headers}
    return {**headers, "Cache-Control": "no-store"}
