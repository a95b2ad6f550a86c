"""`merchant.events`: who there is. The topic is compacted, so that a service which comes later learns of everybody."""

from datetime import datetime
from typing import ClassVar

from contracts.events.base import Event, Model, Sequence


class Merchant(Model):
    """A merchant as it began; nothing of it is a secret. `webhook_url` is where it wanted its first webhooks."""

    id: str
    name: str
    email: str
    webhook_url: str | None
    created_at: datetime


class MerchantCreated(Event):
    """There is a merchant. Told again to a Kafka that has lost its data, so it may come more than once."""

    TYPE: ClassVar[str] = "merchant.created"

    sequence: Sequence
    merchant: Merchant
