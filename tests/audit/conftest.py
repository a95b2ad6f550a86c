"""A gateway that has seen every kind of payment, settled, with the names of what is in it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from deploy.databases import Databases
from tests.gateway import Gateway, in_process

FEES: dict[str, Any] = {"fee_basis_points": 290, "fee_fixed_minor": 30}
REFUND_FAILS = {"number": "4000000000005126", "expiry_month": 12, "expiry_year": 30, "cvv": "123"}


@dataclass(frozen=True)
class Scene:
    """The gateway, and what its payments, refunds and orders are called here."""

    gateway: Gateway
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
async def scene(databases: Databases) -> AsyncIterator[Scene]:
    """One for a module: who breaks it mends it."""
    database = databases.make(migrated=True)
    async with in_process(database, **FEES) as gateway:
        yield Scene(gateway, await play(gateway))
    databases.drop(database)


async def play(gateway: Gateway) -> dict[str, str]:
    """Every way that a payment can go."""
    started = {
        "captured": await gateway.new_payment(10_000),
        "rest": await gateway.new_payment(8_000),
        "reversed": await gateway.new_payment(6_000),
        "canceled": await gateway.new_payment(),
        "expired": await gateway.new_payment(),
        "declined": await gateway.new_payment(vpa="failure@bank"),
        "pending": await gateway.new_payment(vpa="pending@razorpay"),
        "refund_fails": await gateway.new_payment(method="card", card=REFUND_FAILS, capture="automatic"),
        "automatic": await gateway.new_payment(700, capture="automatic", currency="USD"),
        "authorised": await gateway.new_payment(),
    }
    ids = {name: payment["id"] for name, payment in started.items()}
    await gateway.settle()
    refunds = {"reversal": await _done(gateway, f"/payments/{ids['rest']}/refunds", {"amount": 1_000})}
    await _done(gateway, f"/payments/{ids['captured']}/capture", {"amount": 9_000})
    await _done(gateway, f"/payments/{ids['rest']}/capture", {})
    await _done(gateway, f"/payments/{ids['canceled']}/cancel", {})
    refunds["whole_reversal"] = await _done(gateway, f"/payments/{ids['reversed']}/refunds", {})
    await gateway.settle()
    refunds["refund"] = await _done(gateway, f"/payments/{ids['captured']}/refunds", {"amount": 2_000})
    refunds["second"] = await _done(gateway, f"/payments/{ids['captured']}/refunds", {"amount": 500})
    refunds["failed"] = await _done(gateway, f"/payments/{ids['refund_fails']}/refunds", {"amount": 100})
    await _let_pass(gateway, ids["expired"])
    await gateway.settle()
    orders = {f"{name}_order": payment["order_id"] for name, payment in started.items()}
    return {**ids, **{name: refund["id"] for name, refund in refunds.items()}, **orders}


async def _done(gateway: Gateway, path: str, body: Any) -> dict[str, Any]:
    status, answer = await gateway.post(path, body)
    assert status < 300, answer
    return dict(answer)


async def _let_pass(gateway: Gateway, payment_id: str) -> None:
    now = gateway.api.clock.now() - timedelta(seconds=1)
    await gateway.admin.execute(
        "UPDATE api.payments SET capture_before = $2, deadline_at = $2 WHERE id = $1", payment_id, now
    )
    await gateway.pass_deadlines()
