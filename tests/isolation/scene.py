"""Two merchants in a gateway of the tests' own, one with an object of every kind, and how each route is called."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from yarl import URL

from chassis.http import Route
from deploy.databases import Database
from services.api.auth import secret_hash
from services.api.store import NewKey, insert_api_keys
from tests.model.gateway import CREDENTIALS, Gateway, opened

Object = dict[str, Any]

OTHER_ID: Final = "7d0e8400-e29b-41d4-a716-446655440001"
UNKNOWN: Final = "0" * 16
UPI: Final = {"method": "upi", "vpa": "success@bank"}
HOOK: Final = {"webhook_url": "http://127.0.0.1:9/hook"}
ENDPOINT: Final = {"url": "http://127.0.0.1:9/walk", "headers": {"X-Walk": "1"}}
REQUEST_ID: Final = "walk"
"""Every request's, so that answers that say the same are the same bytes."""

NOBODY: Final[Mapping[str, str]] = {}

BODIES: Final[dict[str, Object | None]] = {
    "POST /api/v1/orders": {"amount": 5000},
    "GET /api/v1/orders": None,
    "GET /api/v1/orders/export": None,
    "GET /api/v1/orders/{id}": None,
    "GET /api/v1/orders/{id}/public": None,
    "GET /api/v1/orders/{id}/public/payments": None,
    "GET /api/v1/orders/{id}/public/stream": None,
    "POST /api/v1/payments": {"order_id": "{order}", **UPI},
    "GET /api/v1/payments": None,
    "GET /api/v1/payments/list": None,
    "GET /api/v1/payments/export": None,
    "GET /api/v1/payments/{id}": None,
    "POST /api/v1/payments/{id}/capture": {},
    "POST /api/v1/payments/{id}/cancel": {},
    "POST /api/v1/payments/{id}/refunds": {},
    "GET /api/v1/payments/{id}/refunds": None,
    "GET /api/v1/refunds": None,
    "GET /api/v1/refunds/export": None,
    "GET /api/v1/refunds/{id}": None,
    "POST /api/v1/payments/public": {"order_id": "{order}", **UPI},
    "GET /api/v1/payments/{id}/public": None,
    "GET /api/v1/balance": None,
    "GET /api/v1/ledger_entries": None,
    "GET /api/v1/payments/{id}/acquirer_calls": None,
    "GET /api/v1/queues": None,
    "GET /api/v1/request_logs": None,
    "GET /api/v1/stats": None,
    "GET /api/v1/events": None,
    "GET /api/v1/events/{id}": None,
    "POST /api/v1/events/{id}/resend": {},
    "GET /api/v1/stream": None,
    "GET /api/v1/webhooks": None,
    "GET /api/v1/webhooks/{id}": None,
    "POST /api/v1/webhooks/retry": {"filter": {"status": "failed"}},
    "POST /api/v1/webhooks/{id}/retry": {},
    "GET /api/v1/webhook_endpoints": None,
    "POST /api/v1/webhook_endpoints": ENDPOINT,
    "GET /api/v1/webhook_endpoints/{id}": None,
    "PATCH /api/v1/webhook_endpoints/{id}": {"description": "Walk"},
    "DELETE /api/v1/webhook_endpoints/{id}": None,
    "POST /api/v1/webhook_endpoints/{id}/roll-secret": {},
    "POST /api/v1/webhook_endpoints/{id}/test": {},
    "GET /api/v1/merchants/profile": None,
    "PUT /api/v1/merchants/webhook": HOOK,
    "PUT /api/v1/webhooks/config": HOOK,
    "POST /api/v1/merchants/webhook/regenerate-secret": {},
    "POST /api/v1/webhooks/regenerate-secret": {},
    "POST /api/v1/webhooks/secret/regenerate": {},
    "POST /api/v1/merchants/webhook/test": {},
    "POST /api/v1/webhooks/test": {},
    "GET /api/v1/api_keys": None,
    "POST /api/v1/api_keys": {"name": "Walk", "scopes": ["api_keys:write"]},
    "GET /api/v1/api_keys/{id}": None,
    "PATCH /api/v1/api_keys/{id}": {"name": "Walk"},
    "DELETE /api/v1/api_keys/{id}": None,
    "POST /api/v1/api_keys/{id}/roll": {},
    "POST /api/v1/merchants": {"name": "Walk", "email": "walk@example.com"},
    "GET /api/v1/merchants": None,
    "GET /api/v1/merchants/{id}": None,
    "GET /api/v1/audit": None,
    "POST /api/v1/checkout/sessions": {"order_id": "{order}"},
    "GET /api/v1/checkout/sessions": None,
    "GET /api/v1/checkout/sessions/{id}": None,
    "POST /api/v1/checkout/sessions/{id}/expire": {},
    "GET /api/v1/checkout/settings": None,
    "PUT /api/v1/checkout/settings": {"allowed_origins": ["https://walk.example"]},
    "GET /internal/checkout/orders": None,
    "GET /health": None,
    "GET /api/v1/test/merchant": None,
    "GET /api/v1/test/jobs/status": None,
}
"""A good body of every route but the pages of /docs; `{order}` stands for an order that the caller has."""

