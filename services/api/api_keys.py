"""API keys: made, renamed, rolled, revoked.

A revocation has two steps. The first marks the key: no batch of writes that begins afterwards takes it for live. The
second closes its fence, for which it waits until the batches that took it for live before have ended. Only then it is
answered, so that from then on nothing is written with the key (see `hold_live_keys`).
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from chassis import pg
from chassis.cipher import Cipher
from chassis.clock import Clock
from chassis.errors import ApiError, bad_request
from chassis.pg import Connection, Pool
from contracts import ids
from services.api import store
from services.api.auth import Principal, forbidden, refused, secret_hash
from services.api.orders import not_found
from services.api.schemas.api_keys import ALL, CreateApiKey
from services.api.store import NewKey, queries

LIVE_KEYS_MAX: Final = 100
SECRET_BYTES: Final = 24
KEY_PATTERN: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
PREFIXES: Final = {"secret": "key", "publishable": "pk"}

View = dict[str, Any]


class KeyMaker:
    """Makes keys; `mode` is the word in their names: `test` or `live`."""

    def __init__(self, cipher: Cipher, mode: str) -> None:
        self._cipher = cipher
        self._mode = mode

    def make(self, merchant_id: str, kind: str, name: str, **terms: Any) -> tuple[NewKey, str | None]:
        """A key and its secret, which nobody will ever see again; None for a publishable one."""
        body = ids.new_id(PREFIXES[kind]).partition("_")[2]
        key = f"{PREFIXES[kind]}_{self._mode}_{body}"
        if kind == "publishable":
            return NewKey(merchant_id, kind, name, key, **terms), None
        secret = f"secret_{self._mode}_{secrets.token_hex(SECRET_BYTES)}"
        sealed = self._cipher.encrypt(secret, owner=merchant_id)
        return NewKey(merchant_id, kind, name, key, secret_hash(secret), sealed, **terms), secret


class ApiKeys:
    """The use cases. Those that take a connection work in their caller's transaction."""

    def __init__(self, pool: Pool, clock: Clock, maker: KeyMaker) -> None:
        self._pool = pool
        self._clock = clock
        self._maker = maker

    async def create(self, connection: Connection, caller: Principal, asked: CreateApiKey) -> View:
        """The new key with its secret. Raises 401, 403, 400."""
        now = self._clock.now()
        await hold(connection, caller, now)
        if asked.kind == "publishable":
            if asked.scopes is not None:
                raise bad_request("A publishable key has no scopes: it can only read an order and pay it")
        else:
            _may_give(caller, asked.scopes)
        if asked.expires_at is not None and asked.expires_at <= now:
            raise bad_request("expires_at must be in the future", field="expires_at")
        return await self._add(
            connection,
            caller.merchant_id,
            asked.kind,
            asked.name,
            now,
            scopes=None if asked.scopes is None else sorted(set(asked.scopes)),
            rate_limit_per_s=asked.rate_limit_per_s,
            expires_at=asked.expires_at,
        )

    async def rename(self, connection: Connection, caller: Principal, key: str, name: str) -> View:
        """The renamed key. Raises 401, 404."""
        now = self._clock.now()
        await hold(connection, caller, now)
        row = await _locked(connection, caller.merchant_id, key)
        await queries.rename_api_key.run(connection, key=row["key"], name=name)
        return await self._shown(connection, caller.merchant_id, key, now)

    async def roll(self, connection: Connection, caller: Principal, key: str, grace: timedelta) -> View:
        """A new key on the old one's terms, which ends after the grace. Without a grace, `close` it after the commit.

        Raises 401, 403, 404; 400 for a key that has ended.
        """
        now = self._clock.now()
        await hold(connection, caller, now)
        old = await _locked(connection, caller.merchant_id, key)
        if status_of(old, now) != "active":
            raise ApiError(400, "BAD_REQUEST_ERROR", "This key has ended; create another one", storable=True)
        if old["kind"] == "secret":
            _may_give(caller, old["scopes"])
        made = await self._add(
            connection,
            caller.merchant_id,
            old["kind"],
            old["name"],
            now,
            scopes=old["scopes"],
            rate_limit_per_s=old["rate_limit_per_s"],
            expires_at=old["expires_at"],
        )
        ends_at = min(now + grace, old["expires_at"] or now + grace)
        revoked_at = None if grace else now
        await queries.end_api_key.run(connection, key=key, expires_at=ends_at, revoked_at=revoked_at)
        return {**made, "replaces": key, "replaced_expires_at": ends_at}

    async def revoke(self, caller: Principal, key: str) -> View:
        """The revoked key; from now on nothing is written with it. Raises 401, 404."""
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            await hold(connection, caller, now)
            row = await _locked(connection, caller.merchant_id, key)
            await queries.end_api_key.run(
                connection, key=key, expires_at=row["expires_at"], revoked_at=row["revoked_at"] or now
            )
            told = await self._shown(connection, caller.merchant_id, key, now)
        await self.close(key)
        return told

    async def close(self, key: str) -> None:
        """Wait for the last batches that write with a key that has been revoked. (In a transaction of its own: two
        keys that revoke each other would wait for each other for ever.)"""
        async with pg.transaction(self._pool) as connection:
            await queries.close_api_key_fence.run(connection, key=key, now=self._clock.now())

    async def _add(
        self, connection: Connection, merchant_id: str, kind: str, name: str, now: datetime, **terms: Any
    ) -> View:
        if await queries.count_live_api_keys.value(connection, merchant_id=merchant_id, now=now) >= LIVE_KEYS_MAX:
            raise bad_request(f"There can be at most {LIVE_KEYS_MAX} keys; revoke one first")
        made, secret = self._maker.make(merchant_id, kind, name, **terms)
        await store.insert_api_keys(connection, [made], now)
        return {**await self._shown(connection, merchant_id, made.key, now), "secret": secret}

    async def _shown(self, connection: Connection, merchant_id: str, key: str, now: datetime) -> View:
        row = await queries.get_api_key.row(connection, merchant_id=merchant_id, key=key)
        if row is None:
            raise RuntimeError(f"key {key} was there a moment ago")
        return key_view(row, now)


