"""The registry of topics is the truth: on the broker, and in the services' code."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

import services.api.handlers
import services.checkout.handlers
import services.dashboard.handlers
import services.notifier.handlers
import services.processor.handlers
import services.refunder.handlers
from chassis.clock import SystemClock
from chassis.consumer import Handler
from contracts import topics
from contracts.topics import TOPICS, WEBHOOK_DELAYS, Topic
from deploy.provision import provision_topics
from services.api.answers import Answers
from services.api.state import Terms
from tests.architecture.source import ROOT, SERVICES, shipped

REQUEST_TIMEOUT_MS: Final = 15_000
DEAD_LETTERS: Final = tuple(topic for topic in TOPICS if not topic.consumers)
UNUSED: Final = cast("Any", None)
"""In the place of what a handler works with once it is called: here only the tables are looked at."""


def handler_tables() -> Mapping[str, Mapping[str, Handler]]:
    """Each service's tables from event type to handler, as its consumers get them."""
    clock = SystemClock()
    intake = services.notifier.handlers.Intake(UNUSED, clock, UNUSED, UNUSED, order_wait=timedelta())
    return {
        "api": services.api.handlers.handlers(clock, Terms(timedelta(), timedelta()), Answers(clock.now())),
        "processor": services.processor.handlers.handlers(UNUSED),
        "refunder": services.refunder.handlers.handlers(UNUSED),
        "checkout": services.checkout.handlers.HANDLERS,
        "dashboard": services.dashboard.handlers.HANDLERS,
        "notifier": {**intake.event_handlers(), **intake.merchant_handlers(), **intake.dispatch_handlers()},
    }


def word_for(topic: Topic) -> str:
    """How code says this topic: its constant, or the function that makes the names of its kind."""
    if topic in DEAD_LETTERS:
        return topics.dead_letter_name.__name__
    if topic in WEBHOOK_DELAYS:
        return topics.delay_topic_name.__name__
    return next(name for name, value in vars(topics).items() if value is topic)


@pytest.fixture(scope="module")
def mentioned() -> Mapping[str, set[str]]:
    """Every name in each service's code."""
    return {name: set().union(*(module.names() for module in shipped(f"services/{name}"))) for name in SERVICES}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_producers_and_consumers_exist_and_name_the_topic(topic: Topic, mentioned: Mapping[str, set[str]]) -> None:
    parties = {*topic.producers, *topic.consumers}
    assert parties <= set(SERVICES)
    assert not [service for service in parties if word_for(topic) not in mentioned[service]]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_names_no_topic_that_the_registry_does_not_give_it(
    service: str, mentioned: Mapping[str, set[str]]
) -> None:
    given = {word_for(topic) for topic in TOPICS if service in {*topic.producers, *topic.consumers}}
    assert not mentioned[service] & {word_for(topic) for topic in TOPICS} - given


@pytest.mark.parametrize("service", SERVICES)
def test_a_consumer_has_a_handler_for_every_event_type_that_it_may_meet(service: str) -> None:
    handled = [topic for topic in TOPICS if service in topic.consumers and topic not in WEBHOOK_DELAYS]
    expected = {model.TYPE for topic in handled for model in topic.events}
    assert set(handler_tables()[service]) == expected


async def test_the_broker_has_the_topics_of_the_registry_and_no_other_of_that_kind(kafka: str) -> None:
    await provision_topics(kafka)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=REQUEST_TIMEOUT_MS)
    await admin.start()
    try:
        # Other tests may have topics on this broker; theirs bear no version.
        named = {
            name for name in await admin.list_topics() if name.removesuffix(".dlq").rpartition(".v")[2].isdecimal()
        }
        told = await admin.describe_topics([topic.name for topic in TOPICS])
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in TOPICS]
        answers = await admin.describe_configs(resources)
    finally:
        await admin.close()
    assert named == {topic.name for topic in TOPICS}
    assert {one["topic"]: len(one["partitions"]) for one in told} == {topic.name: topic.partitions for topic in TOPICS}
    configs = {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
    assert {topic.name: {key: configs[topic.name][key] for key in topic.config} for topic in TOPICS} == {
        topic.name: topic.config for topic in TOPICS
    }


def test_the_broker_makes_no_topic_by_itself() -> None:
    settings = (ROOT / "deploy/kafka/server.properties").read_text(encoding="utf-8")
    assert "auto.create.topics.enable=false" in settings
    assert 'KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false"' in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
