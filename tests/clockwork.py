"""The gateway of `tests.gateway` by a clock that stands still until it is moved, with every hand moved singly: the
relays, the workers, the buyer, the sweeper."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from acquirer.client import HttpAcquirer
from acquirer.port import Acquirer, ChallengeAnswer
from acquirer.rules import Odds
from acquirer.server import AcquirerRoutes, Failpoint
from acquirer.simulator import Simulator
from chassis import pg
from chassis.clock import ManualClock
from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from deploy.databases import Database
from services.processor.attempts import Attempts
from services.processor.settings import Settings as ProcessorSettings
from tests.gateway import Gateway, in_process

TOKEN: Final = SecretStr("test-token")
POLL_S: Final = ProcessorSettings.model_fields["challenge_poll_s"].default
DISPUTE_DELAY_S: Final = ProcessorSettings.model_fields["dispute_delay"].default / 1000
Object = dict[str, Any]


@dataclass(slots=True)
class Clockwork:
    """A gateway, and the hands that move it. `seen`: the results that the api was told, to be told again."""

    gateway: Gateway
    clock: ManualClock
    acquirer_url: str | None
    seen: list[asyncpg.Record] = field(default_factory=list)

    async def look(self, payment: Object) -> Object:
        """The payment as its merchant sees it now."""
        return dict((await self.gateway.get(f"/payments/{payment['id']}"))[1])

    async def lose_answers(self, count: int) -> None:
        """From now on, of the acquirer over HTTP: so many calls commit, and nobody hears of it."""
        assert self.acquirer_url is not None
        headers = {"Authorization": f"Bearer {TOKEN.get_secret_value()}"}
        wanted = {"drop_answer_after_commit": count}
        session = self.gateway.client.session
        async with session.post(f"{self.acquirer_url}failpoint", json=wanted, headers=headers) as response:
            assert response.status == 200

    async def commands(self) -> int:
        """Carry what the api says to everybody; how many messages."""
        api, *_ = self.gateway.services
        return len(await self.gateway.publish_from(api))

    async def results(self) -> int:
        """Carry what processor and refunder found to the api; how many messages."""
        _, processor, refunder, _ = self.gateway.services
        found = [*await self.gateway.publish_from(processor), *await self.gateway.publish_from(refunder)]
        self.seen += found
        return len(found)

    async def tell_again(self, payment: Object) -> None:
        """All results about a payment, once more."""
        api, *_ = self.gateway.services
        await api.take([(row["topic"], row) for row in self.seen if row["key"] == payment["id"]])

    async def process(self) -> int:
        """Make every attempt and every refund that is due; how many."""
        return sum([await worker.work() for worker in self.gateway.workers])

    def wait(self, seconds: float) -> None:
        """Let time pass, in which nobody does anything."""
        self.clock.advance(timedelta(seconds=seconds))

    async def settle(self) -> None:
        """Until nothing is on its way and nothing due."""
        while await self.commands() + await self.process() + await self.results():
            pass

    async def answer(self, payment: Object, answer: ChallengeAnswer) -> None:
        """The buyer's, on the challenge's page."""
        url = await self.gateway.admin.fetchval("SELECT challenge_url FROM api.payments WHERE id = $1", payment["id"])
        attempts = self.gateway.workers[0].desk
        assert isinstance(attempts, Attempts)
        assert await attempts.answer_challenge(url.rpartition("/")[2], answer) is not None

    async def events(self, payment: Object) -> list[str]:
        """What the api told of it, in order."""
        rows = await self.gateway.admin.fetch(
            "SELECT type FROM ("
            "SELECT type, 0 AS place, position AS at FROM api.event_log WHERE subject = $1 "
            "UNION ALL SELECT type, 1, id FROM api.outbox WHERE subject = $1 AND tenant IS NOT NULL"
            ") AS told ORDER BY place, at",
            payment["id"],
        )
        return [row["type"] for row in rows]

    async def held(self, payment: Object) -> asyncpg.Record:
        """What the acquirer holds for it."""
        row = await self.gateway.admin.fetchrow(
            "SELECT * FROM acquirer.authorisation WHERE payment_id = $1", payment["id"]
        )
        assert row is not None
        return row

    async def calls(self, payment: Object) -> list[tuple[str, str]]:
        """The acquirer's journal of it."""
        rows = await self.gateway.admin.fetch(
            "SELECT operation, outcome FROM acquirer.call WHERE payment_id = $1 ORDER BY id", payment["id"]
        )
        return [(row["operation"], row["outcome"]) for row in rows]

    async def count(self, rows: str) -> int:
        """How many there are: `rows` is what stands behind FROM."""
        found: int = await self.gateway.admin.fetchval(f"SELECT count(*) FROM {rows}")
        return found


@asynccontextmanager
async def clockwork(database: Database, *, over_http: bool = False) -> AsyncIterator[Clockwork]:
    """On a migrated and seeded database; the acquirer in the callers' process, or reached over HTTP."""
    clock = ManualClock(datetime.now(UTC))
    async with AsyncExitStack() as life:
        pool = await pg.connect_pool(database.dsn("acquirer"), name="test-acquirer")
        life.push_async_callback(pool.close)
        acquirer: Acquirer = Simulator(pool, clock=clock, metrics=Metrics(), odds=Odds(1.0, 1.0, fixed=True))
        url = None
        if over_http:
            url = await _serve(life, acquirer)
            acquirer = HttpAcquirer(url, token=TOKEN, timeout_s=5.0, calls_max=16)
        life.push_async_callback(acquirer.close)
        gateway = await life.enter_async_context(in_process(database, acquirer=acquirer, clock=clock))
        yield Clockwork(gateway, clock, url)


async def _serve(life: AsyncExitStack, simulator: Acquirer) -> str:
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("acquirer"))
    routes = AcquirerRoutes(simulator, internal_only(TOKEN), failpoint=Failpoint()).routes()
    server = await life.enter_async_context(TestServer(kit.application(routes)))
    return str(server.make_url("/"))
