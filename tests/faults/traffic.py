"""Traffic of a careful merchant: many buyers at once; every request has an Idempotency-Key and is repeated with it
until it is answered, whatever happens meanwhile. What was acknowledged goes into the journal."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import aiohttp

from tests.faults.journal import Acknowledged, Journal
from tests.merchant import CONNECTIONS_MAX, Merchant, Object, Reply
from tests.waiting import eventually

AMOUNT_MINOR: Final = 90_000
PAUSE_MAX_S: Final = 0.3
POLL_S: Final = 0.5
POLLS_PER_S: Final = 150
"""All buyers together look so often at most whether their payments have ended, so that looking is no load."""

PROGRESS_PATIENCE_S: Final = 180.0
PLOTS: Final = ("leave", "decline", "capture", "capture", "refund", "refund", "refund", "cancel", "reverse", "reverse")
"""What buyers do, each as often as it stands here."""


class Unended(Exception):
    """Something did not reach its end in time."""


class Surprise(Exception):
    """An answer that contradicts what was acknowledged before."""


class Traffic:
    """Buyers of one merchant. Leaving the block without `finish` ends them where they are."""

    def __init__(self, *urls: str, seed: int, patience_s: float) -> None:
        self.journal = Journal()
        self.merchant = Merchant(*urls)
        self._gate = asyncio.Semaphore(CONNECTIONS_MAX)
        self._chance = random.Random(seed)
        self._run = secrets.token_hex(3)
        self._patience_s = patience_s
        self._requests = 0
        self._waiting = 0
        self._keeping = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.merchant.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeping = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.merchant.__aexit__(kind, error, trace)

    @property
    def in_flight(self) -> int:
        """How many acknowledged payments wait for their end."""
        return self._waiting

    async def burst(self, count: int) -> None:
        """So many buyers at once; returns when each has a payment in flight."""
        target = self.journal.payments + count
        for _ in range(count):
            self._begin(self._buyer())

        async def all_acknowledged() -> bool:
            self._raise_what_ended_a_buyer()
            return self.journal.payments >= target

        await eventually(all_acknowledged, f"{count} payments are acknowledged", patience_s=PROGRESS_PATIENCE_S)

    def keep(self, buyers: int) -> None:
        """So many buyers all the time, until `finish`."""
        self._keeping = True
        for _ in range(buyers):
            self._begin(self._keep())

    async def progress(self, acknowledgements: int) -> None:
        """Return when so many more requests were acknowledged: the traffic flows."""
        target = len(self.journal.acknowledged) + acknowledgements

        async def flowed() -> bool:
            self._raise_what_ended_a_buyer()
            return len(self.journal.acknowledged) >= target

        await eventually(flowed, f"{acknowledgements} more requests are acknowledged", patience_s=PROGRESS_PATIENCE_S)

    async def finish(self) -> None:
        """Begin nothing new, and return when every buyer is done."""
        self._keeping = False
        await asyncio.gather(*self._tasks)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

    def _raise_what_ended_a_buyer(self) -> None:
        """An error that is no finding is not waited for in vain."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def _keep(self) -> None:
        while self._keeping:
            await self._buyer()

    # ── One buyer ──

    async def _buyer(self) -> None:
        plot = self._chance.choice(PLOTS)
        try:
            payment_id = await self._pay(plot)
            await self._follow_up(plot, payment_id)
        except Unended as error:
            self.journal.unended.append(str(error))
        except Surprise as error:
            self.journal.surprises.append(str(error))

    async def _pay(self, plot: str) -> str:
        order = await self._post("/orders", {"amount": AMOUNT_MINOR, "receipt": plot}, status=201)
        vpa = "failure@bank" if plot == "decline" else "success@bank"
        payment = await self._post("/payments", {"order_id": order["id"], "method": "upi", "vpa": vpa}, status=201)
        payment_id: str = payment["id"]
        self.journal.orders[order["id"]] = payment_id
        end = "failed" if plot == "decline" else "success"
        self.journal.events[payment_id] = ["payment.created", "payment.pending", f"payment.{end}"]
        self._waiting += 1
        try:
            await self._until("payments", payment_id, end)
        finally:
            self._waiting -= 1
        return payment_id

    async def _follow_up(self, plot: str, payment_id: str) -> None:
        part = self._chance.randrange(1_000, AMOUNT_MINOR // 3)
        match plot:
            case "capture":
                await self._capture(payment_id, AMOUNT_MINOR)
            case "refund":
                await self._capture(payment_id, AMOUNT_MINOR // 2)
                await asyncio.gather(self._refund(payment_id, part), self._refund(payment_id, 1_000))
            case "cancel":
                await self._post(f"/payments/{payment_id}/cancel", {}, status=200)
                self.journal.events[payment_id].append("payment.canceled")
            case "reverse":
                # The capture does not wait for the reversal: both race through the pipeline.
                reversal = asyncio.ensure_future(self._refund(payment_id, part, is_reversal=True))
                await asyncio.sleep(0)
                await self._capture(payment_id, AMOUNT_MINOR // 2)
                await reversal

    async def _capture(self, payment_id: str, amount_minor: int) -> None:
        await self._post(f"/payments/{payment_id}/capture", {"amount": amount_minor}, status=200)
        self.journal.events[payment_id].append("payment.captured")
        self.journal.captured_minor += amount_minor

    async def _refund(self, payment_id: str, amount_minor: int, *, is_reversal: bool = False) -> None:
        refund = await self._post(f"/payments/{payment_id}/refunds", {"amount": amount_minor}, status=201)
        self.journal.events[refund["id"]] = ["refund.created", "refund.processed"]
        await self._until("refunds", refund["id"], "processed")
        if refund["kind"] == "refund":
            self.journal.refunded_minor += amount_minor
        elif not is_reversal:
            self.journal.surprises.append(f"{refund['id']} of a captured payment is a {refund['kind']}")

    # ── Careful HTTP ──

    async def _post(self, path: str, body: Object, *, status: int) -> Object:
        """Repeat the request with its key until it is answered, then take it into the journal."""
        self._requests += 1
        key = f"{self._run}-{self._requests}"
        reply = await self._answered(lambda: self.merchant.call("POST", path, body, key=key), f"POST {path}")
        self.journal.acknowledged.append(Acknowledged(path, body, key, reply))
        if reply.status != status:
            raise Surprise(f"POST {path} was answered {reply.status}: {reply.body[:300]!r}")
        answer: Object = reply.json()
        return answer

    async def _until(self, kind: str, object_id: str, status: str) -> None:
        """Look until the object has its end; fails at once when it is another one than the acknowledged plot's."""
        began_s = time.monotonic()
        path = f"/{kind}/{object_id}"
        while True:
            reply = await self._answered(lambda: self.merchant.call("GET", path), f"GET {path}")
            if reply.status != 200:
                raise Unended(f"{object_id} was acknowledged, but GET answers {reply.status}: {reply.body[:300]!r}")
            found = reply.json()["status"]
            if found == status:
                return
            if found != "pending" or time.monotonic() - began_s > self._patience_s:
                raise Unended(f"{object_id} is {found} instead of {status}")
            await asyncio.sleep(max(POLL_S, self._waiting / POLLS_PER_S))

    async def _answered(self, call: Callable[[], Awaitable[Reply]], what: str) -> Reply:
        began_s = time.monotonic()
        while True:
            try:
                async with self._gate:
                    reply = await call()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.journal.answers[type(error).__name__] += 1
            else:
                code = f" {reply.error['code']}" if reply.status >= 400 else ""
                self.journal.answers[f"{reply.status}{code}"] += 1
                if reply.status < 500 and reply.status not in (409, 429):
                    return reply
            if time.monotonic() - began_s > self._patience_s:
                raise Unended(f"{what} was not answered")
            await asyncio.sleep(self._chance.uniform(0, PAUSE_MAX_S))
