"""A record that the notifier can't handle: listed among the dead letters, and once mended delivered after all, once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import PAYMENT_EVENTS
from deploy.embedded.config import ROOT
from tests.backstage import Backstage
from tests.e2e.listener import Listener, listening
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = pytest.mark.stack

TYPE: Final = "payment.captured"
NEVER: Final = "never_again"


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as running:
        yield running


async def test_what_was_buried_is_delivered_once_the_cause_is_mended(backstage: Backstage, listener: Listener) -> None:
    kafka = backstage.stack.kafka_bootstrap_servers
    async with await backstage.new_merchant() as merchant:
        await put_url(merchant, listener.url)
        merchant_id = (await merchant.get("/merchants/profile"))["id"]
        # A mistake as a migration could make it: one merchant's captures are refused, by a class of error for good.
        refuse = f"CHECK (merchant_id <> '{merchant_id}' OR type <> '{TYPE}')"
        await backstage.rows(f"ALTER TABLE notifier.message ADD CONSTRAINT {NEVER} {refuse}")
        try:
            payment = await merchant.captured()
            event_id = await event_of(backstage, payment["id"])
            line = await letter_of(backstage, event_id)
            assert "waiting" in line
            assert "CheckViolationError" in line
        finally:
            await backstage.rows(f"ALTER TABLE notifier.message DROP CONSTRAINT {NEVER}")
        assert TYPE not in [hook.event for hook in listener.hooks]

        for _ in range(3):  # asked for by its id, it is sent each time
            told = await dead_letters(backstage, "replay", "--topic", PAYMENT_EVENTS.name, "--id", event_id)
            assert "1 messages were sent again to payment.events.v1" in told
        await eventually(lambda: heard(listener), "the webhook arrives after all")
        await all_taken(kafka, backstage)
        assert await backstage.value("SELECT count(*) FROM notifier.message WHERE id = $1", event_id) == 1
        (hook,) = [hook for hook in listener.hooks if hook.event == TYPE]
        happened = await backstage.value("SELECT occurred_at FROM api.event_log WHERE event_id = $1", event_id)
        assert hook.json()["timestamp"] == int(happened.timestamp()), "when it happened, not when it was buried"


async def event_of(backstage: Backstage, payment_id: str) -> str:
    """The id of the payment's event, once it was published."""

    async def look() -> str | None:
        query = "SELECT event_id FROM api.event_log WHERE key = $1 AND type = $2"
        rows = await backstage.rows(query, payment_id, TYPE)
        return str(rows[0][0]) if rows else None

    return await eventually(look, f"{TYPE} of {payment_id} is published")


async def letter_of(backstage: Backstage, event_id: str) -> str:
    """The line that tells of an event, once it is among the dead letters."""

    async def look() -> str | None:
        told = await dead_letters(backstage, "list", "--topic", PAYMENT_EVENTS.name)
        return next((line for line in told.splitlines() if event_id in line), None)

    return await eventually(look, f"{event_id} is buried")


async def dead_letters(backstage: Backstage, *arguments: str) -> str:
    """What the tool of the make targets says."""
    tool = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tools.dead_letters",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PAYGATE_STATE_DIR": str(backstage.stack.config.state_dir)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(tool.communicate(), 60)
    assert tool.returncode == 0
    return output.decode()


async def heard(listener: Listener) -> bool:
    return TYPE in [hook.event for hook in listener.hooks]


async def all_taken(kafka: str, backstage: Backstage) -> None:
    """Return when the notifier has taken whatever the topic holds now."""
    places = [TopicPartition(PAYMENT_EVENTS.name, number) for number in range(PAYMENT_EVENTS.partitions)]
    async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        ends = await consumer.end_offsets(places)

    async def look() -> bool:
        query = "SELECT partition, next FROM notifier.consumer_offset WHERE topic = $1"
        stands = {row["partition"]: row["next"] for row in await backstage.rows(query, PAYMENT_EVENTS.name)}
        return all(stands.get(place.partition, 0) >= end for place, end in ends.items())

    await eventually(look, "the notifier has taken all that was sent again")


async def put_url(merchant: Merchant, url: str) -> None:
    (await merchant.call("PUT", "/merchants/webhook", {"webhook_url": url})).expect(200)
