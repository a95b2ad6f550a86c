"""Signing in and out: failures are counted before a password is looked at, so that no crowd of requests slips through
between the look and the count."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from aiohttp import web

from chassis import pg
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.dashboard import store
from services.dashboard.origin import SAFE_METHODS, require_own_page
from services.dashboard.passwords import Passwords
from services.dashboard.settings import Settings
from services.dashboard.state import FORGIVEN_AFTER, Failures, Session, User, failures_now, forgiven, longest_wait
from services.dashboard.store import queries
from services.dashboard.trail import Deed, write

TOKEN_BYTES: Final = 32
TOKEN_CHARS: Final = 43
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exact `last_seen_at` is: a write for every request would be dear."""

USER_AGENT_MAX_CHARS: Final = 300
FORGET_ROWS: Final = 500
NO_SESSION: Final = ""
"""No session has this id: all of them end."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    address: str
    user_agent: str
    request_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and what the cookie is to say."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that counts as a failure until it is forgiven: since when, and what there was before, by key."""

    at: datetime
    before: Mapping[str, Failures]


class Sessions:
    """Everything about them. `cookie`: what it is called."""

    def __init__(self, pool: Pool, clock: Clock, passwords: Passwords, settings: Settings) -> None:
        self._pool = pool
        self._clock = clock
        self._passwords = passwords
        self.life = settings.life
        self._origin = settings.dashboard_public_url
        self.secure = settings.dashboard_public_url.startswith("https:")
        self.cookie = "__Host-paygate" if self.secure else "paygate_session"

    async def __call__(self, request: web.Request) -> Session:
        """Whose request it is, for `Route(authenticate=…)`. Raises 401; 403 for a change that no page of ours asks."""
        if request.method not in SAFE_METHODS:
            require_own_page(request, self._origin)
        session = await self.find(self.token_of(request))
        if session is None:
            raise signed_out()
        return session

    def token_of(self, request: web.Request) -> str:
        """What the cookie says; nothing without one."""
        return request.cookies.get(self.cookie, "")

    async def find(self, token: str, *, used: bool = True) -> Session | None:
        """The good session that a cookie speaks of; from now on it has been `used`, unless this is only a look."""
        if len(token) != TOKEN_CHARS or not token.isascii():
            return None
        now = self._clock.now()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            session = await store.find_session(connection, token_hash(token))
            if session is None or not session.is_good(now, self.life.idle):
                return None
            if used and now - session.last_seen_at >= SEEN_EVERY:
                await queries.see_session.run(connection, id=session.id, now=now)
        return session

    async def sign_in(self, email: str, password: str, caller: Caller, *, instead_of: str) -> SignedIn:
        """A new session; the one of the token that the caller came with, if any, ends. Raises 401 and 429."""
        email = email.strip().lower()
        keys = {"both": f"both {email} {caller.address}", "address": caller.address, "email": f"email {email}"}
        begun = await self._begin(keys)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            user = await store.find_user_by_email(connection, email)
        enabled = user is not None and user.disabled_at is None
        try:
            right = await self._passwords.matches(
                password, user.password_hash if user is not None and enabled else None
            )
        except ApiError:
            # Too many at once: nothing was tried, so nothing has failed.
            async with pg.transaction(self._pool) as connection:
                await self._forgive(connection, keys, begun, knows=False)
            raise
        if user is None or not right:
            raise ApiError(401, "AUTHENTICATION_ERROR", "Email and password do not belong together")
        anew = await self._passwords.hash(password) if self._passwords.is_dated(user.password_hash) else None
        async with pg.transaction(self._pool) as connection:
            await self._still(connection, user)
            await self._forgive(connection, keys, begun, knows=True)
            if anew is not None:
                await store.set_password(connection, user.id, anew)
            await queries.end_session_of_token.run(connection, token_hash=token_hash(instead_of))
            return await self._open(connection, user, caller)

    async def end(self, session: Session, session_id: str, deed: str, caller: Caller) -> None:
        """End this one, or another of the same person. Raises 404."""
        async with pg.transaction(self._pool) as connection:
            if not await queries.end_session.run(connection, user_id=session.user_id, id=session_id):
                raise ApiError(404, "NOT_FOUND_ERROR", "Session not found")
            await write(connection, session, Deed(deed, session_id, 204), caller, self._clock.now())

    async def end_all(self, session: Session, caller: Caller) -> None:
        """End all of the person's, this one too."""
        async with pg.transaction(self._pool) as connection:
            await queries.end_sessions.run(connection, user_id=session.user_id, but=NO_SESSION)
            deed = Deed("sign out everywhere", session.user_id, 204)
            await write(connection, session, deed, caller, self._clock.now())

    async def change_password(self, session: Session, current: str, new: str, caller: Caller) -> None:
        """Another password; every other session of the person ends. Raises 400, 429."""
        keys = {"both": f"both {session.email} {caller.address}"}
        begun = await self._begin(keys)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            user = await store.get_user(connection, session.merchant_id, session.user_id)
        if user is None or not await self._passwords.matches(current, user.password_hash):
            raise ApiError(400, "BAD_REQUEST_ERROR", "This is not your present password", field="current")
        made = await self._passwords.hash(new)
        async with pg.transaction(self._pool) as connection:
            await self._still(connection, user)
            await self._forgive(connection, keys, begun, knows=True)
            await store.set_password(connection, user.id, made)
            await queries.end_sessions.run(connection, user_id=user.id, but=session.id)
            await write(connection, session, Deed("change password", user.id, 204), caller, self._clock.now())

    async def _begin(self, keys: Mapping[str, str]) -> Begun:
        """Count a failure under each key; `_forgive` takes it back. Raises 429 when it is too early for another."""
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            known = await store.lock_failures(connection, keys.values(), now)
            wait = longest_wait({kind: known[key] for kind, key in keys.items()}, now)
            if wait <= timedelta(0):
                before = {key: failures_now(failures, now) for key, failures in known.items()}
                await store.set_failures(
                    connection, {key: Failures(one.failures + 1, now) for key, one in before.items()}
                )
                return Begun(now, before)
            # In the transaction, which then leaves no row behind: who is told to wait must not fill the table.
            raise too_early(wait)

    async def _forgive(self, connection: Connection, keys: Mapping[str, str], begun: Begun, *, knows: bool) -> None:
        """Nothing went wrong: who knows the password has no failures, and what is counted under the same address or
        email is what it was, and as long ago."""
        known = await store.lock_failures(connection, keys.values(), self._clock.now())
        left = {
            key: forgiven(known[key], begun.before[key], begun.at, all_of_them=knows and kind == "both")
            for kind, key in keys.items()
            if key in known
        }
        await store.set_failures(connection, left)

    async def _still(self, connection: Connection, user: User) -> None:
        """Hold the person: the password that was compared is still theirs. Raises 401 when another came meanwhile."""
        if await store.hold_password(connection, user.id) != user.password_hash:
            raise ApiError(401, "AUTHENTICATION_ERROR", "The password was changed at this moment: use the new one")

    async def _open(self, connection: Connection, user: User, caller: Caller) -> SignedIn:
        now = self._clock.now()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = Session(
            id=ids.new_id(ids.USER_SESSION),
            user_id=user.id,
            merchant_id=user.merchant_id,
            email=user.email,
            name=user.name,
            role=user.role,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self.life.most,
            disabled_at=None,
        )
        await queries.insert_session.run(
            connection,
            id=session.id,
            user_id=user.id,
            token_hash=token_hash(token),
            address=caller.address,
            user_agent=caller.user_agent,
            now=now,
            expires_at=session.expires_at,
        )
        await write(connection, session, Deed("sign in", session.id, 200), caller, now)
        return SignedIn(token, session)

    async def forget(self, connection: Connection) -> bool:
        """What is over; a step of a sweep."""
        now = self._clock.now()
        return await queries.forget_sessions.run(connection, now=now, limit=FORGET_ROWS) == FORGET_ROWS

    async def forgive_old(self, connection: Connection) -> bool:
        """Failures that are held against nobody any more; a step of a sweep."""
        before = self._clock.now() - FORGIVEN_AFTER
        return await queries.forget_failures.run(connection, before=before, limit=FORGET_ROWS) == FORGET_ROWS


def token_hash(token: str) -> bytes:
    """What is kept of a session's token: it is long and random, so that a plain SHA-256 does."""
    return hashlib.sha256(token.encode()).digest()


def caller_of(request: web.Request, request_id: str) -> Caller:
    """Where a request comes from."""
    user_agent = request.headers.get("User-Agent", "")[:USER_AGENT_MAX_CHARS].replace("\0", "")
    return Caller(request.remote or "", user_agent.encode("utf-8", "replace").decode(), request_id)


def signed_out() -> ApiError:
    """401 for who has no session."""
    return ApiError(401, "AUTHENTICATION_ERROR", "Sign in: there is no session, or it is over")


def too_early(wait: timedelta) -> ApiError:
    """429 for who has failed too often."""
    wait_s = max(ceil(wait.total_seconds()), 1)
    return ApiError(
        429,
        "RATE_LIMIT_ERROR",
        f"Too many failed attempts: try again in {wait_s} s",
        headers={"Retry-After": str(wait_s)},
    )
