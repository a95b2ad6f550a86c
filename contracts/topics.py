"""The one registry of Kafka topics: who writes, who reads, under which key, for how long.

Compose, the embedded stack, the specs and the tests all read it; a topic that is not here does not exist.
"""

from dataclasses import dataclass, replace
from typing import Final

from contracts.events.base import Event
from contracts.events.merchant import MerchantCreated
from contracts.events.payment import (
    PaymentCanceled,
    PaymentCaptured,
    PaymentCreated,
    PaymentDisputed,
    PaymentExpired,
    PaymentFailed,
    PaymentPending,
    PaymentRequiresAction,
    PaymentSuccess,
)
from contracts.events.payment_command import AuthorisePayment, CapturePayment, VoidPayment
from contracts.events.payment_result import (
    AuthorisationAnswered,
    AuthorisationApproved,
    AuthorisationChallenged,
    AuthorisationDeclined,
    CaptureAccepted,
    DisputeOpened,
    VoidAccepted,
)
from contracts.events.refund import RefundCreated, RefundFailed, RefundProcessed
from contracts.events.refund_command import ExecuteRefund
from contracts.events.refund_result import RefundExecutionFailed, RefundExecutionSucceeded
from contracts.events.webhook import DispatchWebhook

PARTITIONS: Final = 12
"""From the start, since a topic's keys cannot be spread anew without losing their order."""

DELAY_PARTITIONS: Final = 3
MERCHANT_PARTITIONS: Final = 3
RETENTION_H: Final = 7 * 24
"""Longer than the longest outage that a consumer is meant to survive."""

DELAY_TIERS_S: Final = (5, 10, 15, 20, 60, 300, 1800, 7200)
"""The ladder of delay topics. A record waits exactly its tier, so each topic is first in, first out."""

MESSAGE_MAX_BYTES: Final = 1_048_588
"""Kafka's own default, said aloud because a dead-letter topic must take more than its topic does."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `key` says in words what records are keyed by; `public` marks a contract with integrations."""

    name: str
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    events: tuple[type[Event], ...]
    description: str
    partitions: int = PARTITIONS
    retention_h: int = RETENTION_H
    message_max_bytes: int = MESSAGE_MAX_BYTES
    public: bool = False
    compacted: bool = False
    """The latest record of each key is kept for ever, instead of all of them for `retention_h`."""

    @property
    def config(self) -> dict[str, str]:
        """Broker-side settings of the topic."""
        if self.compacted:
            return {"cleanup.policy": "compact", "max.message.bytes": str(self.message_max_bytes)}
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_h * 3_600_000),
            "max.message.bytes": str(self.message_max_bytes),
        }


PAYMENT_COMMANDS: Final = Topic(
    "payment.commands.v1",
    key="payment id",
    producers=("api",),
    consumers=("processor",),
    events=(AuthorisePayment, CapturePayment, VoidPayment),
    description="What the api asks the processor to do at the acquirer.",
)
PAYMENT_RESULTS: Final = Topic(
    "payment.results.v1",
    key="payment id",
    producers=("processor",),
    consumers=("api",),
    events=(
        AuthorisationChallenged,
        AuthorisationAnswered,
        AuthorisationApproved,
        AuthorisationDeclined,
        CaptureAccepted,
        VoidAccepted,
        DisputeOpened,
    ),
    description="What the acquirer said about payments.",
)
PAYMENT_EVENTS: Final = Topic(
    "payment.events.v1",
    key="payment id",
    producers=("api",),
    consumers=("notifier",),
    events=(
        PaymentCreated,
        PaymentPending,
        PaymentRequiresAction,
        PaymentSuccess,
        PaymentFailed,
        PaymentCaptured,
        PaymentCanceled,
        PaymentExpired,
        PaymentDisputed,
    ),
    description="What happened to payments, for integrations.",
    public=True,
)
REFUND_COMMANDS: Final = Topic(
    "refund.commands.v1",
    key="payment id",
    producers=("api",),
    consumers=("refunder",),
    events=(ExecuteRefund,),
    description="What the api asks the refunder to do at the acquirer.",
)
REFUND_RESULTS: Final = Topic(
    "refund.results.v1",
    key="payment id",
    producers=("refunder",),
    consumers=("api",),
    events=(RefundExecutionSucceeded, RefundExecutionFailed),
    description="What the acquirer said about refunds.",
)
REFUND_EVENTS: Final = Topic(
    "refund.events.v1",
    key="payment id",
    producers=("api",),
    consumers=("notifier",),
    events=(RefundCreated, RefundProcessed, RefundFailed),
    description="What happened to refunds, for integrations.",
    public=True,
)
MERCHANT_EVENTS: Final = Topic(
    "merchant.events.v1",
    key="merchant id",
    producers=("api",),
    consumers=("notifier", "checkout", "dashboard"),
    events=(MerchantCreated,),
    description="Which merchants there are.",
    partitions=MERCHANT_PARTITIONS,
    compacted=True,
)
WEBHOOK_DISPATCH: Final = Topic(
    "webhook.dispatch.v1",
    key="delivery id",
    producers=("notifier",),
    consumers=("notifier",),
    events=(DispatchWebhook,),
    description="Webhook attempts that are due now.",
)


def delay_topic_name(tier_s: int) -> str:
    """The delay topic of a tier of the ladder, in seconds."""
    return f"webhook.delay.{tier_s}s.v1"


WEBHOOK_DELAYS: Final = tuple(
    Topic(
        delay_topic_name(tier_s),
        key="delivery id",
        producers=("notifier",),
        consumers=("notifier",),
        events=(DispatchWebhook,),
        description=f"Webhook attempts that wait {tier_s} s from their append.",
        partitions=DELAY_PARTITIONS,
    )
    for tier_s in DELAY_TIERS_S
)


def dead_letter_name(topic: str) -> str:
    """Where the messages of a topic go that can never be handled."""
    return f"{topic}.dlq"


def _dead_letter(topic: Topic) -> Topic:
    return replace(
        topic,
        name=dead_letter_name(topic.name),
        producers=topic.consumers,
        consumers=(),
        description=f"Messages of {topic.name} that can never be handled, with the reason in their headers.",
        partitions=1,
        retention_h=4 * RETENTION_H,
        message_max_bytes=2 * topic.message_max_bytes,  # the message, and why it is there
        public=False,
        compacted=False,
    )


_CONSUMED: Final = (
    PAYMENT_COMMANDS,
    PAYMENT_RESULTS,
    PAYMENT_EVENTS,
    REFUND_COMMANDS,
    REFUND_RESULTS,
    REFUND_EVENTS,
    MERCHANT_EVENTS,
    WEBHOOK_DISPATCH,
    *WEBHOOK_DELAYS,
)

TOPICS: Final[tuple[Topic, ...]] = (*_CONSUMED, *(_dead_letter(topic) for topic in _CONSUMED))
"""Every topic there is."""
