"""What is decided without looking anywhere: what a role may do, whether a session is good, how long to wait."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from chassis.errors import ApiError, bad_request

Role = Literal["admin", "developer", "support", "read_only"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

READS: Final = frozenset(
    {
        "orders:read",
        "payments:read",
        "refunds:read",
        "webhooks:read",
        "balance:read",
        "checkout:read",
        "events:read",
        "audit:read",
        "requests:read",
        "system:read",
    }
)
"""What everybody who signs in may look at."""

SCOPES: Final[Mapping[Role, frozenset[str]]] = {
    "admin": READS
    | {
        "api_keys:read",
        "orders:write",
        "payments:write",
        "refunds:write",
        "webhooks:write",
        "balance:write",
        "checkout:write",
        "events:write",
        "audit:write",
        "api_keys:write",
    },
    "developer": READS
    | {"api_keys:read", "webhooks:write", "checkout:write", "events:write", "audit:write", "api_keys:write"},
    "support": READS | {"payments:write", "refunds:write", "events:write"},
    "read_only": READS,
}
"""What a role may do at the api, which is who enforces it. Developers move no money; support sees no keys."""

READERS_OF_TRAIL: Final[Collection[Role]] = ("admin", "developer")


@dataclass(frozen=True, slots=True)
class User:
    """One of a merchant's people."""

    id: str
    merchant_id: str
    email: str
    name: str
    role: Role
    password_hash: str
    disabled_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, as their request is met. What the user is and may is as of this moment."""

    id: str
    user_id: str
    merchant_id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    disabled_at: datetime | None

    def __str__(self) -> str:
        return self.user_id

    @property
    def scopes(self) -> frozenset[str]:
        """What they may do at the api."""
        return SCOPES[self.role]

    def is_good(self, now: datetime, idle: timedelta) -> bool:
        """Whether it lets anybody in."""
        return self.disabled_at is None and now < self.expires_at and now - self.last_seen_at < idle


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lasts: while it is used, and at most."""

    idle: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """What went wrong under one key (an address, an email, both)."""

    failures: int
    last_failed_at: datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures are free, and how the wait grows after them: doubled by each, up to `longest`."""

    free: int
    longest: timedelta

    def wait(self, known: Failures, now: datetime) -> timedelta:
        """How long whoever has this key must wait still; zero or less when not at all."""
        over = known.failures - self.free
        if over < 0:
            return timedelta(0)
        pause = min(timedelta(seconds=2 ** min(over, 30)), self.longest)
        return known.last_failed_at + pause - now


FORGIVEN_AFTER: Final = timedelta(minutes=30)
"""What failed so long ago is held against nobody."""

PATIENCE: Final[Mapping[str, Patience]] = {
    # Who mistypes their own password.
    "both": Patience(5, timedelta(minutes=5)),
    # One machine that tries the passwords of many people.
    "address": Patience(20, timedelta(minutes=5)),
    # Many machines that try one person's. The wait is short: it must not keep that person out.
    "email": Patience(50, timedelta(seconds=30)),
}
"""By the kind of key."""


def failures_now(known: Failures, now: datetime) -> Failures:
    """What still counts."""
    return Failures(0, now) if now - known.last_failed_at > FORGIVEN_AFTER else known


def forgiven(known: Failures, before: Failures, at: datetime, *, all_of_them: bool) -> Failures:
    """What is left when the failure that was counted at `at` was none. Unless others have failed since, the last one is
    as old as it was before: else everybody behind one address would wait again after each who signs in."""
    last_failed_at = before.last_failed_at if known.last_failed_at == at else known.last_failed_at
    return Failures(0 if all_of_them else max(known.failures - 1, 0), last_failed_at)


def longest_wait(known: Mapping[str, Failures], now: datetime) -> timedelta:
    """How long to wait before a password is looked at, by the kinds of keys."""
    return max(PATIENCE[kind].wait(failures_now(failures, now), now) for kind, failures in known.items())


def password_problem(password: str, least_chars: int, most_chars: int) -> str | None:
    """What is wrong with a new password; None for a good one (NIST SP 800-63B: length, and no rules of composition)."""
    if len(password) < least_chars:
        return f"password must have at least {least_chars} characters"
    if len(password) > most_chars:
        return f"password must have at most {most_chars} characters"
    if len(set(password)) < 4:
        return "password must not be a few characters over and over"
    return None


def change(user: User, others: Collection[User], wanted: User) -> User:
    """The user as an admin wants them. Raises 400 when nobody would be left to administer."""
    if is_admin(user) and not is_admin(wanted) and not any(is_admin(one) for one in others if one.id != user.id):
        raise bad_request("This is the last admin: make somebody else one before", field="role")
    return wanted


def is_admin(user: User) -> bool:
    """Whether they can administer."""
    return user.role == "admin" and user.disabled_at is None


def admins_only(session: Session) -> None:
    """Raises 403 for everybody else."""
    if session.role != "admin":
        raise ApiError(403, "PERMISSION_ERROR", "Only an admin may do this; ask one of yours")
