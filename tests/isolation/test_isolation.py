"""A walk over the api's whole table of routes. A route that it does not know how to call makes it fail."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import pytest
from yarl import URL

from deploy.databases import Databases
from services.api.auth import SCOPES, Buyers, Principal
from services.api.schemas.orders import PublicOrder
from services.api.seed import SEED_MERCHANT_ID
from tests.isolation.scene import (
    BODIES,
    HOOK,
    NOBODY,
    OPERATOR,
    OTHER_ID,
    PUBLIC,
    UNKNOWN,
    UPI,
    Scene,
    is_page,
    name_of,
    played,
)
from tests.model.gateway import ADMIN_KEY, CREDENTIALS

TOO_MUCH: Final[dict[str, Any]] = {
    "id": "pay_0000000000000000",
    "merchant_id": OTHER_ID,
    "status": "success",
    "captured": True,
    "amount_paid": 5000,
    "amount_due": 0,
    "attempts": 99,
    "amount_captured": 5000,
    "amount_refunded": 5000,
    "amount_reversed": 5000,
    "amount_minor": 1,
    "refund_pending_minor": 5000,
    "refund_status": "full",
    "fee": 0,
    "fee_minor": 0,
    "capture_before": "2099-01-01T00:00:00Z",
    "deadline_at": "2099-01-01T00:00:00Z",
    "created_at": "2000-01-01T00:00:00Z",
    "updated_at": "2000-01-01T00:00:00Z",
    "processed_at": "2000-01-01T00:00:00Z",
    "attempt_id": "att_0000000000000000",
    "sequence": 99,
    "timeline": [],
    "error_code": "NONE",
    "secret": "chosen by me",
    "webhook_secret": "chosen by me",
    "secret_sealed": "chosen by me",
    "enabled": False,
}
"""What a caller may not set, wherever it is sent."""

INSTANTS_AND_NAMES: Final = (
    *("id", "order_id", "attempt_id", "payment_id", "created_at", "updated_at", "timeline"),
    *("capture_before", "deadline_at", "expires_at"),
)


@pytest.fixture(scope="module")
async def scene(databases: Databases) -> AsyncIterator[Scene]:
    database = databases.make(migrated=True)
    async with played(database) as made:
        yield made
    databases.drop(database)


def test_every_route_is_known_to_the_walk(scene: Scene) -> None:
    served = {name_of(route) for route in scene.gateway.routes if not is_page(route)}
    assert served == set(BODIES), "say in tests/isolation/scene.py how it is called, and whether it is public"
    open_to_all = {
        name_of(r) for r in scene.gateway.routes if r.authenticate is None or isinstance(r.authenticate, Buyers)
    }
    assert {name for name in open_to_all if name in BODIES} == PUBLIC
    assert all(name.startswith("GET ") for name in open_to_all - PUBLIC), "a page for people is read"


async def test_without_credentials_nothing_is_told(scene: Scene) -> None:
    for route in (*scene.routes(), *scene.operators_routes()):
        reply = await scene.call(route, NOBODY)
        assert (reply.status, reply.code) == (401, "AUTHENTICATION_ERROR"), name_of(route)


async def test_a_merchant_is_none_of_the_gateways_services(scene: Scene) -> None:
    for route in scene.services_routes():
        for headers in (NOBODY, CREDENTIALS, {"Authorization": f"Bearer {CREDENTIALS['X-Api-Secret']}"}):
            reply = await scene.call(route, headers)
            assert (reply.status, reply.code) == (401, "AUTHENTICATION_ERROR"), name_of(route)


async def test_a_merchant_is_no_operator(scene: Scene) -> None:
    for route in scene.operators_routes():
        reply = await scene.call(route, {**CREDENTIALS, "X-Admin-Key": CREDENTIALS["X-Api-Secret"]})
        assert (reply.status, reply.code) == (401, "AUTHENTICATION_ERROR"), name_of(route)


async def test_what_is_anothers_is_told_of_as_what_does_not_exist(scene: Scene) -> None:
    before = await scene.rows(SEED_MERCHANT_ID)
    walked = [route for route in (*scene.routes(), *scene.public_routes()) if "{" in route.path]
    for route in walked:
        foreign = await scene.call(route, scene.other)
        unknown = await scene.call(route, scene.other, known=False)
        assert (foreign.status, foreign.code) == (404, "NOT_FOUND_ERROR"), name_of(route)
        assert (foreign.status, foreign.raw) == (unknown.status, unknown.raw), name_of(route)
    assert await scene.rows(SEED_MERCHANT_ID) == before


async def test_an_id_in_a_path_leads_nowhere_else(scene: Scene) -> None:
    walked = [route for route in (*scene.routes(), *scene.operators_routes()) if "{" in route.path]
    admin = {"X-Admin-Key": ADMIN_KEY}
    for route in walked:
        headers = admin if name_of(route) in OPERATOR else scene.other
        for elsewhere in ("..%2Faudit%2Fmessages", "..%2Fsettings", "%2e%2e", "a%3Flimit=1", "a%2523"):
            path = URL(route.path.replace("{id}", elsewhere), encoded=True)
            reply = await scene.ask(route.method, path, headers, scene.body(route))
            assert (reply.status, reply.code) == (404, "NOT_FOUND_ERROR"), (name_of(route), elsewhere, reply)


async def test_anothers_ids_in_bodies_and_filters_find_nothing(scene: Scene) -> None:
    order, payment = scene.ids["orders"], scene.ids["payments"]
    for path, pay in (("payments", UPI), ("payments/public", UPI), ("checkout/sessions", {})):
        foreign = await scene.ask("POST", f"/api/v1/{path}", scene.other, {"order_id": order, **pay})
        unknown = await scene.ask("POST", f"/api/v1/{path}", scene.other, {"order_id": f"order_{UNKNOWN}", **pay})
        assert (foreign.status, foreign.raw) == (404, unknown.raw)
    for query in (
        *("orders", "payments", "refunds", "events", "webhooks", "webhook_endpoints", "ledger_entries"),
        *("checkout/sessions", f"checkout/sessions?order_id={order}"),
        *(f"payments?order_id={order}", f"refunds?payment_id={payment}", f"ledger_entries?payment_id={payment}"),
    ):
        page = (await scene.ask("GET", f"/api/v1/{query}", scene.other)).body
        assert (page["data"], page.get("total", 0)) == ([], 0), query
    for file in (
        *("orders/export", "payments/export", "refunds/export"),
        *(f"payments/export?order_id={order}", f"payments/export?id={payment}", f"refunds/export?payment_id={payment}"),
    ):
        told = await scene.ask("GET", f"/api/v1/{file}", scene.other)
        assert (told.status, told.raw.count(b"\r\n")) == (200, 1), f"{file}: a line of names and no more"
    many = {"filter": {"payment_id": payment, "status": "success"}, "dry_run": True}
    assert (await scene.ask("PUT", "/api/v1/merchants/webhook", scene.other, HOOK)).status == 200
    told = await scene.ask("POST", "/api/v1/webhooks/retry", scene.other, many)
    assert (told.status, told.body["scheduled"], told.body["remaining"]) == (200, 0, 0), told
    report = (await scene.ask("GET", "/api/v1/audit?wait_s=0", scene.other)).body
    assert (report["ok"], report["checked"]["payments"]) == (True, 0)


async def test_a_key_without_the_scope_is_refused_and_one_with_only_it_is_let_in(scene: Scene) -> None:
    for scope in SCOPES:
        mine = [route for route in scene.routes() if getattr(route.authenticate, "scope", None) == scope]
        without = await scene.key(scopes=[one for one in SCOPES if one != scope])
        alone = await scene.key(scopes=[scope])
        for route in mine:
            refused = await scene.call(route, without)
            assert (refused.status, refused.code) == (403, "PERMISSION_ERROR"), name_of(route)
            admitted = await scene.call(route, alone, known=False)
            assert admitted.status not in (401, 403), name_of(route)
    scopes = {name_of(route): getattr(route.authenticate, "scope", None) for route in scene.routes()}
    assert set(scopes.values()) <= set(SCOPES), scopes
    reading = {name for name, scope in scopes.items() if str(scope).endswith(":read")}
    assert reading == {name for name in scopes if name.startswith("GET ")}, "a GET reads, and nothing else does"


async def test_a_publishable_key_opens_nothing_but_what_is_public(scene: Scene) -> None:
    publishable = await scene.key(kind="publishable")
    for headers in (publishable, {**publishable, "X-Api-Secret": CREDENTIALS["X-Api-Secret"]}):
        for route in scene.routes():
            reply = await scene.call(route, headers)
            assert (reply.status, reply.code) == (403, "PERMISSION_ERROR"), name_of(route)
    shown = await scene.ask("GET", f"/api/v1/orders/{scene.ids['orders']}/public", publishable)
    assert (shown.status, set(shown.body)) == (200, set(PublicOrder.model_fields))


async def test_fields_that_a_caller_may_not_set_have_no_effect_or_are_refused(scene: Scene) -> None:
    others, endpoints = await scene.rows(OTHER_ID), await scene.endpoints()
    admin = {"X-Admin-Key": ADMIN_KEY}
    for route in (*scene.routes(), *scene.public_routes(), *scene.operators_routes()):
        if route.method not in ("POST", "PUT", "PATCH"):
            continue
        headers = admin if name_of(route) in OPERATOR else CREDENTIALS
        fields = route.body.model_fields if route.body is not None else {}
        extra = {name: value for name, value in TOO_MUCH.items() if name not in fields}
        forbids = route.body is not None and route.body.model_config.get("extra") == "forbid"
        if forbids:
            for name, value in extra.items():
                reply = await scene.call(route, headers, body={**(scene.body(route) or {}), name: value})
                assert (reply.status, reply.code) == (400, "BAD_REQUEST_ERROR"), (name_of(route), name)
        else:
            reply = await scene.call(route, headers, body={**(scene.body(route) or {}), **extra})
            assert reply.status in (200, 201, 400), (name_of(route), reply)
            assert "chosen by me" not in str(reply.body)
    assert await scene.rows(OTHER_ID) == others
    assert await scene.endpoints() == endpoints


async def test_a_payment_with_fields_of_its_own_choosing_is_as_one_without(scene: Scene) -> None:
    plain, chosen = [await life(scene, extra) for extra in ({}, TOO_MUCH)]
    assert plain == chosen


async def life(scene: Scene, extra: dict[str, Any]) -> list[dict[str, Any]]:
    """An order, its payment, a reversal and a capture, and the rows that they leave, without instants and names."""
    without = {name: value for name, value in extra.items() if name != "id"}
    order = (await scene.ask("POST", "/api/v1/orders", CREDENTIALS, {**extra, "amount": 5000})).body["id"]
    pay = {**extra, "order_id": order, "method": "upi", "vpa": "success@bank"}
    payment = (await scene.ask("POST", "/api/v1/payments", CREDENTIALS, pay)).body["id"]
    await scene.gateway.arrive()
    path = f"/api/v1/payments/{payment}"
    assert (await scene.ask("POST", f"{path}/refunds", CREDENTIALS, {**without, "amount": 700})).status == 201
    assert (await scene.ask("POST", f"{path}/capture", CREDENTIALS, {**without, "amount": 3000})).status == 200
    assert (await scene.ask("POST", f"{path}/cancel", CREDENTIALS, without)).status == 400
    rows = []
    for query in (
        "SELECT o.* FROM api.orders AS o JOIN api.payments AS p ON p.order_id = o.id WHERE p.id = $1",
        "SELECT * FROM api.payments WHERE id = $1",
        "SELECT * FROM api.refunds WHERE payment_id = $1",
        "SELECT account, amount_minor, merchant_id FROM api.ledger_entries WHERE payment_id = $1 ORDER BY id",
    ):
        for row in await scene.gateway.owner.fetch(query, payment):
            rows.append({name: value for name, value in row.items() if name not in INSTANTS_AND_NAMES})
    return rows


def shows_refunds_to_anybody(patch: pytest.MonkeyPatch) -> None:
    anybodys = "SELECT * FROM refunds WHERE id = $2 AND $1::text IS NOT NULL"
    patch.setattr("services.api.store.queries.get_refund.text", anybodys)


def captures_for_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("services.api.payments.owned", lambda work, merchant_id, payment_id: work.payments[payment_id])


def forgets_scopes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Principal, "check", lambda principal, scope: None)


HOLES: Final = [
    (shows_refunds_to_anybody, test_what_is_anothers_is_told_of_as_what_does_not_exist),
    (captures_for_anybody, test_what_is_anothers_is_told_of_as_what_does_not_exist),
    (forgets_scopes, test_a_key_without_the_scope_is_refused_and_one_with_only_it_is_let_in),
]


@pytest.mark.parametrize(("hole", "walk"), HOLES, ids=[hole.__name__ for hole, _ in HOLES])
async def test_a_hole_is_found(
    scene: Scene,
    hole: Callable[[pytest.MonkeyPatch], None],
    walk: Callable[[Scene], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hole(monkeypatch)
    with pytest.raises(AssertionError):
        await walk(scene)
