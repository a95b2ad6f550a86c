"""A whole process: its verbs, its probes, its end, and what it says in its log."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession
from prometheus_client.parser import text_string_to_metric_families

from chassis.cloudevents import decode
from chassis.kafka import TopicSpec, ensure_topics
from chassis.pg import Pool
from chassis.tests.conftest import Schema, schema_of
from chassis.tests.proxy import PostgresProxy
from chassis.tests.reading import read_all
from chassis.tests.samples import fresh_name
from chassis.tests.waiting import PATIENCE_S, until
from deploy.databases import Database

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "internal-token-of-the-tests"
NOWHERE = "127.0.0.1:9"


class Process:
    """A sample service that runs: its HTTP, and every line that it has said so far."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, session: ClientSession) -> None:
        self.process = process
        self.url = url
        self.session = session
        self.said: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.said.append(line.decode())

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.url + path) as response:
            return response.status, await response.json()

    async def post(self, path: str, value: object) -> tuple[int, Any]:
        async with self.session.post(self.url + path, json=value) as response:
            return response.status, await response.json()

    async def answers(self, path: str, status: int) -> bool:
        with contextlib.suppress(ClientError, OSError):
            return (await self.get(path))[0] == status
        return False

    async def until_answers(self, path: str, status: int) -> None:
        await until(lambda: self.answers(path, status), f"{path} answers {status}")

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
            await self._reading
        return code

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.said]


async def spawn(verb: str, environment: Mapping[str, str], *more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "chassis.tests.sample_service", verb, *more),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def said_by(verb: str, environment: Mapping[str, str]) -> tuple[int | None, str]:
    process = await spawn(verb, environment)
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Start = Callable[..., Any]


@pytest_asyncio.fixture
async def start(empty_schema: Schema) -> AsyncIterator[Start]:
    """`start(KAFKA_BOOTSTRAP_SERVERS=…)`: a service that is ready, ended at the latest with the test."""
    started: list[Process] = []
    async with ClientSession() as session:

        async def begin(*more: str, **environment: str) -> Process:
            port = free_port()
            given = environment_of(empty_schema) | {"PORT": str(port)} | environment
            process = Process(await spawn("run", given, *more), f"http://127.0.0.1:{port}", session)
            started.append(process)
            await process.until_answers("/ready", 200)
            return process

        yield begin
        for process in started:
            await process.end(signal.SIGKILL)


def environment_of(schema: Schema) -> dict[str, str]:
    return {"DATABASE_URL": schema.dsn, "INTERNAL_TOKEN": TOKEN, "KAFKA_BOOTSTRAP_SERVERS": NOWHERE}


async def test_a_request_is_written_published_counted_and_logged_and_the_process_ends_well(
    start: Start, kafka: str, pool: Pool
) -> None:
    topic = fresh_name("told")
    await ensure_topics(kafka, [TopicSpec(topic, 1, {})])
    service = await start(KAFKA_BOOTSTRAP_SERVERS=kafka, TOPIC=topic)
    assert await service.post("/things", {"id": "a"}) == (201, {"id": "a"})
    assert (await service.post("/things", {"name": "a"}))[0] == 400

    async def published() -> bool:
        return [decode(record.headers).id for record in await read_all(kafka, topic, 1)] == ["a"]

    await until(published, "the thing is told")
    await until(lambda: counted(service), "the thing is counted")
    assert (await service.get("/live"))[0] == 200
    assert await service.end() == 0
    assert await pool.fetchval("SELECT count(*) FROM effect") == 1
    lines = [json.loads(line) for line in service.said]
    statuses = [line["status"] for line in lines if line["event"] == "request.answered"]
    assert statuses == [201, 400]
    assert lines[-1]["event"] == "service.stopped"


async def counted(service: Process) -> bool:
    async with service.session.get(service.url + "/metrics") as response:
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    assert families["paygate_http_request_seconds"].type == "histogram"
    return families["paygate_outbox_published"].samples[0].value == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_request_that_is_running_when_the_process_is_told_to_end_is_answered(
    start: Start, pool: Pool, number: signal.Signals
) -> None:
    service = await start()
    running = asyncio.create_task(service.post("/things/slow", {"id": "late"}))
    await until(lambda: "slow.begun" in service.events(), "the request is running")
    assert await service.end(number) == 0
    assert await running == (201, {"id": "late"})
    assert await pool.fetchval("SELECT count(*) FROM effect") == 1


async def test_without_kafka_requests_are_served_and_the_outbox_waits(start: Start, pool: Pool) -> None:
    service = await start()
    assert await service.get("/ready") == (200, {"status": "ready", "database": "connected", "kafka": "disconnected"})
    assert (await service.get("/health"))[0] == 503
    assert (await service.get("/live"))[0] == 200
    assert await service.post("/things", {"id": "a"}) == (201, {"id": "a"})
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 1
    assert await service.end() == 0


