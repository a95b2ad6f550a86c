"""Dead letters on a real Kafka: listed without what they hold, sent again as they first came, each once."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from chassis.cloudevents import Headers, encode
from chassis.kafka import Outgoing, Publisher, TopicSpec, ensure_topics
from chassis.tests.reading import read_all
from contracts.topics import TOPICS
from tools.dead_letters import Letter, age, known, replay, show
from tools.place import ToolFailure
from tools.screen import Paint

HAPPENED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BURIED = datetime(2026, 1, 2, 9, 9, 9, tzinfo=UTC)
CARD = "4242424242424242"


def buried(event_id: str, type_: str = "payment.success", *, reason: str = "Reject('no')") -> Headers:
    """The headers of a letter, as a consumer writes them."""
    return encode(
        event_id=event_id,
        type_=type_,
        source="/paygate/notifier",
        subject="pay_1",
        time=BURIED,
        traceparent=None,
        extra={
            "dlq_topic": "things.v1",
            "dlq_partition": "3",
            "dlq_offset": "41",
            "dlq_group": "notifier-events",
            "dlq_ce_time": "2026-01-02T03:04:05Z",
            "dlq_ce_source": "/paygate/api",
            "dlq_reason": reason,
        },
    )


@dataclass
class Scene:
    """A topic of the test's own with its dead letters."""

    kafka: str
    topic: str
    publisher: Publisher

    async def bury(self, *event_ids: str, **how: Any) -> None:
        """Letters, in one partition, as the registry has it."""
        letters = [
            Outgoing(f"{self.topic}.dlq", b"pay_1", f'{{"of":"{event_id}"}}'.encode(), buried(event_id, **how))
            for event_id in event_ids
        ]
        await self.publisher.publish(letters)

    async def arrived(self) -> list[ConsumerRecord]:
        return await read_all(self.kafka, self.topic, 2)

    async def ids(self) -> list[str]:
        """Of what arrived at the topic, in order."""
        return [dict(one.headers)["ce_id"].decode() for one in await self.arrived()]

    async def listed(self) -> tuple[str, int]:
        lines: list[str] = []
        waiting = await show(self.kafka, [self.topic], lines.append, Paint(False))
        return "\n".join(lines), waiting


@pytest.fixture
async def scene(kafka: str) -> AsyncIterator[Scene]:
    topic = f"things-{secrets.token_hex(4)}"
    await ensure_topics(kafka, [TopicSpec(topic, 2, {}), TopicSpec(f"{topic}.dlq", 1, {})])
    publisher = Publisher(kafka, client_id="tests")
    yield Scene(kafka, topic, publisher)
    await publisher.close()


async def test_no_letters_are_a_sentence(scene: Scene) -> None:
    assert await scene.listed() == ("No dead letters: every record was handled.", 0)
    assert await replay(scene.kafka, scene.topic) == (0, 0)


async def test_a_letter_is_listed_with_where_it_came_from_and_why_it_is_there(scene: Scene) -> None:
    await scene.bury("evt_1", reason="Reject('event evt_1 carries no payment')")
    text, waiting = await scene.listed()
    (line,) = [line for line in text.splitlines() if "evt_1" in line]
    assert waiting == 1
    assert line.split()[:3] == [scene.topic, "3", "41"]
    assert "payment.success" in line
    assert line.endswith("Reject('event evt_1 carries no payment')")
    assert f"make replay-dead-letters TOPIC={scene.topic}" in text


async def test_neither_what_a_letter_holds_nor_a_card_number_is_shown(scene: Scene) -> None:
    value = f'{{"card":"{CARD}"}}'.encode()
    reason = f"ValueError('{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}')\x1b[2J"
    await scene.publisher.publish([Outgoing(f"{scene.topic}.dlq", b"k", value, buried(f"evt_{CARD}", reason=reason))])
    text, _ = await scene.listed()
    assert "4242" not in text
    assert "\x1b" not in text
    assert "ValueError('[digits]')" in text


async def test_a_letter_is_sent_again_as_it_first_came(scene: Scene) -> None:
    await scene.bury("evt_1")
    assert await replay(scene.kafka, scene.topic) == (1, 0)
    (record,) = await scene.arrived()
    assert (record.key, record.value) == (b"pay_1", b'{"of":"evt_1"}')
    assert list(record.headers) == encode(
        event_id="evt_1",
        type_="payment.success",
        source="/paygate/api",
        subject="pay_1",
        time=HAPPENED,
        traceparent=None,
    )


