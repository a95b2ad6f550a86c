"""GET /api/v1/audit: a merchant sees its own rows, the operator (ADMIN_API_KEY, INTERNAL_TOKEN) all."""

import contextlib

from aiohttp import web

from chassis.errors import ApiError, unavailable
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.places import Places
from services.api.audit.run import Auditor
from services.api.auth import Needs, Principal
from services.api.peers import PeerAway
from services.api.schemas.audit import AuditAnswer, AuditQuery

OPERATOR = "operator"


class AuditRoutes:
    """The audit over HTTP."""

    def __init__(self, auditor: Auditor, places: Places) -> None:
        self._auditor = auditor
        self._places = places

    async def audit(self, call: Call) -> Answer:
        """GET /audit: 200 whether or not it is ok. What is still in flight is waited for up to `wait_s`, then told."""
        merchant_id = None if call.principal == OPERATOR else call.principal.merchant_id
        try:
            with self._places.place(merchant_id or OPERATOR):
                report = await self._auditor.audit(merchant_id, wait_s=call.query.wait_s)
        except PeerAway as error:
            raise unavailable("SERVICE_UNAVAILABLE", f"Not everything can be compared now: {error}") from error
        return json_answer(200, report)


class OperatorOr:
    """Lets in whom one of `operators` knows, else asks for a merchant's credentials."""

    def __init__(self, merchant: Needs, *operators: Authenticator) -> None:
        self._merchant = merchant
        self._operators = operators
        self.scope = merchant.scope

    async def __call__(self, request: web.Request) -> Principal | str:
        """OPERATOR, or the merchant. Raises ApiError 401."""
        for operator in self._operators:
            with contextlib.suppress(ApiError):
                await operator(request)
                return OPERATOR
        return await self._merchant(request)


def audit_routes(handlers: AuditRoutes, authenticate: Authenticator) -> list[Route]:
    """The table."""
    summary = "Derive every invariant of money again from the rows"
    return [
        Route(
            "GET",
            "/api/v1/audit",
            handlers.audit,
            summary,
            authenticate,
            query=AuditQuery,
            answer=AuditAnswer,
            errors=("RATE_LIMIT_ERROR", "OVERLOADED"),
        )
    ]
