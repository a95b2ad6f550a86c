"""An order as a stream: what it has become, at once and whenever it changes, however many watch."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from chassis import pg
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.api import order_watch
from services.api.seed import SEED_KEY, SEED_PUBLISHABLE_KEY, SEED_SECRET
from services.api.settings import Settings
from services.api.signatures import signature_of
from services.api.tests.conftest import serving
from services.api.tests.test_buyers import order_and_payment, queries_asked, seen
from services.api.tests.test_payments import Client, apply_payment_results, approved, post
from services.api.tests.test_public import UPI, ask
from tests.event_stream import EventStream

AT_ONCE_S = 5.0


@contextlib.asynccontextmanager
async def watching(client: Client, order_id: str, key: str | None = None) -> AsyncIterator[EventStream]:
    """A stream that is open."""
    query = {} if key is None else {"key": key}
    async with client.get(f"/api/v1/orders/{order_id}/public/stream", params=query) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        yield EventStream(response)


async def told(stream: EventStream) -> Any:
    """The next state."""
    async with asyncio.timeout(30):
        [one] = await stream.take(1)
    assert (one.type, b"\n" in one.data) == ("order", False)
    return one.json()


async def new_order(client: Client) -> str:
    _, order = await post(client, "/orders", {"amount": 5000})
    return str(order["id"])


@pytest.mark.parametrize("key", [None, SEED_PUBLISHABLE_KEY, SEED_KEY])
async def test_it_tells_what_there_is_at_once_and_then_each_change(
    client: Client, runtime: Runtime[Settings], db: pg.Connection, key: str | None
) -> None:
    order_id = await new_order(client)
    async with watching(client, order_id, key) as stream:
        first = await told(stream)
        assert first == await seen(client, order_id)
        assert (first["order"]["status"], first["payments"]) == ("created", [])
        assert (stream.retry_ms, stream.last_id) == (1000, None)
        _, payment = await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
        pending = await told(stream)
        assert (pending["order"]["status"], pending["payments"]) == ("attempted", [payment])
        await apply_payment_results(runtime, await approved(db, payment["id"]))
        paid = await told(stream)
        assert paid == await seen(client, order_id, key)
        assert paid["order"]["status"] == "paid"
        assert paid["payments"][0]["signature"] == signature_of(order_id, payment["id"], SEED_SECRET)


async def test_who_has_begun_a_payment_finds_it_in_the_first_state_although_others_watch(client: Client) -> None:
    order_id = await new_order(client)
    async with watching(client, order_id) as early:
        await told(early)
        for count in range(1, 6):
            _, payment = await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
            async with watching(client, order_id) as late:
                payments = (await told(late))["payments"]
            assert (payments[0], len(payments)) == (payment, count)


async def test_a_change_by_another_replica_is_seen_by_polling(client: Client, second: Client) -> None:
    order_id = await new_order(client)
    async with watching(client, order_id) as here, watching(second, order_id) as there:
        for stream in (here, there):
            assert (await told(stream))["payments"] == []
        _, payment = await ask(second, "POST", "/payments/public", {"order_id": order_id, **UPI})
        for stream in (here, there):
            assert (await told(stream))["payments"] == [payment]


async def test_the_relay_wakes_the_watch(runtime: Runtime[Settings]) -> None:
    runtime.settings.__dict__.update(order_stream_poll_s=3600, order_stream_pace_s=0.01)
    async with serving(runtime) as client:
        order_id = await new_order(client)
        async with watching(client, order_id) as stream:
            await told(stream)
            _, payment = await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
            for logged in runtime.relay._told:
                logged()
            assert (await told(stream))["payments"] == [payment]


async def test_only_the_orders_merchant_may_watch(client: Client) -> None:
    order_id = await new_order(client)
    for nothing in ("order_0000000000000000", "pay_0000000000000000", "x"):
        assert (await ask(client, "GET", f"/orders/{nothing}/public/stream"))[0] == 404
    for key, expected in (("key_test_other", 404), ("key_test_nobody", 401), ("x" * 300, 401)):
        path = f"/orders/{order_id}/public/stream"
        assert (await ask(client, "GET", path, key=key))[0] == expected
        assert (await ask(client, "GET", f"{path}?key={key}"))[0] == expected
    assert (await ask(client, "GET", f"/orders/{order_id}/public/stream?keys=x"))[0] == 400


async def test_500_watchers_cost_one_query_in_each_turn(
    runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.settings.__dict__.update(
        order_streams_per_order_max=100, order_streams_per_address_max=500, order_stream_poll_s=0.2
    )
    async with serving(runtime) as client, ClientSession(connector=TCPConnector(limit=0)) as many:
        orders = [await new_order(client) for _ in range(5)]
        urls = [client.make_url(f"/api/v1/orders/{order_id}/public/stream") for order_id in orders]
        streams = [
            EventStream(one) for one in await asyncio.gather(*(many.get(url) for url in urls for _ in range(100)))
        ]
        firsts = await asyncio.gather(*(told(stream) for stream in streams))
        assert [first["order"]["id"] for first in firsts] == [order_id for order_id in orders for _ in range(100)]
        turns: list[int] = []
        monkeypatch.setattr(order_watch.OrderWatch, "_look", counting(order_watch.OrderWatch._look, turns))
        asked = queries_asked(monkeypatch)
        _, payment = await ask(client, "POST", "/payments/public", {"order_id": orders[2], **UPI})
        changed = await asyncio.gather(*(told(stream) for stream in streams[200:300]))
        assert all(one["payments"] == [payment] for one in changed)
        await until(lambda: len(turns) >= 5, "some turns have passed")
        looks = asked.count("see_orders")
        assert len(turns) - 1 <= looks <= len(turns)
        assert len(asked) - looks < 20, "what the payment itself cost"


def counting(look: Any, turns: list[int]) -> Any:
    async def counted(watch: order_watch.OrderWatch) -> float:
        turns.append(watch.turn)
        return float(await look(watch))

    return counted


async def test_a_reader_that_takes_nothing_is_let_go(
    client: Client, db: pg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.sse.READER_PATIENCE_S", 0.2)
    order, _ = await order_and_payment(client)
    async with watching(client, order["id"]) as stream:
        await told(stream)
        assert stream.response.connection is not None
        stream.response.connection.transport.pause_reading()  # type: ignore[union-attr]
        await db.execute("UPDATE payments SET error_description = repeat('x', 20000000)")
        connections = client.server.runner.server.connections  # type: ignore[union-attr]
        await until(
            lambda: all(one.transport is None or one.transport.is_closing() for one in connections), "it is let go"
        )


async def test_a_slow_reader_is_told_the_newest_state_and_none_between(
    runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.settings.__dict__.update(order_stream_poll_s=0.05, order_stream_pace_s=0.01)
    going = asyncio.Event()
    held: list[order_watch.Watcher] = []
    follow = order_watch.Watcher.next

    async def slow(watcher: order_watch.Watcher, most_s: float) -> list[bytes]:
        frames = await follow(watcher, most_s)
        if frames and watcher._told is not None and watcher._told.payments:
            held.append(watcher)
            await going.wait()
        return frames

    def has_seen(payments: int) -> bool:
        order = held[0]._watched.order if held else None
        return order is not None and len(order.payments) == payments

    monkeypatch.setattr(order_watch.Watcher, "next", slow)
    async with serving(runtime) as client:
        order_id = await new_order(client)
        async with watching(client, order_id) as stream:
            await told(stream)
            for count in range(1, 4):
                await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
                await until(partial(has_seen, count), "the watch has seen it")
            going.set()
            assert [len((await told(stream))["payments"]) for _ in range(2)] == [1, 3]


async def test_only_so_many_streams_may_be_open_of_an_order_and_in_all(runtime: Runtime[Settings]) -> None:
    runtime.settings.__dict__.update(order_streams_per_order_max=2, order_streams_max=3)
    async with serving(runtime) as client, contextlib.AsyncExitStack() as opened:
        one, two = await new_order(client), await new_order(client)
        for order_id in (one, one):
            await opened.enter_async_context(watching(client, order_id))
        status, body = await ask(client, "GET", f"/orders/{one}/public/stream")
        assert (status, body["error"]["code"]) == (429, "RATE_LIMIT_ERROR")
        # What is not there, or another merchant's, takes no place for longer than it is looked for.
        for _ in range(3):
            assert (await ask(client, "GET", "/orders/order_0000000000000000/public/stream"))[0] == 404
        last = await opened.enter_async_context(watching(client, two))
        status, body = await ask(client, "GET", f"/orders/{two}/public/stream")
        assert (status, body["error"]["code"]) == (503, "OVERLOADED")
        last.response.close()

        async def free_again() -> bool:
            async with client.get(f"/api/v1/orders/{two}/public/stream") as response:
                return response.status == 200

        await until(free_again, "the place of a stream that was closed is free")


async def test_one_address_takes_only_so_many_whatever_orders_it_names(runtime: Runtime[Settings]) -> None:
    runtime.settings.__dict__.update(order_streams_per_address_max=2)
    async with serving(runtime) as client, contextlib.AsyncExitStack() as opened:
        orders = [await new_order(client) for _ in range(3)]
        for order_id in orders[:2]:
            await opened.enter_async_context(watching(client, order_id))
        async with client.get(f"/api/v1/orders/{orders[2]}/public/stream") as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
            assert "from one address" in (await refused.json())["error"]["description"]
        # The page asks instead, and is answered.
        assert (await seen(client, orders[2]))["order"]["id"] == orders[2]


async def test_a_stream_ends_when_it_is_old_and_with_the_server(runtime: Runtime[Settings]) -> None:
    runtime.settings.__dict__.update(order_stream_max_s=0.1)
    async with serving(runtime) as client:
        order_id = await new_order(client)
        async with watching(client, order_id) as stream, asyncio.timeout(AT_ONCE_S):
            await stream.take(1)
            assert await stream.take(1) == [], "ended, not broken off"
    runtime.settings.__dict__.update(order_stream_max_s=3600)
    async with contextlib.AsyncExitStack() as opened, serving(runtime) as ending:
        streams = [await opened.enter_async_context(watching(ending, order_id)) for _ in range(5)]
        for stream in streams:
            await told(stream)
        async with asyncio.timeout(AT_ONCE_S):
            await ending.server.close()
            assert [await stream.take(1) for stream in streams] == [[]] * 5, "ended, not broken off"


async def test_a_heartbeat_keeps_a_silent_stream_open(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.sse.HEARTBEAT_S", 0.0)
    monkeypatch.setattr("chassis.sse.CHECK_EVERY_S", 0.05)
    order_id = await new_order(client)
    async with watching(client, order_id) as stream:
        await told(stream)
        reading = asyncio.create_task(stream.take(1))
        await until(lambda: "heartbeat" in stream.comments, "a heartbeat")
        assert stream.last_id is None
        reading.cancel()


async def test_without_postgres_a_stream_is_refused_and_open_ones_wait(
    client: Client, runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_watch, "BACKOFF_S", 0.05)
    order_id = await new_order(client)

    async def away(*_: Any) -> Any:
        raise ConnectionRefusedError("away")

    async with watching(client, order_id) as stream:
        await told(stream)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(order_watch, "see_orders", away)
            meanwhile.setattr(order_watch, "FIRST_PATIENCE_S", 0.3)
            status, body = await ask(client, "GET", f"/orders/{order_id}/public/stream")
            assert (status, body["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        _, payment = await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
        assert (await told(stream))["payments"] == [payment]
