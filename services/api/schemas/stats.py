"""Figures of hours and days."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from chassis.validation import Instant
from services.api.schemas.fields import OwnRequest, Shown
from services.api.stats import Interval, Period, period_of

BUCKETS_MAX: Final = 800


class StatsQuery(OwnRequest):
    """GET /api/v1/stats"""

    begin: Annotated[Instant, Field(alias="from")]
    """The hour, or the day, of this instant is the first."""
    end: Annotated[Instant, Field(alias="to")]
    """Exclusive; the hour, or the day, that it is in is the last."""
    interval: Interval = "day"
    """Days are those of UTC."""
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    """Without it the one with the most payments."""

    @property
    def period(self) -> Period:
        """The buckets."""
        return period_of(self.begin, self.end, self.interval)

    @model_validator(mode="after")
    def _is_a_time_that_can_be_shown(self) -> Self:
        if self.begin >= self.end:
            raise ValueError("from must be before to")
        if self.period.count > BUCKETS_MAX:
            raise ValueError(f"from and to may be at most {BUCKETS_MAX} of the interval apart")
        return self


class Figures(Shown):
    """What happened. Amounts in minor units of the currency."""

    payments: int
    """Created."""
    succeeded: int
    failed: int
    amount_succeeded: int
    """Authorised."""
    amount_captured: int
    refunds: int
    """Processed, reversals included."""
    amount_refunded: int
    webhooks_ok: int | None
    """Attempts that were taken, whatever the currency; null when the notifier is away."""
    webhooks_failed: int | None


class Bucket(Figures):
    """What happened in the hour, or the day, that begins then."""

    at: datetime


class Totals(Figures):
    """All buckets together."""

    success_rate: float | None
    """Of the payments that ended, from 0 to 1; null where none did."""


class StatsAnswer(Shown):
    """A bucket for each hour or day, also where nothing happened. `currencies` has those with something in them."""

    interval: Interval
    begin: Annotated[datetime, Field(alias="from")]
    end: Annotated[datetime, Field(alias="to")]
    currency: str
    currencies: list[str]
    buckets: list[Bucket]
    totals: Totals
    missing: list[str]
    """Services that did not answer."""
