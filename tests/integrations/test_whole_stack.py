"""The example beside a whole stack that takes payments: killed again and again, and Kafka wiped under it the way
`make reset-kafka` does it. In the end its table is the gateway's own log."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest

from contracts.topics import PAYMENT_EVENTS
from deploy.embedded.stack import Stack
from examples.consumer.consumer import Settings
from tests.faults.scene import FULL, SMALL, Scene, scene, stack_config
from tests.figures import Figures
from tests.integrations.example import Example, running
from tests.waiting import eventually
from tools.consumer import DATABASE

pytestmark = pytest.mark.stack

SIZES: Final = [
    pytest.param((SMALL, 4), id="small"),
    pytest.param((FULL, 40), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(3600)]),
]


@pytest.fixture(scope="module", params=SIZES)
async def sized(request: pytest.FixtureRequest, seed: int) -> AsyncIterator[tuple[Scene, int]]:
    """The stack as `make up` starts it, and how often the example is killed."""
    size, kills = request.param
    async with scene(stack_config(size), size, seed) as stack:
        yield stack, kills


async def test_every_event_of_the_log_is_taken_once(sized: tuple[Scene, int], tmp_path: Path, figures: Figures) -> None:
    plain, kills = sized
    chance = random.Random(plain.seed)
    async with plain.traffic() as traffic, running(example_of(plain.stack, tmp_path)) as example:
        await traffic.burst(plain.size.payments)
        traffic.keep(plain.size.buyers)
        for number in range(kills):
            await example.until_taken(len(await example.taken()) + chance.randrange(1, 20))
            await example.kill()
            if number == kills // 2:
                await plain.backstage.wipe_kafka()
            await example.start()
        alive = len(await example.taken())
        await example.until_taken(alive + 1)
        await plain.backstage.wipe_kafka()  # while it lives
        await example.until_taken(alive + plain.size.progress)
        await traffic.finish()
        # What a buyer has seen at the api is in the log only once the relay has told Kafka of it.
        await eventually(plain.backstage.has_told_all, "the api's outbox is empty")
        query = "SELECT event_id FROM api.event_log WHERE topic = $1 ORDER BY position"
        expected = [row["event_id"] for row in await plain.backstage.rows(query, PAYMENT_EVENTS.name)]
        taken = await example.until_taken(len(expected))
        assert sorted(taken) == sorted(expected)
        assert await example.out_of_order() == []
        assert await example.rows("SELECT * FROM unreadable") == []
        await plain.must_be_clean(traffic, figures, f"example killed {kills} times, Kafka wiped twice")
    figures(f"seed {plain.seed}: {len(taken)} events, each taken once, each payment's in order")


def example_of(stack: Stack, folder: Path) -> Example:
    """As `make consumer` starts it: it finds the stack by its folder, and makes a database on the stack's Postgres."""
    database_url = urlunsplit(urlsplit(stack.admin_url)._replace(path=f"/{DATABASE}"))
    settings = Settings(database_url, stack.kafka_bootstrap_servers)
    found_by = {"PAYGATE_STATE_DIR": str(stack.config.state_dir)}
    return Example(settings, folder / "consumer.log", ("-m", "tools.consumer"), found_by)
