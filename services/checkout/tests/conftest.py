"""A database with the checkout's schema, its routes in this process, a build of a page, and a server in the api's
place that says what a test wants it to say (the whole stack's tests have the api itself)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from chassis import pg
from chassis.runtime import Runtime
from contracts import ids
from deploy.databases import Database
from services.checkout import store
from services.checkout.app import make_routes
from services.checkout.orders import Orders
from services.checkout.settings import Settings

MERCHANT = "550e8400-e29b-41d4-a716-446655440000"
OTHER_MERCHANT = "7d0e8400-e29b-41d4-a716-446655440001"
TOKEN = "test-token"
KEY = "pk_test_abc123"
LOCAL = ["http://localhost:*", "http://127.0.0.1:*"]

Client = TestClient[Any, Any]
Misbehave = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """In the api's place: orders with their merchants' names, keys, and payments; or whatever `misbehave` does."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.names = {MERCHANT: "Test Merchant", OTHER_MERCHANT: "Other"}
        self.keys = {KEY: MERCHANT, "pk_other": OTHER_MERCHANT}
        self.payments: dict[str, dict[str, Any]] = {}
        self.posted: list[tuple[str | None, Any]] = []
        self.asked = 0
        self.misbehave: Misbehave | None = None
        app = web.Application()
        app.router.add_get("/internal/checkout/orders", self._behaved(self.orders_of))
        app.router.add_post("/api/v1/payments/public", self._behaved(self._pay))
        app.router.add_get("/api/v1/payments/{id}/public", self._behaved(self._payment))
        app.router.add_get("/ready", self._behaved(self._ready))
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """Its base."""
        return str(self.server.make_url("")).rstrip("/")

    def order(self, **more: Any) -> str:
        """A new one; its id."""
        now = datetime.now(UTC).isoformat()
        order_id = ids.new_id(ids.ORDER)
        self.orders[order_id] = {
            "id": order_id,
            "merchant_id": MERCHANT,
            "amount": 49_900,
            "currency": "INR",
            "status": "created",
            "receipt": "R-1",
            "notes": {"description": "A lamp", "secret": "the merchant's own"},
            "expires_at": None,
            "created_at": now,
            "updated_at": now,
            **more,
        }
        return order_id

    def paid(self, order_id: str, at: datetime | None = None) -> None:
        """Its buyer pays it."""
        self.orders[order_id] |= {"status": "paid", "updated_at": (at or datetime.now(UTC)).isoformat()}

    def _behaved(self, handler: Misbehave) -> Misbehave:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.asked += 1
            return await (self.misbehave or handler)(request)

        return answer

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({})

    async def orders_of(self, request: web.Request) -> web.StreamResponse:
        """GET /internal/checkout/orders"""
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        key, merchant_id = request.query.get("key"), request.query.get("merchant_id")
        if key is not None and key not in self.keys:
            return refusal(401, "AUTHENTICATION_ERROR")
        wanted = [self.orders[one] for one in request.query["ids"].split(",") if one in self.orders]
        mine = {merchant_id, key and self.keys[key]} - {None}
        shown = [one for one in wanted if mine <= {one["merchant_id"]}]
        rows = [
            {"order": one, "merchant": {"id": one["merchant_id"], "name": self.names[one["merchant_id"]]}}
            for one in shown
        ]
        return web.json_response({"data": rows})

    async def _pay(self, request: web.Request) -> web.StreamResponse:
        asked, key = await request.json(), request.headers.get("Idempotency-Key")
        self.posted.append((key, asked))
        if self.orders[asked["order_id"]]["status"] == "paid":
            return refusal(400, "BAD_REQUEST_ERROR", "The order is paid already")
        for payment in self.payments.values():
            if payment["key"] == key:
                return web.json_response(payment, status=201)
        payment_id = ids.new_id(ids.PAYMENT)
        self.payments[payment_id] = {
            "id": payment_id,
            "order_id": asked["order_id"],
            "status": "pending",
            "key": key,
            "vpa": asked["vpa"],
        }
        return web.json_response(self.payments[payment_id], status=201)

    async def _payment(self, request: web.Request) -> web.StreamResponse:
        payment = self.payments.get(request.match_info["id"])
        return refusal(404, "NOT_FOUND_ERROR") if payment is None else web.json_response(payment)


