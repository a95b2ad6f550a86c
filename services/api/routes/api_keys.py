"""/api/v1/api_keys"""

from datetime import timedelta

from chassis.clock import Clock
from chassis.http import Answer, Call, Route, json_answer
from chassis.once import Once
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from services.api.api_keys import KEY_PATTERN, ApiKeys, key_view
from services.api.auth import Authenticator
from services.api.orders import not_found
from services.api.schemas.api_keys import (
    ApiKeyAnswer,
    ApiKeysQuery,
    CreateApiKey,
    NewApiKeyAnswer,
    RenameApiKey,
    RollApiKey,
)
from services.api.schemas.lists import ListAnswer
from services.api.store import queries


class ApiKeyRoutes:
    """List, create, read, rename, roll, revoke."""

    def __init__(self, pool: Pool, clock: Clock, once: Once, keys: ApiKeys) -> None:
        self._pool = pool
        self._clock = clock
        self._once = once
        self._keys = keys

    async def list(self, call: Call) -> Answer:
        """GET /api_keys: newest first, those that have ended included, and never a secret."""
        query: ApiKeysQuery = call.query
        merchant_id, now = call.principal.merchant_id, self._clock.now()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await queries.list_api_keys.rows(
                connection, merchant_id=merchant_id, limit=query.limit, offset=query.offset
            )
            total = await queries.count_api_keys.value(connection, merchant_id=merchant_id)
        body = {
            "data": [key_view(row, now) for row in rows],
            "total": total,
            "limit": query.limit,
            "offset": query.offset,
            "has_more": query.offset + len(rows) < total,
        }
        return json_answer(200, body)

    async def get(self, call: Call) -> Answer:
        """GET /api_keys/{id}: without its secret."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await queries.get_api_key.row(
                connection, merchant_id=call.principal.merchant_id, key=_key_in_path(call)
            )
        if row is None:
            raise not_found("API key")
        return json_answer(200, key_view(row, self._clock.now()))

    async def create(self, call: Call) -> Answer:
        """POST /api_keys: the only answer that shows the secret, besides its replays. A key can do what its
        `scopes` say; without them it may do all. A restricted key can make no key with more scopes than its own."""

        async def decide(connection: Connection) -> Answer:
            return json_answer(201, await self._keys.create(connection, call.principal, call.body))

        return await self._once.answer(call, call.principal.merchant_id, decide)

    async def rename(self, call: Call) -> Answer:
        """PATCH /api_keys/{id}: only its name; for other terms create another key."""
        key, body = _key_in_path(call), call.body

        async def decide(connection: Connection) -> Answer:
            return json_answer(200, await self._keys.rename(connection, call.principal, key, body.name))

        return await self._once.answer(call, call.principal.merchant_id, decide)

    async def roll(self, call: Call) -> Answer:
        """POST /api_keys/{id}/roll: a new key with a new secret, on the same terms. The old one works on for `grace_s`,
        by default not at all."""
        key = _key_in_path(call)
        grace = timedelta(seconds=call.body.grace_s)

        async def decide(connection: Connection) -> Answer:
            return json_answer(200, await self._keys.roll(connection, call.principal, key, grace))

        answer = await self._once.answer(call, call.principal.merchant_id, decide)
        if not grace and answer.status == 200:
            await self._keys.close(key)
        return answer

    async def revoke(self, call: Call) -> Answer:
        """DELETE /api_keys/{id}: from this answer on nothing is written with it, and within a second nothing is read.
        Again and again with the same answer."""
        return json_answer(200, await self._keys.revoke(call.principal, _key_in_path(call)))


def _key_in_path(call: Call) -> str:
    """The path's key. Raises 404 for what can't be one."""
    key = call.path["id"]
    if KEY_PATTERN.fullmatch(key) is None:
        raise not_found("API key")
    return key


def api_key_routes(handlers: ApiKeyRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/api_keys"
    one = f"{base}/{{id}}"
    reads, writes = merchant.needs("api_keys:read"), merchant.needs("api_keys:write")
    return [
        Route("GET", base, handlers.list, "List API keys", reads, query=ApiKeysQuery, answer=ListAnswer[ApiKeyAnswer]),
        Route(
            "POST", base, handlers.create, "Create an API key", writes, CreateApiKey, answer=NewApiKeyAnswer, status=201
        ),
        Route("GET", one, handlers.get, "Get an API key", reads, answer=ApiKeyAnswer),
        Route("PATCH", one, handlers.rename, "Rename an API key", writes, RenameApiKey, answer=ApiKeyAnswer),
        Route("DELETE", one, handlers.revoke, "Revoke an API key", writes, answer=ApiKeyAnswer),
        Route(
            "POST",
            f"{one}/roll",
            handlers.roll,
            "Replace an API key, the old one working on for a while",
            writes,
            RollApiKey,
            answer=NewApiKeyAnswer,
            body_optional=True,
        ),
    ]
