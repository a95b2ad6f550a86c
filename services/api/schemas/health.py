"""What the gateway says of itself, to people and old clients."""

from datetime import datetime
from typing import Literal

from services.api.schemas.fields import Shown

Connected = Literal["connected", "disconnected"]
Running = Literal["running", "stopped"]


class HealthAnswer(Shown):
    """`redis` is the queue's state under the name that old clients look for; `worker` is that of what takes payments,
    refunds and webhooks on; `services` is there when one of them, or the checkout, has stopped, and says which."""

    status: Literal["healthy", "unhealthy"]
    database: Connected
    kafka: Connected
    redis: Connected
    worker: Running
    timestamp: datetime
    services: dict[str, Running] | None = None


class SeededMerchantAnswer(Shown):
    """The merchant that a new stack starts with."""

    id: str
    email: str
    api_key: str
    seeded: Literal[True]


class JobsAnswer(Shown):
    """What all workers together have to do (`pending`, `processing`), and have done since the beginning. A worker
    that does not answer is missing in the figures, and `worker_status` says so."""

    pending: int
    processing: int
    completed: int
    failed: int
    worker_status: Running
