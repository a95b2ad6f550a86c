"""Fees, the balance and the ledger's entries, as a merchant reads them."""

from typing import Any

import pytest

from chassis import counts, pg
from chassis.runtime import Runtime
from contracts.events.refund_result import RefundExecutionFailed, RefundExecutionSucceeded
from services.api.settings import Settings
from services.api.state import Fee
from services.api.tests.conftest import OTHER_HEADERS
from services.api.tests.test_payments import (
    Client,
    apply_payment_results,
    apply_refund_results,
    approved,
    get,
    ledger,
    paid,
    post,
)

STRIPE = Fee(basis_points=290, fixed_minor=30)


@pytest.mark.parametrize(
    ("fee", "amount_minor", "kept_minor"),
    [
        (Fee(), 10_000, 0),
        (STRIPE, 10_000, 320),
        (STRIPE, 1, 1),
        (STRIPE, 30, 30),
        (STRIPE, 10**12, 29_000_000_030),
        (Fee(basis_points=250), 20, 1),  # 0.5 is rounded up
        (Fee(basis_points=249), 20, 0),
        (Fee(basis_points=10_000), 777, 777),
        (Fee(basis_points=10_000, fixed_minor=1), 777, 777),
    ],
)
def test_a_fee_is_a_share_rounded_half_up_and_an_amount_but_never_more_than_what_was_captured(
    fee: Fee, amount_minor: int, kept_minor: int
) -> None:
    assert fee.of(amount_minor) == kept_minor


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """With what Stripe usually keeps."""
    return settings.model_copy(update={"fee_basis_points": 290, "fee_fixed_minor": 30})


async def captured(
    client: Client, runtime: Runtime[Settings], db: pg.Connection, amount: int = 10_000, **fields: Any
) -> str:
    payment = await paid(client, runtime, db, amount=amount, **fields)
    status, shown = await post(client, f"/payments/{payment['id']}/capture", {})
    assert status == 200, shown
    return str(payment["id"])


async def refunded(client: Client, runtime: Runtime[Settings], payment_id: str, amount: int) -> str:
    _, refund = await post(client, f"/payments/{payment_id}/refunds", {"amount": amount})
    result = RefundExecutionSucceeded(refund_id=refund["id"], payment_id=payment_id, occurred_at=runtime.clock.now())
    await apply_refund_results(runtime, result)
    return str(refund["id"])


async def balance(client: Client) -> dict[str, dict[str, int]]:
    status, body = await get(client, "/balance")
    assert status == 200, body
    return {one.pop("currency"): one for one in body["data"]}


async def entries(client: Client, query: str = "") -> list[dict[str, Any]]:
    status, body = await get(client, f"/ledger_entries?limit=100&{query}")
    assert status == 200, body
    assert body["total"] == len(body["data"])
    return list(body["data"])


