"""API keys: made, restricted, renamed, rolled, revoked; and what is written with a key while it is revoked."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from chassis import pg
from chassis.runtime import Runtime
from services.api.seed import SEED_PUBLISHABLE_KEY
from services.api.settings import Settings
from services.api.tests.breaking import begin_writes_with
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, serving
from services.api.tests.test_payments import Client
from tests.waiting import eventually

Headers = dict[str, str]
ROUNDS = [pytest.param(8), pytest.param(200, marks=pytest.mark.prove)]
WRITERS = 12
LOOK_AND_HOLD = r"SELECT f\.key\s.*?FOR SHARE OF f"
"""What `begin_writes` does with API keys."""

TRIES = 10


@pytest.fixture
async def trusting(runtime: Runtime[Settings]) -> AsyncIterator[Client]:
    """A replica that trusts for a second what it read of a key, as the running api does."""
    async with _replica(runtime) as made:
        yield made


@pytest.fixture
async def trusting_second(settings: Settings, trusting: Client) -> AsyncIterator[Client]:
    """Another one on the same database."""
    runtime: Runtime[Settings] = await Runtime.start("api", settings, topics=[])
    async with _replica(runtime) as made:
        yield made
    await runtime.pool.close()


@contextlib.asynccontextmanager
async def _replica(runtime: Runtime[Settings]) -> AsyncIterator[Client]:
    runtime.settings = runtime.settings.model_copy(update={"api_key_cache_s": 1.0})
    async with serving(runtime) as made:
        yield made


async def ask(
    client: Client, method: str, path: str, body: Any = None, headers: Headers = HEADERS, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    sent = headers | ({"Idempotency-Key": key} if key else {})
    async with client.request(method, f"/api/v1{path}", json=body, headers=sent) as response:
        return response.status, await response.json()


async def new_key(client: Client, headers: Headers = HEADERS, **asked: Any) -> dict[str, Any]:
    status, made = await ask(client, "POST", "/api_keys", {"name": "Another", **asked}, headers)
    assert status == 201, made
    return made


def headers_of(made: dict[str, Any]) -> Headers:
    return {"X-Api-Key": made["key"], "X-Api-Secret": made["secret"]}


async def order_status(client: Client, headers: Headers) -> int:
    status, _ = await ask(client, "POST", "/orders", {"amount": 5000}, headers)
    return status


async def test_a_new_key_shows_its_secret_once_and_works_in_every_form(client: Client, db: pg.Connection) -> None:
    made = await new_key(client, name="Shop")
    assert (made["name"], made["scopes"], made["status"], made["id"]) == ("Shop", ["*"], "active", made["key"])
    for form in (
        headers_of(made),
        {"Authorization": encode_basic_auth(made["key"], made["secret"])},
        {"Authorization": f"Bearer {made['secret']}"},
    ):
        assert (await ask(client, "GET", "/orders", headers=form))[0] == 200
    _, listed = await ask(client, "GET", "/api_keys")
    assert next(key["key"] for key in listed["data"]) == made["key"]
    assert listed["total"] == 3  # with the two that are seeded
    shown = (await ask(client, "GET", f"/api_keys/{made['id']}"))[1]
    assert "secret" not in shown
    assert made["secret"] not in str(listed) + str(shown)
    (kept,) = await db.fetch("SELECT * FROM api_keys WHERE key = $1", made["key"])
    assert made["secret"] not in repr(dict(kept))


async def test_a_restricted_key_may_do_what_its_scopes_say_and_is_told_which_one_it_lacks(client: Client) -> None:
    made = headers_of(await new_key(client, scopes=["orders:read", "payments:write"]))
    assert (await ask(client, "GET", "/orders", headers=made))[0] == 200
    status, body = await ask(client, "POST", "/orders", {"amount": 5000}, made)
    assert (status, body["error"]["code"]) == (403, "PERMISSION_ERROR")
    assert "orders:write" in body["error"]["description"]
    assert (await ask(client, "GET", "/payments", headers=made))[0] == 403
    assert (await ask(client, "GET", "/api_keys", headers=made))[0] == 403
    assert (await ask(client, "GET", "/merchants/profile", headers=made))[0] == 403


async def test_a_restricted_key_makes_and_rolls_no_key_with_more_scopes_than_its_own(client: Client) -> None:
    full = await new_key(client)
    maker = headers_of(await new_key(client, scopes=["api_keys:write", "orders:read"]))
    for scopes in (None, "*", ["orders:read", "orders:write"]):
        status, body = await ask(client, "POST", "/api_keys", {"name": "More", "scopes": scopes}, maker)
        assert (status, body["error"]["code"]) == (403, "PERMISSION_ERROR"), scopes
    assert (await ask(client, "POST", "/api_keys", {"name": "Less", "scopes": ["orders:read"]}, maker))[0] == 201
    assert (await ask(client, "POST", f"/api_keys/{full['id']}/roll", {}, maker))[0] == 403
    assert await order_status(client, headers_of(full)) == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything:write"]},
        {"name": "x", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "expires_at": "9999-12-31T23:59:59"},
        {"name": "x", "kind": "publishable", "scopes": ["orders:read"]},
        {"name": "x", "rate_limit_per_s": 0},
        {"name": "x", "secret": "mine"},
        {"name": "nul \x00"},
    ],
    ids=str,
)
async def test_bad_input_makes_no_key(client: Client, db: pg.Connection, body: dict[str, Any]) -> None:
    before = await db.fetchval("SELECT count(*) FROM api_keys")
    status, answer = await ask(client, "POST", "/api_keys", body)
    assert (status, answer["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert await db.fetchval("SELECT count(*) FROM api_keys") == before


async def test_a_key_is_made_once_for_one_idempotency_key_and_its_secret_is_kept_sealed(
    client: Client, db: pg.Connection
) -> None:
    first = await ask(client, "POST", "/api_keys", {"name": "Once"}, key="k")
    assert await ask(client, "POST", "/api_keys", {"name": "Once"}, key="k") == first
    assert (await ask(client, "POST", "/api_keys", {"name": "Other"}, key="k"))[0] == 422
    bodies = [row["body"] for row in await db.fetch("SELECT body FROM idempotency_key")]
    assert bodies
    assert not [body for body in bodies if first[1]["secret"].encode() in body]
    assert await db.fetchval("SELECT count(*) FROM api_keys WHERE name = 'Once'") == 1


async def test_a_key_is_renamed_and_another_merchants_key_is_not_there(client: Client) -> None:
    made = await new_key(client)
    assert (await ask(client, "PATCH", f"/api_keys/{made['id']}", {"name": "New"}))[1]["name"] == "New"
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/roll", {}),
    ):
        assert (await ask(client, method, f"/api_keys/{made['id']}{path}", body, OTHER_HEADERS))[0] == 404
    assert (await ask(client, "GET", "/api_keys/%2e%2e"))[0] == 404
    assert await order_status(client, headers_of(made)) == 201


async def test_a_rolled_key_works_beside_the_new_one_until_the_grace_has_ended(
    client: Client, db: pg.Connection
) -> None:
    old = await new_key(client, name="Shop", scopes=["orders:write"])
    status, new = await ask(client, "POST", f"/api_keys/{old['id']}/roll", {"grace_s": 3600})
    assert (status, new["replaces"], new["name"], new["scopes"]) == (200, old["id"], "Shop", ["orders:write"])
    assert new["secret"] != old["secret"]
    assert [await order_status(client, headers_of(made)) for made in (old, new)] == [201, 201]
    await db.execute("UPDATE api_keys SET expires_at = now() WHERE key = $1", old["key"])
    assert [await order_status(client, headers_of(made)) for made in (old, new)] == [401, 201]
    assert (await ask(client, "GET", f"/api_keys/{old['id']}"))[1]["status"] == "expired"
    status, body = await ask(client, "POST", f"/api_keys/{old['id']}/roll", {})
    assert (status, "ended" in body["error"]["description"]) == (400, True)


async def test_rolled_without_a_grace_the_old_key_ends_at_once(client: Client) -> None:
    old = await new_key(client)
    _, new = await ask(client, "POST", f"/api_keys/{old['id']}/roll", headers=headers_of(old))
    assert [await order_status(client, headers_of(made)) for made in (old, new)] == [401, 201]


async def test_a_revoked_key_opens_nothing_more_and_is_still_listed(client: Client) -> None:
    made = await new_key(client)
    status, told = await ask(client, "DELETE", f"/api_keys/{made['id']}")
    assert (status, told["status"]) == (200, "revoked")
    assert await order_status(client, headers_of(made)) == 401
    assert (await ask(client, "DELETE", f"/api_keys/{made['id']}"))[1] == told
    assert (await ask(client, "GET", f"/api_keys/{made['id']}"))[1]["revoked_at"] is not None


async def test_a_publishable_key_is_refused_wherever_a_secret_is_asked_for(client: Client) -> None:
    made = await new_key(client, kind="publishable")
    assert made["secret"] is None
    for key in (made["key"], SEED_PUBLISHABLE_KEY):
        for sent in ({}, {"X-Api-Secret": HEADERS["X-Api-Secret"]}):
            status, body = await ask(client, "GET", "/orders", headers={"X-Api-Key": key, **sent})
            assert (status, body["error"]["code"]) == (403, "PERMISSION_ERROR")
    assert (await ask(client, "GET", "/orders", headers={"X-Api-Key": "pk_test_nobody"}))[0] == 401
    await ask(client, "DELETE", f"/api_keys/{made['id']}")
    assert (await ask(client, "GET", "/orders", headers={"X-Api-Key": made["key"]}))[0] == 401


async def test_a_keys_last_use_is_told_soon_afterwards(client: Client) -> None:
    made = await new_key(client)
    assert (await ask(client, "GET", f"/api_keys/{made['id']}"))[1]["last_used_at"] is None
    assert await order_status(client, headers_of(made)) == 201

    async def told() -> Any:
        return (await ask(client, "GET", f"/api_keys/{made['id']}"))[1]["last_used_at"]

    await eventually(told, "its last use is told")


async def test_with_a_revoked_key_nothing_is_forwarded_to_the_notifier(
    trusting: Client, trusting_second: Client
) -> None:
    made = await new_key(trusting)
    change = ("PUT", "/merchants/webhook", {"webhook_url": None}, headers_of(made))
    assert (await ask(trusting_second, *change))[0] == 503, "a live key gets as far as the notifier, which is away"
    await ask(trusting, "DELETE", f"/api_keys/{made['id']}")
    assert (await ask(trusting_second, *change))[0] == 401


@pytest.mark.parametrize("rounds", ROUNDS)
async def test_once_a_revocation_is_answered_nothing_is_written_with_the_key(
    trusting: Client, trusting_second: Client, db: pg.Connection, rounds: int
) -> None:
    for _ in range(rounds):
        assert await written_after_its_revocation(trusting, trusting_second, db) == 0


async def test_without_the_look_at_its_key_a_batch_would_write_with_a_revoked_one(
    trusting: Client, trusting_second: Client, db: pg.Connection, settings: Settings
) -> None:
    """The race shown: a process that trusts what it read of a key a moment ago goes on writing with it."""
    async with begin_writes_with(owner_dsn(settings), LOOK_AND_HOLD, "SELECT unnest(api_keys_used) AS key"):
        assert await written_after_its_revocation(trusting, trusting_second, db) > 0


async def test_without_the_lock_a_batch_that_is_under_way_would_write_after_the_revocation(
    trusting: Client, trusting_second: Client, db: pg.Connection, settings: Settings
) -> None:
    """The race shown: a look that holds nothing does not keep the revocation from being answered too early."""
    look = "SELECT k.key, pg_sleep(0.2) FROM api_keys AS k WHERE k.key = ANY (api_keys_used) AND k.revoked_at IS NULL"
    async with begin_writes_with(owner_dsn(settings), LOOK_AND_HOLD, look):
        for _ in range(TRIES):
            if await written_after_its_revocation(trusting, trusting_second, db) > 0:
                return
    pytest.fail(f"it did not show in {TRIES} tries")


def owner_dsn(settings: Settings) -> str:
    """Of who may change a function."""
    assert settings.migrate_database_url is not None
    return settings.migrate_database_url.get_secret_value()


async def written_after_its_revocation(first: Client, second: Client, db: pg.Connection) -> int:
    """How many orders traffic over two replicas writes with a key after the answer to its revocation.

    The batches of both hold the key nearly all the time between them; the revocation gets through nevertheless.
    """
    made = await new_key(first)
    written = asyncio.Event()
    traffic = [
        asyncio.create_task(_write_until_refused((first, second)[number % 2], headers_of(made), number, written))
        for number in range(WRITERS)
    ]
    await written.wait()
    status, told = await ask(first, "DELETE", f"/api_keys/{made['id']}")
    before = await db.fetchval("SELECT count(*) FROM orders")
    assert status == 200, told
    await asyncio.gather(*traffic)
    assert await db.fetchval("SELECT count(*) FROM idempotency_key WHERE body IS NULL") == 0
    return int(await db.fetchval("SELECT count(*) FROM orders") - before)


async def _write_until_refused(client: Client, headers: Headers, number: int, written: asyncio.Event) -> None:
    """Orders with this key, every other writer's with Idempotency-Keys, until the key is refused."""
    for turn in itertools.count():
        key = f"{headers['X-Api-Key']}-{number}-{turn}" if number // 2 % 2 else None
        status, told = await ask(client, "POST", "/orders", {"amount": 5000}, headers, key)
        if status == 401:
            return
        assert status == 201, told
        written.set()
