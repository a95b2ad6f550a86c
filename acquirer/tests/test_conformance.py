"""The simulator in-process and over HTTP are the same acquirer, and a lost answer is found by inquiry."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from acquirer.asking import Told, ask
from acquirer.client import HttpAcquirer
from acquirer.port import Acquirer, AcquirerUnavailable, Approved, NotYet
from acquirer.server import AcquirerRoutes, Failpoint
from acquirer.simulator import Simulator
from acquirer.tests.asks import Payment
from acquirer.tests.conformance import AcquirerConformance
from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool

TOKEN = SecretStr("test-token")


async def serve(simulator: Simulator, failpoint: Failpoint | None) -> TestServer:
    """The acquirer's HTTP on a free port."""
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("acquirer"))
    routes = AcquirerRoutes(simulator, internal_only(TOKEN), failpoint=failpoint).routes()
    server = TestServer(kit.application(routes))
    await server.start_server()
    return server


def client_of(server: TestServer, *, timeout_s: float = 5.0) -> HttpAcquirer:
    """A client of that server."""
    return HttpAcquirer(str(server.make_url("/")), token=TOKEN, timeout_s=timeout_s, calls_max=16)


class TestSimulator(AcquirerConformance):
    @pytest.fixture
    def acquirer(self, simulator: Simulator) -> Acquirer:
        return simulator


class TestHttp(AcquirerConformance):
    @pytest.fixture
    async def acquirer(self, simulator: Simulator) -> AsyncIterator[Acquirer]:
        server = await serve(simulator, None)
        client = client_of(server)
        yield client
        await client.close()
        await server.close()


async def test_a_dropped_answer_is_found_by_inquiry(simulator: Simulator, pool: Pool) -> None:
    server = await serve(simulator, Failpoint(drop_answer_after_commit=1))
    client = client_of(server)
    request = Payment().authorise()
    assert await ask(client, request) == Told(Approved(), unanswered=1)
    assert await pool.fetchval("SELECT count(*) FROM effect") == 1
    operations = await pool.fetch("SELECT operation FROM call ORDER BY id")
    assert [row["operation"] for row in operations] == ["authorise", "inquire"]
    await client.close()
    await server.close()


async def test_no_answer_at_all_is_not_yet_and_the_same_key_charges_once(simulator: Simulator, pool: Pool) -> None:
    server = await serve(simulator, Failpoint(drop_answer_after_commit=2))
    client = client_of(server)
    request = Payment().authorise()
    told = await ask(client, request)
    assert isinstance(told.outcome, NotYet)
    assert told.unanswered == 2
    assert await ask(client, request) == Told(Approved())
    row = await pool.fetchrow("SELECT count(*) AS effects, sum(calls) AS calls FROM effect")
    assert row is not None
    assert (row["effects"], row["calls"]) == (1, 2)
    await client.close()
    await server.close()


async def test_a_slow_acquirer_is_an_unavailable_one(simulator: Simulator) -> None:
    server = await serve(simulator, Failpoint(delay_ms=500))
    client = client_of(server, timeout_s=0.05)
    with pytest.raises(AcquirerUnavailable):
        await client.authorise(Payment().authorise())
    await client.close()
    await server.close()


async def test_a_server_that_is_away_is_an_unavailable_one(simulator: Simulator) -> None:
    server = await serve(simulator, None)
    client = client_of(server)
    await server.close()
    with pytest.raises(AcquirerUnavailable):
        await client.authorise(Payment().authorise())
    await client.close()


@pytest.mark.parametrize("failpoint", [None, Failpoint()])
async def test_faults_can_be_injected_in_test_mode_only(
    simulator: Simulator, failpoint: Failpoint | None, aiohttp_post: Any
) -> None:
    server = await serve(simulator, failpoint)
    url = str(server.make_url("/failpoint"))
    assert await aiohttp_post(url, {"delay_ms": 1}, token=None) == (404 if failpoint is None else 401)
    assert await aiohttp_post(url, {"delay_ms": 1}, token="test-token") == (404 if failpoint is None else 200)
    await server.close()
