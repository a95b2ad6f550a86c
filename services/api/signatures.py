"""What a shop's server believes: that a payment of its order succeeded, signed with a secret that only it and we know.

A signature is the hex HMAC-SHA256 of `order_id|payment_id` with the text of an API secret as key. Whose secret: that of
the key which the buyer's page names, if it is a secret key (its public part is enough); for a publishable key, or none,
that of the key which the merchant goes by, its oldest live one that may do all (`api_key` of its profile).
"""

import hashlib
import hmac
import time
from typing import Final

import structlog
from cryptography.exceptions import InvalidTag

from chassis.cipher import Cipher
from chassis.clock import Clock
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api.auth import Principal
from services.api.buyers import SeenPayment
from services.api.state import Payment
from services.api.store import queries

log = structlog.get_logger()

CACHED_SECRETS_MAX: Final = 10_000


class Signatures:
    """Signs what succeeded. What was read of a key is trusted for `cache_s`; its secret is opened for each signature
    alone, which costs some microseconds, so that none lies open in memory."""

    def __init__(self, pool: Pool, clock: Clock, cipher: Cipher, *, cache_s: float) -> None:
        self._pool = pool
        self._clock = clock
        self._cipher = cipher
        self._cache_s = cache_s
        self._sealed: dict[tuple[str, str | None], tuple[bytes | None, float]] = {}

    async def of(self, payment: Payment | SeenPayment, merchant_id: str, buyer: Principal | None) -> str | None:
        """Of a payment that is a success; None for any other, and for a merchant that has no key to sign with."""
        if payment.status != "success":
            return None
        sealed = await self._find(merchant_id, None if buyer is None else buyer.key)
        if sealed is None:
            return None
        try:
            secret = self._cipher.decrypt(sealed, owner=merchant_id)
        except InvalidTag:
            # Sealed with another ENCRYPTION_KEY: the operator's to mend. The buyer sees that it is paid all the same.
            log.error("signature.secret_does_not_open", merchant_id=merchant_id)
            return None
        return signature_of(payment.order_id, payment.id, secret)

    async def _find(self, merchant_id: str, key: str | None) -> bytes | None:
        known = self._sealed.get((merchant_id, key))
        if known is not None and known[1] > time.monotonic():
            return known[0]
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            sealed: bytes | None = await queries.find_signing_key.value(
                connection, merchant_id=merchant_id, key=key, now=self._clock.now()
            )
        if len(self._sealed) >= CACHED_SECRETS_MAX:
            self._sealed.clear()
        self._sealed[merchant_id, key] = sealed, time.monotonic() + self._cache_s
        return sealed


def signature_of(order_id: str, payment_id: str, secret: str) -> str:
    """What the shop's server computes, too, and compares."""
    return hmac.new(secret.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
