"""`make dead-letters` shows what no service could handle; `make replay-dead-letters` sends it again to its topic.

A replay starts behind the last one (its position is kept in Kafka, as a consumer group's) and ends where the letters
ended when it began. It may be repeated: whoever has handled an event knows its id.
"""

import argparse
import asyncio
import logging
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from chassis.cloudevents import Headers
from chassis.kafka import Outgoing, Publisher, PublishError
from contracts.topics import TOPICS, dead_letter_name
from tools.place import Place, ToolFailure
from tools.screen import BOLD, DIM, RED, Paint, complain, table

GROUP: Final = "dead-letter-replay"
"""Its stored offsets say up to where letters have been sent again."""

PARTITION: Final = 0
"""A dead-letter topic has this one alone."""

NO_TYPE: Final = "unknown"
"""What the consumer notes for a record that named no type: no service would know what to do with it."""

REQUEST_TIMEOUT_MS: Final = 5_000
START_TIMEOUT_S: Final = 10.0
POLL_MS: Final = 500
BATCH_MAX: Final = 200
SHOWN_MAX_CHARS: Final = 160
DIGITS: Final = re.compile(r"\d(?:[ -]?\d){11,18}")
"""What a card number looks like. No letter's headers hold one; should one ever do, it is not shown."""

HEADINGS: Final = ("topic", "partition", "offset", "age", "state", "type", "id", "reason")
State = Literal["waiting", "sent again", "no event"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A record of a dead-letter topic: where it came from, what it was, why it is there. Never its value's content."""

    record: ConsumerRecord
    headers: dict[str, str]
    was_sent: bool

    @classmethod
    def of(cls, record: ConsumerRecord, *, sent_below: int) -> "Letter":
        """`sent_below` is where the last replay ended."""
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        return cls(record, headers, record.offset < sent_below)

    @property
    def topic(self) -> str:
        """The topic that it came from, and is sent to again."""
        return str(self.record.topic).removesuffix(dead_letter_name(""))

    @property
    def id(self) -> str:
        """The event's id."""
        return self.headers.get("ce_id", "")

    @property
    def type(self) -> str:
        """The event's type."""
        return self.headers.get("ce_type", NO_TYPE)

    @property
    def state(self) -> State:
        """Whether a replay would send it."""
        if self.type == NO_TYPE or not self.id:
            return "no event"
        return "sent again" if self.was_sent else "waiting"

    def row(self, now_ms: float) -> tuple[str, ...]:
        """As it is listed; what came from outside is shown safely."""
        told = self.headers.get
        cells = (
            self.topic,
            told("dlq_partition", "-"),
            told("dlq_offset", "-"),
            age(now_ms - self.record.timestamp),
            self.state,
            self.type,
            self.id,
            told("dlq_reason", "not told"),
        )
        return tuple(map(shown, cells))

    def again(self) -> Outgoing:
        """The message as it first came: without what the burial added, and with what it replaced."""
        replaced = {"ce_time": self.headers.get("dlq_ce_time"), "ce_source": self.headers.get("dlq_ce_source")}
        headers: Headers = [
            (name, replaced[name].encode() if replaced.get(name) else value or b"")  # type: ignore[union-attr]
            for name, value in self.record.headers
            if not name.startswith("dlq_")
        ]
        return Outgoing(self.topic, self.record.key or b"", self.record.value or b"", headers)


def shown(text: str) -> str:
    """Printable, without anything that could be a card number, and not too long."""
    safe = "".join(char if char.isprintable() else "\ufffd" for char in DIGITS.sub("[digits]", text))
    return safe if len(safe) <= SHOWN_MAX_CHARS else safe[: SHOWN_MAX_CHARS - 1] + "…"


def age(passed_ms: float) -> str:
    """Of a letter: in the largest unit that gives a whole number."""
    passed_s = max(0, int(passed_ms / 1000))
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if passed_s >= length_s:
            return f"{passed_s // length_s} {unit}"
    return f"{passed_s} s"


class Letters:
    """The dead-letter topics of one Kafka. Make it with `opened`."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def read(self, topics: Sequence[str], *, only_waiting: bool = False) -> AsyncIterator[list[Letter]]:
        """Letters of these topics (their own names, not those of the dead-letter topics), up to where they end now."""
        places = await self._places([dead_letter_name(topic) for topic in topics])
        if not places:
            return
        self._consumer.assign(places)
        ends = await self._consumer.end_offsets(places)
        begins = await self._consumer.beginning_offsets(places)
        sent = {place: await self._consumer.committed(place) or 0 for place in places}
        for place in places:
            self._consumer.seek(place, max(begins[place], sent[place]) if only_waiting else begins[place])
        while left := [place for place in places if await self._consumer.position(place) < ends[place]]:
            fetched = await self._consumer.getmany(*left, timeout_ms=POLL_MS, max_records=BATCH_MAX)
            for place, records in fetched.items():
                yield [Letter.of(one, sent_below=sent[place]) for one in records if one.offset < ends[place]]

    async def _places(self, names: Sequence[str]) -> list[TopicPartition]:
        known = await self._consumer.topics()
        return [TopicPartition(name, PARTITION) for name in names if name in known]

    async def mark_sent(self, letters: Sequence[Letter]) -> None:
        """The next replay begins behind these, which are of one batch of `read`."""
        last = letters[-1].record
        await self._consumer.commit({TopicPartition(last.topic, last.partition): last.offset + 1})


@asynccontextmanager
async def opened(bootstrap_servers: str) -> AsyncIterator[Letters]:
    """Raises ToolFailure when Kafka does not answer."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )
    try:
        await asyncio.wait_for(consumer.start(), START_TIMEOUT_S)
        yield Letters(consumer)
    except (KafkaError, PublishError, TimeoutError, OSError) as error:
        raise ToolFailure(
            f"Kafka does not answer at {bootstrap_servers} ({error!r}): see `make status`, then try again."
        ) from error
    finally:
        await consumer.stop()


async def replay(bootstrap_servers: str, topic: str, event_id: str | None = None) -> tuple[int, int]:
    """Send letters of a topic again: those that no replay has sent, or the one with this id whatever has become of it.

    The answer is how many were sent, and how many are no events and stay where they are. Raises ToolFailure.
    """
    publisher = Publisher(bootstrap_servers, client_id=GROUP)
    sent: set[str] = set()
    left = 0
    try:
        async with opened(bootstrap_servers) as letters:
            async for batch in letters.read([topic], only_waiting=event_id is None):
                wanted = {one.id: one for one in batch if one.state != "no event" and event_id in (None, one.id)}
                left += sum(one.state == "no event" and event_id in (None, one.id) for one in batch)
                fresh = [one for one in wanted.values() if one.id not in sent]
                if fresh:
                    await publisher.publish([one.again() for one in fresh])
                sent |= wanted.keys()
                if event_id is None and batch:
                    await letters.mark_sent(batch)
    finally:
        await publisher.close()
    return len(sent), left


async def show(bootstrap_servers: str, topics: Sequence[str], say: Callable[[str], None], paint: Paint) -> int:
    """Say every letter, topic by topic; how many wait to be sent again."""
    rows: list[tuple[str, ...]] = []
    waiting = 0
    async with opened(bootstrap_servers) as letters:
        async for batch in letters.read(topics):
            now_ms = time.time() * 1000
            rows += [one.row(now_ms) for one in batch]
            waiting += sum(one.state == "waiting" for one in batch)
    if not rows:
        say("No dead letters: every record was handled.")
        return 0
    head, *lines = table([HEADINGS, *rows])
    say(paint(BOLD, head))
    for row, line in zip(rows, lines, strict=True):
        say(paint(RED, line) if row[4] == "waiting" else paint(DIM, line))
    say(f"\n{len(rows)} dead letters, {waiting} of them waiting. Mend the cause, then send them again to their topic:")
    for topic in sorted({row[0] for row in rows}):
        say(f"  make replay-dead-letters TOPIC={topic}   (or only one: ID=…)")
    return waiting


def known(topic: str) -> str:
    """A topic that has dead letters, by its own name or that of its dead letters. Raises ToolFailure."""
    name = topic.removesuffix(dead_letter_name(""))
    names = [one.name for one in TOPICS if one.consumers]
    if name not in names:
        raise ToolFailure(f"There is no topic '{topic}' with dead letters; name one of: {', '.join(names)}.")
    return name


async def run(arguments: argparse.Namespace, bootstrap_servers: str) -> None:
    """One command. Raises ToolFailure."""
    topics = [known(arguments.topic)] if arguments.topic else [one.name for one in TOPICS if one.consumers]
    if arguments.command == "list":
        await show(bootstrap_servers, topics, print, Paint.for_output(sys.stdout))
        return
    sent, left = await replay(bootstrap_servers, topics[0], arguments.id)
    if arguments.id and not sent + left:
        raise ToolFailure(f"{topics[0]} has no dead letter with the id {shown(arguments.id)}: see `make dead-letters`.")
    print(f"{sent} messages were sent again to {topics[0]}.")
    if left:
        print(f"{left} records are no events (they name no type or no id): nobody could handle them, so they stay.")
    if sent:
        print("`make dead-letters` says whether one came back; who has handled one before knows its id.")


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.dead_letters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show every dead letter").add_argument("--topic", help="of this topic alone")
    again = commands.add_parser("replay", help="send the letters of a topic again")
    again.add_argument("--topic", required=True)
    again.add_argument("--id", help="only the event with this id, also if it was sent again before")
    arguments = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it would say is said here in a sentence
    try:
        asyncio.run(run(arguments, Place.find().kafka_bootstrap_servers))
    except ToolFailure as failure:
        return complain(str(failure))
    return 0


if __name__ == "__main__":
    sys.exit(main())