async def hold(connection: Connection, caller: Principal, now: datetime) -> None:
    """The caller's key, if they need one, is live, and stays so until the transaction has ended. Raises 401."""
    if caller.key is not None and caller.key not in await store.hold_live_keys(connection, [caller.key], now):
        raise refused()


async def _locked(connection: Connection, merchant_id: str, key: str) -> asyncpg.Record:
    row = await queries.lock_api_key.row(connection, merchant_id=merchant_id, key=key)
    if row is None:
        raise not_found("API key")
    return row


def _may_give(caller: Principal, scopes: Sequence[str] | None) -> None:
    """A key, or a person, can hand on what they have themselves, and no more. Raises 403."""
    if caller.scopes is None:
        return
    if scopes is None:
        raise forbidden("Who may not do all can't make a key that may: name its scopes")
    missing = sorted(set(scopes) - caller.scopes)
    if missing:
        raise forbidden(f"Who asks lacks the scope {missing[0]} themselves")


def status_of(row: asyncpg.Record, now: datetime) -> str:
    """active, expired or revoked."""
    if row["revoked_at"] is not None:
        return "revoked"
    return "expired" if row["expires_at"] is not None and row["expires_at"] <= now else "active"


def key_view(row: asyncpg.Record, now: datetime) -> View:
    """A key without its secret."""
    return {
        "id": row["key"],
        "key": row["key"],
        "kind": row["kind"],
        "name": row["name"],
        "scopes": [ALL] if row["kind"] == "secret" and row["scopes"] is None else row["scopes"] or [],
        "status": status_of(row, now),
        "rate_limit_per_s": row["rate_limit_per_s"],
        "last_used_at": row["last_used_at"],
        "expires_at": row["expires_at"],
        "revoked_at": row["revoked_at"],
        "created_at": row["created_at"],
    }
