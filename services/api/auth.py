"""Who calls: API keys in the three forms that clients use, cached for a moment."""

import base64
import binascii
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from chassis.errors import ApiError
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api import store

CACHED_KEYS_MAX = 10_000

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
    "events:read",
    "events:write",
    "audit:read",
    "audit:write",
    "api_keys:read",
    "api_keys:write",
]
"""What a key may be restricted to."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a merchant, by one of its keys."""

    merchant_id: str
    key: str

    def __str__(self) -> str:
        return self.merchant_id


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    secret_hash: bytes
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
        """The merchant and its key. Raises ApiError 401."""
        return await self._merchants.principal(request)


class Authenticator:
    """Turns a request's credentials into a principal, or 401. A route says what it `needs`."""

    def __init__(self, pool: Pool, *, cache_s: float) -> None:
        self._pool = pool
        self._cache_s = cache_s
        self._cache: dict[str | bytes, _Known] = {}

    def needs(self, scope: Scope) -> Needs:
        """For `Route(authenticate=…)`: lets keys in that may do this."""
        return Needs(self, scope)

    async def principal(self, request: web.Request) -> Principal:
        """The merchant and its key. Raises ApiError 401."""
        key, secret = _credentials(request)
        hashed = secret_hash(secret)
        known = await self._known(key, hashed)
        if known is None or not hmac.compare_digest(known.secret_hash, hashed):
            raise _refused()
        return known.principal

    async def _known(self, key: str | None, hashed: bytes) -> _Known | None:
        cache_key = key if key is not None else hashed
        known = self._cache.get(cache_key)
        if known is not None and known.until_s > time.monotonic():
            return known
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await store.find_api_key(connection, key, hashed)
        if row is None:
            self._cache.pop(cache_key, None)
            return None
        if len(self._cache) >= CACHED_KEYS_MAX:
            self._cache.clear()
        known = _Known(Principal(row["merchant_id"], row["key"]), row["secret_hash"], time.monotonic() + self._cache_s)
        self._cache[cache_key] = known
        return known


def _credentials(request: web.Request) -> tuple[str | None, str]:
    """(key, secret); the key is None in the bearer form. Raises 401 for what can't be a credential."""
    headers = request.headers
    key, secret = headers.get("X-Api-Key"), headers.get("X-Api-Secret")
    if key is None or secret is None:
        key, secret = _from_authorization(headers.get("Authorization", ""))
    if secret is None or not secret.isascii() or (key is not None and not (key.isascii() and key.isprintable())):
        raise _refused()
    return key, secret


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


def _refused() -> ApiError:
    return ApiError(
        401,
        "AUTHENTICATION_ERROR",
        "Invalid API credentials: send X-Api-Key and X-Api-Secret",
        headers={"WWW-Authenticate": 'Basic realm="Paygate"'},
    )
