"""The topics in AsyncAPI 3.0, from the registry, the models of events and the golden examples; public topics first."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from pydantic.json_schema import models_json_schema

from chassis.openapi import PlainSchemas
from contracts.events import EVENT_TYPES
from contracts.events.base import Event
from contracts.topics import TOPICS, Topic
from services.api.reference.golden import golden

VERSION: Final = "1.0.0"
SCHEMAS: Final = "#/components/schemas/"
HEADERS_NAME: Final = "CloudEventHeaders"
DESCRIPTION: Final = """\
What the services of Paygate tell each other, and what integrations may read: `payment.events.v1` and `refund.events.v1`
are public, versioned contracts; the other topics are the gateway's own and may change.

Messages are CloudEvents 1.0 in Kafka's binary mode: the value is the data as JSON, the attributes are headers. An event
may arrive twice: act once per `ce_id`. `sequence` counts the events of one object without a gap. Readers must
ignore fields that they do not know.
"""
HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes as Kafka headers, in UTF-8.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "content-type"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "The event's id; the same when it is published again."},
        "ce_type": {"type": "string", "description": "The type of the event, such as `payment.success`."},
        "ce_source": {"type": "string", "description": "The service that says so."},
        "ce_subject": {"type": "string", "description": "The id of the object that it is about."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context of the request that caused it."},
    },
}


def asyncapi(bootstrap: str = "localhost:9092") -> dict[str, Any]:
    """The document, for brokers that are reached there."""
    topics = ordered()
    events = list(dict.fromkeys(event for topic in topics for event in topic.events))
    refs, found = models_json_schema(
        [(event, "validation") for event in events],
        ref_template=SCHEMAS + "{model}",
        schema_generator=PlainSchemas,
    )
    schemas = {**found["$defs"], HEADERS_NAME: HEADERS}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Paygate events", "version": VERSION, "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": bootstrap, "protocol": "kafka", "description": "Apache Kafka"}},
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": {
            f"{service}.{action}.{topic.name}": _operation(topic, service, action)
            for topic in topics
            for action, services in (("send", topic.producers), ("receive", topic.consumers))
            for service in services
        },
        "components": {
            "messages": {event.TYPE: _message(event, refs[event, "validation"]) for event in events},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def ordered() -> Sequence[Topic]:
    """Every topic: public ones first, then the gateway's own, then the dead-letter topics."""
    return sorted(TOPICS, key=lambda topic: (not topic.public, not topic.consumers))


def _channel(topic: Topic) -> dict[str, Any]:
    config = topic.config
    return {
        "address": topic.name,
        "description": topic.description,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {event.TYPE: {"$ref": f"#/components/messages/{event.TYPE}"} for event in topic.events},
        "tags": [{"name": "public" if topic.public else "internal"}],
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": config["cleanup.policy"].split(","),
                    **{name: int(config[name]) for name in ("retention.ms", "max.message.bytes") if name in config},
                },
                "bindingVersion": "0.5.0",
            }
        },
        "x-key": topic.key,
    }


def _operation(topic: Topic, service: str, action: str) -> dict[str, Any]:
    verb = "publishes to" if action == "send" else "reads"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"The {service} {verb} {topic.name}",
    }


def _message(event: type[Event], payload: dict[str, Any]) -> dict[str, Any]:
    assert EVENT_TYPES[event.TYPE] is event
    message: dict[str, Any] = {
        "name": event.TYPE,
        "title": event.TYPE,
        "summary": event.__doc__,
        "contentType": "application/json",
        "headers": {"$ref": SCHEMAS + HEADERS_NAME},
        "payload": payload,
    }
    examples = [{"name": name, "payload": orjson.loads(body)} for name, body in golden(event.TYPE).items()]
    return {**message, "examples": examples} if examples else message
