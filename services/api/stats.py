"""Figures of hours and days: counted when something happens, in the transaction in which it happens, so that they cost
the same whatever lies behind, and never differ from what did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from services.api.state import Payment, Refund

Interval = Literal["hour", "day"]
LENGTH: Final[Mapping[Interval, timedelta]] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

FIGURES: Final = (
    "payments",
    "succeeded",
    "failed",
    "amount_succeeded",
    "amount_captured",
    "refunds",
    "amount_refunded",
)
"""What is counted for each currency; amounts in minor units."""

WEBHOOK_FIGURES: Final = ("webhooks_ok", "webhooks_failed")
USUAL_CURRENCY: Final = "INR"
"""What is shown where there is nothing."""

Counted = Mapping[tuple[str, str], int]
"""By hour (`chassis.counts.hour_of`) and name."""


def name_of(currency: str, figure: str) -> str:
    """Under which a figure is counted."""
    return f"{currency}/{figure}"


def payment_figures(before: Payment | None, after: Payment) -> Iterator[tuple[str, int]]:
    """What a change of a payment adds to the figures of its hour."""
    if before is None:
        yield "payments", 1
    status = None if before is None else before.status
    if after.status != status and after.status == "success":
        yield "succeeded", 1
        yield "amount_succeeded", after.amount_minor
    if after.status != status and after.status == "failed":
        yield "failed", 1
    captured_minor = after.amount_captured_minor - (0 if before is None else before.amount_captured_minor)
    if captured_minor:
        yield "amount_captured", captured_minor


def refund_figures(before: Refund | None, after: Refund) -> Iterator[tuple[str, int]]:
    """What a change of a refund, or of a reversal, adds: it counts once it is processed."""
    if after.status == "processed" and (before is None or before.status != "processed"):
        yield "refunds", 1
        yield "amount_refunded", after.amount_minor


@dataclass(frozen=True, slots=True)
class Period:
    """Whole hours or days of UTC, from `begin` to `end` (exclusive)."""

    begin: datetime
    end: datetime
    interval: Interval

    @property
    def count(self) -> int:
        """How many buckets it has."""
        return (self.end - self.begin) // LENGTH[self.interval]

    def starts(self) -> Iterator[datetime]:
        """When each bucket begins."""
        return (self.begin + number * LENGTH[self.interval] for number in range(self.count))

    def start_of(self, hour: str) -> datetime:
        """When the bucket begins that an hour belongs to."""
        return floor(datetime.strptime(hour[-13:], "%Y-%m-%dT%H").replace(tzinfo=UTC), self.interval)


def period_of(begin: datetime, end: datetime, interval: Interval) -> Period:
    """The buckets that these instants lie in, or between."""
    last = floor(end, interval)
    return Period(floor(begin, interval), last if last == end else last + LENGTH[interval], interval)


def floor(at: datetime, interval: Interval) -> datetime:
    """When the hour, or the day, of an instant begins."""
    at = at.astimezone(UTC)
    return at.replace(minute=0, second=0, microsecond=0, hour=at.hour if interval == "hour" else 0)


def currencies_of(counted: Counted) -> list[str]:
    """Those that anything was counted in, the one with the most payments first."""
    payments: dict[str, int] = {}
    for (_, name), number in counted.items():
        currency, _, figure = name.partition("/")
        payments[currency] = payments.get(currency, 0) + (number if figure == "payments" else 0)
    return sorted(payments, key=lambda currency: (-payments[currency], currency))


def buckets_of(period: Period, counted: Counted, webhooks: Counted | None, currency: str) -> list[dict[str, Any]]:
    """A row for every bucket, also where nothing happened. `webhooks` None: nobody could say."""
    no_webhooks: dict[str, int | None] = dict.fromkeys(WEBHOOK_FIGURES, None if webhooks is None else 0)
    rows: dict[datetime, dict[str, Any]] = {
        at: {"at": at, **dict.fromkeys(FIGURES, 0), **no_webhooks} for at in period.starts()
    }
    for (hour, name), number in counted.items():
        of, _, figure = name.partition("/")
        if of == currency and figure in FIGURES:
            rows[period.start_of(hour)][figure] += number
    for (hour, figure), number in (webhooks or {}).items():
        if figure in WEBHOOK_FIGURES:
            rows[period.start_of(hour)][figure] += number
    return list(rows.values())


def totals_of(buckets: list[dict[str, Any]]) -> dict[str, Any]:
    """All buckets together. `success_rate`: of the payments that ended, from 0 to 1; null where none did."""
    sums: dict[str, Any] = {figure: sum(bucket[figure] for bucket in buckets) for figure in FIGURES}
    for figure in WEBHOOK_FIGURES:
        known = [bucket[figure] for bucket in buckets]
        sums[figure] = None if None in known else sum(known)
    ended = sums["succeeded"] + sums["failed"]
    return {**sums, "success_rate": round(sums["succeeded"] / ended, 4) if ended else None}