PUBLIC: Final = {
    "GET /api/v1/orders/{id}/public",
    "GET /api/v1/orders/{id}/public/payments",
    "GET /api/v1/orders/{id}/public/stream",
    "POST /api/v1/payments/public",
    "GET /api/v1/payments/{id}/public",
    "GET /health",
    "GET /api/v1/test/merchant",
    "GET /api/v1/test/jobs/status",
}
"""What needs no credentials, beside the pages of /docs."""

SERVICES: Final = {"GET /internal/checkout/orders"}
"""What only the gateway's own services may do."""

OPERATOR: Final = {"POST /api/v1/merchants", "GET /api/v1/merchants", "GET /api/v1/merchants/{id}"}
"""What no merchant may do."""

PREFIXES: Final = {
    "orders": "order",
    "payments": "pay",
    "refunds": "rfnd",
    "events": "evt",
    "webhooks": "whd",
    "webhook_endpoints": "we",
    "api_keys": "key_test",
    "merchants": "merchant",
    "checkout": "cs",
}
"""What the id in a path begins with, by the noun before it."""


def name_of(route: Route) -> str:
    """As BODIES names it."""
    return f"{route.method} {route.path}"


def is_page(route: Route) -> bool:
    """A page or file for people: the same for everybody."""
    return not route.documented and route.method == "GET" and route.authenticate is None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; of a stream that began, the status alone."""

    status: int
    raw: bytes

    @property
    def body(self) -> Any:
        """What it says; a file says nothing."""
        return orjson.loads(self.raw) if self.raw[:1] in (b"{", b"[") else None

    @property
    def code(self) -> str:
        """Of the error envelope; nothing when it is none."""
        told = self.body
        return str(told["error"]["code"]) if isinstance(told, dict) and "error" in told else ""


@dataclass(frozen=True, slots=True)
class Scene:
    """`ids` are the first merchant's objects by the noun in a path, `other` the second merchant's credentials."""

    gateway: Gateway
    ids: Mapping[str, str]
    other: Mapping[str, str]

    def routes(self) -> list[Route]:
        """Every route that is a merchant's own."""
        return [r for r in self.gateway.routes if name_of(r) not in PUBLIC | OPERATOR | SERVICES and not is_page(r)]

    def public_routes(self) -> list[Route]:
        """Every route that needs no credentials and looks at those that it gets."""
        return [route for route in self.gateway.routes if name_of(route) in PUBLIC]

    def services_routes(self) -> list[Route]:
        """Every route that is the gateway's own services'."""
        return [route for route in self.gateway.routes if name_of(route) in SERVICES]

    def operators_routes(self) -> list[Route]:
        """Every route that is the operator's."""
        return [route for route in self.gateway.routes if name_of(route) in OPERATOR]

    def path(self, route: Route, *, known: bool) -> str:
        """With the id of an object that the first merchant has, or of none that anybody has."""
        if "{" not in route.path:
            return route.path
        noun = route.path.split("/")[3]
        return route.path.replace("{id}", self.ids[noun] if known else f"{PREFIXES[noun]}_{UNKNOWN}")

    def body(self, route: Route) -> Object | None:
        """A good one."""
        body = BODIES[name_of(route)]
        return body if body is None or "order_id" not in body else {**body, "order_id": self.ids["orders"]}

    async def call(
        self, route: Route, headers: Mapping[str, str], *, known: bool = True, body: Object | None = None
    ) -> Reply:
        """One request to a route."""
        return await self.ask(route.method, self.path(route, known=known), headers, body or self.body(route))

    async def ask(self, method: str, path: str | URL, headers: Mapping[str, str], body: Object | None = None) -> Reply:
        """One request."""
        named = {"Request-Id": REQUEST_ID, **headers}
        async with self.gateway.client.request(method, path, json=body, headers=named) as response:
            streams = response.content_type == "text/event-stream"
            return Reply(response.status, b"" if streams else await response.read())

    async def key(self, **what: Any) -> dict[str, str]:
        """The credentials of a new key of the first merchant."""
        made = (await self.ask("POST", "/api/v1/api_keys", CREDENTIALS, {"name": "A key", **what})).body
        return {"X-Api-Key": made["key"], **({"X-Api-Secret": made["secret"]} if made["secret"] else {})}

    async def rows(self, merchant_id: str) -> dict[str, list[tuple[Any, ...]]]:
        """All that the api, the notifier and the checkout hold of a merchant, row by row; but the log of its own
        requests, which is written a moment after they were answered."""
        owner = self.gateway.owner
        columns = await owner.fetch(
            "SELECT c.oid::regclass::text AS name, a.attname AS owner FROM pg_attribute AS a "
            "JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('api', 'notifier', 'checkout') AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "AND c.relname != 'request_log' AND a.attname IN ('merchant_id', 'tenant')"
        )
        found = {}
        for column in columns:
            query = f"SELECT t::text FROM {column['name']} AS t WHERE {column['owner']} = $1"
            found[column["name"]] = sorted(tuple(row) for row in await owner.fetch(query, merchant_id))
        return found

    async def endpoints(self) -> list[tuple[Any, ...]]:
        """Where webhooks go, without what a merchant may change."""
        told = "SELECT id, merchant_id, is_default, enabled, disabled_reason, created_at FROM notifier.endpoint"
        return sorted(tuple(row) for row in await self.gateway.owner.fetch(told))


