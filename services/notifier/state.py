"""What is decided about deliveries, without I/O: when the next attempt is due, which delay topic leads there, what
an answer means. Everything here is a pure function of its arguments."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal, NamedTuple

from contracts.events.webhook import API_VERSION, EVERY_TYPE, group_of
from contracts.topics import DELAY_TIERS_S, WEBHOOK_DISPATCH, delay_topic_name

Status = Literal["pending", "success", "failed"]
ErrorClass = Literal["dns", "connect", "tls", "timeout", "status", "blocked"]
Trigger = Literal["auto", "manual", "bulk", "sweeper"]
StartedBy = Literal["auto", "manual", "bulk"]
FailureReason = Literal["exhausted", "gone", "endpoint_disabled", "endpoint_deleted"]
Ordering = Literal["none", "object"]
Queued = Literal["slot", "sweeper"]

STATUSES: Final[tuple[Status, ...]] = ("pending", "success", "failed")
GAPS_S: Final = (60, 300, 1800, 7200)
TEST_GAPS_S: Final = (5, 10, 15, 20)
JITTER_PART: Final = 0.05
JITTER_MAX_S: Final = 30.0
"""Jitter only adds: an attempt is never early, and late by no more than this."""

RETRY_AFTER_MAX_S: Final = 24 * 3600
QUICK_MS: Final = 1000.0
"""An endpoint that answers within this may have more claimed for it than it has slots."""

NOT_KEPT: Final = "The endpoint's answer could not be kept"
GONE: Final = 410
TOO_MANY: Final = 429
SERVER_ERRORS: Final = 500
DISABLED_BY_MERCHANT: Final = "disabled by the merchant"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a merchant's webhooks go, what it asks for and how it fares. What is sealed is so for its merchant."""

    id: str
    merchant_id: str
    url: str | None
    enabled: bool
    secret_sealed: bytes
    event_types: tuple[str, ...] = (EVERY_TYPE,)
    headers_sealed: bytes | None = None
    rate_limit_per_s: int | None = None
    api_version: str = API_VERSION
    ordering: Ordering = "none"
    retry_gaps_s: tuple[int, ...] | None = None
    former_secret_sealed: bytes | None = None
    former_secret_until: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    deleted: bool = False

    @property
    def listens(self) -> bool:
        """Whether anything may be sent there."""
        return self.enabled and self.url is not None

    def wants(self, event_type: str) -> bool:
        """Whether one of its patterns fits: every type, a group (`payment.*`), or the type itself."""
        fitting = (EVERY_TYPE, group_of(event_type), event_type)
        return any(pattern in fitting for pattern in self.event_types)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The gaps after each failed attempt; `jitter` gives a number from 0 to 1."""

    gaps_s: tuple[int, ...]
    jitter: Callable[[], float]

    def of(self, endpoint: Endpoint) -> "Schedule":
        """The same with the gaps that an endpoint asked for."""
        return self if endpoint.retry_gaps_s is None else replace(self, gaps_s=endpoint.retry_gaps_s)

    def next_at(self, attempt: int, now: datetime, retry_after_s: float | None) -> datetime | None:
        """When the attempt after this one is due; None after the last."""
        if attempt > len(self.gaps_s):
            return None
        gap_s = self.gaps_s[attempt - 1]
        wait_s = gap_s + self.jitter() * min(gap_s * JITTER_PART, JITTER_MAX_S)
        if retry_after_s is not None:
            wait_s = max(wait_s, min(retry_after_s, RETRY_AFTER_MAX_S))
        return now + timedelta(seconds=wait_s)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed attempt: what is needed to send it."""

    delivery_id: str
    run: int
    number: int
    trigger: Trigger
    endpoint: Endpoint
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back. Without `error_class` it is a success. `phases`: ms by phase, as far as it got.
    `response_truncated`: the answer's body went on beyond what is kept."""

    at: datetime
    duration_ms: float
    request_headers: Mapping[str, str]
    response_status: int | None = None
    response_headers: Mapping[str, str] | None = None
    response_body: bytes | None = None
    error_class: ErrorClass | None = None
    error: str | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    response_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a claimed delivery, decided at `at`. `attempts` counts the finished ones; without an exchange
    none was made. `failure_reason`: why there will be no further one, of a delivery that failed."""

    job: Job
    at: datetime
    exchange: Exchange | None
    status: Status
    attempts: int
    next_attempt_at: datetime | None = None
    queued: Queued | None = None
    error: str | None = None
    failure_reason: FailureReason | None = None

    @property
    def endpoint_gone(self) -> bool:
        """Whether its server said that nobody listens there any more."""
        return self.failure_reason == "gone"

    @property
    def has_answer(self) -> bool:
        """Whether there is anything of a receiver's making in it, but for the status."""
        return self.exchange is not None and self.exchange.response_headers is not None

    def without_answer(self) -> "Outcome":
        """The same, told without what the receiver said."""
        if self.exchange is None:
            return self
        bare = replace(self.exchange, response_headers=None, response_body=None, error=self.exchange.error and NOT_KEPT)
        return replace(self, exchange=bare, error=self.error and NOT_KEPT)


