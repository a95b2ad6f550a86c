"""`make tail`: follows the two public topics as an integration would, with Kafka's client and contracts alone."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from contracts.events import EVENT_TYPES
from contracts.events.payment import PaymentCaptured, PaymentEvent
from contracts.events.refund import RefundEvent
from contracts.topics import TOPICS
from tools.place import Place, ToolFailure
from tools.screen import DIM, GREEN, RED, Paint, complain

PUBLIC: Final = tuple(topic.name for topic in TOPICS if topic.public)
REQUEST_TIMEOUT_MS: Final = 5_000
START_TIMEOUT_S: Final = 10.0
STOP_TIMEOUT_S: Final = 3.0
POLL_MS: Final = 1_000
RETRY_S: Final = 2.0

FORMAT: Final = "{time:<12}  {type:<18}  {object:<22}  {sequence:>3}  {amount:>12}  {status}"
HEADINGS: Final = FORMAT.format(
    time="time (UTC)", type="event", object="object", sequence="seq", amount="minor units", status="status"
)
STYLES: Final = {"success": GREEN, "processed": GREEN, "failed": RED, "canceled": RED, "expired": RED, "pending": DIM}


@dataclass(frozen=True, slots=True)
class Line:
    """What is worth a look of one event."""

    time: datetime
    type: str
    object: str
    sequence: int
    amount_minor: int
    currency: str
    status: str

    def text(self, paint: Paint) -> str:
        """As it is printed."""
        amount = f"{self.amount_minor} {self.currency}"
        line = FORMAT.format(
            time=f"{self.time.astimezone(UTC):%H:%M:%S.%f}"[:12],
            type=self.type,
            object=self.object,
            sequence=self.sequence,
            amount=amount,
            status=self.status,
        )
        style = STYLES.get(self.status)
        return paint(style, line) if style else line


def read(headers: Mapping[str, bytes], value: bytes) -> Line:
    """An event in CloudEvents' binary mode. Raises ValueError for what an integration would not understand."""
    try:
        type_, time = headers["ce_type"].decode(), datetime.fromisoformat(headers["ce_time"].decode())
    except KeyError as missing:
        raise ValueError(f"a record without the header {missing}") from None
    if type_ not in EVENT_TYPES:
        raise ValueError(f"an event of the unknown type {type_}")
    event = EVENT_TYPES[type_].model_validate_json(value)
    match event:
        case RefundEvent():
            refund = event.refund
            return Line(time, type_, refund.id, event.sequence, refund.amount, refund.currency, refund.status)
        case PaymentEvent():
            payment = event.payment
            amount = payment.amount_captured if isinstance(event, PaymentCaptured) else payment.amount
            return Line(time, type_, payment.id, event.sequence, amount, payment.currency, payment.status)
        case _:
            raise ValueError(f"an event of the type {type_}, which does not belong here")


class Tail:
    """Follows until told to stop; waits for a broker that is away."""

    def __init__(self, bootstrap_servers: str, *, from_beginning: bool, paint: Paint) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._from_beginning = from_beginning
        self._paint = paint
        self._away = False

    async def run(self) -> None:
        """Never returns; cancel it."""
        while True:
            try:
                consumer = await self._connected()
            except (KafkaError, OSError, TimeoutError):
                self._say_away()
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._follow(consumer)
            finally:
                with contextlib.suppress(TimeoutError, KafkaError):
                    await asyncio.wait_for(consumer.stop(), STOP_TIMEOUT_S)

    async def _connected(self) -> AIOKafkaConsumer:
        """A consumer of no group: it reads every partition, and nobody else gets less for it."""
        consumer = AIOKafkaConsumer(
            *PUBLIC,
            bootstrap_servers=self._bootstrap_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest" if self._from_beginning else "latest",
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        try:
            await asyncio.wait_for(consumer.start(), START_TIMEOUT_S)
            if missing := sorted(set(PUBLIC) - await consumer.topics()):
                raise ToolFailure(f"Kafka has no topic {' and no '.join(missing)} yet: run `make up` first.")
            if not self._from_beginning:
                # What comes after this line is printed is shown, and nothing from before.
                await asyncio.wait_for(consumer.seek_to_end(), START_TIMEOUT_S)
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        where = "from their beginning" if self._from_beginning else "from now on"
        print(self._paint(DIM, f"Following {' and '.join(PUBLIC)} {where}; Ctrl-C ends it."))
        print(self._paint(DIM, HEADINGS), flush=True)
        while True:
            found = await consumer.getmany(timeout_ms=POLL_MS)
            records = sorted((record for batch in found.values() for record in batch), key=lambda r: r.timestamp)
            for record in records:
                self._show(record)
            if not records:
                await self._look_for_broker(consumer)

    def _show(self, record: ConsumerRecord) -> None:
        try:
            line = read(dict(record.headers), record.value).text(self._paint)
        except (ValueError, ValidationError) as problem:
            place = f"{record.topic}[{record.partition}]@{record.offset}"
            line = self._paint(RED, f"{place} is not understood: {str(problem).splitlines()[0]}")
        print(line, flush=True)

    async def _look_for_broker(self, consumer: AIOKafkaConsumer) -> None:
        """The consumer itself waits in silence for a broker that went away."""
        try:
            await asyncio.wait_for(consumer.topics(), START_TIMEOUT_S)
        except (KafkaError, TimeoutError):
            self._say_away()
            return
        if self._away:
            self._away = False
            print(self._paint(DIM, "Kafka is back."), file=sys.stderr)

    def _say_away(self) -> None:
        if not self._away:
            self._away = True
            text = (
                f"Kafka does not answer at {self._bootstrap_servers}: waiting for it (`make up` starts one; that of "
                "the containers is opened by deploy/open-ports.yml)."
            )
            print(self._paint(RED, text), file=sys.stderr)


async def follow(tail: Tail) -> None:
    """Until Ctrl-C or SIGTERM. Raises ToolFailure."""
    following = asyncio.create_task(tail.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, following.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await following


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.tail", description=__doc__)
    parser.add_argument("--from-beginning", action="store_true", help="show everything that Kafka still has first")
    arguments = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it would say is said here in a sentence
    try:
        place = Place.find()
        paint = Paint.for_output(sys.stdout)
        asyncio.run(follow(Tail(place.kafka_bootstrap_servers, from_beginning=arguments.from_beginning, paint=paint)))
    except ToolFailure as failure:
        return complain(str(failure))
    except BrokenPipeError:
        sys.stderr.close()  # `make tail | head`: who listened has gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
