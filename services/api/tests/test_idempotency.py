"""Idempotency keys over HTTP, raced over two replicas."""

import asyncio
from typing import Any

import orjson
import pytest

from chassis import pg
from chassis.runtime import Runtime
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS
from services.api.tests.test_payments import Client, new_payment, paid, post

RACERS = 100
TRIES = 10
"""How often a race may fail to show where its lock is taken away."""


async def send(client: Client, path: str, raw: bytes, key: str, headers: dict[str, str] = HEADERS) -> tuple[Any, ...]:
    sent = {**headers, "Idempotency-Key": key, "Content-Type": "application/json"}
    async with client.post(f"/api/v1{path}", data=raw, headers=sent) as response:
        return response.status, await response.read(), response.headers.get("Idempotent-Replayed")


async def test_a_hundred_racing_requests_with_one_key_make_one_payment_and_get_the_same_bytes(
    client: Client, second: Client, db: pg.Connection
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    raw = b'{"order_id":"%s","method":"upi","vpa":"success@bank"}' % order["id"].encode()
    answers = await asyncio.gather(*(send((client, second)[n % 2], "/payments", raw, "one-key") for n in range(RACERS)))
    assert {status for status, _, _ in answers} == {201}
    assert len({body for _, body, _ in answers}) == 1
    assert [replayed for _, _, replayed in answers].count(None) == 1
    assert await db.fetchval("SELECT count(*) FROM payments") == 1
    assert await db.fetchval("SELECT count(*) FROM outbox WHERE type = 'payment.authorise'") == 1


async def test_the_key_is_bound_to_what_was_asked_not_to_its_spacing(client: Client) -> None:
    first = await send(client, "/orders", b'{"amount":5000,"receipt":"r1"}', "k")
    spaced = await send(client, "/orders", b'{ "receipt" : "r1",\n "amount" : 5000 }', '"k"')
    assert spaced == (201, first[1], "true")
    status, body, _ = await send(client, "/orders", b'{"amount":5001,"receipt":"r1"}', "k")
    assert (status, b"IDEMPOTENCY_KEY_REUSED" in body) == (422, True)


async def test_a_key_belongs_to_its_merchant_and_path(client: Client) -> None:
    mine = await send(client, "/orders", b'{"amount":5000}', "k")
    theirs = await send(client, "/orders", b'{"amount":5000}', "k", OTHER_HEADERS)
    assert (mine[0], theirs[0]) == (201, 201)
    assert mine[1] != theirs[1]


async def test_a_business_refusal_is_kept_and_a_validation_error_is_not(client: Client, db: pg.Connection) -> None:
    payment = await new_payment(client)
    refused = await send(client, f"/payments/{payment['id']}/capture", b"{}", "k1")
    again = await send(client, f"/payments/{payment['id']}/capture", b"{}", "k1")
    assert refused[0] == 400
    assert again == (400, refused[1], "true")
    invalid = await send(client, "/orders", b'{"amount":1}', "k2")
    valid = await send(client, "/orders", b'{"amount":100}', "k2")
    assert (invalid[0], valid[0]) == (400, 201)


@pytest.mark.parametrize("path", ["/orders", "/merchants/webhook/test"], ids=["ours", "forwarded"])
@pytest.mark.parametrize("key", ["x" * 256, "snow\u2603man", "\xa0"])
async def test_a_key_that_can_not_be_kept_is_refused(client: Client, key: str, path: str) -> None:
    status, body, _ = await send(client, path, b'{"amount":5000}', key)
    assert (status, b"Idempotency-Key" in body) == (400, True)


async def test_of_fifty_racing_full_refunds_one_is_accepted(
    client: Client, second: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    await post(client, f"/payments/{payment['id']}/capture", {})
    path = f"/payments/{payment['id']}/refunds"
    answers = await asyncio.gather(*(post((client, second)[n % 2], path, {"amount": 5000}) for n in range(50)))
    assert sorted(status for status, _ in answers) == [201] + [400] * 49
    assert await db.fetchval("SELECT refund_pending_minor FROM payments") == 5000
    assert await db.fetchval("SELECT count(*) FROM ledger_entries") == 4
    assert await db.fetchval("SELECT sum(amount_minor) FROM ledger_entries") == 0


async def test_without_the_row_lock_racing_refunds_would_exceed_the_capture(
    client: Client, second: Client, runtime: Runtime[Settings], db: pg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race shown: with a plain read in the lock's place, both are accepted and one is lost in the figures."""
    unlocked = "SELECT p.* FROM payments AS p, pg_sleep(0.05) WHERE id = ANY ($1::text[]) ORDER BY id"
    for _ in range(TRIES):
        payment = await paid(client, runtime, db)
        await post(client, f"/payments/{payment['id']}/capture", {})
        path = f"/payments/{payment['id']}/refunds"
        with monkeypatch.context() as patched:
            patched.setattr("services.api.store.queries.lock_payments.text", unlocked)
            answers = await asyncio.gather(*(post((client, second)[n % 2], path, {"amount": 5000}) for n in range(2)))
        if [status for status, _ in answers] == [201, 201]:
            assert await db.fetchval("SELECT count(*) FROM refunds WHERE payment_id = $1", payment["id"]) == 2
            assert await db.fetchval("SELECT refund_pending_minor FROM payments WHERE id = $1", payment["id"]) == 5000
            return
    pytest.fail(f"it did not show in {TRIES} tries")


async def test_who_is_given_the_answer_of_before_waits_for_no_order(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    raw = b'{"order_id":"%s","method":"upi","vpa":"success@bank"}' % order["id"].encode()
    first = await send(client, "/payments", raw, "k")
    async with db.transaction():
        await db.execute("SELECT FROM orders WHERE id = $1 FOR UPDATE", order["id"])
        assert await send(client, "/payments", raw, "k") == (201, first[1], "true")
        status, _, _ = await send(client, "/payments", raw, "another")
        assert status == 409, "who is to pay the order waits for it"


async def test_a_kept_refusal_is_a_problem_for_who_asks_and_the_same_envelope_for_who_does_not(client: Client) -> None:
    path = f"/payments/{(await new_payment(client))['id']}/capture"
    envelope = await send(client, path, b"{}", "k")
    problem = await send(client, path, b"{}", "k", {**HEADERS, "Accept": "application/problem+json"})
    told = orjson.loads(problem[1])
    assert (problem[0], problem[2], told["status"], told["instance"]) == (400, "true", 400, f"/api/v1{path}")
    assert told["detail"] == orjson.loads(envelope[1])["error"]["description"]
    assert await send(client, path, b"{}", "k") == (400, envelope[1], "true")