def refusal(status: int, code: str, description: str = "No") -> web.Response:
    """The error envelope."""
    return web.json_response({"error": {"code": code, "description": description}}, status=status)


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
    write_build(folder, "let page = 1;" * 50, "window.PaymentGateway = class {};")
    return folder


def write_build(folder: Path, script: str, sdk: str, name: str = "main-AbC123.js") -> None:
    """As `make ui` does."""
    assets = folder / "checkout/assets"
    assets.mkdir(parents=True, exist_ok=True)
    (assets / name).write_text(script)
    (assets / "main-XyZ789.css").write_text("body{margin:0}")
    (assets / "notes.txt").write_text("no kind of file that a page loads")
    (folder / "sdk").mkdir(exist_ok=True)
    (folder / "sdk/checkout.js").write_text(sdk)
    manifest = {"script": f"/assets/{name}", "styles": ["/assets/main-XyZ789.css"], "preload": []}
    (folder / "checkout/manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def settings(fresh_database: Callable[..., Database], api: Api, dist: Path) -> Settings:
    """For a fresh, migrated database."""
    database = fresh_database("checkout")
    values: dict[str, Any] = {
        "database_url": database.dsn("checkout"),
        "migrate_database_url": database.dsn("checkout_owner"),
        "kafka_bootstrap_servers": "127.0.0.1:9",
        "internal_token": TOKEN,
        "encryption_key": "22" * 32,
        "public_url": "http://localhost:8000",
        "checkout_public_url": "http://localhost:3001",
        "challenge_base_url": "http://localhost:8010",
        "api_url": api.url,
        "api_timeout_s": 1.0,
        "ui_dist_dir": str(dist),
        "allowed_origins_max": 50,
        "test_mode": True,
    }
    return Settings(**values)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[Client, Runtime[Settings]]]:
    """The checkout's HTTP with these settings; what works in the background does not run."""
    runtime = await Runtime.start("checkout", settings, topics=[])
    orders = Orders(settings)
    try:
        async with TestClient(TestServer(runtime.http.application(make_routes(runtime, orders)))) as client:
            yield client, runtime
    finally:
        await orders.close()
        await runtime.pool.close()


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[tuple[Client, Runtime[Settings]]]:
    """The checkout."""
    async with serving(settings) as both:
        yield both


@pytest.fixture
def client(served: tuple[Client, Runtime[Settings]]) -> Client:
    """An HTTP client of it."""
    return served[0]


@pytest.fixture
def runtime(served: tuple[Client, Runtime[Settings]]) -> Runtime[Settings]:
    """Its parts."""
    return served[1]


async def allow(runtime: Runtime[Settings], origins: list[str] | None, merchant_id: str = MERCHANT) -> None:
    """Save whose pages may embed a merchant's checkout."""
    async with pg.transaction(runtime.pool) as connection:
        await store.allow_origins(connection, merchant_id, origins)


def internal(merchant_id: str = MERCHANT, **more: str) -> dict[str, str]:
    """Headers of the api when it forwards."""
    return {"Authorization": f"Bearer {TOKEN}", "X-Merchant-Id": merchant_id, **more}


class Seen(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, and the text in each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        self._open = f"{tag}#{dict(attrs).get('id')}" if "id" in dict(attrs) else tag

    def handle_data(self, data: str) -> None:
        """Text in it."""
        self.texts[self._open] = self.texts.get(self._open, "") + data

    @property
    def bootstrap(self) -> dict[str, Any]:
        """The data block."""
        told: dict[str, Any] = json.loads(self.texts["script#bootstrap"])
        return told


def policy_of(headers: Any) -> dict[str, str]:
    """A Content-Security-Policy by directive."""
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def in_an_hour() -> str:
    """An instant for a request."""
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()
