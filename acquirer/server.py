"""The simulated acquirer as a process of its own: the port over HTTP, and failpoints for the fault tests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from acquirer.port import (
    Acquirer,
    AcquirerUnavailable,
    AnswerChallenge,
    Authorise,
    Capture,
    FindChallenge,
    Inquiry,
    KeyReused,
    Refund,
    Request,
    Reverse,
    Value,
    Void,
)
from chassis.errors import ApiError, unavailable
from chassis.http import Answer, Authenticator, Call, Route, json_answer

DELAY_MAX_MS = 60_000


class Failpoint(BaseModel):
    """Faults to inject from now on; replaces what was set before."""

    model_config = ConfigDict(extra="forbid")

    drop_answer_after_commit: int = Field(0, ge=0)
    """This many calls commit, and then lose their connection without an answer."""
    delay_ms: int = Field(0, ge=0, le=DELAY_MAX_MS)
    """Every call waits this long before it is made."""


class AcquirerRoutes:
    """The routes of one server. `failpoint` None: not in test mode, no fault can be injected."""

    def __init__(self, acquirer: Acquirer, authenticate: Authenticator, *, failpoint: Failpoint | None) -> None:
        self._acquirer = acquirer
        self._authenticate = authenticate
        self._failpoint = failpoint or Failpoint()
        self._may_fail = failpoint is not None

    def routes(self) -> list[Route]:
        """One POST per operation of the port."""
        acquirer = self._acquirer
        routes = [
            self._operation(Authorise, acquirer.authorise),
            self._operation(Capture, acquirer.capture),
            self._operation(Void, acquirer.void),
            self._operation(Refund, acquirer.refund),
            self._operation(Reverse, acquirer.reverse),
            self._operation(Inquiry, acquirer.inquire),
            self._route("find_challenge", FindChallenge, lambda asked: acquirer.find_challenge(asked.challenge_id)),
            self._route(
                "answer_challenge",
                AnswerChallenge,
                lambda asked: acquirer.answer_challenge(asked.challenge_id, asked.answer),
            ),
        ]
        if self._may_fail:
            routes.append(
                Route(
                    "POST",
                    "/failpoint",
                    self._set_failpoint,
                    "Inject faults",
                    authenticate=self._authenticate,
                    body=Failpoint,
                )
            )
        return routes

    def _operation(self, model: type[Request], operation: Callable[[Any], Awaitable[Value]]) -> Route:
        return self._route(model.OPERATION, model, operation)

    def _route(self, name: str, model: type[Value], operation: Callable[[Any], Awaitable[Value | None]]) -> Route:
        async def handle(call: Call) -> Answer:
            await asyncio.sleep(self._failpoint.delay_ms / 1000)
            try:
                told = await operation(call.body)
            except AcquirerUnavailable as error:
                raise unavailable("ACQUIRER_UNAVAILABLE", "The acquirer can't decide now; inquire later") from error
            except KeyReused as error:
                raise ApiError(422, "IDEMPOTENCY_KEY_REUSED", "The key was used before, for another request") from error
            self._drop_if_told(call)
            return Answer(200, told.model_dump_json().encode() if told is not None else b"null")

        path = f"/{name}"
        return Route("POST", path, handle, model.__doc__ or path, authenticate=self._authenticate, body=model)

    def _drop_if_told(self, call: Call) -> None:
        left = self._failpoint.drop_answer_after_commit
        if left and call.request.transport is not None:
            self._failpoint = self._failpoint.model_copy(update={"drop_answer_after_commit": left - 1})
            call.request.transport.abort()

    async def _set_failpoint(self, call: Call) -> Answer:
        self._failpoint = call.body
        return json_answer(200, self._failpoint.model_dump())
