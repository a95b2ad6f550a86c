"""What competes for one payment, order or key, over two replicas and through Kafka: one winner, a clean audit."""

import asyncio
import json
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.figures import Figures
from tests.merchant import Merchant
from tests.receiver import Shop

pytestmark = pytest.mark.stack

SAME_REQUESTS = 100
SAME_REFUNDS = 50
PAYMENTS_OF_AN_ORDER = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How often a race is run."""

    rounds: int


SIZES = [pytest.param(Size(1), id="small"), pytest.param(Size(20), id="full", marks=pytest.mark.prove)]


@pytest.fixture
async def both(stack: Stack) -> AsyncIterator[Merchant]:
    """The merchant, call after call at another replica of the api, with room for a hundred calls at once."""
    async with Merchant(stack.url("api"), stack.url("api-1"), connections_max=SAME_REQUESTS) as merchant:
        yield merchant


@pytest.mark.parametrize("size", SIZES)
async def test_a_hundred_requests_with_one_key_over_two_replicas(
    both: Merchant, shop: Shop, size: Size, figures: Figures
) -> None:
    replayed = 0
    for _ in range(size.rounds):
        order, key = await both.order(), secrets.token_hex(8)
        body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
        replies = await both.at_once(SAME_REQUESTS, "POST", "/payments", body, key=key)
        assert Counter(reply.status for reply in replies) == {201: SAME_REQUESTS}
        assert len({reply.body for reply in replies}) == 1
        replayed += sum(reply.headers.get("Idempotent-Replayed") == "true" for reply in replies)

        other = await both.call("POST", "/payments", {**body, "vpa": "failure@bank"}, key=key)
        assert (other.status, other.error["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        spaced = json.dumps(dict(reversed(body.items())), indent=3).encode()
        for _ in both.urls:
            again = await both.call("POST", "/payments", spaced, key=key)
            assert (again.status, again.body) == (201, replies[0].body)
            assert again.headers["Idempotent-Replayed"] == "true"

        payments = await both.get(f"/payments?order_id={order['id']}")
        assert [payment["id"] for payment in payments["data"]] == [replies[0].json()["id"]]
        assert (await both.ended(replies[0].json()))["status"] == "success"
    assert replayed == size.rounds * (SAME_REQUESTS - 1)
    figures(f"{size.rounds} rounds of {SAME_REQUESTS} requests with one key at 2 replicas: {size.rounds} payments")


@pytest.mark.parametrize("size", SIZES)
async def test_fifty_full_refunds_at_once(both: Merchant, backstage: Backstage, size: Size, figures: Figures) -> None:
    payments = await asyncio.gather(*(both.captured(50_000) for _ in range(size.rounds)))
    for payment in payments:
        path = f"/payments/{payment['id']}/refunds"
        replies = await asyncio.gather(
            *(both.call("POST", path, {}, key=secrets.token_hex(8)) for _ in range(SAME_REFUNDS))
        )
        accepted = [reply for reply in replies if reply.status == 201]
        refused = [reply for reply in replies if reply.status != 201]
        assert len(accepted) == 1
        assert {(reply.status, reply.error["code"]) for reply in refused} == {(400, "BAD_REQUEST_ERROR")}
        await both.settled("refunds", accepted[0].json()["id"], "processed")
        after = await both.get(f"/payments/{payment['id']}")
        assert (after["amount_refunded"], after["refund_status"]) == (50_000, "full")
    ids = [payment["id"] for payment in payments]
    left = await backstage.rows(
        "SELECT payment_id, account, sum(amount_minor) FROM api.ledger_entries WHERE payment_id = ANY($1) "
        "GROUP BY 1, 2 HAVING sum(amount_minor) <> 0",
        ids,
    )
    assert left == []
    await audit_is_clean(backstage)
    figures(f"{size.rounds} rounds of {SAME_REFUNDS} full refunds at once: 1 accepted in each, ledger and audit zero")


@pytest.mark.parametrize("size", SIZES)
async def test_partial_refunds_that_together_exceed(
    both: Merchant, backstage: Backstage, size: Size, seed: int, figures: Figures
) -> None:
    draw, accepted = random.Random(seed), 0
    for payment in await asyncio.gather(*(both.captured(50_000) for _ in range(size.rounds))):
        path = f"/payments/{payment['id']}/refunds"
        asked = [draw.randint(500, 4000) for _ in range(SAME_REFUNDS)]
        replies = await asyncio.gather(*(both.call("POST", path, {"amount": amount}) for amount in asked))
        given = [reply.json() for reply in replies if reply.status == 201]
        refused = [amount for amount, reply in zip(asked, replies, strict=True) if reply.status == 400]
        total = sum(refund["amount"] for refund in given)
        assert len(given) + len(refused) == SAME_REFUNDS
        assert 0 <= 50_000 - total < min(refused), "as much as there is room for, and no more"
        await asyncio.gather(*(both.settled("refunds", refund["id"], "processed") for refund in given))
        assert (await both.get(f"/payments/{payment['id']}"))["amount_refunded"] == total
        accepted += len(given)
    await audit_is_clean(backstage)
    figures(f"{size.rounds} rounds of {SAME_REFUNDS} partial refunds at once: {accepted} accepted, all within bounds")


@pytest.mark.parametrize("size", SIZES)
async def test_capture_against_void_and_capture_against_capture(
    both: Merchant, backstage: Backstage, size: Size, figures: Figures
) -> None:
    won: Counter[str] = Counter()
    for _ in range(size.rounds):
        for rival, body in (("cancel", {}), ("capture", {"amount": 1000})):
            payment = await both.paid(50_000)
            path = f"/payments/{payment['id']}"
            replies = await asyncio.gather(
                both.call("POST", f"{path}/capture", {}), both.call("POST", f"{path}/{rival}", body)
            )
            assert sorted(reply.status for reply in replies) == [200, 400]
            won[f"capture of all beside {rival}" if replies[0].status == 200 else rival] += 1
            (winner,) = (reply.json() for reply in replies if reply.status == 200)
            after = await both.get(path)
            assert {name: after[name] for name in winner} == winner
    await audit_is_clean(backstage)
    figures(f"{size.rounds} rounds of each: one winner, {dict(won)}")


@pytest.mark.parametrize("size", SIZES)
async def test_one_order_paid_by_ten_payments_at_once(
    both: Merchant, backstage: Backstage, size: Size, figures: Figures
) -> None:
    for _ in range(size.rounds):
        order = await both.order()
        payments = await asyncio.gather(*(both.pay(order) for _ in range(PAYMENTS_OF_AN_ORDER)))
        ended = await asyncio.gather(*(both.ended(payment) for payment in payments))
        told = Counter((payment["status"], payment["error_code"]) for payment in ended)
        assert told == {("success", None): 1, ("failed", "ORDER_ALREADY_PAID"): PAYMENTS_OF_AN_ORDER - 1}
        assert all("voided" in payment["error_description"] for payment in ended if payment["status"] == "failed")
        assert (await both.get(f"/orders/{order['id']}"))["status"] == "paid"
    await audit_is_clean(backstage)
    figures(f"{size.rounds} orders paid by {PAYMENTS_OF_AN_ORDER} payments at once: 1 success each, the others voided")


async def audit_is_clean(backstage: Backstage) -> None:
    report = await backstage.audit(wait_s=30)
    assert (report["ok"], report["differences"], report["skipped"]) == (True, [], 0), report
