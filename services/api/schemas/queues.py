"""What waits between the services."""

from typing import Literal

from services.api.schemas.fields import Shown
from services.api.schemas.health import JobsAnswer


class OutboxDepth(Shown):
    """What a service has committed and Kafka has not got yet."""

    service: str
    depth: int
    """At most so many messages."""
    oldest_s: float | None
    """How long the oldest waits; null where none does."""


class ConsumerLag(Shown):
    """How far a service is behind in a topic."""

    service: str
    topic: str
    group: str
    partition_count: int
    lag: int | None
    """Messages that are not handled yet; null when Kafka does not say."""


class DelayedWebhooks(Shown):
    """Webhook attempts that wait for their time."""

    topic: str
    tier_s: int
    waiting: int | None
    """Records; an attempt leaves one in every tier that it passes until its time. Null when Kafka does not say."""


class QueuesAnswer(Shown):
    """Figures of the whole gateway, of all merchants together."""

    outbox: list[OutboxDepth]
    consumers: list[ConsumerLag]
    delays: list[DelayedWebhooks]
    jobs: JobsAnswer
    missing: list[Literal["processor", "refunder", "notifier", "checkout", "kafka"]]
    """Who did not answer in time."""
