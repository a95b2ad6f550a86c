"""A database with the dashboard's schema, its routes in this process, a clock that stands, a build of a page, and a
server in the api's place that notes what it is asked (tests/isolation asks the api itself)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from chassis.clock import ManualClock
from chassis.delegation import Delegation, verify
from chassis.http import Route
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.runtime import Runtime
from contracts import ids, test_merchant
from deploy.databases import Database
from services.dashboard import store
from services.dashboard.app import Parts, make_parts, make_routes
from services.dashboard.settings import Settings
from services.dashboard.state import Role, User

ORIGIN: Final = "http://localhost:3002"
OWN_PAGE: Final = {"Origin": ORIGIN}
OTHER_MERCHANT: Final = "7d0e8400-e29b-41d4-a716-446655440001"
TOKEN: Final = "test-token"
ADMIN_KEY: Final = "operators-own-key"
PASSWORD: Final = "a long enough password"
START: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADMIN: Final = "ann@example.com"
INDEX: Final = (
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__">'
    '<script type="module" nonce="__CSP_NONCE__" src="/dashboard-assets/index-AbC123.js"></script>'
)

Client = TestClient[Any, Any]
Behave = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came to the api."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def note(self, now_s: float) -> Delegation:
        """Whom the dashboard vouches for."""
        return verify(self.headers["Authorization"], TOKEN, now_s)


class Api:
    """In the api's place: answers 200 with an empty object, or as `behave` does."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.behave: Behave | None = None
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/ready":
            return web.json_response({})
        body = await request.read()
        self.asked.append(Asked(request.method, request.rel_url.raw_path, request.query_string, request.headers, body))
        return web.json_response({}) if self.behave is None else await self.behave(request)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """In the api's place."""
    made = Api()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build of ui/ as the build writes it."""
    folder = tmp_path / "dist"
    (folder / "dashboard/assets").mkdir(parents=True)
    (folder / "dashboard/assets/index-AbC123.js").write_text("let page = 1;" * 50)
    (folder / "dashboard/assets/notes.txt").write_text("no kind of file that a page loads")
    (folder / "dashboard/index.html").write_text(INDEX)
    return folder


@pytest.fixture
def settings(fresh_database: Callable[..., Database], api: Api, dist: Path) -> Settings:
    """For a fresh, migrated database; passwords are hashed as fast as argon2 can."""
    database = fresh_database("dashboard")
    values: dict[str, Any] = {
        "database_url": database.dsn("dashboard"),
        "migrate_database_url": database.dsn("dashboard_owner"),
        "kafka_bootstrap_servers": "127.0.0.1:9",
        "internal_token": TOKEN,
        "dashboard_public_url": ORIGIN,
        "public_url": "http://localhost:8000",
        "checkout_public_url": "http://localhost:3001",
        "api_url": str(api.server.make_url("")).rstrip("/"),
        "api_timeout_s": 2.0,
        "admin_api_key": ADMIN_KEY,
        "ui_dist_dir": str(dist),
        "session_check_s": 0.05,
        "session_streams_max": 2,
        "argon2_memory_kib": 1024,
        "argon2_passes": 1,
        "test_mode": True,
    }
    return Settings(**values)


@dataclass(frozen=True, slots=True)
class Served:
    """The dashboard, as a browser meets it and from behind."""

    client: Client
    settings: Settings
    pool: Pool
    metrics: Metrics
    clock: ManualClock
    parts: Parts
    routes: list[Route]

    async def add(self, email: str, role: Role = "admin", merchant_id: str = test_merchant.ID) -> User:
        """Somebody more, with the password that everybody has here."""
        user = User(
            id=ids.new_id(ids.USER),
            merchant_id=merchant_id,
            email=email,
            name=email.partition("@")[0].title(),
            role=role,
            password_hash=await self.parts.passwords.hash(PASSWORD),
            disabled_at=None,
            created_at=self.clock.now(),
        )
        async with self.pool.acquire() as connection:
            assert await store.insert_user(connection, user)
        return user

    async def tell_of(self, merchant_id: str) -> None:
        """The news of a merchant has come."""
        async with self.pool.acquire() as connection:
            await store.tell_merchants(connection, {merchant_id: ("Somebody", "somebody@example.com")})

    def browser(self) -> "Browser":
        """One more."""
        return Browser(self)

    async def signed_in(self, email: str = ADMIN) -> "Browser":
        """A browser in which this person has signed in."""
        made = self.browser()
        status, told = await made.sign_in(email)
        assert status == 200, told
        return made


class Browser:
    """Keeps the session's cookie and nothing else, and says which page a request comes from."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self.cookie = ""
        self.set_cookie = ""

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and body."""
        async with self._served.client.request(
            method, path, json=body, headers={**OWN_PAGE, **self.cookies, **(headers or {})}
        ) as response:
            if "Set-Cookie" in response.headers:
                self.set_cookie = response.headers["Set-Cookie"]
                self.cookie = self.set_cookie.partition(";")[0]
            told = await response.read()
            return response.status, await response.json() if told else None

    async def sign_in(self, email: str = ADMIN, password: str = PASSWORD) -> tuple[int, Any]:
        """Status and body."""
        return await self.ask("POST", "/dashboard/api/login", {"email": email, "password": password})

    @property
    def cookies(self) -> dict[str, str]:
        """The header."""
        return {"Cookie": self.cookie} if self.cookie else {}


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Served]:
    """The dashboard's HTTP with these settings; what works in the background does not run."""
    runtime = await Runtime.start("dashboard", settings, topics=[])
    clock = ManualClock(START)
    runtime.clock = clock
    parts = make_parts(runtime)
    routes = make_routes(runtime, parts)
    try:
        server = TestServer(runtime.http.application(routes))
        async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
            assert server.runner is not None
            assert server.runner.server is not None
            server.runner.server.handler_cancellation = False  # as aiohttp has it outside of its own test server
            yield Served(client, settings, runtime.pool, runtime.metrics, clock, parts, routes)
    finally:
        await parts.close()
        await runtime.pool.close()


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Served]:
    """The dashboard, with one admin of the test merchant."""
    async with serving(settings) as made:
        await made.add(ADMIN)
        yield made


@pytest.fixture
async def browser(served: Served) -> Browser:
    """The admin is signed in."""
    return await served.signed_in()


async def read_until(response: Any, wanted: bytes) -> bytes:
    """What a stream says up to and with this."""
    seen = b""
    async with asyncio.timeout(10):
        while wanted not in seen:
            piece = await response.content.readany()
            assert piece, f"ended after {seen!r}"
            seen += piece
    return seen
