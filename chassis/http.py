"""HTTP in: typed routes over aiohttp. One wrapper per route does what every request needs, in one place:
request id, authentication, body limit and time, parsing, the error envelope, metrics and the wide log line.

A handler gets a `Call` and returns an `Answer`; it raises ApiError to refuse.
"""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson
import structlog
from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from chassis import pg
from chassis.errors import ApiError, Retry, bad_request, unavailable
from chassis.idempotency import parse_key
from chassis.log import WideLog
from chassis.metrics import Histogram, Metrics
from chassis.refusals import ENVELOPE_TYPE, PROBLEM_TYPE, error_body, prefers_problem, problem_body
from chassis.validation import describe

log = structlog.get_logger()

JSON_OPTIONS: Final = orjson.OPT_UTC_Z
REQUEST_ID_PATTERN: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
JSON_TYPE: Final = re.compile(r"[^/]+/([^/]+\+)?json")
CROSS_ORIGIN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Request-Id, Idempotent-Replayed, Retry-After, RateLimit-Limit, "
    "RateLimit-Remaining, RateLimit-Reset",
}
PREFLIGHT: Final = {
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, Request-Id, X-Api-Key",
    "Access-Control-Max-Age": "86400",
}
ANSWER_HEADERS: Final = web.RequestKey("answer_headers", dict[str, str])
"""What an authenticator wants every answer to its request to say, refusals and replays included. A handler that sends
its own stream adds them before it prepares it (`Call.answer_headers`)."""

CALLER: Final = web.RequestKey("caller", object)
"""Who calls, as soon as an authenticator knows it: also where they are refused then."""

STREAMED: Final = ("text/event-stream", "text/csv")
"""What a handler sends piece by piece, by itself."""

