"""The simulated acquirer, in-process: decides by its rules and keeps its own books, in transactions of its own."""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from acquirer import store
from acquirer.fold import Answer, AnswerLost, Books, World, fold, needs_challenge
from acquirer.port import (
    AcquirerUnavailable,
    Authorise,
    Capture,
    Challenge,
    ChallengeAnswer,
    Finding,
    Inquiry,
    KeyReused,
    Outcome,
    Refund,
    Request,
    Reverse,
    Void,
)
from acquirer.rules import Authorisation, IssuedChallenge, Odds
from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.metrics import Metrics
from chassis.pg import Connection, Fate, Pool

NO_ANSWER = (Fate.LOST, Fate.UNKNOWN, Fate.LOCKED, Fate.CONFLICT)


TOKEN_BYTES: Final = 16
CHALLENGE_ID: Final = re.compile(r"([\w-]{1,100})\.[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChallengeTerms:
    """Where challenges are answered, as a buyer's browser sees it, and for how long."""

    base_url: str = "http://localhost:8010"
    ttl: timedelta = timedelta(minutes=10)


TERMS: Final = ChallengeTerms()


class Simulator:
    """An Acquirer. What is called at the same time is written by one commit."""

    def __init__(
        self, pool: Pool, *, clock: Clock, metrics: Metrics, odds: Odds, challenges: ChallengeTerms = TERMS
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._odds = odds
        self._terms = challenges
        self._batcher: Batcher[Request, Answer] = Batcher(self._execute, name="acquirer", metrics=metrics)

    async def authorise(self, request: Authorise) -> Outcome:
        """Reserve an amount."""
        return cast(Outcome, await self._submit(request))

    async def capture(self, request: Capture) -> Outcome:
        """Take all or a part of what is reserved, once."""
        return cast(Outcome, await self._submit(request))

    async def void(self, request: Void) -> Outcome:
        """Release everything."""
        return cast(Outcome, await self._submit(request))

    async def refund(self, request: Refund) -> Outcome:
        """Give captured money back."""
        return cast(Outcome, await self._submit(request))

    async def reverse(self, request: Reverse) -> Outcome:
        """Lower what is reserved."""
        return cast(Outcome, await self._submit(request))

    async def inquire(self, request: Inquiry) -> Finding:
        """What became of an earlier request; waits for one that is being decided."""
        return cast(Finding, await self._submit(request))

    async def find_challenge(self, challenge_id: str) -> Challenge | None:
        """The challenge of that id."""
        return await self._challenge(challenge_id, None)

    async def answer_challenge(self, challenge_id: str, answer: ChallengeAnswer) -> Challenge | None:
        """Record the payer's answer, once: the first one stands."""
        return await self._challenge(challenge_id, answer)

    async def close(self) -> None:
        """Finish what is running; the pool belongs to who opened it."""
        await self._batcher.idle()

    async def _submit(self, request: Request) -> Outcome | Finding:
        try:
            answer = await self._batcher.submit(request)
        except ApiError as error:
            raise AcquirerUnavailable(error.description) from error
        except Exception as error:
            raise _unavailable(error) from error
        if isinstance(answer, KeyReused):
            raise answer
        if isinstance(answer, AnswerLost):
            raise AcquirerUnavailable("the answer was lost on its way")
        return answer

    async def _execute(self, requests: Sequence[Request]) -> Sequence[Answer]:
        async with pg.transaction(self._pool) as connection:
            held = await store.lock_authorisations(connection, requests)
            known = await store.load_effects(connection, [request.key for request in requests])
            challenged = [request.key for request in requests if needs_challenge(request)]
            challenges = await store.load_challenges(connection, challenged) if challenged else {}
            world = World(self._odds, self._clock.now(), self._terms.ttl, self._terms.base_url, new_token)
            turn = fold(requests, Books(held, known, challenges), world)
            await store.write(connection, turn, world.now)
        return turn.answers

    async def _challenge(self, challenge_id: str, answer: ChallengeAnswer | None) -> Challenge | None:
        """The challenge as it is once the answer is recorded, if there is one to record."""
        named = CHALLENGE_ID.fullmatch(challenge_id)
        if named is None:
            return None
        try:
            async with pg.transaction(self._pool) as connection:
                return await self._find_and_answer(connection, named[1], challenge_id, answer)
        except Exception as error:
            raise _unavailable(error) from error

    async def _find_and_answer(
        self, connection: Connection, key: str, challenge_id: str, answer: ChallengeAnswer | None
    ) -> Challenge | None:
        found = (await store.load_challenges(connection, [key])).get(key)
        if found is None or not hmac.compare_digest(found.id, challenge_id):
            return None
        held = await store.lock_authorisation(connection, found)
        now = self._clock.now()
        if answer is not None and not held.voided and now < found.expires_at:
            await store.answer_challenge(connection, key, answer, now)
        current = (await store.load_challenges(connection, [key]))[key]
        return _view(current, held, now)


def new_token() -> str:
    """What makes a challenge's id one that nobody can guess."""
    return secrets.token_hex(TOKEN_BYTES)


def _unavailable(error: Exception) -> Exception:
    """To the caller a database that is away is what a lost connection is: no answer."""
    return AcquirerUnavailable(str(error)) if pg.fate_of(error) in NO_ANSWER else error


def _view(challenge: IssuedChallenge, held: Authorisation, now: datetime) -> Challenge:
    closed = held.voided or challenge.expires_at <= now
    return Challenge(
        id=challenge.id,
        key=challenge.key,
        payment_id=challenge.payment_id,
        merchant_id=challenge.merchant_id,
        amount_minor=challenge.amount_minor,
        currency=challenge.currency,
        network=challenge.network,
        last4=challenge.last4,
        merchant_name=challenge.merchant_name,
        expires_at=challenge.expires_at,
        status=challenge.answer or ("closed" if closed else "open"),
    )
