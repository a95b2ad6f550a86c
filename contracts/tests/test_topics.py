"""The registry of topics: complete, versioned, and without a contradiction."""

import re

import pytest

from contracts import topics
from contracts.events import EVENT_TYPES
from contracts.topics import TOPICS, Topic

SERVICES = {"api", "processor", "refunder", "notifier", "checkout", "dashboard"}
DEAD_LETTERS = [topic for topic in TOPICS if topic.name.endswith(".dlq")]
LIVE = [topic for topic in TOPICS if topic not in DEAD_LETTERS]


def name_of(topic: Topic) -> str:
    return topic.name


@pytest.mark.parametrize("topic", LIVE, ids=name_of)
def test_a_name_is_lower_case_and_ends_in_its_version(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9]+)+\.v[1-9]\d*", topic.name)
    assert len(topic.name) <= 249 - len(".dlq")


def test_no_name_is_there_twice() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("topic", LIVE, ids=name_of)
def test_producers_and_consumers_are_services_of_ours(topic: Topic) -> None:
    assert topic.producers
    assert set(topic.producers) | set(topic.consumers) <= SERVICES


@pytest.mark.parametrize("topic", [topic for topic in LIVE if topic.consumers], ids=name_of)
def test_a_consumed_topic_has_one_dead_letter_topic_that_its_consumers_write(topic: Topic) -> None:
    (letters,) = [other for other in DEAD_LETTERS if other.name == topics.dead_letter_name(topic.name)]
    assert letters.producers == topic.consumers
    assert letters.consumers == ()
    assert not letters.public
    assert letters.retention_h > topic.retention_h


def test_there_is_no_dead_letter_topic_without_its_topic() -> None:
    assert {topic.name.removesuffix(".dlq") for topic in DEAD_LETTERS} == {
        topic.name for topic in LIVE if topic.consumers
    }


@pytest.mark.parametrize("topic", DEAD_LETTERS, ids=name_of)
def test_a_dead_letter_topic_takes_every_message_of_its_topic_with_the_reason_in_its_headers(topic: Topic) -> None:
    live = next(other for other in LIVE if topics.dead_letter_name(other.name) == topic.name)
    limit_bytes = int(live.config.get("max.message.bytes", "1048588"))
    assert int(topic.config["max.message.bytes"]) >= 2 * limit_bytes


@pytest.mark.parametrize("model", EVENT_TYPES.values(), ids=lambda model: model.TYPE)
def test_an_event_type_has_one_topic_but_for_the_ladder_of_delays(model: type) -> None:
    homes = [topic for topic in LIVE if model in topic.events and topic not in topics.WEBHOOK_DELAYS]
    assert len(homes) == 1


def test_every_event_of_a_topic_is_registered() -> None:
    assert {model for topic in TOPICS for model in topic.events} == set(EVENT_TYPES.values())


def test_integrations_may_read_payment_and_refund_events_alone() -> None:
    assert {topic.name for topic in TOPICS if topic.public} == {"payment.events.v1", "refund.events.v1"}


def test_what_is_keyed_by_payment_has_as_many_partitions_everywhere() -> None:
    """So that everything about one payment is in the partition of the same number."""
    assert {topic.partitions for topic in LIVE if topic.key == "payment id"} == {12}


def test_the_ladder_of_delays_climbs_and_covers_both_schedules_of_retries() -> None:
    tiers_s = topics.DELAY_TIERS_S
    assert list(tiers_s) == sorted(set(tiers_s))
    assert {5, 10, 15, 20} | {60, 300, 1800, 7200} <= set(tiers_s)
    assert [topic.name for topic in topics.WEBHOOK_DELAYS] == [topics.delay_topic_name(tier_s) for tier_s in tiers_s]


@pytest.mark.parametrize("topic", topics.WEBHOOK_DELAYS, ids=name_of)
def test_a_delay_topic_keeps_its_records_longer_than_they_wait(topic: Topic) -> None:
    assert topic.retention_h * 3600 > max(topics.DELAY_TIERS_S)


@pytest.mark.parametrize("topic", TOPICS, ids=name_of)
def test_a_topic_says_in_words_what_it_is_for(topic: Topic) -> None:
    assert topic.description.endswith(".")
    assert topic.key
    assert topic.config["cleanup.policy"] == ("compact" if topic.compacted else "delete")
    assert topic.compacted or int(topic.config["retention.ms"]) == topic.retention_h * 3_600_000
