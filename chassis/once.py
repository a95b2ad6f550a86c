"""The first answer to a POST with an Idempotency-Key wins; it is kept sealed, since it may hold a secret."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from chassis import idempotency, pg
from chassis.cipher import Cipher
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.http import Answer, Call
from chassis.idempotency import Claim, StoredAnswer
from chassis.pg import Connection, Pool
from chassis.refusals import error_body

REPLAYED: Final = {"Idempotent-Replayed": "true"}

Decide = Callable[[Connection], Awaitable[Answer]]


class Once:
    """`answer` runs a decision in a transaction, together with its key."""

    def __init__(self, pool: Pool, clock: Clock, cipher: Cipher, encryption_key_hex: str, *, docs_url: str) -> None:
        self._pool = pool
        self._clock = clock
        self._cipher = cipher
        self._docs_url = docs_url
        # A key of its own for fingerprints, so that what is sealed and what is compared share nothing.
        self._secret = hmac.digest(bytes.fromhex(encryption_key_hex), b"idempotency fingerprint", hashlib.sha256)

    async def answer(self, call: Call, tenant: str, decide: Decide) -> Answer:
        """The decision's answer, or the one that this key of the tenant's got before. Raises ApiError."""
        key = call.idempotency_key
        if key is None:
            async with pg.transaction(self._pool) as connection:
                return await decide(connection)
        asked = call.body.model_dump(mode="json") if call.body is not None else {}
        scope = f"{tenant} {call.request.method} {call.request.path}"
        claim = Claim(scope, key, idempotency.fingerprint(self._secret, asked))
        async with pg.transaction(self._pool) as connection:
            stored = await idempotency.claim(connection, [claim], self._clock.now())
            if claim.id in stored:
                return self._replay(claim, stored[claim.id])
            answer = await self._decided(connection, decide, call.request_id)
            sealed = self._cipher.encrypt(answer.body.decode(), owner=scope)
            await idempotency.store(connection, {claim.id: (answer.status, sealed)})
            return answer

    def _replay(self, claim: Claim, stored: StoredAnswer) -> Answer:
        if stored.fingerprint != claim.fingerprint:
            raise idempotency.reused()
        return Answer(stored.status, self._cipher.decrypt(stored.body, owner=claim.scope).encode(), REPLAYED)

    async def _decided(self, connection: Connection, decide: Decide, request_id: str) -> Answer:
        """A business refusal is an answer like any other: rendered here, so that a replay gives the same bytes."""
        try:
            return await decide(connection)
        except ApiError as refused:
            if not refused.storable:
                raise
            return Answer(refused.status, error_body(refused, request_id, self._docs_url))