TRACEPARENT_PATTERN: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True)
class Call:
    """One request, parsed. `principal` is what the route's authenticator returned."""

    request: web.Request
    request_id: str
    traceparent: str
    principal: Any = None
    body: Any = None
    query: Any = None
    cross_origin: bool = False

    @property
    def path(self) -> Mapping[str, str]:
        """The path's parameters."""
        return self.request.match_info

    @property
    def answer_headers(self) -> Mapping[str, str]:
        """What every answer to this request says: to a page of any origin, and what the authenticator wants said."""
        return {**(CROSS_ORIGIN if self.cross_origin else {}), **(self.request.get(ANSWER_HEADERS) or {})}

    @property
    def idempotency_key(self) -> str | None:
        """The caller's Idempotency-Key; raises 400 for a bad one."""
        return parse_key(self.request.headers.get("Idempotency-Key"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: the exact bytes, and headers beyond the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ENVELOPE_TYPE


Authenticator = Callable[[web.Request], Awaitable[Any]]
Handle = Callable[[Call], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the API: also what the OpenAPI document is made from."""

    method: str
    path: str
    handle: Handle
    summary: str
    authenticate: Authenticator | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    body_optional: bool = False
    forwarded: bool = False
    """The request goes on to another service as it came, which reads it: `body` and `query` only describe it."""
    logged: bool = True
    """Probes ask every second or so and would drown the log."""
    cross_origin: bool = False
    """Pages of any origin may call it, without credentials."""
    media: str = ENVELOPE_TYPE
    """What a good answer is; one that is streamed (`STREAMED`) takes no HEAD."""
    description: str | None = None
    """For the API's reference; None takes the handler's docstring."""
    operation: str | None = None
    """Its name in OpenAPI (`createOrder`); None derives one from method and path."""
    errors: tuple[str, ...] = ()
    """Codes of refusals beyond those that its shape implies (no credentials, a bad body, an unknown id, …)."""
    also: tuple[int, ...] = ()
    """Further statuses under which the same answer may come."""
    documented: bool = True
    """False keeps it out of the API's reference: pages for people, what only other services call."""


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a value as compact JSON, instants in UTC with `Z`."""
    return Answer(status, orjson.dumps(value, option=JSON_OPTIONS), headers or {})


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that has its answer, for who keeps a log. `caller` None: nobody that is known."""

    request: web.Request
    route: Route
    request_id: str
    caller: Any
    status: int
    code: str | None
    replayed: bool
    took_s: float


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Named limits of one HTTP server; see `chassis.settings`."""

    body_max_bytes: int
    request_timeout_s: float
    docs_url: str = "/docs/errors"


class HttpKit:
    """Builds the aiohttp application of a service from its routes."""

    def __init__(self, config: HttpConfig, *, metrics: Metrics, wide: WideLog) -> None:
        self._config = config
        self._metrics = metrics
        self._wide = wide
        self._endings: list[Callable[[], None]] = []
        self._told: list[Callable[[Answered], None]] = []

    def before_end(self, end: Callable[[], None]) -> None:
        """Call this when the server is to end: it waits for what is being answered, and a stream answers for ever."""
        self._endings.append(end)

    def tell(self, answered: Callable[[Answered], None]) -> None:
        """Call this after every answer. It must neither wait nor fail."""
        self._told.append(answered)

    def application(self, routes: Sequence[Route]) -> web.Application:
        """An application with these routes, and the envelope for paths and methods that are not there."""
        app = web.Application(client_max_size=self._config.body_max_bytes, middlewares=[self._unrouted])
        app.on_shutdown.append(self._end)
        for route in routes:
            handler = self._wrap(route)
            app.router.add_route(route.method, route.path, handler)
            if route.method == "GET" and not route.media.startswith(STREAMED):
                app.router.add_route("HEAD", route.path, handler)
        open_paths = [route for route in routes if route.cross_origin]
        for path in {route.path for route in open_paths}:
            methods = sorted(route.method for route in open_paths if route.path == path)
            app.router.add_route("OPTIONS", path, self._preflight(", ".join(methods)))
        return app

    def _preflight(self, methods: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """What a browser asks before it lets a page of another origin send JSON."""
        headers = {**CROSS_ORIGIN, **PREFLIGHT, "Access-Control-Allow-Methods": methods}

        async def allow(request: web.Request) -> web.StreamResponse:
            return web.Response(status=204, headers={**headers, "Request-Id": request_id_of(request)})

        return allow

    async def _end(self, app: web.Application) -> None:
        for end in self._endings:
            end()

    @web.middleware
    async def _unrouted(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        """The envelope for what aiohttp itself refuses: unknown path, wrong method."""
        try:
            return await handler(request)  # type: ignore[no-any-return]
        except web.HTTPException as refused:
            if refused.status < 400:
                raise
            return self._refusal(
                _from_aiohttp(refused), request, request_id_of(request), allow=refused.headers.get("Allow")
            )

    def _wrap(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        durations = self._metrics.seconds(
            "http_request_seconds", "Time to answer a request", method=route.method, route=route.path
        )
        body = TypeAdapter(route.body) if route.body and not route.forwarded else None
        query = TypeAdapter(route.query) if route.query and not route.forwarded else None

        async def wrapped(request: web.Request) -> web.StreamResponse:
            began_s = time.perf_counter()
            call = Call(request, request_id_of(request), traceparent_of(request), cross_origin=route.cross_origin)
            code = None
            try:
                if route.authenticate is not None:
                    call.principal = await route.authenticate(request)
                if query is not None:
                    call.query = _parse_query(query, request)
                if body is not None:
                    call.body = await self._read(route, body, request)
                elif route.forwarded:
                    await self._raw(request)  # to be passed on: aiohttp keeps it
                answer = await route.handle(call)
                if isinstance(answer, web.StreamResponse):
                    response = answer
                else:
                    response = self._response(answer, request, call.request_id)
            except Exception as error:
                refused = as_api_error(error, call.request_id)
                code = refused.code
                response = self._refusal(refused, request, call.request_id)
            if not response.prepared:
                response.headers.update(call.answer_headers)
            self._record(route, call, response, code, durations, began_s)
            return response

        return wrapped

    async def _raw(self, request: web.Request) -> bytes:
        """The request's body, read within its limits."""
        try:
            # A small body has come with its headers, and then there is nothing to wait for.
            async with contextlib.nullcontext() if request.content.is_eof() else self._deadline():
                return await request.read()
        except TimeoutError:
            raise ApiError(408, "REQUEST_TIMEOUT", "The request's body did not arrive in time") from None
        except (web.RequestPayloadError, ConnectionError):
            # Not packed as its Content-Encoding says, or broken off: nobody's fault but the caller's.
            raise bad_request("The request's body can't be read") from None

    async def _read(self, route: Route, adapter: TypeAdapter[Any], request: web.Request) -> Any:
        """The request's body, parsed into the route's model."""
        raw = await self._raw(request)
        if not raw and route.body_optional:
            raw = b"{}"
        elif request.headers.get("Content-Type") and not JSON_TYPE.fullmatch(request.content_type):
            raise ApiError(
                415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as JSON, with the header Content-Type: application/json"
            )
        try:
            return adapter.validate_json(raw)
        except ValidationError as error:
            raise describe(error) from None

    def _deadline(self) -> asyncio.Timeout:
        return asyncio.timeout(self._config.request_timeout_s)

    def _response(self, answer: Answer, request: web.Request, request_id: str) -> web.Response:
        body, content_type = answer.body, answer.content_type
        if answer.status >= 400 and prefers_problem(request.headers.get("Accept")):
            problem = problem_body(body, answer.status, request.rel_url.raw_path)
            if problem is not None:
                body, content_type = problem, PROBLEM_TYPE
        response = web.Response(body=body, status=answer.status, headers=answer.headers)
        if answer.status >= 400:
            asked = response.headers.get("Vary")
            response.headers["Vary"] = f"{asked}, Accept" if asked else "Accept"
        response.headers["Content-Type"] = content_type
        response.headers["Request-Id"] = request_id
        return response

    def _refusal(
        self, error: ApiError, request: web.Request, request_id: str, *, allow: str | None = None
    ) -> web.Response:
        headers = {**error.headers, **({"Allow": allow} if allow else {})}
        body = error_body(error, request_id, self._config.docs_url)
        return self._response(Answer(error.status, body, headers), request, request_id)

    def _record(
        self,
        route: Route,
        call: Call,
        response: web.StreamResponse,
        code: str | None,
        durations: Histogram,
        began_s: float,
    ) -> None:
        status = response.status
        took_s = time.perf_counter() - began_s
        durations.observe(took_s)
        if status >= 500:
            self._metrics.counter("http_errors", "Requests answered with 5xx", route=route.path).add()
        if not route.logged and status < 400:
            return
        for told in self._told:
            caller = call.principal if call.principal is not None else call.request.get(CALLER)
            replayed = "Idempotent-Replayed" in response.headers
            told(Answered(call.request, route, call.request_id, caller, status, code, replayed, took_s))
        self._wide.emit(
            "request.answered",
            method=route.method,
            route=route.path,
            status=status,
            code=code,
            request_id=call.request_id,
            traceparent=call.traceparent,
            principal=str(call.principal) if call.principal is not None else None,
            duration_ms=round(took_s * 1000, 2),
        )


def request_id_of(request: web.Request) -> str:
    """The caller's Request-Id when it is a sane one, else a fresh one."""
    given = request.headers.get("Request-Id") or request.headers.get("X-Request-Id")
    if given and REQUEST_ID_PATTERN.fullmatch(given):
        return given
    return f"req_{random.getrandbits(64):016x}"  # names a request, guards nothing


def traceparent_of(request: web.Request) -> str:
    """The caller's W3C trace context, or the start of a new trace."""
    given = request.headers.get("traceparent")
    if given and TRACEPARENT_PATTERN.fullmatch(given):
        return given
    return f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01"


def busy() -> ApiError:
    """409 for who came in the middle of something: nothing was decided, and the next try may well pass."""
    return ApiError(409, "CONFLICT", "Other requests are changing the same object; try again", reason="busy")


def as_api_error(error: Exception, request_id: str) -> ApiError:
    """What the caller is told of an error. Only a bug becomes a 500, and it says no more than that."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, web.HTTPException):
        return _from_aiohttp(error)
    if isinstance(error, Retry):
        return busy()
    match pg.fate_of(error):
        case pg.Fate.UNKNOWN:
            return unavailable(
                "OUTCOME_UNKNOWN",
                "The connection to the database was lost while saving; repeat the request with the same "
                "Idempotency-Key to learn what happened",
            )
        case pg.Fate.LOST:
            return unavailable("SERVICE_UNAVAILABLE", "The database can't be reached; nothing was saved, try again")
        case pg.Fate.LOCKED | pg.Fate.CONFLICT:
            return ApiError(409, "CONFLICT", "Another request is changing the same object; try again", reason="busy")
        case pg.Fate.DATA if not isinstance(error, asyncpg.IntegrityConstraintViolationError):
            log.error("request.unstorable", request_id=request_id, error=repr(error))
            return bad_request("The request holds a value that can't be stored")
        case _:
            log.error("request.failed", request_id=request_id, exc_info=error)
            return ApiError(500, "INTERNAL_ERROR", "Something went wrong on our side; quote the request id")


def _from_aiohttp(refused: web.HTTPException) -> ApiError:
    if refused.status == 404:
        return ApiError(404, "NOT_FOUND_ERROR", "There is nothing at this path")
    if refused.status == 405:
        return ApiError(405, "METHOD_NOT_ALLOWED", "This path does not take this method")
    if refused.status == 413:
        return ApiError(413, "PAYLOAD_TOO_LARGE", "The request's body is too large")
    return ApiError(refused.status, "BAD_REQUEST_ERROR", refused.reason)


def _parse_query(adapter: TypeAdapter[Any], request: web.Request) -> Any:
    try:
        return adapter.validate_python(dict(request.query))
    except ValidationError as error:
        raise describe(error) from None