class Unheard(NamedTuple):
    """Why what is still to be sent to an endpoint will not be, in words and for machines."""

    error: str
    reason: FailureReason


def after_exchange(job: Job, exchange: Exchange, now: datetime, schedule: Schedule) -> Outcome:
    """2xx ends it well, 410 ends it and the endpoint, anything else is tried again until the attempts are used up."""
    if exchange.error_class is None:
        return Outcome(job, now, exchange, "success", job.number)
    failed = Outcome(job, now, exchange, "failed", job.number, error=exchange.error, failure_reason="exhausted")
    if exchange.response_status == GONE:
        return replace(failed, failure_reason="gone")
    retry_after_s = parse_retry_after(_header(exchange, "retry-after"), now)
    next_at = schedule.of(job.endpoint).next_at(job.number, now, retry_after_s)
    if next_at is None:
        return failed
    return replace(failed, status="pending", failure_reason=None, next_attempt_at=next_at)


def is_quick(exchange: Exchange) -> bool:
    """Whether the endpoint answers so fast that more may be claimed for it than it has slots."""
    return exchange.error_class != "timeout" and exchange.duration_ms < QUICK_MS


def found_somebody(exchange: Exchange) -> bool:
    """Whether it makes sense to go on: not when nothing answers, nor when the answer is that it is too much or broken.
    Any other refusal is an answer, however often it comes."""
    match exchange.error_class:
        case None | "blocked":
            return True
        case "status":
            status = exchange.response_status or 0
            return status != TOO_MANY and status < SERVER_ERRORS
        case _:
            return False


def given_back(job: Job, now: datetime) -> Outcome:
    """Claimed but not sent: it waits in Postgres again and has lost no attempt."""
    return Outcome(job, now, None, "pending", job.number - 1, next_attempt_at=now, queued="slot")


def dropped(job: Job, now: datetime) -> Outcome:
    """Nobody listens any more: not sent, not tried again (a manual retry still can)."""
    why = why_unheard(deleted=job.endpoint.deleted)
    return Outcome(job, now, None, "failed", job.number - 1, error=why.error, failure_reason=why.reason)


def why_unheard(*, deleted: bool) -> Unheard:
    """What is told of deliveries to an endpoint that listens no more."""
    if deleted:
        return Unheard("endpoint deleted", "endpoint_deleted")
    return Unheard("endpoint disabled", "endpoint_disabled")


def trigger_of(started_by: StartedBy, number: int, queued: str | None) -> Trigger:
    """Why an attempt is made."""
    if number == 1 and started_by != "auto":
        return started_by
    return "sweeper" if queued == "sweeper" else "auto"


def _header(exchange: Exchange, name: str) -> str | None:
    """A header of the answer; their names come as the receiver writes them."""
    found = (value for key, value in (exchange.response_headers or {}).items() if key.lower() == name)
    return next(found, None)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Retry-After in seconds from now, given as seconds or as an HTTP date; None when there is none to honour."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def tier_for(remaining_ms: int) -> int | None:
    """The longest wait of the ladder that is not too long, in s; None when all are."""
    return max((tier_s for tier_s in DELAY_TIERS_S if tier_s * 1000 <= remaining_ms), default=None)


def topic_towards(due_at_ms: int, now_ms: int) -> str:
    """Where a record goes next on its way to its due time: a delay topic, or for the last stretch dispatch."""
    tier_s = tier_for(due_at_ms - now_ms)
    return WEBHOOK_DISPATCH.name if tier_s is None else delay_topic_name(tier_s)


def to_ms(at: datetime) -> int:
    """Unix milliseconds, rounded up: nothing is due before its time."""
    return math.ceil(at.timestamp() * 1000)
