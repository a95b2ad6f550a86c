"""Use cases of endpoints: those that a merchant makes, and its default one, which is there when it is first asked for
and which the simple settings show and change."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
from yarl import URL

from chassis.cipher import Cipher
from chassis.errors import ApiError, bad_request
from chassis.pg import Connection
from contracts import ids
from services.notifier import deliveries, ordering
from services.notifier.addresses import AddressPolicy, is_own_address, url_problem
from services.notifier.headers import MASK, masked, seal, unseal
from services.notifier.names import Lookup, Names, UnknownName, system_lookup
from services.notifier.schemas import HEADERS_MAX, CreateEndpoint
from services.notifier.signing import new_secret
from services.notifier.state import DISABLED_BY_MERCHANT
from services.notifier.store import endpoint_from, queries

DELETED: Final = "deleted"
RESOLVE_TIMEOUT_S: Final = 2.0
CHANGED_AS_TOLD: Final = (
    *("url", "event_types", "description", "rate_limit_per_s", "api_version", "ordering", "retry_gaps_s"),
)

View = dict[str, Any]


class Endpoints:
    """The use cases; each works in its caller's transaction. `gaps_s` is the schedule of who asks for no other,
    `most` how many endpoints a merchant can have. Names are looked up apart from the sender's: that whoever saves a
    slow one keeps nobody's webhooks waiting."""

    def __init__(
        self,
        cipher: Cipher,
        policy: AddressPolicy,
        *,
        gaps_s: Sequence[int],
        most: int,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._cipher = cipher
        self._names = Names(lookup)
        self._policy = policy
        self._gaps_s = gaps_s
        self._most = most

    async def list(self, connection: Connection, merchant_id: str, limit: int, offset: int, now: datetime) -> View:
        """A page, newest first."""
        rows = await queries.list_endpoints.rows(connection, merchant_id=merchant_id, limit=limit, offset=offset)
        total = await queries.count_endpoints.value(connection, merchant_id=merchant_id)
        return {
            "data": [self._view(row, now) for row in rows],
            "total": total,
            "limit": limit,
            "offset": offset,
            "has_more": offset + len(rows) < total,
        }

    async def get(self, connection: Connection, merchant_id: str, endpoint_id: str, now: datetime) -> View:
        """One, without its secret. Raises 404."""
        return self._view(await self._one(connection, merchant_id, endpoint_id), now)

    async def create(self, connection: Connection, merchant_id: str, asked: CreateEndpoint, now: datetime) -> View:
        """A new one with its secret, which is shown this once; its URL has been checked. Raises 400 when there are as
        many as there can be."""
        # The default one's lock is the merchant's: of two that are made at the same time both are counted.
        await self._default(connection, merchant_id, now, lock=True)
        if await queries.count_endpoints.value(connection, merchant_id=merchant_id) >= self._most:
            raise bad_request(f"There can be at most {self._most} webhook endpoints; delete one first")
        secret = new_secret()
        headers = _merged({}, asked.headers)
        (row,) = await queries.insert_endpoint.rows(
            connection,
            id=ids.new_id(ids.ENDPOINT),
            merchant_id=merchant_id,
            secret_sealed=self._cipher.encrypt(secret, owner=merchant_id),
            headers_sealed=seal(self._cipher, headers, merchant_id=merchant_id),
            now=now,
            **{name: getattr(asked, name) for name in CHANGED_AS_TOLD},
            **switched(asked.enabled, now),
        )
        return {**self._view(row, now), "secret": secret}

    async def change(
        self, connection: Connection, merchant_id: str, endpoint_id: str, told: Mapping[str, Any], now: datetime
    ) -> View:
        """Change what is told, a checked URL among it; the rest stays. Raises 404."""
        row = await self._one(connection, merchant_id, endpoint_id, lock=True)
        changes = {name: told.get(name, row[name]) for name in CHANGED_AS_TOLD}
        changes["headers_sealed"] = row["headers_sealed"]
        if "headers" in told:
            headers = _merged(self._headers(row), told["headers"])
            changes["headers_sealed"] = seal(self._cipher, headers, merchant_id=merchant_id)
        health = {name: row[name] for name in ("enabled", "disabled_reason", "disabled_at", "failing_since")}
        if "enabled" in told and (told["enabled"] or row["enabled"]):
            health |= {**switched(told["enabled"], now), "failing_since": None}
        if changes["url"] != row["url"]:
            health["failing_since"] = None
        (changed,) = await queries.change_endpoint.rows(connection, id=endpoint_id, now=now, **changes, **health)
        if row["ordering"] != "none" and changed["ordering"] == "none":
            await ordering.release_waiting(connection, endpoint_id, now)
        return self._view(changed, now)

    async def delete(self, connection: Connection, merchant_id: str, endpoint_id: str, now: datetime) -> View:
        """Send nothing there any more, and forget its secrets; what waits ends when its turn comes. Raises 404; 400 for
        the default one."""
        row = await self._one(connection, merchant_id, endpoint_id, lock=True)
        if row["is_default"]:
            raise bad_request(
                "The default endpoint can't be deleted; take its URL away with PUT /api/v1/merchants/webhook "
                '{"webhook_url": null}, or disable it'
            )
        await queries.delete_endpoint.run(connection, id=endpoint_id, reason=DELETED, now=now)
        return {"id": endpoint_id, "deleted": True}

    async def roll_secret(
        self, connection: Connection, merchant_id: str, endpoint_id: str, overlap: timedelta, now: datetime
    ) -> View:
        """A new secret; the one before signs beside it for as long as `overlap` says. Raises 404."""
        row = await self._one(connection, merchant_id, endpoint_id, lock=True)
        secret = await self._roll(connection, row, overlap, now)
        return {"secret": secret, "former_secret_expires_at": now + overlap if overlap else None}

    async def test(self, connection: Connection, merchant_id: str, endpoint_id: str, now: datetime) -> str:
        """Schedule a test event, whatever the endpoint asks for; the delivery's id. Raises 404; 400 when nobody
        listens."""
        return await _send_test(connection, await self._one(connection, merchant_id, endpoint_id), now)

    async def begin(self, connection: Connection, merchant_id: str, url: str | None, now: datetime) -> None:
        """A new merchant's default endpoint with its first URL. Told again, or later than the merchant's own word, it
        changes nothing. Where the URL may lead is checked when the connection is made."""
        if url is not None and url_problem(url, "webhook_url") is not None:
            url = None
        await insert_default(connection, self._cipher, merchant_id, url=url, secret=new_secret(), now=now)
        if url is not None:
            await queries.begin_endpoint_url.run(connection, merchant_id=merchant_id, url=url)

    async def settings(self, connection: Connection, merchant_id: str, now: datetime) -> View:
        """The simple settings as the merchant sees them."""
        row = await self._default(connection, merchant_id, now)
        return {
            "webhook_url": row["url"],
            "webhook_secret": self._cipher.decrypt(row["secret_sealed"], owner=merchant_id),
            "webhook_enabled": row["enabled"],
            "webhook_disabled_reason": row["disabled_reason"],
            "webhook_disabled_at": row["disabled_at"],
            "webhook_failing_since": row["failing_since"],
        }

    async def set_url(self, connection: Connection, merchant_id: str, url: str | None, now: datetime) -> None:
        """A checked URL for the default endpoint, or none."""
        row = await self._default(connection, merchant_id, now, lock=True)
        await queries.set_endpoint_url.run(connection, id=row["id"], url=url, now=now)

    async def renew_secret(self, connection: Connection, merchant_id: str, now: datetime) -> str:
        """A new secret for the default endpoint; the old one signs nothing from now on."""
        row = await self._default(connection, merchant_id, now, lock=True)
        return await self._roll(connection, row, timedelta(0), now)

    async def test_default(self, connection: Connection, merchant_id: str, now: datetime) -> str:
        """Schedule a test event for the default endpoint; the delivery's id. Raises 400 when nobody listens."""
        return await _send_test(connection, await self._default(connection, merchant_id, now), now)

    async def url_refusal(self, url: str, field: str) -> str | None:
        """Why no webhook may be sent to the URL of this field, in a sentence; None when one may, as far as one can tell
        today.

        A name that can't be resolved now is taken: the connection is checked again each time.
        """
        problem = url_problem(url, field)
        if problem is not None:
            return problem
        parsed = URL(url)
        name = parsed.raw_host or ""
        try:
            found = await self._names.addresses(name, RESOLVE_TIMEOUT_S)
        except UnknownName:
            return None
        for host in found:
            refusal = self._policy.refusal(host, parsed.port or 0, is_own_address, name=name)
            if refusal is not None:
                return f"{field} can't be used: {refusal}"
        return None

    async def _one(
        self, connection: Connection, merchant_id: str, endpoint_id: str, *, lock: bool = False
    ) -> asyncpg.Record:
        find = queries.lock_endpoint if lock else queries.get_endpoint
        row = await find.row(connection, merchant_id=merchant_id, id=endpoint_id)
        if row is None:
            raise not_found()
        return row

    async def _default(self, connection: Connection, merchant_id: str, now: datetime, *, lock: bool = False) -> Any:
        find = queries.lock_default_endpoint if lock else queries.default_endpoint
        row = await find.row(connection, merchant_id=merchant_id)
        if row is None:
            await insert_default(connection, self._cipher, merchant_id, url=None, secret=new_secret(), now=now)
            row = await find.row(connection, merchant_id=merchant_id)
        return row

    async def _roll(self, connection: Connection, row: asyncpg.Record, overlap: timedelta, now: datetime) -> str:
        secret = new_secret()
        await queries.roll_endpoint_secret.run(
            connection,
            id=row["id"],
            secret_sealed=self._cipher.encrypt(secret, owner=row["merchant_id"]),
            former_secret_sealed=row["secret_sealed"] if overlap else None,
            former_secret_until=now + overlap if overlap else None,
            now=now,
        )
        return secret

    def _headers(self, row: asyncpg.Record) -> dict[str, str]:
        return unseal(self._cipher, row["headers_sealed"], merchant_id=row["merchant_id"])

    def _view(self, row: asyncpg.Record, now: datetime) -> View:
        """An endpoint as its merchant sees it: neither its secret nor what its headers say."""
        former_until = row["former_secret_until"]
        return {
            "id": row["id"],
            "url": row["url"],
            "description": row["description"],
            "event_types": row["event_types"],
            "headers": masked(self._headers(row)),
            "enabled": row["enabled"],
            "disabled_reason": row["disabled_reason"],
            "disabled_at": row["disabled_at"],
            "is_default": row["is_default"],
            "rate_limit_per_s": row["rate_limit_per_s"],
            "api_version": row["api_version"],
            "ordering": row["ordering"],
            "retry_gaps_s": row["retry_gaps_s"],
            "schedule_s": self._gaps_s if row["retry_gaps_s"] is None else row["retry_gaps_s"],
            "failing_since": row["failing_since"],
            "former_secret_expires_at": former_until if former_until is not None and former_until > now else None,
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }


def switched(enabled: bool, now: datetime) -> View:
    """What a merchant's word that an endpoint is to be on or off makes of it."""
    if enabled:
        return {"enabled": True, "disabled_reason": None, "disabled_at": None}
    return {"enabled": False, "disabled_reason": DISABLED_BY_MERCHANT, "disabled_at": now}


def not_found() -> ApiError:
    """404, also for another merchant's endpoint, and for one that is deleted."""
    return ApiError(404, "NOT_FOUND_ERROR", "Webhook endpoint not found", storable=True)


async def _send_test(connection: Connection, row: asyncpg.Record, now: datetime) -> str:
    endpoint = endpoint_from(row)
    if endpoint.listens:
        return await deliveries.send_test(connection, endpoint, now)
    if endpoint.url is None:
        why = f"{deliveries.NO_URL}; save one first"
    else:
        why = "The endpoint is disabled; enable it first" + (", or save its URL again" if row["is_default"] else "")
    raise ApiError(400, "BAD_REQUEST_ERROR", why, storable=True)


def _merged(saved: Mapping[str, str], told: Mapping[str, str | None]) -> dict[str, str]:
    """A merchant's own headers after a change: what is told in place of what has the same name, null for none. The mask
    that is shown stands for what is saved. Raises 400."""
    names = {name.lower(): name for name in saved}
    merged = dict(saved)
    for name, value in told.items():
        former = names.get(name.lower())
        if value == MASK:
            if former is None:
                told_back = f"headers.{name} must be a value: {MASK} stands for one that is saved"
                raise bad_request(told_back, field="headers")
            continue
        if former is not None:
            merged.pop(former)
        if value is not None:
            merged[name] = value
    if len(merged) > HEADERS_MAX:
        raise bad_request(f"headers must be at most {HEADERS_MAX} headers", field="headers")
    return merged


async def insert_default(
    connection: Connection, cipher: Cipher, merchant_id: str, *, url: str | None, secret: str, now: datetime
) -> None:
    """A merchant's default endpoint, if it has none."""
    await queries.insert_default_endpoint.run(
        connection,
        id=ids.new_id(ids.ENDPOINT),
        merchant_id=merchant_id,
        url=url,
        secret_sealed=cipher.encrypt(secret, owner=merchant_id),
        now=now,
    )
