"""A merchant's people and what they did."""

import hmac

from aiohttp import web

from chassis.errors import ApiError, bad_request
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.dashboard import store
from services.dashboard.schemas import ChangeUser, CreateUser, NoBody, OperatorsUser, TrailQuery
from services.dashboard.sessions import Sessions, caller_of
from services.dashboard.settings import Settings
from services.dashboard.state import READERS_OF_TRAIL, admins_only
from services.dashboard.store import View
from services.dashboard.users import Users

SHOWN_ONCE = {"Cache-Control": "no-store"}


class Operator:
    """An authenticator that lets the operator's key in, as X-Admin-Key or bearer token; nobody when none is set. No
    other origin's page can send either."""

    def __init__(self, settings: Settings) -> None:
        self._expected = None if settings.admin_api_key is None else settings.admin_api_key.get_secret_value().encode()

    async def __call__(self, request: web.Request) -> str:
        """Raises 401."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        given = request.headers.get("X-Admin-Key") or (bearer.strip() if scheme.lower() == "bearer" else "")
        if self._expected is None or not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._expected):
            raise ApiError(401, "AUTHENTICATION_ERROR", "This is the operator's: send ADMIN_API_KEY as X-Admin-Key")
        return "operator"


class UserRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, users: Users) -> None:
        self._pool = pool
        self._users = users

    async def list(self, call: Call) -> Answer:
        """GET /dashboard/api/users"""
        admins_only(call.principal)
        return json_answer(200, {"data": await self._users.list(call.principal.merchant_id)})

    async def create(self, call: Call) -> Answer:
        """POST /dashboard/api/users"""
        admins_only(call.principal)
        by = (call.principal, caller_of(call.request, call.request_id))
        return json_answer(201, await self._users.add(call.principal.merchant_id, call.body, by), SHOWN_ONCE)

    async def create_for_operator(self, call: Call) -> Answer:
        """POST /dashboard/api/operator/users: how a merchant's first admin comes."""
        asked: OperatorsUser = call.body
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            if await store.find_merchant(connection, asked.merchant_id) is None:
                raise bad_request("No merchant of this id is known here, or not yet", field="merchant_id")
        return json_answer(201, await self._users.add(asked.merchant_id, asked, None), SHOWN_ONCE)

    async def change(self, call: Call) -> Answer:
        """PATCH /dashboard/api/users/{id}"""
        admins_only(call.principal)
        caller = caller_of(call.request, call.request_id)
        return json_answer(200, await self._users.change(call.principal, call.path["id"], call.body, caller))

    async def reset_password(self, call: Call) -> Answer:
        """POST /dashboard/api/users/{id}/reset-password"""
        admins_only(call.principal)
        caller = caller_of(call.request, call.request_id)
        made = await self._users.reset_password(call.principal, call.path["id"], caller)
        return json_answer(200, made, SHOWN_ONCE)

    async def trail(self, call: Call) -> Answer:
        """GET /dashboard/api/trail"""
        if call.principal.role not in READERS_OF_TRAIL:
            raise ApiError(403, "PERMISSION_ERROR", "Only admins and developers see the audit trail")
        query: TrailQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await store.list_trail(
                connection,
                call.principal.merchant_id,
                user_id=query.user_id,
                before=query.starting_after,
                limit=query.limit + 1,
            )
        shown = [_action_view(row) for row in rows[: query.limit]]
        return json_answer(200, {"data": shown, "has_more": len(rows) > query.limit})


def user_routes(handlers: UserRoutes, sessions: Sessions, operator: Operator) -> list[Route]:
    """The table."""
    base = "/dashboard/api"
    one = f"{base}/users/{{id}}"
    return [
        Route("GET", f"{base}/users", handlers.list, "The merchant's people", sessions),
        Route("POST", f"{base}/users", handlers.create, "Add somebody", sessions, CreateUser),
        Route("PATCH", one, handlers.change, "Change somebody", sessions, ChangeUser),
        Route(
            "POST",
            f"{one}/reset-password",
            handlers.reset_password,
            "A new password for somebody",
            sessions,
            NoBody,
            body_optional=True,
        ),
        Route("GET", f"{base}/trail", handlers.trail, "Who did what", sessions, query=TrailQuery),
        Route(
            "POST",
            f"{base}/operator/users",
            handlers.create_for_operator,
            "Add somebody to a merchant",
            operator,
            OperatorsUser,
        ),
    ]


def _action_view(row: View) -> View:
    user = {"id": row["user_id"], "email": row["user_email"]}
    return {
        "id": row["id"],
        "at": row["at"],
        "user": user,
        **{name: row[name] for name in ("action", "object_id", "status", "address", "request_id")},
    }
