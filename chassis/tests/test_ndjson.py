"""Streams of rows over HTTP: whole with their last line, or seen to be broken off."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from chassis.http import Call, HttpConfig, HttpKit, Route
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.ndjson import CHUNK_ROWS, stream_query
from chassis.pg import Pool
from chassis.sql import Queries

ROWS = 2 * CHUNK_ROWS + 1
TOKEN = {"Authorization": "Bearer test-token"}
SQL = """
-- name: count_up(last)
SELECT n FROM generate_series(1, $1::int) AS n;

-- name: fail_at(bad)
SELECT n, 1 / ($1::int - n) AS quotient FROM generate_series(1, 1000000) AS n;
"""


@pytest.fixture
async def client(pool: Pool, tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of a service with two streams."""
    path = tmp_path / "queries.sql"
    path.write_text(SQL)
    queries = Queries(path)

    async def count(call: Call) -> web.StreamResponse:
        return await stream_query(call, pool, queries.count_up, last=int(call.path["last"]))

    async def fail(call: Call) -> web.StreamResponse:
        return await stream_query(call, pool, queries.fail_at, bad=int(call.path["bad"]))

    internal = internal_only(SecretStr("test-token"))
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("test"))
    routes = [
        Route("GET", "/count/{last}", count, "Numbers", internal),
        Route("GET", "/fail/{bad}", fail, "Numbers, until a division by zero", internal),
    ]
    async with TestClient(TestServer(kit.application(routes))) as made:
        yield made


@pytest.mark.parametrize("last", [0, 1, CHUNK_ROWS, ROWS])
async def test_all_rows_then_the_end(client: TestClient[Any, Any], last: int) -> None:
    response = await client.get(f"/count/{last}", headers=TOKEN)
    *rows, end = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert [row["n"] for row in rows] == list(range(1, last + 1))
    assert end == {"end": True, "rows": last}


async def test_a_query_that_fails_half_way_breaks_off(client: TestClient[Any, Any]) -> None:
    response = await client.get(f"/fail/{ROWS}", headers=TOKEN)
    with pytest.raises(aiohttp.ClientError):
        await response.read()


async def test_a_query_that_fails_at_once_is_an_error_as_usual(client: TestClient[Any, Any]) -> None:
    assert (await client.get("/fail/1", headers=TOKEN)).status == 400


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer Jürgen"}])
async def test_the_token_is_asked_for(client: TestClient[Any, Any], headers: dict[str, str]) -> None:
    assert (await client.get("/count/1", headers=headers)).status == 401
