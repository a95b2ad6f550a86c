"""Orders, payments, captures and refunds over HTTP, with the rows they leave behind."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient

from chassis import pg
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from chassis.runtime import Runtime
from contracts.events.payment import Payment as PaymentContract
from contracts.events.payment_result import AuthorisationApproved, AuthorisationDeclined, PaymentResult
from contracts.events.refund import Refund as RefundContract
from contracts.events.refund_result import RefundExecutionFailed, RefundExecutionSucceeded, RefundResult
from services.api import payments, refunds
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS

Client = TestClient[Any, Any]
CARD = {"number": "4242 4242 4242 4242", "expiry_month": "12", "expiry_year": "25", "cvv": "123", "holder_name": "A B"}


async def post(client: Client, path: str, body: Any, headers: dict[str, str] = HEADERS) -> tuple[int, Any]:
    async with client.post(f"/api/v1{path}", json=body, headers=headers) as response:
        return response.status, await response.json()


async def get(client: Client, path: str, headers: dict[str, str] = HEADERS) -> tuple[int, Any]:
    async with client.get(f"/api/v1{path}", headers=headers) as response:
        return response.status, await response.json()


async def new_payment(client: Client, amount: int = 5000, **fields: Any) -> dict[str, Any]:
    _, order = await post(client, "/orders", {"amount": amount})
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank", **fields}
    status, payment = await post(client, "/payments", body)
    assert status == 201, payment
    return dict(payment)


def message(data: Any) -> Message[Any]:
    now = datetime.now(UTC)
    return Message(Attributes("evt_1", data.TYPE, "/test", data.payment_id, now, None), data, b"", data.payment_id)


async def apply_payment_results(runtime: Runtime[Settings], *results: PaymentResult) -> None:
    async with pg.transaction(runtime.pool) as connection:
        await payments.apply_results(
            connection, [message(result) for result in results], runtime.clock.now(), runtime.settings.terms
        )


async def apply_refund_results(runtime: Runtime[Settings], *results: RefundResult) -> None:
    async with pg.transaction(runtime.pool) as connection:
        await refunds.apply_results(connection, [message(result) for result in results], runtime.clock.now())


async def approved(db: pg.Connection, payment_id: str) -> AuthorisationApproved:
    attempt_id = await db.fetchval("SELECT attempt_id FROM payments WHERE id = $1", payment_id)
    return AuthorisationApproved(payment_id=payment_id, attempt_id=attempt_id, occurred_at=datetime.now(UTC))


async def paid(client: Client, runtime: Runtime[Settings], db: pg.Connection, **fields: Any) -> dict[str, Any]:
    payment = await new_payment(client, **fields)
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    return payment


async def ledger(db: pg.Connection, payment_id: str) -> dict[str, int]:
    rows = await db.fetch(
        "SELECT account, sum(amount_minor)::bigint AS balance FROM ledger_entries WHERE payment_id = $1 GROUP BY 1",
        payment_id,
    )
    return {row["account"]: row["balance"] for row in rows}


async def test_a_payment_is_pending_at_once_and_its_events_and_command_wait_in_the_outbox(
    client: Client, db: pg.Connection
) -> None:
    payment = await new_payment(client)
    PaymentContract.model_validate(payment)
    assert payment["status"] == "pending"
    assert payment["vpa"] == "success@bank"
    rows = await db.fetch("SELECT topic, type, key, tenant, data FROM outbox ORDER BY id")
    assert [row["type"] for row in rows] == ["payment.created", "payment.pending", "payment.authorise"]
    assert {row["key"] for row in rows} == {payment["id"]}
    events = [orjson.loads(row["data"]) for row in rows[:2]]
    assert [event["sequence"] for event in events] == [1, 2]
    assert events[0]["payment"] == payment
    assert await db.fetchval("SELECT sequence FROM payments") == 2
    assert await db.fetchval("SELECT count(*) FROM open_commands") == 1


async def test_a_card_number_and_its_cvv_are_in_no_row(client: Client, db: pg.Connection) -> None:
    payment = await new_payment(client, method="card", card=CARD)
    assert (payment["card_network"], payment["card_last4"]) == ("visa", "4242")
    assert "vpa" not in payment
    for table in ("payments", "outbox", "open_commands", "idempotency_key"):
        rows = await db.fetch(f"SELECT t::text AS row, * FROM {table} AS t")
        text = "".join(str([*row.values()]) for row in rows)
        assert "4242424242424242" not in text.replace(" ", "")
        assert "'123'" not in text


async def test_success_pays_the_order_and_capture_posts_to_the_ledger(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["captured"]) == ("success", False)
    _, order = await get(client, f"/orders/{payment['order_id']}")
    assert (order["status"], order["amount_paid"], order["amount_due"], order["attempts"]) == ("paid", 5000, 0, 1)
    status, captured = await post(client, f"/payments/{payment['id']}/capture", {"amount": 3000})
    assert status == 200
    assert (captured["status"], captured["captured"], captured["amount_captured"]) == ("success", True, 3000)
    assert await ledger(db, payment["id"]) == {"acquirer_receivable": 3000, "merchant_balance": -3000}
    status, again = await post(client, f"/payments/{payment['id']}/capture", {})
    assert (status, again["error"]["description"]) == (400, "Payment not in capturable state")


async def test_the_same_result_again_changes_nothing(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await new_payment(client)
    result = await approved(db, payment["id"])
    await apply_payment_results(runtime, result, result)
    await apply_payment_results(runtime, result)
    types = [row["type"] for row in await db.fetch("SELECT type FROM outbox ORDER BY id")]
    assert types.count("payment.success") == 1
    assert await db.fetchval("SELECT count(*) FROM open_commands") == 0


async def test_a_second_success_of_an_order_is_voided_and_tells_why(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    first = await new_payment(client)
    _, second = await post(client, "/payments", {"order_id": first["order_id"], "method": "upi", "vpa": "success@bank"})
    await apply_payment_results(runtime, await approved(db, first["id"]), await approved(db, second["id"]))
    _, seen = await get(client, f"/payments/{second['id']}")
    assert (seen["status"], seen["error_code"]) == ("failed", "ORDER_ALREADY_PAID")
    commands = [row["type"] for row in await db.fetch("SELECT type FROM outbox WHERE key = $1", second["id"])]
    assert commands.count("payment.void") == 1
    assert "payment.success" not in commands


async def test_a_decline_carries_its_code(client: Client, runtime: Runtime[Settings], db: pg.Connection) -> None:
    payment = await new_payment(client)
    result = await approved(db, payment["id"])
    declined = AuthorisationDeclined(
        **result.model_dump(), decline_code="insufficient_funds", description="The card has insufficient funds"
    )
    await apply_payment_results(runtime, declined)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"], seen["decline_code"]) == (
        "failed",
        "PAYMENT_FAILED",
        "insufficient_funds",
    )


async def test_what_is_pending_too_long_fails_and_a_late_success_never_counts(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await new_payment(client)
    deadline = await db.fetchval("SELECT deadline_at FROM payments")
    async with pg.transaction(runtime.pool) as connection:
        assert await payments.pass_deadlines(connection, [payment["id"]], deadline) == 1
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"]) == ("failed", "PAYMENT_TIMEOUT")
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"]) == ("failed", "LATE_SUCCESS")
    types = [row["type"] for row in await db.fetch("SELECT type FROM outbox")]
    assert "payment.success" not in types
    assert types.count("payment.void") == 2


async def test_automatic_capture_follows_success_in_the_same_transaction(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db, capture="automatic")
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["captured"], seen["amount_captured"]) == (True, 5000)
    types = [row["type"] for row in await db.fetch("SELECT type FROM outbox ORDER BY id")]
    assert types[-3:] == ["payment.success", "payment.captured", "payment.capture"]


async def test_refunds_never_exceed_what_was_captured_and_a_failed_one_gives_its_room_back(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    await post(client, f"/payments/{payment['id']}/capture", {})
    path = f"/payments/{payment['id']}/refunds"
    status, first = await post(client, path, {"amount": 2000, "reason": "damaged"})
    RefundContract.model_validate(first)
    assert (status, first["status"], first["kind"]) == (201, "pending", "refund")
    status, refused = await post(client, path, {"amount": 3001})
    assert (status, refused["error"]["description"]) == (400, "Refund amount exceeds available amount")
    status, second = await post(client, path, {})
    assert (status, second["amount"]) == (201, 3000)
    now = datetime.now(UTC)
    done = RefundExecutionSucceeded(refund_id=first["id"], payment_id=payment["id"], occurred_at=now)
    failed = RefundExecutionFailed(
        refund_id=second["id"], payment_id=payment["id"], occurred_at=now, error_code="REFUND_FAILED", description="no"
    )
    await apply_refund_results(runtime, done, failed, done)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["amount_refunded"], seen["refund_status"]) == (2000, "partial")
    assert await ledger(db, payment["id"]) == {
        "acquirer_receivable": 3000,
        "merchant_balance": -3000,
        "refunds_payable": 0,
    }
    _, listed = await get(client, f"/payments/{payment['id']}/refunds?status=failed")
    assert [row["id"] for row in listed["data"]] == [second["id"]]


async def test_a_refund_before_capture_is_a_reversal_that_lowers_what_can_be_captured(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    _, reversal = await post(client, f"/payments/{payment['id']}/refunds", {"amount": 1500})
    assert reversal["kind"] == "reversal"
    status, refused = await post(client, f"/payments/{payment['id']}/capture", {"amount": 3501})
    assert status == 400
    assert "exceeds" in refused["error"]["description"]
    _, captured = await post(client, f"/payments/{payment['id']}/capture", {})
    assert captured["amount_captured"] == 3500
    done = RefundExecutionSucceeded(refund_id=reversal["id"], payment_id=payment["id"], occurred_at=datetime.now(UTC))
    await apply_refund_results(runtime, done)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["amount_reversed"], seen["amount_refunded"]) == (1500, 0)
    assert await ledger(db, payment["id"]) == {"acquirer_receivable": 3500, "merchant_balance": -3500}


async def test_cancel_voids_once(client: Client, runtime: Runtime[Settings], db: pg.Connection) -> None:
    payment = await paid(client, runtime, db)
    status, canceled = await post(client, f"/payments/{payment['id']}/cancel", {})
    assert (status, canceled["status"]) == (200, "canceled")
    for action in ("cancel", "capture"):
        status, _ = await post(client, f"/payments/{payment['id']}/{action}", {})
        assert status == 400
    status, _ = await post(client, f"/payments/{payment['id']}/refunds", {})
    assert status == 400


async def test_another_merchants_objects_are_not_found(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    paths = [f"/payments/{payment['id']}", f"/orders/{payment['order_id']}", f"/payments/{payment['id']}/refunds"]
    for path in paths:
        assert (await get(client, path, OTHER_HEADERS))[0] == 404
    for path in (f"/payments/{payment['id']}/{action}" for action in ("capture", "cancel", "refunds")):
        assert (await post(client, path, {}, OTHER_HEADERS))[0] == 404
    body = {"order_id": payment["order_id"], "method": "upi", "vpa": "success@bank"}
    assert (await post(client, "/payments", body, OTHER_HEADERS))[0] == 404


async def test_lists_page_filter_and_count_without_scanning(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    made = [await new_payment(client) for _ in range(3)]
    await apply_payment_results(runtime, await approved(db, made[0]["id"]))
    _, page = await get(client, "/payments?limit=2")
    assert [row["id"] for row in page["data"]] == [made[2]["id"], made[1]["id"]]
    assert (page["total"], page["has_more"]) == (3, True)
    _, pending = await get(client, "/payments?status=pending")
    assert pending["total"] == 2
    _, of_order = await get(client, f"/payments?order_id={made[0]['order_id']}")
    assert [row["status"] for row in of_order["data"]] == ["success"]
    assert (await get(client, "/payments?limit=0"))[0] == 400
    assert (await get(client, "/payments?status=paid"))[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": HEADERS["X-Api-Key"], "X-Api-Secret": "wrong"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer nobody"},
    ],
)
async def test_wrong_credentials_are_refused(client: Client, headers: dict[str, str]) -> None:
    status, body = await get(client, "/payments", headers)
    assert (status, body["error"]["code"]) == (401, "AUTHENTICATION_ERROR")
