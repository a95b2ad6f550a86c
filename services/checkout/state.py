"""Pure decisions: who may embed a merchant's checkout, how a hosted session goes, when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

LOCAL_ORIGINS: Final = ("http://localhost:*", "http://127.0.0.1:*")
"""Any port of this machine: where shops are developed."""

PLACEHOLDER: Final = "{CHECKOUT_SESSION_ID}"
"""What stands for the session's id in the addresses that a merchant gives."""

Status = Literal["open", "complete", "expired"]
Theme = Literal["auto", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Session:
    """A hosted session. `expired_at`: when its merchant ended it before its time."""

    id: str
    merchant_id: str
    order_id: str
    amount_minor: int
    currency: str
    success_url: str | None
    cancel_url: str | None
    locale: str | None
    theme: Theme | None
    prefill: dict[str, Any]
    expires_at: datetime
    created_at: datetime
    expired_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When it can no longer be paid in."""
        return self.expires_at if self.expired_at is None else min(self.expires_at, self.expired_at)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, as the api knows it. `paid_at` None: it is not paid."""

    id: str
    merchant_id: str
    merchant_name: str
    amount_minor: int
    currency: str
    status: Literal["created", "attempted", "paid"]
    receipt: str | None
    description: str | None
    expires_at: datetime | None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """How long sessions last: unless they say, and at most."""

    usual: timedelta
    longest: timedelta


def effective_origins(allowed: Sequence[str] | None, *, test_mode: bool) -> tuple[str, ...]:
    """Whose pages may embed the checkout of a merchant that allows these, or None for one that has said nothing."""
    if allowed is not None:
        return tuple(allowed)
    return LOCAL_ORIGINS if test_mode else ()


def status_of(session: Session, paid_at: datetime | None, now: datetime) -> Status:
    """Complete when its order was paid before its end, by whatever page. What has ended stays ended."""
    if paid_at is not None and paid_at <= session.ends_at:
        return "complete"
    return "open" if now < session.ends_at else "expired"


def why_not_pay(order: Order, now: datetime) -> str | None:
    """Why nobody can pay this order any more; None when somebody can."""
    if order.status == "paid":
        return "The order is paid already"
    if order.expires_at is not None and order.expires_at <= now:
        return "The order has expired"
    return None


def why_not_end_at(at: datetime, now: datetime, life: Life) -> str | None:
    """Why a session can't expire then; None when it can."""
    if at <= now:
        return "expires_at must be in the future"
    if at > now + life.longest:
        return f"expires_at must be within {_spoken(life.longest)}"
    return None


def why_not_expire(status: Status) -> str | None:
    """Why a session can't be ended by its merchant; None when it can, or has ended already."""
    return "The session is complete: its order is paid" if status == "complete" else None


def returning(url: str | None, session_id: str) -> str | None:
    """A merchant's address with the session's id in its place."""
    return None if url is None else url.replace(PLACEHOLDER, session_id)


def _spoken(span: timedelta) -> str:
    return f"{span.days} days" if span >= timedelta(days=2) else f"{span.total_seconds():.0f} seconds"
