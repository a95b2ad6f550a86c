"""Who calls: API keys in the forms that clients use, what each of them may do, people for whom the dashboard vouches,
and the operator's own key.

A key is read from the database at most once in `cache_s`. That is enough for reads; what writes looks at its key again
(`services.api.writes`, `recheck`), so that a revoked key writes nothing more.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Final, Literal, get_args

import asyncpg
import structlog
from aiohttp import web
from pydantic import SecretStr

from chassis.clock import Clock
from chassis.delegation import SCHEME, NotDelegated, verify
from chassis.errors import ApiError
from chassis.http import CALLER
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api.key_uses import KeyUses
from services.api.rate_limits import RateLimits
from services.api.store import queries

log = structlog.get_logger()

CACHED_KEYS_MAX = 10_000
KEY_MAX_CHARS = 255
PUBLISHABLE_PREFIX: Final = "pk_"
ADMIN: Final = "admin"

Scope = Literal[
    "orders:read",
    "orders:write",
    "payments:read",
    "payments:write",
    "refunds:read",
    "refunds:write",
    "webhooks:read",
    "webhooks:write",
    "balance:read",
    "balance:write",
    "checkout:read",
    "checkout:write",
    "events:read",
    "events:write",
    "audit:read",
    "audit:write",
    "api_keys:read",
    "api_keys:write",
    "requests:read",
    "system:read",
]
"""What a key may be restricted to."""

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class User:
    """One of a merchant's people, who is signed in at the dashboard. `address`: their browser's, as it sees it."""

    id: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a merchant, by one of its keys, or by one of its people, who need none. `scopes` None: all of them."""

    merchant_id: str
    key: str | None
    scopes: frozenset[str] | None = None
    user: User | None = None

    def __str__(self) -> str:
        return self.merchant_id

    def may(self, scope: Scope) -> bool:
        """Whether the key, or the person, may do this."""
        return self.scopes is None or scope in self.scopes

    def check(self, scope: Scope) -> None:
        """Raises ApiError 403 when the key, or the person, may not do this."""
        if not self.may(scope):
            who = "This key" if self.user is None else f"The role of {self.user.email}"
            raise forbidden(f"{who} lacks the scope {scope}")


def may_see(buyer: Principal | None, merchant_id: str) -> bool:
    """Whether a buyer who came with this key, or with none, is at the right merchant's."""
    return buyer is None or buyer.merchant_id == merchant_id


@dataclass(frozen=True, slots=True)
class _Known:
    key: str
    principal: Principal
    kind: str
    secret_hash: bytes | None
    rate_limit_per_s: int | None
    until_s: float


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret to recognise it: it is long and random, so that a plain SHA-256 does."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


class Needs:
    """An authenticator of routes: a merchant's key that may do `scope`. The scope is also what OpenAPI tells."""

    def __init__(self, merchants: "Authenticator", scope: Scope) -> None:
        self._merchants = merchants
        self.scope = scope

    async def __call__(self, request: web.Request) -> Principal:
        """The merchant and its key. Raises ApiError 401, 403, 429."""
        return await self._merchants.principal(request, self.scope)


class Buyers:
    """An authenticator of routes that a buyer's browser calls: no credentials are needed, since nobody can guess the
    order's id. A key that is sent (its public part is enough, publishable or not) must be a live one. `in_query`: it
    may come as `?key=`, too, from who can send no headers."""

    schemes = ((), ("ApiKey",))

    def __init__(self, merchants: "Authenticator", *, in_query: bool = False) -> None:
        self._merchants = merchants
        self._in_query = in_query

    async def __call__(self, request: web.Request) -> Principal | None:
        """The key's merchant, None without a key. Raises ApiError 401, 429."""
        key = request.headers.get("X-Api-Key")
        if key is None and self._in_query:
            key = request.query.get("key")
        return await self._merchants.buyer(request, key)


