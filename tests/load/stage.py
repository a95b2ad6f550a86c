"""A stack to be measured: started, warmed, looked at; with a receiver of webhooks and generators beside it."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import asyncpg

from chassis.queues import Place, ends_of
from deploy.embedded.credentials import load_or_make
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.load import processes
from tests.load.calls import Call, Plan, Report
from tests.load.orders import listed, make_orders
from tests.load.receiver import Receiver, receiving
from tests.merchant import KEY, SECRET
from tests.waiting import eventually

SERVICES: Final = ("api", "processor", "refunder", "notifier", "checkout", "dashboard")
CREDENTIALS: Final = {"X-Api-Key": KEY, "X-Api-Secret": SECRET}
ENDS: Final = ("payment.success", "payment.failed")
NO_DELAY: Final = {"*": {"TEST_PROCESSING_DELAY": "0"}}
PAYMENT: Final = '{"order_id":"{value}","method":"upi","vpa":"success@bank"}'
CONNECTIONS: Final = 64
LOOK_EVERY_S: Final = 0.1
READY_TIMEOUT_S: Final = 90.0
IDLE_PATIENCE_S: Final = 600.0
STATEMENT_TIMEOUT_S: Final = 600.0
CALL_TIMEOUT_S: Final = 30.0
WAL_SEGMENTS: Final = 128
"""2 GB, `max_wal_size`: what the whole path writes in a minute at full rate."""

AUDIT_WAIT_S: Final = 60.0
AUDIT_TIMEOUT_S: Final = 1800.0

UNDONE: Final = """
SELECT (SELECT count(*) FROM api.outbox) + (SELECT count(*) FROM processor.outbox)
     + (SELECT count(*) FROM refunder.outbox) + (SELECT count(*) FROM notifier.outbox) AS outboxes,
       (SELECT count(*) FROM api.open_commands) AS commands,
       (SELECT count(*) FROM processor.job WHERE due_at IS NOT NULL)
     + (SELECT count(*) FROM refunder.job WHERE due_at IS NOT NULL) AS jobs,
       (SELECT coalesce(sum(n), 0)::bigint FROM (
            SELECT sum(total) AS n FROM notifier.count_total WHERE kind = 'deliveries' AND status = 'pending'
            UNION ALL SELECT sum(delta) FROM notifier.count_delta WHERE kind = 'deliveries' AND status = 'pending'
        ) AS counted) AS deliveries
