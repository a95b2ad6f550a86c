"""/api/v1: the merchant API as the application's pages call it, with the session's rights."""

from functools import partial
from typing import Final

import structlog
from aiohttp import web

from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.http import JSON_TYPE, Answer, Call, Route
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.dashboard import trail
from services.dashboard.origin import SAFE_METHODS
from services.dashboard.sessions import Sessions, caller_of
from services.dashboard.state import Session
from services.dashboard.upstream import Upstream, check_path

log = structlog.get_logger()

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


class ProxyRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, sessions: Sessions, upstream: Upstream) -> None:
        self._pool = pool
        self._clock = clock
        self._sessions = sessions
        self._upstream = upstream

    async def forward(self, call: Call) -> Answer | web.StreamResponse:
        """Any method: what changes something is in the trail before it is asked for, and how it ended afterwards."""
        session: Session = call.principal
        token = self._sessions.token_of(call.request)
        check_path(call.request)
        ask = partial(self._upstream.forward, call, session, partial(self._is_good, token))
        if call.request.method in SAFE_METHODS:
            return await ask()
        if await call.request.read() and not JSON_TYPE.fullmatch(call.request.content_type):
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json")
        deed = trail.deed_of(call.request.method, call.request.path)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            caller = caller_of(call.request, call.request_id)
            action_id = await trail.write(connection, session, deed, caller, self._clock.now())
        status = 500
        try:
            answer = await ask()
            status = answer.status
            return answer
        except ApiError as refused:
            status = refused.status
            raise
        finally:
            await self._note_end(action_id, status)

    async def _note_end(self, action_id: str, status: int) -> None:
        """The api has answered by now: whatever goes wrong here must not turn that into a failure."""
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                await trail.end(connection, action_id, status)
        except Exception as error:
            log.error("trail.end_not_noted", action=action_id, status=status, error=repr(error))

    async def _is_good(self, token: str) -> bool:
        return await self._sessions.find(token, used=False) is not None


def proxy_routes(handlers: ProxyRoutes, sessions: Sessions) -> list[Route]:
    """The table."""
    return [
        Route(method, "/api/v1/{path:.+}", handlers.forward, "The merchant API", sessions, forwarded=True)
        for method in METHODS
    ]
