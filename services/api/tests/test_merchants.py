"""Merchants: made by the operator alone, told of on Kafka, and shut off from each other."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis import pg
from chassis.runtime import Runtime
from contracts import ids
from contracts.events.merchant import MerchantCreated
from services.api.merchants import Announcements
from services.api.seed import SEED_MERCHANT_ID
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_MERCHANT, serving
from services.api.tests.test_payments import Client

ADMIN_KEY = "an-operators-key"
ADMIN = {"X-Admin-Key": ADMIN_KEY}
ASKED = {"name": "Asha's Books", "email": "asha@books.example"}
Headers = dict[str, str]


@pytest.fixture
async def governed(runtime: Runtime[Settings]) -> AsyncIterator[Client]:
    """An api whose operator has a key."""
    values = {**runtime.settings.model_dump(), "admin_api_key": ADMIN_KEY}
    runtime.settings = Settings(**values)
    async with serving(runtime) as made:
        yield made


async def ask(
    client: Client, method: str, path: str, body: Any = None, headers: Headers = ADMIN
) -> tuple[int, dict[str, Any]]:
    async with client.request(method, f"/api/v1{path}", json=body, headers=headers) as response:
        return response.status, await response.json()


async def new_merchant(client: Client, **asked: Any) -> tuple[dict[str, Any], Headers]:
    status, made = await ask(client, "POST", "/merchants", {**ASKED, **asked})
    assert status == 201, made
    return made, {"X-Api-Key": made["api_key"], "X-Api-Secret": made["api_secret"]}


async def test_a_new_merchant_can_take_payments_at_once(governed: Client) -> None:
    made, headers = await new_merchant(governed)
    assert ids.is_id(made["id"], ids.MERCHANT)
    status, order = await ask(governed, "POST", "/orders", {"amount": 5000}, headers)
    assert (status, order["merchant_id"]) == (201, made["id"])
    paying = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
    public = {"X-Api-Key": made["publishable_key"]}
    assert (await ask(governed, "POST", "/payments/public", paying, public))[0] == 201
    status, shown = await ask(governed, "GET", f"/merchants/{made['id']}")
    assert (status, shown) == (200, {name: made[name] for name in ("id", "name", "email", "created_at")})


async def test_merchants_see_nothing_of_each_other(governed: Client) -> None:
    (_, one), (_, other) = await new_merchant(governed), await new_merchant(governed)
    _, order = await ask(governed, "POST", "/orders", {"amount": 5000}, one)
    paying = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
    _, payment = await ask(governed, "POST", "/payments", paying, one)
    for headers in (other, HEADERS):
        for path in (f"/orders/{order['id']}", f"/payments/{payment['id']}", f"/api_keys/{one['X-Api-Key']}"):
            assert (await ask(governed, "GET", path, headers=headers))[0] == 404
        assert (await ask(governed, "POST", "/payments", paying, headers))[0] == 404
        assert (await ask(governed, "POST", f"/payments/{payment['id']}/cancel", {}, headers))[0] == 404
        for noun in ("orders", "payments", "refunds"):
            _, listed = await ask(governed, "GET", f"/{noun}", headers=headers)
            assert (listed["data"], listed["total"]) == ([], 0)
    _, keys = await ask(governed, "GET", "/api_keys", headers=other)
    assert one["X-Api-Key"] not in {key["key"] for key in keys["data"]}


async def test_merchants_are_listed_newest_first_page_by_page(governed: Client) -> None:
    made = [(await new_merchant(governed, name=f"Shop {number}"))[0]["id"] for number in range(3)]
    _, first = await ask(governed, "GET", "/merchants?limit=2")
    assert [one["id"] for one in first["data"]] == [made[2], made[1]]
    assert first["has_more"]
    _, rest = await ask(governed, "GET", f"/merchants?starting_after={first['next_cursor']}")
    assert [one["id"] for one in rest["data"]] == [made[0], OTHER_MERCHANT, SEED_MERCHANT_ID]
    assert not rest["has_more"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Admin-Key": "wrong"}, {"Authorization": "Bearer wrong"}, {"X-Admin-Key": "\u00e9"}, HEADERS],
    ids=str,
)
async def test_nobody_but_the_operator_makes_or_sees_merchants(governed: Client, headers: Headers) -> None:
    for method, path in (("POST", "/merchants"), ("GET", "/merchants"), ("GET", f"/merchants/{SEED_MERCHANT_ID}")):
        status, body = await ask(governed, method, path, ASKED, headers)
        assert (status, body["error"]["code"]) == (401, "AUTHENTICATION_ERROR")


async def test_without_an_operators_key_nobody_is_the_operator(client: Client) -> None:
    for headers in (ADMIN, {"X-Admin-Key": ""}, {"Authorization": "Bearer "}, {}):
        assert (await ask(client, "GET", "/merchants", headers=headers))[0] == 401


async def test_the_operators_key_may_come_as_a_bearer_token(governed: Client) -> None:
    bearer = {"Authorization": f"Bearer {ADMIN_KEY}"}
    assert (await ask(governed, "GET", "/merchants", headers=bearer))[0] == 200


async def test_the_operator_may_ask_for_the_audit_of_everybody(governed: Client) -> None:
    """As far as it goes here: the other services are not there, so that it gets no further than to them."""
    assert (await ask(governed, "GET", "/audit"))[0] == 503
    assert (await ask(governed, "GET", "/audit", headers={"X-Admin-Key": "wrong"}))[0] == 401


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 256},
        {"email": "nobody"},
        {"email": "a@b c"},
        {"email": "a\x1c@b"},
        {"webhook_url": "ftp://books.example"},
        {"webhook_url": "books.example"},
        {"webhook_url": "http://"},
        {"webhook_url": "http://books.example:99999"},
        {"webhook_url": "http://[]@"},
        {"webhook_url": "http://books.example/\n"},
        {"secret": "mine"},
    ],
    ids=str,
)
async def test_bad_input_makes_no_merchant(governed: Client, db: pg.Connection, change: dict[str, Any]) -> None:
    status, body = await ask(governed, "POST", "/merchants", {**ASKED, **change})
    assert (status, body["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert await db.fetchval("SELECT count(*) FROM merchants") == 2


async def test_a_merchant_is_made_once_for_one_idempotency_key_and_its_secret_is_kept_sealed(
    governed: Client, db: pg.Connection
) -> None:
    headers = {**ADMIN, "Idempotency-Key": "k"}
    first = await ask(governed, "POST", "/merchants", ASKED, headers)
    assert first[0] == 201
    assert await ask(governed, "POST", "/merchants", ASKED, headers) == first
    bodies = [row["body"] for row in await db.fetch("SELECT body FROM idempotency_key")]
    assert len(bodies) == 1
    assert first[1]["api_secret"].encode() not in bodies[0]
    assert await db.fetchval("SELECT count(*) FROM merchants") == 3


async def told(db: pg.Connection) -> list[MerchantCreated]:
    rows = await db.fetch("SELECT * FROM outbox WHERE topic = 'merchant.events.v1' ORDER BY id")
    events = [MerchantCreated.model_validate_json(row["data"]) for row in rows]
    assert [row["key"] for row in rows] == [event.merchant.id for event in events]
    assert not [row for row in rows if row["tenant"]], "it would enter the log that merchants read"
    return events


async def test_a_new_merchant_is_told_of_in_its_own_transaction_without_a_secret(
    governed: Client, db: pg.Connection
) -> None:
    made, _ = await new_merchant(governed, webhook_url="https://books.example/webhook")
    (event,) = await told(db)
    assert (event.merchant.id, event.merchant.webhook_url) == (made["id"], "https://books.example/webhook")
    raw = await db.fetchval("SELECT data FROM outbox WHERE topic = 'merchant.events.v1'")
    assert made["api_secret"].encode() not in raw


class Watch:
    """As much of chassis' ClusterWatch as the announcements ask for: a broker that can be exchanged."""

    def __init__(self, cluster: str) -> None:
        self.connected = True
        self.cluster = cluster

    async def cluster_id(self) -> str:
        return self.cluster


async def test_a_cluster_is_told_once_of_everybody_and_a_new_one_again(
    runtime: Runtime[Settings], db: pg.Connection
) -> None:
    watch: Any = Watch("first")
    announcements = Announcements(runtime.clock, watch)

    async def sweep() -> set[str]:
        async with pg.transaction(runtime.pool) as connection:
            await connection.execute("DELETE FROM outbox")
            assert not await announcements.tell_merchants(connection)
        return {event.merchant.id for event in await told(db)}

    everybody = {SEED_MERCHANT_ID, OTHER_MERCHANT}
    assert await sweep() == everybody
    assert await sweep() == set()
    watch.cluster = "another, after the first was wiped"
    assert await sweep() == everybody
    watch.connected = False
    watch.cluster = "a third"
    assert await sweep() == set()