@contextlib.asynccontextmanager
async def played(database: Database) -> AsyncIterator[Scene]:
    """The first merchant takes a payment and gives a part back; the second has never done anything."""
    async with opened(database) as gateway:
        other = await _other_merchant(gateway)
        order = (await gateway.call("POST", "/orders", {"amount": 5000})).body
        paid = (await gateway.call("POST", "/payments", {"order_id": order["id"], "capture": "automatic", **UPI})).body
        await gateway.arrive()
        refund = (await gateway.call("POST", f"/payments/{paid['id']}/refunds", {"amount": 100})).body
        await gateway.arrive()
        deliveries = (await gateway.call("GET", "/webhooks")).body["data"]
        events = (await gateway.call("GET", "/events")).body["data"]
        key = (await gateway.call("POST", "/api_keys", {"name": "Known"})).body
        endpoint = (await gateway.call("POST", "/webhook_endpoints", ENDPOINT)).body
        link = (await gateway.call("POST", "/orders", {"amount": 700})).body
        session = (await gateway.call("POST", "/checkout/sessions", {"order_id": link["id"]})).body
        ids = {
            "orders": order["id"],
            "payments": paid["id"],
            "refunds": refund["id"],
            "events": events[0]["id"],
            "webhooks": deliveries[0]["id"],
            "webhook_endpoints": endpoint["id"],
            "api_keys": key["id"],
            "merchants": OTHER_ID,
            "checkout": session["id"],
        }
        yield Scene(gateway, ids, other)


async def _other_merchant(gateway: Gateway) -> dict[str, str]:
    key, secret = "key_test_0VxKother0000000", secrets.token_urlsafe(24)
    async with gateway.pools["api"].acquire() as connection:
        await connection.execute(
            "INSERT INTO merchants (id, name, email, created_at) VALUES ($1, 'Other', 'other@example.com', now())",
            OTHER_ID,
        )
        kept = NewKey(OTHER_ID, "secret", "Default", key, secret_hash(secret), b"")
        await insert_api_keys(connection, [kept], datetime.now(UTC))
    return {"X-Api-Key": key, "X-Api-Secret": secret}
