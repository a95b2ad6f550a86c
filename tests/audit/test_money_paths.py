"""Paths of money that cross each other, through every service, with the audit after each."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.money import AMOUNT_MAX_MINOR
from deploy.databases import Databases
from tests.audit.conftest import FEES, REFUND_FAILS
from tests.gateway import Gateway, in_process


@pytest.fixture(scope="module")
async def gateway(databases: Databases) -> AsyncIterator[Gateway]:
    """One for all paths: their payments do not meet."""
    database = databases.make(migrated=True)
    async with in_process(database, **FEES) as made:
        yield made
    databases.drop(database)


@pytest.fixture(autouse=True)
async def audited(gateway: Gateway) -> AsyncIterator[None]:
    """Whatever a test did: settled, and nothing is wrong."""
    yield
    await gateway.settle()
    report = await gateway.audit()
    assert report["ok"], report


async def authorised(gateway: Gateway, amount: int = 1_000, **fields: Any) -> str:
    payment = await gateway.new_payment(amount, **fields)
    await gateway.settle()
    return str(payment["id"])


async def capture(gateway: Gateway, payment_id: str, **body: Any) -> int:
    status, _ = await gateway.post(f"/payments/{payment_id}/capture", body)
    return status


async def refund(gateway: Gateway, payment_id: str, **body: Any) -> str:
    status, made = await gateway.post(f"/payments/{payment_id}/refunds", body)
    assert status == 201, made
    return str(made["id"])


async def shown(gateway: Gateway, payment_id: str) -> tuple[Any, ...]:
    """Status, captured, refunded, reversed, fee."""
    _, payment = await gateway.get(f"/payments/{payment_id}")
    names = ("status", "amount_captured", "amount_refunded", "amount_reversed", "fee")
    return tuple(payment[name] for name in names)


async def refund_status(gateway: Gateway, refund_id: str) -> str:
    _, found = await gateway.get(f"/refunds/{refund_id}")
    return str(found["status"])


async def past_its_deadline(gateway: Gateway, payment_id: str) -> None:
    at = gateway.api.clock.now() - timedelta(seconds=1)
    await gateway.admin.execute(
        "UPDATE api.payments SET deadline_at = $2, capture_before = CASE WHEN capture_before > $2 THEN $2 END "
        "WHERE id = $1",
        payment_id,
        at,
    )


async def test_a_part_is_captured_and_given_back_to_the_last_unit(gateway: Gateway) -> None:
    payment = await authorised(gateway)
    assert await capture(gateway, payment, amount=601) == 200
    assert await capture(gateway, payment, amount=399) == 400
    for amount in (1, 599, 1):
        await refund(gateway, payment, amount=amount)
    status, refused = await gateway.post(f"/payments/{payment}/refunds", {"amount": 1})
    assert (status, refused["error"]["description"]) == (400, "Refund amount exceeds available amount")
    await gateway.settle()
    assert await shown(gateway, payment) == ("success", 601, 601, 0, 47)


async def test_a_capture_counts_a_reversal_that_is_under_way(gateway: Gateway) -> None:
    payment = await authorised(gateway)
    reversal = await refund(gateway, payment, amount=400)
    assert await capture(gateway, payment, amount=601) == 400
    assert await capture(gateway, payment) == 200
    await gateway.settle()
    assert await refund_status(gateway, reversal) == "processed"
    assert await shown(gateway, payment) == ("success", 600, 0, 400, 47)


async def test_a_reversal_that_fails_after_the_capture_of_the_rest_leaves_nothing_to_capture(gateway: Gateway) -> None:
    payment = await authorised(gateway, method="card", card=REFUND_FAILS)
    reversal = await refund(gateway, payment, amount=400)
    assert await capture(gateway, payment) == 200
    await gateway.settle()
    assert await refund_status(gateway, reversal) == "failed"
    assert await shown(gateway, payment) == ("success", 600, 0, 0, 47)
    assert await capture(gateway, payment, amount=400) == 400
    await refund(gateway, payment, amount=600)
    assert (await gateway.post(f"/payments/{payment}/refunds", {"amount": 1}))[0] == 400


async def test_a_reversal_that_fails_before_the_capture_gives_its_room_back(gateway: Gateway) -> None:
    payment = await authorised(gateway, method="card", card=REFUND_FAILS)
    await refund(gateway, payment, amount=1_000)
    assert await capture(gateway, payment) == 400
    await gateway.settle()
    assert await capture(gateway, payment) == 200
    assert await shown(gateway, payment) == ("success", 1_000, 0, 0, 59)


async def test_a_refund_that_fails_gives_its_room_and_the_balance_back(gateway: Gateway) -> None:
    payment = await authorised(gateway, method="card", card=REFUND_FAILS)
    await capture(gateway, payment)
    before = (await gateway.get("/balance"))[1]
    failed = await refund(gateway, payment, amount=1_000)
    assert (await gateway.post(f"/payments/{payment}/refunds", {"amount": 1}))[0] == 400
    await gateway.settle()
    assert await refund_status(gateway, failed) == "failed"
    assert (await gateway.get("/balance"))[1] == before
    await refund(gateway, payment, amount=1_000)


@pytest.mark.parametrize("amount", [400, 1_000])
async def test_a_void_wins_over_a_reversal_that_is_under_way_and_both_end(gateway: Gateway, amount: int) -> None:
    payment = await authorised(gateway)
    reversal = await refund(gateway, payment, amount=amount)
    assert (await gateway.post(f"/payments/{payment}/cancel"))[0] == 200
    await gateway.settle()
    assert await refund_status(gateway, reversal) == "processed"
    assert await shown(gateway, payment) == ("canceled", 0, 0, amount, 0)


async def test_an_authorisation_expires_with_a_reversal_under_way(gateway: Gateway) -> None:
    payment = await authorised(gateway)
    reversal = await refund(gateway, payment, amount=400)
    await past_its_deadline(gateway, payment)
    assert await capture(gateway, payment) == 400
    await gateway.pass_deadlines()
    await gateway.settle()
    assert await refund_status(gateway, reversal) == "processed"
    assert (await shown(gateway, payment))[0] == "expired"
    assert (await gateway.post(f"/payments/{payment}/refunds", {"amount": 1}))[0] == 400


async def test_a_success_that_comes_after_the_deadline_is_voided_and_never_told(gateway: Gateway) -> None:
    payment = str((await gateway.new_payment())["id"])
    await gateway.publish()
    for worker in gateway.workers:
        await worker.work()  # charged; the result is on its way
    await past_its_deadline(gateway, payment)
    await gateway.pass_deadlines()
    await gateway.settle()
    _, late = await gateway.get(f"/payments/{payment}")
    assert (late["status"], late["error_code"]) == ("failed", "LATE_SUCCESS")
    told = [one["event"] for one in gateway.received if one["data"].get("payment", {}).get("id") == payment]
    assert "payment.success" not in told
    assert await capture(gateway, payment) == 400


async def test_a_second_success_of_an_order_is_voided(gateway: Gateway) -> None:
    _, order = await gateway.post("/orders", {"amount": 1_000})
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
    made = [(await gateway.post("/payments", body))[1]["id"] for _ in range(3)]
    await gateway.settle()
    ends = [(await gateway.get(f"/payments/{one}"))[1] for one in made]
    assert sorted(one["status"] for one in ends) == ["failed", "failed", "success"]
    assert {one["error_code"] for one in ends} == {None, "ORDER_ALREADY_PAID"}


async def test_the_largest_amount_is_captured_in_parts_of_one_unit_and_the_rest(gateway: Gateway) -> None:
    payment = await authorised(gateway, AMOUNT_MAX_MINOR, currency="JPY")
    await refund(gateway, payment, amount=1)
    assert await capture(gateway, payment) == 200
    await refund(gateway, payment, amount=1)
    await refund(gateway, payment)
    await gateway.settle()
    captured = AMOUNT_MAX_MINOR - 1
    assert await shown(gateway, payment) == ("success", captured, captured, 1, 29_000_000_030)


async def test_one_unit_is_captured_and_all_of_it_is_fee(gateway: Gateway) -> None:
    payment = await authorised(gateway, currency="EUR")
    assert await capture(gateway, payment, amount=1) == 200
    assert await shown(gateway, payment) == ("success", 1, 0, 0, 1)
    await refund(gateway, payment)
    await gateway.settle()
    (euros,) = [one for one in (await gateway.get("/balance"))[1]["data"] if one["currency"] == "EUR"]
    assert euros == {"currency": "EUR", "available": -1, "refunds_pending": 0, "receivable": 0, "fees": 1}


async def test_each_currency_is_kept_apart(gateway: Gateway) -> None:
    currencies = ["AUD", "BHD", "CLP", "DKK", "KWD", "XAF"]
    for number, currency in enumerate(currencies):
        await gateway.new_payment(1_000 + number, currency=currency, capture="automatic")
    await gateway.settle()
    balances = {one["currency"]: one["receivable"] for one in (await gateway.get("/balance"))[1]["data"]}
    assert [balances[currency] for currency in currencies] == [1_000 + number for number in range(6)]
