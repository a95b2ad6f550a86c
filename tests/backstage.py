"""What only the operator of a stack sees: processes, the audit, the rows of every schema, dead letters, failpoints."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import TOPICS
from deploy.embedded.credentials import load_or_make
from deploy.embedded.stack import Stack
from tests.merchant import Merchant

AUDIT_TIMEOUT_S: Final = 150.0
CALL_TIMEOUT_S: Final = 10.0
READY_TIMEOUT_S: Final = 90.0
STATEMENT_TIMEOUT_S: Final = 60.0

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Backstage:
    """Of one stack. What blocks runs in a thread, so that traffic and proxies of the test go on meanwhile."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        credentials = load_or_make(stack.config.state_dir)
        self.token = credentials.internal_token
        self.admin_key = credentials.admin_api_key
        self._expected_ends: Counter[str] = Counter()

    # ── Processes ──

    async def kill(self, name: str) -> None:
        """kill -9, and wait until its successor is ready."""
        before = (await self._ends())[name]
        await self._blocking(self.stack.kill, name)
        await self.ready(name)
        # A new Postgres gives up, and is started again, as long as a process of the killed one lives.
        self._expected_ends[name] += (await self._ends())[name] - before if name == "postgres" else 1

    async def stop(self, name: str) -> None:
        """End it and keep it down."""
        await self._blocking(self.stack.stop_process, name)

    async def start(self, name: str) -> None:
        """Start what `stop` ended, and wait until it is ready."""
        await self._blocking(self.stack.start_process, name)
        await self.ready(name)

    async def wipe_kafka(self) -> None:
        """Kafka loses its data and comes back as another cluster, which ends every process that knew the old one."""
        self._expected_ends.update(await self._blocking(self.stack.reset_kafka))

    async def ready(self, name: str) -> None:
        """Wait until a process is ready."""
        await self._blocking(self.stack.wait_ready, name, READY_TIMEOUT_S)

    async def died(self) -> dict[str, int]:
        """The processes that ended without our doing, and how often."""
        return dict(await self._ends() - self._expected_ends)

    async def _ends(self) -> Counter[str]:
        return Counter({row.name: row.restarts for row in await self._blocking(self.stack.status)})

    async def pid(self, name: str) -> int:
        """The process that runs now."""
        return await self._blocking(self.stack.pid, name)

    async def _blocking(self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await asyncio.to_thread(work, *args, **kwargs)

    # ── The gateway from behind ──

    async def audit(self, *, wait_s: float) -> dict[str, Any]:
        """The audit of all merchants, waiting so long for what is in flight."""
        url = f"{self.stack.url('api')}/api/v1/audit"
        status, body = await self.ask("GET", url, params={"wait_s": str(wait_s)}, timeout_s=AUDIT_TIMEOUT_S)
        assert status == 200, body
        return body

    async def ask(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        params: dict[str, str] | None = None,
        timeout_s: float = CALL_TIMEOUT_S,
        token: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of a call with the services' shared token, or with another one."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.request(method, url, json=json, params=params) as response,
        ):
            return response.status, await response.json()

    async def acquirer_fails(self, *, drop_answers: int = 0, delay_ms: int = 0) -> None:
        """The acquirer's failpoints, from now on: so many calls commit without an answer, all calls come this late."""
        failpoint = {"drop_answer_after_commit": drop_answers, "delay_ms": delay_ms}
        status, body = await self.ask("POST", f"{self.stack.url('acquirer')}/failpoint", json=failpoint)
        assert status == 200, body

    # ── Rows and records ──

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of any schema, read by the superuser."""
        connection = await asyncpg.connect(
            self.stack.admin_url, timeout=CALL_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S
        )
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def has_told_all(self) -> bool:
        """Whether Kafka has all that the api had to tell: its outbox is empty."""
        return not await self.value("SELECT count(*) FROM api.outbox")

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value."""
        return (await self.rows(query, *arguments))[0][0]

    async def dead_letters(self) -> dict[str, int]:
        """How many records each dead-letter topic that has some holds."""
        topics = [topic for topic in TOPICS if topic.name.endswith(".dlq")]
        partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
        consumer = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka_bootstrap_servers)
        await consumer.start()
        try:
            ends = await asyncio.wait_for(consumer.end_offsets(partitions), CALL_TIMEOUT_S)
        finally:
            await consumer.stop()
        return {partition.topic: end for partition, end in ends.items() if end}

    async def new_merchant(self) -> Merchant:
        """Another merchant, beside the seeded one."""
        url, asked = f"{self.stack.url('api')}/api/v1/merchants", {"name": "Other", "email": "other@example.com"}
        status, made = await self.ask("POST", url, json=asked, token=self.admin_key)
        assert status == 201, made
        return Merchant(self.stack.url("api"), key=made["api_key"], secret=made["api_secret"])
