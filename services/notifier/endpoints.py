"""Use cases of endpoints: a merchant's default one, made when it is first asked for, its URL and its secret."""

import asyncio
import socket
from datetime import datetime
from typing import Any, Final

from yarl import URL

from chassis.cipher import Cipher
from chassis.errors import ApiError, bad_request
from chassis.pg import Connection
from contracts import ids
from services.notifier import deliveries
from services.notifier.addresses import AddressPolicy, is_own_address, literal_of, url_problem
from services.notifier.signing import new_secret
from services.notifier.store import endpoint_from, queries

RESOLVE_TIMEOUT_S: Final = 2.0


class Endpoints:
    """What the settings routes do; each method works in its caller's transaction."""

    def __init__(self, cipher: Cipher, policy: AddressPolicy) -> None:
        self._cipher = cipher
        self._policy = policy

    async def begin(self, connection: Connection, merchant_id: str, url: str | None, now: datetime) -> None:
        """A new merchant's default endpoint with its first URL. Told again, or later than the merchant's own word, it
        changes nothing. Where the URL may lead is checked when the connection is made."""
        if url is not None and url_problem(url) is not None:
            url = None
        await insert_default(connection, self._cipher, merchant_id, url=url, secret=new_secret(), now=now)
        if url is not None:
            await queries.begin_endpoint_url.run(connection, merchant_id=merchant_id, url=url)

    async def shown(self, connection: Connection, merchant_id: str, now: datetime) -> dict[str, Any]:
        """The settings as the merchant sees them."""
        row = await self._default(connection, merchant_id, now)
        return {
            "webhook_url": row["url"],
            "webhook_secret": self._cipher.decrypt(row["secret_sealed"], owner=merchant_id),
            "webhook_enabled": row["enabled"],
            "webhook_disabled_reason": row["disabled_reason"],
        }

    async def set_url(self, connection: Connection, merchant_id: str, url: str | None, now: datetime) -> None:
        """A checked URL, or none."""
        row = await self._default(connection, merchant_id, now, lock=True)
        await queries.set_endpoint_url.run(connection, id=row["id"], url=url, now=now)

    async def renew_secret(self, connection: Connection, merchant_id: str, now: datetime) -> str:
        """A new secret; the old one signs nothing from now on."""
        row = await self._default(connection, merchant_id, now, lock=True)
        secret = new_secret()
        sealed = self._cipher.encrypt(secret, owner=merchant_id)
        await queries.set_endpoint_secret.run(connection, id=row["id"], secret_sealed=sealed, now=now)
        return secret

    async def send_test(self, connection: Connection, merchant_id: str, now: datetime) -> str:
        """Schedule a test event; the delivery's id. Raises 400 when nobody listens."""
        row = await self._default(connection, merchant_id, now)
        endpoint = endpoint_from(row)
        if not endpoint.listens:
            raise ApiError(400, "BAD_REQUEST_ERROR", f"{deliveries.NO_URL}; save one first", storable=True)
        return await deliveries.send_test(connection, endpoint, now)

    async def checked_url(self, url: str | None) -> str | None:
        """The URL if webhooks may be sent there as far as one can tell today. Raises 400 with what is wrong.

        A name that can't be resolved now is taken: the connection is checked again each time.
        """
        if url is None or not url.strip():
            return None
        url = url.strip()
        problem = url_problem(url) or await self._refusal(url)
        if problem is not None:
            raise bad_request(problem, field="webhook_url")
        return url

    async def _refusal(self, url: str) -> str | None:
        for host, port in await _addresses(url):
            refusal = self._policy.refusal(host, port, is_own_address)
            if refusal is not None:
                return f"webhook_url can't be used: {refusal}"
        return None

    async def _default(self, connection: Connection, merchant_id: str, now: datetime, *, lock: bool = False) -> Any:
        find = queries.lock_default_endpoint if lock else queries.default_endpoint
        row = await find.row(connection, merchant_id=merchant_id)
        if row is None:
            await insert_default(connection, self._cipher, merchant_id, url=None, secret=new_secret(), now=now)
            row = await find.row(connection, merchant_id=merchant_id)
        return row


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


async def _addresses(url: str) -> list[tuple[str, int]]:
    """What the URL's host stands for right now; nothing when its name can't be resolved in time."""
    literal = literal_of(url)
    if literal is not None:
        return [literal]
    parsed = URL(url)
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            found = await asyncio.get_running_loop().getaddrinfo(parsed.raw_host, parsed.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return [(str(address[0]), int(address[1])) for *_, address in found]
