"""The gateway as it must not be, so that the oracle can be seen to see. Python itself imports this at the start of each
process whose PYTHONPATH begins with this folder; BROKEN says which one of our rules that process breaks."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import asyncpg
import structlog

from acquirer.port import Request
from chassis import outbox
from chassis.kafka import PublishError
from chassis.pg import Connection
from chassis.relay import Relay
from contracts import ids
from services.processor import attempts, state

LOOK_EVERY_S: Final = 0.05
MOMENT_S: Final = 0.5

log = structlog.get_logger()


def publish_after_commit() -> None:
    """No outbox that waits for Kafka: a message is forgotten before it is published, so a crash in between, or a broker
    that is away, loses it. In between passes a moment, and as long as the file BROKEN_HOLD exists."""
    is_held = Path(os.environ["BROKEN_HOLD"]).exists

    async def publish_some(self: Any, connection: Connection) -> bool:
        forgotten = await forget(connection, self._batch_max)
        while is_held():
            self.progress.beat()
            await asyncio.sleep(LOOK_EVERY_S)
            forgotten += await forget(connection, self._batch_max)
        if not forgotten:
            return False
        await asyncio.sleep(MOMENT_S)
        try:
            await self._publisher.publish(self._records(forgotten))
        except PublishError as error:
            log.warning("broken.lost", messages=len(forgotten), error=repr(error))
        return True

    Relay._publish_some = publish_some  # type: ignore[method-assign]


async def forget(connection: Connection, limit: int) -> list[asyncpg.Record]:
    """Messages from the outbox, now in the memory of this process only."""
    rows = await outbox.queries.select_outbox.rows(connection, limit=limit)
    if rows:
        sent = [row["id"] for row in rows]
        await outbox.queries.finish_outbox.run(connection, ids=sent, partitions=[0] * len(sent), offsets=sent)
    return list(rows)


def key_per_try() -> None:
    """No dedupe: each try of an attempt is a new request to the acquirer, instead of the same one again."""

    def request_of(attempt: state.Attempt) -> Request:
        return state.request_of(attempt).model_copy(update={"key": ids.new_id(ids.ATTEMPT)})

    vars(attempts)["request_of"] = request_of


VARIANTS: Final[dict[str, Callable[[], None]]] = {
    "publish_after_commit": publish_after_commit,
    "key_per_try": key_per_try,
}
if which := os.environ.get("BROKEN"):
    VARIANTS[which]()
