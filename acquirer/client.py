"""The acquirer over HTTP: used by processor and refunder when ACQUIRER_URL is set."""

from typing import Annotated, Final

import aiohttp
from pydantic import Field, SecretStr, TypeAdapter

from acquirer.port import (
    AcquirerUnavailable,
    AnswerChallenge,
    Authorise,
    Capture,
    Challenge,
    ChallengeAnswer,
    FindChallenge,
    Finding,
    Inquiry,
    KeyReused,
    Outcome,
    Refund,
    Request,
    Reverse,
    Value,
    Void,
)

KEY_REUSED_STATUS: Final = 422
NO_ANSWER_STATUSES: Final = frozenset({408, 409, 429})
"""Beside every 5xx: the request was not decided, or nobody knows."""

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Annotated[Outcome, Field(discriminator="result")])
_FINDING: TypeAdapter[Finding] = TypeAdapter(Annotated[Finding, Field(discriminator="result")])
_CHALLENGE: TypeAdapter[Challenge | None] = TypeAdapter(Challenge | None)


class HttpAcquirer:
    """An Acquirer in another process. Whatever is lost on the way is no answer."""

    def __init__(self, base_url: str, *, token: SecretStr, timeout_s: float, calls_max: int) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token.get_secret_value()}", "Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=timeout_s),
            connector=aiohttp.TCPConnector(limit=calls_max),
        )

    async def authorise(self, request: Authorise) -> Outcome:
        """Reserve an amount."""
        return _OUTCOME.validate_json(await self._post(request))

    async def capture(self, request: Capture) -> Outcome:
        """Take all or a part of what is reserved, once."""
        return _OUTCOME.validate_json(await self._post(request))

    async def void(self, request: Void) -> Outcome:
        """Release everything."""
        return _OUTCOME.validate_json(await self._post(request))

    async def refund(self, request: Refund) -> Outcome:
        """Give captured money back."""
        return _OUTCOME.validate_json(await self._post(request))

    async def reverse(self, request: Reverse) -> Outcome:
        """Lower what is reserved."""
        return _OUTCOME.validate_json(await self._post(request))

    async def inquire(self, request: Inquiry) -> Finding:
        """What became of an earlier request."""
        return _FINDING.validate_json(await self._post(request))

    async def find_challenge(self, challenge_id: str) -> Challenge | None:
        """The challenge of that id."""
        return _CHALLENGE.validate_json(await self._send("find_challenge", FindChallenge(challenge_id=challenge_id)))

    async def answer_challenge(self, challenge_id: str, answer: ChallengeAnswer) -> Challenge | None:
        """Record the payer's answer, once: the first one stands."""
        asked = AnswerChallenge(challenge_id=challenge_id, answer=answer)
        return _CHALLENGE.validate_json(await self._send("answer_challenge", asked))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def _post(self, request: Request) -> bytes:
        return await self._send(request.OPERATION, request)

    async def _send(self, operation: str, asked: Value) -> bytes:
        try:
            async with self._session.post(f"{self._base_url}/{operation}", data=asked.model_dump_json()) as response:
                body = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise AcquirerUnavailable(repr(error)) from error
        if response.status == KEY_REUSED_STATUS:
            raise KeyReused(f"the key of {asked!r} was used before, for another request")
        if response.status >= 500 or response.status in NO_ANSWER_STATUSES:
            raise AcquirerUnavailable(f"the acquirer answered {response.status}")
        if response.status != 200:
            raise RuntimeError(f"the acquirer does not take our request: {response.status} {body[:200]!r}")
        return body