async def test_what_was_sent_again_is_not_sent_once_more(scene: Scene) -> None:
    await scene.bury("evt_1", "evt_2", "evt_2")
    assert await replay(scene.kafka, scene.topic) == (2, 0)
    assert await replay(scene.kafka, scene.topic) == (0, 0)
    await scene.bury("evt_3")
    assert (await scene.listed())[1] == 1
    assert await replay(scene.kafka, scene.topic) == (1, 0)
    assert await scene.ids() == ["evt_1", "evt_2", "evt_3"]
    text, waiting = await scene.listed()
    assert (text.count("sent again"), waiting) == (4, 0)


async def test_a_crash_between_sending_and_remembering_sends_again_under_the_same_id(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.bury("evt_1", "evt_2")

    async def crash(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("tools.dead_letters.Letters.mark_sent", crash)
        with pytest.raises(RuntimeError, match="killed"):
            await replay(scene.kafka, scene.topic)
    assert await replay(scene.kafka, scene.topic) == (2, 0)
    assert await scene.ids() == ["evt_1", "evt_2"] * 2


async def test_one_letter_is_sent_by_its_id_and_the_others_wait(scene: Scene) -> None:
    await scene.bury("evt_1", "evt_2", "evt_3")
    assert await replay(scene.kafka, scene.topic, "evt_2") == (1, 0)
    assert await replay(scene.kafka, scene.topic, "evt_9") == (0, 0)
    assert await scene.ids() == ["evt_2"]
    assert await replay(scene.kafka, scene.topic) == (3, 0)
    assert await replay(scene.kafka, scene.topic, "evt_3") == (1, 0), "asked for by its id, it goes once more"


async def test_what_was_no_event_stays(scene: Scene) -> None:
    await scene.bury("evt_1", type_="unknown")
    await scene.bury("evt_2")
    assert await replay(scene.kafka, scene.topic) == (1, 1)
    assert await scene.ids() == ["evt_2"]
    assert "no event" in (await scene.listed())[0]


async def test_a_letter_of_the_delay_relay_names_its_topic_alone(scene: Scene) -> None:
    headers = [*encode(event_id="e", type_="webhook.dispatch", source="/paygate/notifier", subject="whd_1",
                       time=HAPPENED, traceparent=None), ("dlq_reason", b"[json_invalid]")]  # fmt: skip
    await scene.publisher.publish([Outgoing(f"{scene.topic}.dlq", b"whd_1", b"{", headers)])
    assert (await scene.listed())[0].splitlines()[1].split()[:3] == [scene.topic, "-", "-"]
    await replay(scene.kafka, scene.topic)
    (record,) = await scene.arrived()
    assert list(record.headers) == headers[:-1]


async def test_more_letters_than_one_batch(scene: Scene) -> None:
    ids = [f"evt_{number}" for number in range(500)]
    await scene.bury(*ids)
    assert await replay(scene.kafka, scene.topic) == (500, 0)
    assert await scene.ids() == ids


async def test_a_kafka_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.dead_letters.START_TIMEOUT_S", 0.5)
    with pytest.raises(ToolFailure, match=r"Kafka does not answer at 127\.0\.0\.1:9"):
        await replay("127.0.0.1:9", "payment.events.v1")


def test_dead_letters_are_in_one_partition() -> None:
    assert {topic.partitions for topic in TOPICS if not topic.consumers} == {1}


def test_a_topic_is_known_by_its_name_or_by_that_of_its_dead_letters() -> None:
    assert known("payment.events.v1") == known("payment.events.v1.dlq") == "payment.events.v1"
    with pytest.raises(ToolFailure, match="There is no topic 'payments'"):
        known("payments")


@pytest.mark.parametrize(
    ("passed_ms", "text"), [(-5, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (7_200_000, "2 h"), (9e7, "1 d")]
)
def test_an_age_is_told_in_its_largest_unit(passed_ms: float, text: str) -> None:
    assert age(passed_ms) == text


def test_a_letter_without_a_header_is_listed_all_the_same() -> None:
    record = ConsumerRecord("a.dlq", 0, 7, 0, 0, None, None, None, 0, 0, [("ce_id", None)])
    letter = Letter.of(record, sent_below=0)
    assert letter.row(1000.0) == ("a", "-", "-", "1 s", "no event", "unknown", "", "not told")
