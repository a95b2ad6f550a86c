"""Signing in and out, and a person's own sessions."""

from dataclasses import dataclass

from aiohttp import web

from chassis.clock import Clock
from chassis.errors import bad_request
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import test_merchant
from services.dashboard import store
from services.dashboard.origin import require_own_page
from services.dashboard.schemas import Login, NewPassword, NoBody
from services.dashboard.sessions import Caller, Sessions, caller_of
from services.dashboard.settings import Settings
from services.dashboard.state import Session, password_problem
from services.dashboard.store import View

SESSIONS_MAX = 100
"""How many of a person's sessions are shown."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """An authenticator that knows nobody, and lets pages of our own ask."""

    origin: str

    async def __call__(self, request: web.Request) -> None:
        """Raises 403."""
        require_own_page(request, self.origin)


class LoginRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, sessions: Sessions, settings: Settings) -> None:
        self._pool = pool
        self._clock = clock
        self._sessions = sessions
        self._settings = settings

    async def config(self, call: Call) -> Answer:
        """GET /dashboard/api/config: what the login page says."""
        test_mode = self._settings.test_mode
        password = self._settings.dashboard_test_password.get_secret_value()
        login = {"email": test_merchant.EMAIL, "password": password} if test_mode else None
        return json_answer(200, {"test_mode": test_mode, "test_login": login})

    async def login(self, call: Call) -> Answer:
        """POST /dashboard/api/login"""
        asked: Login = call.body
        before = self._sessions.token_of(call.request)
        made = await self._sessions.sign_in(asked.email, asked.password, _caller(call), instead_of=before)
        cookie = self._cookie(made.token, int(self._sessions.life.most.total_seconds()))
        return json_answer(200, await self._view(made.session), {"Set-Cookie": cookie, "Cache-Control": "no-store"})

    async def logout(self, call: Call) -> Answer:
        """POST /dashboard/api/logout"""
        await self._sessions.end(call.principal, call.principal.id, "sign out", _caller(call))
        return self._out()

    async def session(self, call: Call) -> Answer:
        """GET /dashboard/api/session"""
        return json_answer(200, await self._view(call.principal), {"Cache-Control": "no-store"})

    async def list(self, call: Call) -> Answer:
        """GET /dashboard/api/sessions: where this person is signed in."""
        session: Session = call.principal
        now = self._clock.now()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await store.list_sessions(
                connection, session.user_id, now=now, seen_after=now - self._sessions.life.idle, most=SESSIONS_MAX
            )
        return json_answer(200, {"data": [{**row, "current": row["id"] == session.id} for row in rows]})

    async def end(self, call: Call) -> Answer:
        """DELETE /dashboard/api/sessions/{id}: one of this person's own."""
        await self._sessions.end(call.principal, call.path["id"], "sign out elsewhere", _caller(call))
        return Answer(204, b"")

    async def end_all(self, call: Call) -> Answer:
        """POST /dashboard/api/sessions/end-all: this one, too."""
        await self._sessions.end_all(call.principal, _caller(call))
        return self._out()

    async def password(self, call: Call) -> Answer:
        """POST /dashboard/api/password"""
        asked: NewPassword = call.body
        limits = (self._settings.password_min_chars, self._settings.password_max_chars)
        problem = password_problem(asked.new, *limits)
        if problem is not None:
            raise bad_request(problem, field="new")
        await self._sessions.change_password(call.principal, asked.current, asked.new, _caller(call))
        return Answer(204, b"")

    async def _view(self, session: Session) -> View:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            merchant = await store.find_merchant(connection, session.merchant_id)
        is_test = self._settings.test_mode and session.merchant_id == test_merchant.ID
        keys = {"api_key": test_merchant.API_KEY, "api_secret": test_merchant.API_SECRET}
        return {
            "user": {"id": session.user_id, "email": session.email, "name": session.name, "role": session.role},
            "merchant": merchant or {"id": session.merchant_id, "name": session.merchant_id, "email": None},
            "scopes": sorted(session.scopes),
            "test_mode": self._settings.test_mode,
            "api_url": self._settings.public_url,
            "checkout_url": self._settings.checkout_public_url,
            "session_id": session.id,
            "expires_at": session.expires_at,
            "test_credentials": keys if is_test and "api_keys:read" in session.scopes else None,
        }

    def _out(self) -> Answer:
        return Answer(204, b"", {"Set-Cookie": self._cookie("", 0)})

    def _cookie(self, value: str, max_age_s: int) -> str:
        """RFC 6265bis: no script reads it, no other site's page sends it; the name says that it is this host's own."""
        secure = "; Secure" if self._sessions.secure else ""
        return f"{self._sessions.cookie}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}"


def login_routes(handlers: LoginRoutes, sessions: Sessions, own_page: OwnPage) -> list[Route]:
    """The table."""
    base = "/dashboard/api"
    return [
        Route("GET", f"{base}/config", handlers.config, "What the login page says"),
        Route("POST", f"{base}/login", handlers.login, "Sign in", own_page, Login),
        Route("POST", f"{base}/logout", handlers.logout, "Sign out", sessions, NoBody, body_optional=True),
        Route("GET", f"{base}/session", handlers.session, "Who is signed in", sessions),
        Route("GET", f"{base}/sessions", handlers.list, "Where one is signed in", sessions),
        Route("DELETE", f"{base}/sessions/{{id}}", handlers.end, "Sign out elsewhere", sessions),
        Route(
            "POST",
            f"{base}/sessions/end-all",
            handlers.end_all,
            "Sign out everywhere",
            sessions,
            NoBody,
            body_optional=True,
        ),
        Route("POST", f"{base}/password", handlers.password, "Change one's password", sessions, NewPassword),
    ]


def _caller(call: Call) -> Caller:
    return caller_of(call.request, call.request_id)