async def test_without_postgres_the_process_lives_is_not_ready_and_recovers(start: Start, empty_schema: Schema) -> None:
    proxy = PostgresProxy(empty_schema.dsn)
    async with proxy.running():
        service = await start(DATABASE_URL=proxy.dsn)
        proxy.away = True
        proxy.drop()
        await service.until_answers("/ready", 503)
        status, answer = await service.post("/things", {"id": "a"})
        assert (status, answer["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert (await service.get("/live"))[0] == 200
        proxy.away = False
        await service.until_answers("/ready", 200)
        assert await service.post("/things", {"id": "b"}) == (201, {"id": "b"})
        assert await service.end() == 0


async def test_a_worker_that_fails_ends_the_process_so_that_it_is_started_anew(start: Start) -> None:
    service = await start()
    assert await service.post("/fail", {}) == (202, {})
    async with asyncio.timeout(PATIENCE_S):
        assert await service.process.wait() == 1


async def test_one_half_serves_probes_alone_and_the_other_half_requests(start: Start) -> None:
    worker = await start("--only", "worker")
    assert (await worker.post("/things", {"id": "a"}))[0] == 404
    assert (await worker.get("/live"))[0] == 200
    http = await start("--only", "http")
    assert (await http.post("/things", {"id": "a"}))[0] == 201
    assert (await http.post("/fail", {}))[0] == 202
    assert (await http.get("/live"))[0] == 200, "that worker is not run by this half"
    assert [await half.end() for half in (worker, http)] == [0, 0]


async def test_nothing_secret_is_ever_logged(start: Start, empty_schema: Schema) -> None:
    service = await start(LOG_LEVEL="DEBUG")
    await service.post("/things", {"id": "a"})
    async with service.session.get(service.url + "/ready", headers={"Authorization": f"Bearer {TOKEN}"}):
        pass
    await service.end()
    password = empty_schema.dsn.rpartition("@")[0].rpartition(":")[2]
    everything = "".join(service.said)
    assert "service.started" in everything
    assert password not in everything
    assert TOKEN not in everything


class TestVerbs:
    async def test_migrate_brings_an_empty_schema_up(self, fresh_database: Callable[..., Database]) -> None:
        schema = schema_of(fresh_database())
        environment = environment_of(schema) | {"MIGRATE_DATABASE_URL": schema.owner_dsn}
        assert (await said_by("migrate", environment))[0] == 0
        code, said = await said_by("migrate", environment)
        assert code == 0
        assert json.loads(said)["applied"] == 0

    @pytest.mark.parametrize(
        ("verb", "change", "sentence"),
        [
            ("run", {"DATABASE_URL": None}, "DATABASE_URL: Field required"),
            ("run", {"PORT": "http"}, "PORT: Input should be a valid integer"),
            ("run", {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: String should match pattern"),
            ("migrate", {}, "set MIGRATE_DATABASE_URL"),
            ("migrate", {"MIGRATE_DATABASE_URL": "postgresql://o:s3cret@127.0.0.1:9/x"}, "was not migrated"),
        ],
    )
    async def test_what_is_not_right_ends_in_one_sentence(
        self, schema: Schema, verb: str, change: dict[str, str | None], sentence: str
    ) -> None:
        merged = environment_of(schema) | change
        code, said = await said_by(verb, {name: value for name, value in merged.items() if value is not None})
        assert code == 1
        assert sentence in said
        assert "Traceback" not in said
        assert "s3cret" not in said
        assert len(said.strip().splitlines()) == 1

    async def test_an_unknown_verb_says_which_there_are(self, schema: Schema) -> None:
        code, said = await said_by("dance", environment_of(schema))
        assert code == 2
        assert "run" in said
        assert "migrate" in said


async def test_a_port_that_processes_share_is_served_by_all_of_them_and_goes_on_without_one(start: Start) -> None:
    shared = free_port()
    processes = [await start(SHARED_PORT=str(shared)) for _ in range(2)]

    async def ask(number: int) -> int:
        url, thing = f"http://127.0.0.1:{shared}/things", {"id": f"thing {number}"}
        # A connection of its own: those are what the kernel deals out.
        async with ClientSession() as session, session.post(url, json=thing) as response:
            return response.status

    assert [await ask(number) for number in range(40)] == [201] * 40
    assert all([await written_by(process) > 0 for process in processes])
    await processes[0].end(signal.SIGKILL)
    assert [await ask(number) for number in range(40, 50)] == [201] * 10


async def written_by(service: Process) -> float:
    """How many things it was asked for."""
    async with service.session.get(service.url + "/metrics") as response:
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    samples = families["paygate_http_request_seconds"].samples
    return sum(one.value for one in samples if one.name.endswith("_count") and one.labels.get("route") == "/things")
