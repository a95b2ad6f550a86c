"""The simulated acquirer, in-process: decides by its rules and keeps its own books, in transactions of its own."""

from collections.abc import Sequence
from typing import cast

from acquirer import store
from acquirer.fold import Answer, fold
from acquirer.port import (
    AcquirerUnavailable,
    Authorise,
    Capture,
    Finding,
    Inquiry,
    KeyReused,
    Outcome,
    Refund,
    Request,
    Reverse,
    Void,
)
from acquirer.rules import Odds
from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.metrics import Metrics
from chassis.pg import Fate, Pool

NO_ANSWER = (Fate.LOST, Fate.UNKNOWN, Fate.LOCKED, Fate.CONFLICT)


class Simulator:
    """An Acquirer. What is called at the same time is written by one commit."""

    def __init__(self, pool: Pool, *, clock: Clock, metrics: Metrics, odds: Odds) -> None:
        self._pool = pool
        self._clock = clock
        self._odds = odds
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

    async def close(self) -> None:
        """Finish what is running; the pool belongs to who opened it."""
        await self._batcher.idle()

    async def _submit(self, request: Request) -> Outcome | Finding:
        try:
            answer = await self._batcher.submit(request)
        except ApiError as error:
            raise AcquirerUnavailable(error.description) from error
        except Exception as error:
            # To the caller a database that is away is what a lost connection is: no answer.
            if pg.fate_of(error) in NO_ANSWER:
                raise AcquirerUnavailable(str(error)) from error
            raise
        if isinstance(answer, KeyReused):
            raise answer
        return answer

    async def _execute(self, requests: Sequence[Request]) -> Sequence[Answer]:
        async with pg.transaction(self._pool) as connection:
            held = await store.lock_authorisations(connection, requests)
            known = await store.load_effects(connection, [request.key for request in requests])
            turn = fold(requests, held, known, self._odds)
            await store.write(connection, turn, self._clock.now())
        return turn.answers
