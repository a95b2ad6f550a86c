"""The api's word is taken only where it has the shape of one, in time, and is about what was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from services.checkout.orders import ApiAway, Orders, Refused, UnknownKey
from services.checkout.settings import Settings
from services.checkout.tests.conftest import KEY, MERCHANT, OTHER_MERCHANT, Api


@pytest.fixture
async def orders(api: Api) -> AsyncIterator[Orders]:
    """A client of the server in the api's place; impatient."""
    told: dict[str, Any] = {"database_url": "postgresql://none", "internal_token": "test-token"}
    settings = Settings(
        **told, encryption_key="22" * 32, api_url=api.url, api_timeout_s=0.3, api_answer_max_bytes=20_000
    )
    made = Orders(settings)
    yield made
    await made.close()


def answers(body: Any, status: int = 200) -> Any:
    """What the api says to anything."""

    async def answer(request: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    return answer


async def test_orders_are_found_with_their_merchants(orders: Orders, api: Api) -> None:
    mine, theirs = api.order(), api.order(merchant_id=OTHER_MERCHANT)
    found = await orders.find([mine, theirs, mine, "order_0000000000000000"])
    assert {id_: order.merchant_name for id_, order in found.items()} == {mine: "Test Merchant", theirs: "Other"}
    assert found[mine].amount_minor == 49_900
    assert set(await orders.find([mine, theirs], merchant_id=MERCHANT)) == {mine}
    assert set(await orders.find([mine, theirs], key=KEY)) == {mine}
    with pytest.raises(UnknownKey):
        await orders.find([mine], key="pk_none")
    asked = api.asked
    assert await orders.find([]) == {}
    assert api.asked == asked


async def test_an_order_was_paid_when_it_last_changed(orders: Orders, api: Api) -> None:
    order_id = api.order()
    assert (await orders.find([order_id]))[order_id].paid_at is None
    api.paid(order_id)
    paid_at = (await orders.find([order_id]))[order_id].paid_at
    assert paid_at is not None
    assert paid_at.utcoffset() == timedelta(0)


def strange_rows(api: Api) -> list[Any]:
    """Rows that are almost right."""
    order = api.orders[api.order()]
    merchant = {"id": MERCHANT, "name": "Test Merchant"}
    wrong: list[dict[str, Any]] = [
        {"amount": "49900"},
        {"amount": 499.0},
        {"amount": True},
        {"amount": 0},
        {"amount": -1},
        {"amount": 10**13},
        {"amount": None},
        {"currency": "inr"},
        {"currency": "<b>"},
        {"status": "almost"},
        {"notes": []},
        {"notes": None},
        {"receipt": 5},
        {"id": None},
        {"expires_at": "soon"},
        {"updated_at": None},
        {"updated_at": "2026-11-26T08:00:00"},
    ]
    return [{"order": {**order, **change}, "merchant": merchant} for change in wrong] + [
        {"order": order},
        {"order": order, "merchant": {"id": MERCHANT}},
        {"order": order, "merchant": {"id": MERCHANT, "name": 5}},
        {"merchant": merchant},
        [],
        None,
    ]


async def test_an_answer_of_another_shape_is_none(orders: Orders, api: Api) -> None:
    order_id = api.order()
    strange = [{"data": [row]} for row in strange_rows(api)]
    for body in [*strange, {}, [], "null", "", "<html>", "{", {"data": None}, {"data": {}}, "[" * 5000]:
        api.misbehave = answers(body)
        with pytest.raises(ApiAway):
            await orders.find([order_id])


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 401, 403, 404, 429, 500, 502, 503])
async def test_an_answer_with_another_status_is_none(orders: Orders, api: Api, status: int) -> None:
    api.misbehave = answers({"data": []}, status)
    with pytest.raises(ApiAway):
        await orders.find(["order_0000000000000000"])


async def test_what_was_not_asked_for_is_not_taken(orders: Orders, api: Api) -> None:
    mine, theirs = api.order(), api.order(merchant_id=OTHER_MERCHANT)
    rows = [{"order": api.orders[one], "merchant": {"id": "m", "name": "n"}} for one in (mine, theirs)]
    api.misbehave = answers({"data": rows})
    assert set(await orders.find([mine])) == {mine}
    assert await orders.find([theirs], merchant_id=MERCHANT) == {}


async def test_an_answer_is_waited_for_only_so_long(orders: Orders, api: Api) -> None:
    let_go = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await let_go.wait()
        return web.json_response({"data": []})

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"data": [')
        await let_go.wait()
        return response

    for behaviour in (slow, endless):
        api.misbehave = behaviour
        async with asyncio.timeout(5):
            with pytest.raises(ApiAway):
                await orders.find(["order_0000000000000000"])
    let_go.set()


async def test_an_answer_is_read_only_so_far(orders: Orders, api: Api) -> None:
    api.misbehave = answers(json.dumps({"data": []}) + " " * 20_000)
    with pytest.raises(ApiAway, match="longer"):
        await orders.find(["order_0000000000000000"])


async def test_a_redirect_is_followed_nowhere(orders: Orders, api: Api) -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/ready")

    api.misbehave = elsewhere
    asked = api.asked
    with pytest.raises(ApiAway):
        await orders.find(["order_0000000000000000"])
    assert api.asked == asked + 1


async def test_nobody_there_is_no_answer(orders: Orders, api: Api) -> None:
    assert await orders.is_ready()
    await api.server.close()
    assert not await orders.is_ready()
    with pytest.raises(ApiAway):
        await orders.find(["order_0000000000000000"])
    with pytest.raises(ApiAway):
        await orders.pay("order_0000000000000000", "success@upi", idempotency_key="k")
    with pytest.raises(ApiAway):
        await orders.payment("pay_0000000000000000", "order_0000000000000000")


async def test_a_payment_is_of_the_order_that_was_asked_about(orders: Orders, api: Api) -> None:
    mine, theirs = api.order(), api.order()
    payment = await orders.pay(mine, "success@upi", idempotency_key="k-1")
    assert not isinstance(payment, Refused)
    assert await orders.pay(mine, "success@upi", idempotency_key="k-1") == payment
    assert await orders.payment(payment.id, mine) == payment
    assert await orders.payment(payment.id, theirs) is None
    assert await orders.payment("pay_0000000000000000", mine) is None
    for strange in (
        {**api.payments[payment.id], "order_id": theirs},
        {**api.payments[payment.id], "id": "../x"},
        {**api.payments[payment.id], "status": "won"},
        {},
    ):
        api.misbehave = answers(strange, 201)
        with pytest.raises(ApiAway):
            await orders.pay(mine, "success@upi", idempotency_key="k-2")


async def test_a_refusal_is_told_in_the_apis_words(orders: Orders, api: Api) -> None:
    order_id = api.order()
    api.paid(order_id)
    refused = await orders.pay(order_id, "success@upi", idempotency_key="k")
    assert refused == Refused("The order is paid already")
    api.misbehave = answers({"error": "no"}, 400)
    with pytest.raises(ApiAway):
        await orders.pay(order_id, "success@upi", idempotency_key="k")