class Authenticator:
    """Turns a request's credentials into a principal, or 401. A route says what it `needs`."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        *,
        cache_s: float,
        uses: KeyUses,
        limits: RateLimits,
        anonymous: RateLimits,
        internal_token: SecretStr,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._cache_s = cache_s
        self._uses = uses
        self._limits = limits
        self._anonymous = anonymous
        self._internal_token = internal_token
        self._cache: dict[str | bytes, _Known] = {}
        self._finding: dict[str | bytes, asyncio.Task[asyncpg.Record | None]] = {}
        self.buyers = Buyers(self)
        self.watching_buyers = Buyers(self, in_query=True)

    def needs(self, scope: Scope) -> Needs:
        """For `Route(authenticate=…)`: lets keys in that may do this."""
        if scope not in SCOPES:
            raise ValueError(f"there is no scope {scope}")
        return Needs(self, scope)

    async def principal(self, request: web.Request, scope: Scope) -> Principal:
        """The merchant and its key, or who is signed in. Raises ApiError 401; 403 for who may not do this; 429."""
        header = request.headers.get("Authorization", "")
        if header.partition(" ")[0].lower() == SCHEME.lower():
            return self._delegated(request, header, scope)
        key, secret = _credentials(request)
        hashed = secret_hash(secret) if secret is not None else b""
        known = await self._known(key, hashed)
        if known is None:
            raise refused()
        if known.kind == "publishable":
            self._admit(request, known)
            raise forbidden("A publishable key can only read an order and pay it (the routes that end in /public)")
        if known.secret_hash is None or not hmac.compare_digest(known.secret_hash, hashed):
            raise refused()
        request[CALLER] = known.principal
        self._admit(request, known)
        known.principal.check(scope)
        return known.principal

    def _delegated(self, request: web.Request, header: str, scope: Scope) -> Principal:
        """Whom the dashboard vouches for. It has looked at the session a moment ago: no key has to be live."""
        try:
            note = verify(header, self._internal_token.get_secret_value(), self._clock.now().timestamp())
        except NotDelegated as error:
            log.warning("delegation.refused", reason=str(error))
            raise refused() from error
        may = frozenset(note.scopes)
        all_or_some = None if may >= set(SCOPES) else may
        principal = Principal(note.tenant, None, all_or_some, User(note.user_id, note.user, note.address))
        request[CALLER] = principal
        self._limits.take(request, note.user_id)
        principal.check(scope)
        return principal

    async def buyer(self, request: web.Request, key: str | None) -> Principal | None:
        """See `Buyers`. A buyer's requests count for the address they come from, whatever key they name: its public
        part is in the shop's page, and must not be a means to use up what the shop's own server may send."""
        self._anonymous.take(request, request.remote or "")
        if key is None:
            return None
        known = await self._named(key)
        if known.kind == "publishable" and known.rate_limit_per_s is not None:
            self._limits.take(request, known.key, known.rate_limit_per_s)
        self._uses.note(known.key)
        return known.principal

    async def of_key(self, key: str) -> Principal:
        """Whose key this is, by its public part alone: for the gateway's own services. Raises ApiError 401, with a
        reason that tells it from their own lack of a token."""
        try:
            return (await self._named(key)).principal
        except ApiError as unknown:
            unknown.reason = "unknown_key"
            raise

    async def still_live(self, principal: Principal) -> None:
        """Whether the key is live, as far as the cache knows: for what goes on long after it was let in. A person's
        stream is ended by the dashboard, with their session. Raises 401."""
        if principal.key is not None and await self._known(principal.key, b"") is None:
            raise refused()

    async def recheck(self, principal: Principal) -> None:
        """Whether the key is live at this very moment, whatever the cache says. Raises ApiError 401."""
        if principal.key is not None and await self._find(principal.key, b"") is None:
            raise refused()

    def _admit(self, request: web.Request, known: _Known) -> None:
        self._limits.take(request, known.key, known.rate_limit_per_s)
        self._uses.note(known.key)

    async def _named(self, key: str) -> _Known:
        known = await self._known(key, b"") if _can_be_key(key) else None
        if known is None:
            raise refused()
        return known

    async def _known(self, key: str | None, hashed: bytes) -> _Known | None:
        cache_key = key if key is not None else hashed
        known = self._cache.get(cache_key)
        if known is not None and known.until_s > time.monotonic():
            return known
        row = await self._find_once(cache_key, key, hashed)
        if row is None:
            self._cache.pop(cache_key, None)
            return None
        if len(self._cache) >= CACHED_KEYS_MAX:
            self._cache.clear()
        scopes = None if row["scopes"] is None else frozenset(row["scopes"])
        known = _Known(
            row["key"],
            Principal(row["merchant_id"], row["key"], scopes),
            row["kind"],
            row["secret_hash"],
            row["rate_limit_per_s"],
            time.monotonic() + self._trusted_s(row),
        )
        self._cache[cache_key] = known
        return known

    async def _find_once(self, cache_key: str | bytes, key: str | None, hashed: bytes) -> asyncpg.Record | None:
        """Of all who come when a key has just grown old in the cache, one looks it up for the others, too."""
        finding = self._finding.get(cache_key)
        if finding is None:
            finding = self._finding[cache_key] = asyncio.create_task(self._find(key, hashed), name="find-key")
            finding.add_done_callback(lambda _: self._finding.pop(cache_key, None))
        return await asyncio.shield(finding)

    async def _find(self, key: str | None, hashed: bytes) -> asyncpg.Record | None:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return await queries.find_api_key.row(connection, key=key, secret_hash=hashed, now=self._clock.now())

    def _trusted_s(self, row: asyncpg.Record) -> float:
        if row["expires_at"] is None:
            return self._cache_s
        return min(self._cache_s, float((row["expires_at"] - self._clock.now()).total_seconds()))


class AdminOnly:
    """An authenticator that lets the operator's key in, as X-Admin-Key or bearer token; nobody when none is set."""

    schemes = (("AdminKey",), ("Bearer",))

    def __init__(self, key: SecretStr | None, limits: RateLimits) -> None:
        self._expected = None if key is None else key.get_secret_value().encode()
        self._limits = limits

    async def __call__(self, request: web.Request) -> str:
        """ADMIN. Raises ApiError 401, 429."""
        if self._expected is None:
            raise _not_the_operator("This gateway has no ADMIN_API_KEY, so nobody may do this")
        given = request.headers.get("X-Admin-Key")
        if given is None:
            scheme, _, value = request.headers.get("Authorization", "").partition(" ")
            given = value.strip() if scheme.lower() == "bearer" else ""
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._expected):
            raise _not_the_operator("This is the operator's: send ADMIN_API_KEY as X-Admin-Key")
        self._limits.take(request, ADMIN)
        return ADMIN