"""
"""What is under way, by the rows of every service."""

OFFSETS: Final = " UNION ALL ".join(
    f"SELECT topic, partition, next FROM {name}.consumer_offset"
    for name in ("api", "processor", "refunder", "notifier")
)
"""How far each service has come in what it consumes; a topic has one consuming service."""

WAL_BY_ROLE: Final = """
SELECT r.rolname AS role, sum(s.wal_bytes)::bigint AS bytes, sum(s.calls)::bigint AS calls
FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1
"""

Amount = TypeVar("Amount", int, float)


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant of a stack: CPU used and bytes written until then."""

    at_s: float
    cpu: processes.Snapshot
    wal: Mapping[str, int]
    wal_total: int
    kafka: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spent:
    """Between two marks: seconds, CPU in s by part, bytes written to the WAL by role and to Kafka by topic."""

    seconds: float
    cpu_s: Mapping[str, float]
    wal: Mapping[str, int]
    kafka: Mapping[str, int]

    def cpu_us_per(self, operations: int) -> dict[str, float]:
        """By part; `others` is what the rest of the machine did, and no part of the cost."""
        return {part: cpu_s / max(1, operations) * 1e6 for part, cpu_s in sorted(self.cpu_s.items()) if cpu_s}

    def __add__(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(
            self.seconds + other.seconds,
            _summed(self.cpu_s, other.cpu_s),
            _summed(self.wal, other.wal),
            _summed(self.kafka, other.kafka),
        )

    def bytes_per(self, operations: int) -> dict[str, float]:
        """By where they were written."""
        named = {f"WAL ({role})": told for role, told in self.wal.items()}
        named |= {f"Kafka ({topic})": told for topic, told in self.kafka.items()}
        return {name: told / max(1, operations) for name, told in named.items() if told / max(1, operations) >= 1}


NOTHING: Final = Spent(0.0, {}, {}, {})


@dataclass(slots=True)
class Window:
    """What a generator reports, and what it cost while it was asking."""

    report: Report
    spent: Spent


@dataclass(eq=False, slots=True)
class Stage:
    """What runs, and who looks at it."""

    stack: Stack
    receiver: Receiver
    database: asyncpg.Connection
    folder: Path
    session: aiohttp.ClientSession
    replicas: int = 1
    began_s: float = field(default_factory=time.monotonic)
    idle_mb: Mapping[str, float] = field(default_factory=dict)
    """Memory of each process of ours right after the start."""

    full_per_s: float = 0.0
    """What the whole path sustained in this run, once that was measured."""

    _files: int = 0

    @property
    def ports(self) -> list[int]:
        """Of the api's replicas."""
        return [self.stack.config.port("api") + number for number in range(self.replicas)]

    # ── Asking ──

    async def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One request as the test merchant; the answer's body."""
        url = f"{self.stack.url('api')}/api/v1{path}"
        async with self.session.request(method, url, json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def listen(self, *types: str, path: str = "paid") -> str:
        """The only endpoint from now on, for these events; its id."""
        for endpoint in (await self.call("GET", "/webhook_endpoints?limit=100"))["data"]:
            if endpoint["enabled"]:
                await self.call("PATCH", f"/webhook_endpoints/{endpoint['id']}", {"enabled": False})
        asked = {"url": self.receiver.url(path, 0), "event_types": list(types)}
        made: str = (await self.call("POST", "/webhook_endpoints", asked, 201))["id"]
        await self.receiver.forget()
        return made

    def file(self, values: Sequence[str] = ()) -> str:
        """A new file with these values, a line each."""
        self._files += 1
        return listed(list(values), self.folder / str(self._files))

    async def orders(self, count: int) -> str:
        """A file of new orders to pay."""
        return self.file(await make_orders(self.database, count))

    def payments(self, orders: str) -> Call:
        """POST one for each order, with an Idempotency-Key each."""
        return Call("POST /payments", "POST", "/api/v1/payments", PAYMENT, values=orders, keyed=True)

    def plan(self, calls: Sequence[Call], seconds: float, **how: Any) -> Plan:
        """Closed loop over 64 connections unless `how` says otherwise."""
        given = {"mode": "closed", "connections": CONNECTIONS, "receiver_port": self.receiver.port, **how}
        return Plan(self.ports, calls, CREDENTIALS, seconds=seconds, **given)

    async def run(self, plan: Plan, **more: int) -> Window:
        """One window; its cost is looked at right before and right after. `more` are pids that count, too."""
        path = Path(self.file())
        plan.write(path)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.load.generator", str(path),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=2**26,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert await process.stdout.readline() == b"ready\n", "the generator could not connect"
            before = await self.mark(generator=process.pid, **more)
            process.stdin.write(b"\n")
            report = Report.from_json(json.loads(await process.stdout.readline()))
            after = await self.mark(generator=process.pid, **more)
            process.stdin.write(b"\n")
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        for refusal in report.refusals:
            print(f"    refused: {refusal}", flush=True)
        return Window(report, spent(before, after))

    async def stop(self, *names: str) -> None:
        """End these processes and keep them down."""
        for name in names:
            await asyncio.to_thread(self.stack.stop_process, name)

    async def start(self, *names: str) -> None:
        """Start what `stop` ended, and wait until it is ready."""
        for name in names:
            await asyncio.to_thread(self.stack.start_process, name)
        for name in names:
            await self.ready(name)

    async def ready(self, name: str) -> None:
        """Wait until it is."""
        await asyncio.to_thread(self.stack.wait_ready, name, READY_TIMEOUT_S)

    # ── Looking ──

    async def mark(self, **more: int) -> Mark:
        """Now; `more` are pids that do not belong to the stack."""
        wal, total = await self._wal()
        kafka = await asyncio.to_thread(_sizes, self.stack.kafka_data_dir)
        return Mark(time.monotonic(), processes.snapshot({**await self.roots(), **more}), wal, total, kafka)

    async def roots(self) -> dict[str, int]:
        """The process of each part, replicas apart; the supervisor counts as the bench's, which started it."""
        rows = await asyncio.to_thread(self.stack.status)
        found = {row.name: row.pid for row in rows if row.pid}
        return {**found, "receiver": self.receiver.pid, "bench": os.getpid()}

    async def _wal(self) -> tuple[dict[str, int], int]:
        rows = await self.database.fetch(WAL_BY_ROLE)
        total = await self.database.fetchval("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return {row["role"]: row["bytes"] for row in rows}, int(total)

    async def undone(self) -> dict[str, int]:
        """What is under way: rows by their kind, and messages on Kafka that nobody has handled yet."""
        [row] = await self.database.fetch(UNDONE)
        nexts: dict[Place, int] = {(r["topic"], r["partition"]): r["next"] for r in await self.database.fetch(OFFSETS)}
        ends = await ends_of(self.stack.kafka_bootstrap_servers, nexts)
        lag = sum(max(0, ends.get(place, next_) - next_) for place, next_ in nexts.items())
        return {**dict(row), "lag": lag}

    async def until_idle(self) -> float:
        """Wait until nothing is under way any more; how long that took, in s."""
        began_s = time.monotonic()

        async def nothing() -> bool:
            return not any((await self.undone()).values())

        await eventually(nothing, "nothing is under way", patience_s=IDLE_PATIENCE_S, every_s=LOOK_EVERY_S)
        return time.monotonic() - began_s

    async def audit(self) -> dict[str, Any]:
        """Of all merchants, waiting for what is in flight."""
        token = load_or_make(self.stack.config.state_dir).internal_token
        url = f"{self.stack.url('api')}/api/v1/audit?wait_s={AUDIT_WAIT_S:g}"
        timeout = aiohttp.ClientTimeout(total=AUDIT_WAIT_S + AUDIT_TIMEOUT_S)
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}, timeout=timeout) as session,
            session.get(url) as response,
        ):
            report: dict[str, Any] = await response.json()
            assert response.status == 200, report
            return report

    async def memory_mb(self) -> dict[str, float]:
        """Of each process of ours, now."""
        return {name: processes.memory_mb(pid) for name, pid in (await self.roots()).items() if _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name.partition("-")[0] in SERVICES


def spent(before: Mark, after: Mark) -> Spent:
    """Between two marks."""
    wal = {role: after.wal[role] - before.wal.get(role, 0) for role in after.wal}
    wal["background"] = max(0, after.wal_total - before.wal_total - sum(wal.values()))
    kafka = {topic: size - before.kafka.get(topic, 0) for topic, size in after.kafka.items()}
    return Spent(after.at_s - before.at_s, processes.spent_s(before.cpu, after.cpu), wal, kafka)


def _summed(some: Mapping[str, Amount], more: Mapping[str, Amount]) -> dict[str, Amount]:
    return {name: some.get(name, 0) + more.get(name, 0) for name in {**some, **more}}


def _sizes(data_dir: Path) -> dict[str, int]:
    """Bytes of each topic's logs."""
    sizes: dict[str, int] = defaultdict(int)
    for path in data_dir.glob("*/*.log"):
        topic = path.parent.name.rpartition("-")[0]
        sizes[topic] += path.stat().st_size
    return dict(sizes)


@asynccontextmanager
async def staged(
    *,
    services: tuple[str, ...] = SERVICES,
    replicas: int = 1,
    environment: Mapping[str, Mapping[str, str]] = NO_DELAY,
) -> AsyncIterator[Stage]:
    """Started on ports and in a folder of its own, and ended whatever happens. `replicas`: of api, processor,
    refunder and notifier."""
    counts = dict.fromkeys(("api", "processor", "refunder", "notifier"), replicas)
    config = new_config(services=services, environment=environment, replicas=counts)
    life = running(config)
    stack = await asyncio.to_thread(life.__enter__)
    try:
        with tempfile.TemporaryDirectory(prefix="paygate-bench-") as folder:
            async with (
                receiving() as receiver,
                aiohttp.ClientSession(
                    headers=CREDENTIALS, timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
                ) as session,
            ):
                database = await asyncpg.connect(stack.admin_url, timeout=10, command_timeout=STATEMENT_TIMEOUT_S)
                await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
                made = Stage(stack, receiver, database, Path(folder), session, counts["api"])
                made.idle_mb = await made.memory_mb()
                try:
                    yield made
                finally:
                    await database.close()
    finally:
        await asyncio.to_thread(life.__exit__, None, None, None)


async def recycle_wal(database: asyncpg.Connection) -> None:
    """As after the first checkpoints under load: a server that is new makes each 16 MB of its WAL as it goes, and
    everybody waits about 50 ms for it; later it uses old segments again, as many as lay between two checkpoints."""
    for _ in range(WAL_SEGMENTS):
        await database.execute("SELECT pg_switch_wal() FROM txid_current()")
    await database.execute("CHECKPOINT")


async def warm(stage: Stage, seconds: float) -> None:
    """Let caches fill, plans be made and Java compile: payments from beginning to end, and nothing measured."""
    await recycle_wal(stage.database)
    await stage.listen(*ENDS)
    orders = await stage.orders(round(seconds * 1000) + 100)
    await stage.run(stage.plan([stage.payments(orders)], seconds, mode="under_way", under_way_max=500))
    await stage.until_idle()
