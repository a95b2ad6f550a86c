"""Figures by the hour and the day. That they are those of the rows is asked after every race (`money_checks`)."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis import counts, pg
from contracts import test_merchant
from services.api.stats import buckets_of, currencies_of, name_of, period_of, totals_of
from services.api.tests.conftest import HEADERS, OTHER_HEADERS

Client = TestClient[Any, Any]
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def ask(
    client: Client, query: Mapping[str, str], headers: Mapping[str, str] = HEADERS
) -> tuple[int, dict[str, Any]]:
    async with client.get("/api/v1/stats", params=query, headers=headers) as response:
        return response.status, await response.json()


def around_now(interval: str = "day") -> dict[str, str]:
    now = datetime.now(UTC)
    return {"from": (now - HOUR).isoformat(), "to": (now + HOUR).isoformat(), "interval": interval}


async def test_a_payment_is_counted_at_once_and_for_its_merchant_alone(client: Client) -> None:
    async with client.post("/api/v1/orders", json={"amount": 5000, "currency": "EUR"}, headers=HEADERS) as response:
        order = await response.json()
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@upi"}
    async with client.post("/api/v1/payments", json=body, headers=HEADERS) as response:
        assert response.status == 201
    status, told = await ask(client, around_now())
    assert (status, told["currency"], told["currencies"]) == (200, "EUR", ["EUR"])
    assert told["totals"]["payments"] == 1
    assert told["totals"]["success_rate"] is None
    assert told["missing"] == ["notifier"]
    assert told["totals"]["webhooks_ok"] is None
    assert (await ask(client, {"currency": "INR", **around_now()}))[1]["totals"]["payments"] == 0
    assert (await ask(client, around_now(), OTHER_HEADERS))[1]["totals"]["payments"] == 0


async def test_what_is_folded_and_what_is_not_yet_count_together(client: Client, db: pg.Connection) -> None:
    payments = name_of("INR", "payments")
    for at in (NOON, NOON + 59 * HOUR / 60, NOON + HOUR, NOON - timedelta(days=1)):
        await counts.add(db, {(test_merchant.ID, counts.hour_of(at), payments): 1})
        if at == NOON:
            await counts.fold(db)
    _, told = await ask(client, {"from": "2026-11-26T11:30:00Z", "to": "2026-11-26T13:00:01Z", "interval": "hour"})
    assert [(bucket["at"], bucket["payments"]) for bucket in told["buckets"]] == [
        ("2026-11-26T11:00:00Z", 0),
        ("2026-11-26T12:00:00Z", 2),
        ("2026-11-26T13:00:00Z", 1),
    ]
    _, told = await ask(client, {"from": "2026-11-25T23:00:00Z", "to": "2026-11-27T00:00:00Z"})
    assert [(bucket["at"][:10], bucket["payments"]) for bucket in told["buckets"]] == [
        ("2026-11-25", 1),
        ("2026-11-26", 3),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-01-01T00:00:00Z"},
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "interval": "hour"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "interval": "minute"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "currency": "inr"},
        {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"},
    ],
)
async def test_a_time_that_can_t_be_shown_is_refused(client: Client, query: dict[str, str]) -> None:
    status, told = await ask(client, query)
    assert (status, told["error"]["code"]) == (400, "BAD_REQUEST_ERROR"), told


async def test_the_edges_of_time_are_answered(client: Client) -> None:
    statuses = await asyncio.gather(
        ask(client, {"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"}),
        ask(client, {"from": "9999-12-30T00:00:00Z", "to": "9999-12-31T23:59:59Z"}),
    )
    assert all(status in (200, 400) for status, _ in statuses), statuses


def test_shares_and_sums_are_of_one_currency() -> None:
    period = period_of(NOON, NOON + 2 * HOUR, "hour")
    first, second = counts.hour_of(NOON), counts.hour_of(NOON + HOUR)
    counted = {
        (first, "INR/payments"): 3,
        (first, "INR/succeeded"): 2,
        (second, "INR/failed"): 1,
        (second, "USD/payments"): 9,
        (first, "INR/of_a_later_version"): 1,
    }
    assert currencies_of(counted) == ["USD", "INR"]
    buckets = buckets_of(period, counted, {(second, "webhooks_ok"): 4}, "INR")
    totals = totals_of(buckets)
    assert [bucket["payments"] for bucket in buckets] == [3, 0]
    assert (totals["payments"], totals["success_rate"], totals["webhooks_ok"]) == (3, 0.6667, 4)