def _credentials(request: web.Request) -> tuple[str | None, str | None]:
    """(key, secret); the key is None in the bearer form, the secret None for a publishable key, which has none.

    Raises 401 for what can't be a credential.
    """
    headers = request.headers
    key, secret = headers.get("X-Api-Key"), headers.get("X-Api-Secret")
    if key is None or (secret is None and not key.startswith(PUBLISHABLE_PREFIX)):
        key, secret = _from_authorization(headers.get("Authorization", ""))
    if key is not None and not _can_be_key(key):
        raise refused()
    if key is not None and key.startswith(PUBLISHABLE_PREFIX):
        return key, None
    if secret is None or not secret.isascii():
        raise refused()
    return key, secret


def _can_be_key(key: str) -> bool:
    return key.isascii() and key.isprintable() and len(key) <= KEY_MAX_CHARS


def _from_authorization(header: str) -> tuple[str | None, str | None]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return None, value.strip()
    if scheme.lower() == "basic":
        try:
            key, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None, None
        return (key, secret) if colon else (None, None)
    return None, None


def refused() -> ApiError:
    """401."""
    return ApiError(
        401,
        "AUTHENTICATION_ERROR",
        "Invalid API credentials: send X-Api-Key and X-Api-Secret",
        headers={"WWW-Authenticate": 'Basic realm="Paygate"'},
    )


def _not_the_operator(description: str) -> ApiError:
    return ApiError(401, "AUTHENTICATION_ERROR", description, headers={"WWW-Authenticate": 'Bearer realm="operator"'})


def forbidden(description: str) -> ApiError:
    """403: the key is a good one, but not for this."""
    return ApiError(403, "PERMISSION_ERROR", description)
