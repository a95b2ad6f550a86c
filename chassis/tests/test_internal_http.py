"""Internal HTTP: for the services alone; long results as NDJSON, in bounded memory, and never half a one unnoticed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from chassis import ndjson
from chassis.http import Call, HttpConfig, HttpKit, Route
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.ndjson import stream_query
from chassis.pg import Pool
from chassis.sql import Query

TOKEN = "internal-token"
NUMBERS = Query("numbers", ("most",), "SELECT n, 'é' AS text FROM generate_series(1, $1::int) AS n ORDER BY n")
BROKEN = Query("broken", (), "SELECT 1 / (3 - n) AS x FROM generate_series(1, 5) AS n")
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def ended() -> asyncio.Event:
    """A list of numbers has ended, one way or the other."""
    return asyncio.Event()


@pytest_asyncio.fixture
async def client(pool: Pool, ended: asyncio.Event) -> AsyncIterator[Client]:
    async def numbers(call: Call) -> web.StreamResponse:
        try:
            return await stream_query(call, pool, NUMBERS, most=int(call.path["most"]))
        finally:
            ended.set()

    async def broken(call: Call) -> web.StreamResponse:
        return await stream_query(call, pool, BROKEN)

    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("tests"))
    only_us = internal_only(SecretStr(TOKEN))
    app = kit.application(
        [
            Route("GET", "/internal/numbers/{most}", numbers, "Numbers", authenticate=only_us),
            Route("GET", "/internal/broken", broken, "Fails on the way", authenticate=only_us),
        ]
    )
    async with TestClient(TestServer(app), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"]
)
async def test_nobody_without_the_token_gets_in(client: Client, given: str) -> None:
    async with client.get("/internal/numbers/1", headers={"Authorization": given}) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "AUTHENTICATION_ERROR"


async def read(client: Client, most: int) -> list[dict[str, Any]]:
    async with client.get(f"/internal/numbers/{most}") as response:
        assert response.status == 200
        assert response.content_type == "application/x-ndjson"
        assert response.headers["Request-Id"]
        return [json.loads(line) for line in (await response.text()).splitlines()]


@pytest.mark.parametrize("most", [0, 1, 6, 7, 8, 20])
async def test_every_row_is_a_line_and_the_last_line_tells_how_many(
    client: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(ndjson, "CHUNK_ROWS", 7)
    *lines, end = await read(client, most)
    assert lines == [{"n": n, "text": "é"} for n in range(1, most + 1)]
    assert end == {"end": True, "rows": most}


async def test_an_error_before_the_first_row_is_told_as_usual(client: Client) -> None:
    async with client.get("/internal/numbers/-1") as response:
        assert response.status == 200
    async with client.get("/internal/broken") as response:
        assert response.status in (400, 500)
        assert (await response.json())["error"]["code"]


async def test_an_error_on_the_way_breaks_off_without_the_last_line(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "CHUNK_ROWS", 1)
    received = b""

    async def receive() -> None:
        nonlocal received
        async with client.get("/internal/broken") as response:
            async for chunk in response.content.iter_any():
                received += chunk

    with pytest.raises(ClientError):
        await receive()
    assert b'"end"' not in received


async def test_a_reader_that_stops_reading_does_not_hold_a_connection_for_ever(
    client: Client, pool: Pool, ended: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "READER_PATIENCE_S", 0.2)
    _, writer = await asyncio.open_connection(client.host, client.port)
    head = f"GET /internal/numbers/3000000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    writer.write(f"{head}\r\n".encode())
    await ended.wait()
    assert pool.get_idle_size() == pool.get_size()
    writer.close()