async def test_a_capture_posts_amount_net_and_fee_at_once_and_shows_the_fee(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment_id = await captured(client, runtime, db)
    _, shown = await get(client, f"/payments/{payment_id}")
    assert (shown["amount_captured"], shown["fee"]) == (10_000, 320)
    posted = await entries(client, f"payment_id={payment_id}")
    assert [(e["account"], e["amount"]) for e in reversed(posted)] == [
        ("acquirer_receivable", 10_000),
        ("merchant_balance", -9_680),
        ("fees", -320),
    ]
    assert {e["event_type"] for e in posted} == {"payment.captured"}
    assert len({e["event_id"] for e in posted}) == 1


async def test_a_fee_that_takes_all_leaves_no_entry_of_zero(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db, amount=100)
    await post(client, f"/payments/{payment['id']}/capture", {"amount": 10})
    assert await ledger(db, payment["id"]) == {"acquirer_receivable": 10, "fees": -10}


async def test_the_balance_follows_every_posting_and_a_refund_does_not_give_back_the_fee(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    assert await balance(client) == {}
    payment_id = await captured(client, runtime, db)
    whole = {"available": 9_680, "refunds_pending": 0, "receivable": 10_000, "fees": 320}
    assert await balance(client) == {"INR": whole}
    _, refund = await post(client, f"/payments/{payment_id}/refunds", {"amount": 1_000})
    held = {"available": 8_680, "refunds_pending": 1_000, "receivable": 10_000, "fees": 320}
    assert await balance(client) == {"INR": held}
    failed = RefundExecutionFailed(
        refund_id=refund["id"],
        payment_id=payment_id,
        occurred_at=runtime.clock.now(),
        error_code="REFUND_FAILED",
        description="No",
    )
    await apply_refund_results(runtime, failed)
    assert await balance(client) == {"INR": whole}
    await refunded(client, runtime, payment_id, 10_000)
    assert await balance(client) == {"INR": {"available": -320, "refunds_pending": 0, "receivable": 0, "fees": 320}}


async def test_the_balance_is_the_same_before_and_after_its_deltas_are_folded(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    for _ in range(3):
        await captured(client, runtime, db)
    before = await balance(client)
    await counts.fold(db)
    assert await db.fetchval("SELECT count(*) FROM count_delta") == 0
    assert await balance(client) == before
    assert before["INR"]["available"] == 3 * 9_680


async def test_each_currency_and_each_merchant_has_a_balance_of_its_own(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    await captured(client, runtime, db)
    _, order = await post(client, "/orders", {"amount": 500, "currency": "USD"})
    _, payment = await post(client, "/payments", {"order_id": order["id"], "method": "upi", "vpa": "success@bank"})
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    await post(client, f"/payments/{payment['id']}/capture", {})
    found = await balance(client)
    assert {currency: one["available"] for currency, one in found.items()} == {"INR": 9_680, "USD": 455}
    assert {e["currency"] for e in await entries(client, "account=fees")} == {"INR", "USD"}
    assert {e["currency"] for e in await entries(client, "currency=USD")} == {"USD"}
    _, others = await get(client, "/balance", OTHER_HEADERS)
    assert others == {"data": []}
    _, listed = await get(client, "/ledger_entries", OTHER_HEADERS)
    assert (listed["data"], listed["total"]) == ([], 0)


async def test_entries_are_found_by_what_they_are_about(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    first, second = [await captured(client, runtime, db) for _ in range(2)]
    refund_id = await refunded(client, runtime, second, 2_000)
    everything = await entries(client)
    assert [e["id"] for e in everything] == sorted((e["id"] for e in everything), reverse=True)
    assert sum(e["amount"] for e in everything) == 0
    assert len(everything) == 10
    assert {e["payment_id"] for e in await entries(client, f"payment_id={first}")} == {first}
    of_refund = await entries(client, f"refund_id={refund_id}")
    assert [(e["account"], e["amount"], e["event_type"]) for e in reversed(of_refund)] == [
        ("merchant_balance", 2_000, "refund.created"),
        ("refunds_payable", -2_000, "refund.created"),
        ("refunds_payable", 2_000, "refund.processed"),
        ("acquirer_receivable", -2_000, "refund.processed"),
    ]
    assert await entries(client, f"refund_id={refund_id}&payment_id={first}") == []
    of_event = await entries(client, f"event_id={of_refund[0]['event_id']}")
    assert of_event == of_refund[:2]
    assert len(await entries(client, "account=fees")) == 2
    assert len(await entries(client, f"account=fees&payment_id={first}")) == 1
    assert await entries(client, "currency=USD") == []
    assert len(await entries(client, "currency=INR&account=merchant_balance")) == 3
    instant = of_refund[0]["created_at"]
    assert await entries(client, f"created_from={instant}") == of_refund[:2]
    assert len(await entries(client, f"created_to={instant}")) == 10
    assert await entries(client, "created_to=2001-01-01") == []
    assert await entries(client, "created_from=9999-12-31T23:59:59Z") == []


@pytest.mark.parametrize("of_payment", [False, True])
async def test_cursors_walk_all_entries_in_both_directions(
    client: Client, runtime: Runtime[Settings], db: pg.Connection, *, of_payment: bool
) -> None:
    payment_id = await captured(client, runtime, db)
    for _ in range(2):
        await refunded(client, runtime, payment_id, 100)
    some = f"limit=4&payment_id={payment_id}" if of_payment else "limit=4"
    everything = [e["id"] for e in await entries(client)]

    async def page(cursor: str) -> tuple[list[str], bool]:
        status, body = await get(client, f"/ledger_entries?{some}{cursor}")
        assert (status, body["total"], body["total_capped"]) == (200, 11, False)
        return [e["id"] for e in body["data"]], body["has_more"]

    assert await page("") == (everything[:4], True)
    assert await page(f"&starting_after={everything[3]}") == (everything[4:8], True)
    assert await page(f"&starting_after={everything[7]}") == (everything[8:], False)
    assert await page(f"&ending_before={everything[8]}") == (everything[4:8], True)
    assert await page(f"&ending_before={everything[4]}") == (everything[:4], False)
    assert await page(f"&ending_before={everything[0]}") == ([], False)


@pytest.mark.parametrize(
    "query",
    [
        "account=gold",
        "currency=inr",
        "payment_id=pay_1",
        "refund_id=x",
        "event_id=%00",
        "starting_after=le_1",
        "starting_after=le_000000000000000001&ending_before=le_000000000000000001",
        "created_from=yesterday",
        "created_from=0001-01-01T00:00:00%2B14:00",
        "limit=0",
        "limit=101",
        "acount=fees",
    ],
)
async def test_a_query_that_says_what_nobody_knows_is_refused(client: Client, query: str) -> None:
    status, body = await get(client, f"/ledger_entries?{query}")
    assert (status, body["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert (await get(client, "/balance?currency=INR"))[0] == 400
