"""Events as a stream: every one once and in order, whenever and wherever its reader comes back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientError
from aiohttp.test_utils import TestClient

from chassis import tail
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, serving
from services.api.tests.published import call, pay, publish
from tests.event_stream import EventStream, Told

Client = TestClient[Any, Any]
AT_ONCE_S = 5.0


@contextlib.asynccontextmanager
async def streaming(
    client: Client, query: str = "", *, last_id: int | None = None, headers: dict[str, str] = HEADERS
) -> AsyncIterator[EventStream]:
    """A stream that is open."""
    sent = headers if last_id is None else {**headers, "Last-Event-ID": str(last_id)}
    async with client.get(f"/api/v1/stream?{query}", headers=sent) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Request-Id"]
        yield EventStream(response)


async def publish_payments(client: Client, runtime: Runtime[Settings], count: int) -> None:
    """Two events each."""
    for _ in range(count):
        await pay(client)
    await publish(runtime.pool)


async def soon(reading: Any) -> Any:
    async with asyncio.timeout(30):
        return await reading


async def test_a_stream_starts_now_and_tells_events_as_the_list_shows_them(
    client: Client, runtime: Runtime[Settings]
) -> None:
    await publish_payments(client, runtime, 1)
    async with streaming(client) as stream:
        await publish_payments(client, runtime, 2)
        told = await soon(stream.take(4))
    assert [one.id for one in told] == [3, 4, 5, 6]
    async with client.get("/api/v1/events?limit=4", headers=HEADERS) as response:
        listed = list(reversed((await response.json())["data"]))
    assert [one.json() for one in told] == listed
    assert [one.type for one in told] == [event["type"] for event in listed]
    assert all(b": " not in one.data.partition(b'"metadata"')[0] for one in told), "compact"
    assert stream.retry_ms == 1000


async def test_it_goes_on_after_a_position_and_the_header_counts_more(
    client: Client, second: Client, runtime: Runtime[Settings]
) -> None:
    await publish_payments(client, runtime, 5)
    for query, last_id, first in [("after=0", None, 1), ("after=7", None, 8), ("after=0", 4, 5), ("", 9, 10)]:
        for replica in (client, second):
            async with streaming(replica, query, last_id=last_id) as stream:
                told = await soon(stream.take(11 - first))
            assert [one.id for one in told] == list(range(first, 11))


async def test_who_loses_the_connection_before_the_first_event_goes_on_from_there(
    client: Client, second: Client, runtime: Runtime[Settings]
) -> None:
    await publish_payments(client, runtime, 1)
    async with streaming(client) as stream:
        reading = asyncio.create_task(stream.take(1))
        await until(lambda: stream.last_id == 2, "the position is told at once")
        reading.cancel()
    await publish_payments(client, runtime, 1)
    async with streaming(second, last_id=stream.last_id) as stream:
        assert [one.id for one in await soon(stream.take(2))] == [3, 4]


async def test_it_tells_the_wanted_types_and_nobody_elses_events(
    client: Client, runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.sse.HEARTBEAT_S", 0.0)
    monkeypatch.setattr("chassis.sse.CHECK_EVERY_S", 0.05)
    async with (
        streaming(client, "types=payment.pending,refund.*") as some,
        streaming(client, "types=payment.failed&after=0") as none,
        streaming(client, "after=0", headers=OTHER_HEADERS) as others,
    ):
        silent = [asyncio.create_task(stream.take(1)) for stream in (none, others)]
        await publish_payments(client, runtime, 3)
        assert [(one.id, one.type) for one in await soon(some.take(3))] == [
            (position, "payment.pending") for position in (2, 4, 6)
        ]
        # The position moves on with what is not wanted, too: coming back costs nothing.
        await until(lambda: none.last_id == 6 and "heartbeat" in none.comments, "a heartbeat")
        assert not any(reading.done() for reading in silent)
        await publish_payments(client, runtime, 1)
        for reading in silent:
            reading.cancel()


async def follow(replicas: list[Client], chance: random.Random, last: int, *, forgetful: bool = False) -> list[Told]:
    """Read to the last position, breaking the connection off at random and coming back to any replica."""
    seen: list[Told] = []
    position: int | None = 0
    while not seen or seen[-1].id < last:
        with contextlib.suppress(ClientError, TimeoutError):
            async with streaming(chance.choice(replicas), last_id=position) as stream:
                async with asyncio.timeout(2):
                    for _ in range(chance.randint(1, 40)):
                        seen += await stream.take(1)
                        if seen[-1].id >= last:
                            break
        if seen and not forgetful:
            position = seen[-1].id
        elif forgetful:
            position = None
            await asyncio.sleep(0.01)
    return seen


async def test_readers_that_come_back_at_random_see_each_event_once_in_order(
    client: Client, second: Client, runtime: Runtime[Settings], seed: int
) -> None:
    chance = random.Random(seed)
    payments = 100
    readers = [
        asyncio.create_task(follow([client, second], random.Random(chance.random()), 2 * payments)) for _ in range(10)
    ]
    for _ in range(payments // 5):
        await asyncio.gather(*(pay(chance.choice([client, second])) for _ in range(5)))
        await publish(runtime.pool)
    async with runtime.pool.acquire() as connection:
        logged = [row["position"] for row in await connection.fetch("SELECT position FROM event_log ORDER BY 1")]
    assert len(logged) == 2 * payments
    for reading in readers:
        assert [told.id for told in await soon(reading)] == logged


async def test_a_reader_that_forgets_its_last_id_loses_events_and_is_seen(
    client: Client, second: Client, runtime: Runtime[Settings], seed: int
) -> None:
    reading = asyncio.create_task(follow([client, second], random.Random(seed), 100, forgetful=True))
    while not reading.done():
        await publish_payments(client, runtime, 1)
    seen = [told.id for told in await reading]
    assert seen == sorted(seen)
    assert len(seen) < seen[-1], "what came while it was away is lost to it"


async def test_a_slow_reader_loses_nothing_and_fills_no_memory(
    client: Client, runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "RECENT_MAX", 10)
    monkeypatch.setattr(tail, "READ_ROWS", 7)
    held: list[int] = []
    add = tail.Feed.add

    def counting(feed: tail.Feed, entries: Any) -> None:
        add(feed, entries)
        held.append(len(feed._recent))

    monkeypatch.setattr(tail.Feed, "add", counting)
    async with streaming(client) as slow, streaming(client) as quick:
        for _ in range(6):
            await publish_payments(client, runtime, 10)
            assert len(await soon(quick.take(20))) == 20
        assert [told.id for told in await soon(slow.take(120))] == list(range(1, 121))
    assert max(held) <= 10


async def test_a_reader_that_takes_nothing_is_let_go(
    client: Client, runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.sse.READER_PATIENCE_S", 0.2)
    async with runtime.pool.acquire() as connection:
        await pay(client, metadata={"long": "x" * 15_000})
        await publish(runtime.pool)
        await connection.execute(
            "INSERT INTO event_log SELECT position + 2 * n, topic, key, event_id || n, type, subject, tenant, "
            "occurred_at, traceparent, data FROM event_log, generate_series(1, 1000) AS n"
        )
        await connection.execute("UPDATE relay_state SET position = 2002")
    async with streaming(client, "after=0") as stream:
        assert stream.response.connection is not None
        stream.response.connection.transport.pause_reading()  # type: ignore[union-attr]
        connections = client.server.runner.server.connections  # type: ignore[union-attr]
        await until(
            lambda: all(one.transport is None or one.transport.is_closing() for one in connections), "it is let go"
        )


async def test_a_revoked_key_ends_its_stream(client: Client, runtime: Runtime[Settings]) -> None:
    async with streaming(client) as stream, streaming(client, headers=OTHER_HEADERS) as others:
        async with runtime.pool.acquire() as connection:
            await connection.execute("UPDATE api_keys SET revoked_at = now() WHERE key = $1", HEADERS["X-Api-Key"])
        began_s = asyncio.get_running_loop().time()
        assert await soon(stream.take(1)) == []
        assert asyncio.get_running_loop().time() - began_s < AT_ONCE_S
        await publish_other(client, runtime)
        assert len(await soon(others.take(1))) == 1
    async with client.get("/api/v1/stream", headers=HEADERS) as response:
        assert response.status == 401


async def publish_other(client: Client, runtime: Runtime[Settings]) -> None:
    await pay(client, OTHER_HEADERS)
    await publish(runtime.pool)


async def test_only_so_many_streams_may_be_open(client: Client, runtime: Runtime[Settings]) -> None:
    runtime.settings.__dict__.update(streams_per_merchant_max=2, streams_max=3)
    async with serving(runtime) as limited, contextlib.AsyncExitStack() as opened:
        for headers in (HEADERS, HEADERS, OTHER_HEADERS):
            last = await opened.enter_async_context(streaming(limited, headers=headers))
        status, body = await call(limited, "GET", "/stream", headers=OTHER_HEADERS)
        assert (status, body["error"]["code"]) == (503, "OVERLOADED")
        last.response.close()

        async def refused_for_its_own() -> bool:
            status, body = await call(limited, "GET", "/stream")
            return (status, body["error"]["code"]) == (429, "RATE_LIMIT_ERROR")

        await until(refused_for_its_own, "the place of a stream that was closed is free")
        async with streaming(limited, headers=OTHER_HEADERS):
            pass


async def test_streams_end_with_the_server(runtime: Runtime[Settings]) -> None:
    began_s = 0.0
    async with contextlib.AsyncExitStack() as opened, serving(runtime) as ending:
        streams = [await opened.enter_async_context(streaming(ending)) for _ in range(5)]
        reading = [asyncio.create_task(stream.take(1)) for stream in streams]
        began_s = asyncio.get_running_loop().time()
        await ending.server.close()
        assert asyncio.get_running_loop().time() - began_s < AT_ONCE_S
        assert [await soon(one) for one in reading] == [[]] * 5, "ended, not broken off"


async def test_positions_that_can_not_be_are_refused(client: Client) -> None:
    for query, header, field in [
        ("after=-1", None, "after"),
        ("after=x", None, "after"),
        (f"after={2**63}", None, "after"),
        ("after=1", None, "after"),
        ("", "x", "Last-Event-ID"),
        ("", "-1", "Last-Event-ID"),
        ("", "9" * 19, "Last-Event-ID"),
        ("", "9" * 400, "Last-Event-ID"),
        ("", "7", "after"),
        ("types=payment", None, "types"),
        ("type=payment.success", None, "type"),
    ]:
        headers = HEADERS if header is None else {**HEADERS, "Last-Event-ID": header}
        status, body = await call(client, "GET", f"/stream?{query}", headers=headers)
        assert (status, body["error"]["field"]) == (400, field), (query, header)
