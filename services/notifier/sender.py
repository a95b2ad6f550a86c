"""HTTP out: one attempt, from signature to error class, within one timeout. No redirects, no decompression, no proxy.

An answer is read up to a limit and its connection kept for the next attempt to the same host.
"""

import ssl
import time
from collections.abc import Callable, Mapping

import structlog
from cryptography.exceptions import InvalidTag

from chassis.cipher import Cipher
from chassis.clock import Clock
from services.notifier.addresses import Address, AddressPolicy, BlockedAddress, is_own_address
from services.notifier.connections import Connections, TlsFailed, target_of
from services.notifier.deadlines import Deadline
from services.notifier.headers import attempt_headers
from services.notifier.http1 import HEADER_MAX_CHARS, Answer, BrokenAnswer, Phases
from services.notifier.names import Lookup, Names, UnknownName, system_lookup
from services.notifier.state import ErrorClass, Exchange, Job

log = structlog.get_logger()


class Sender:
    """Sends attempts over kept connections; closed at the end."""

    def __init__(
        self,
        cipher: Cipher,
        clock: Clock,
        policy: AddressPolicy,
        *,
        timeout_s: float,
        response_max_bytes: int,
        lookup: Lookup = system_lookup,
        trust: ssl.SSLContext | None = None,
        is_own: Callable[[Address], bool] = is_own_address,
    ) -> None:
        self._cipher = cipher
        self._clock = clock
        self._timeout_s = timeout_s
        self._deadline = Deadline(timeout_s)
        self._response_max_bytes = response_max_bytes
        self._names = Names(lookup)
        self._connections = Connections(policy, self._names, trust=trust, is_own=is_own)

    async def close(self) -> None:
        """Close the kept connections."""
        self._connections.close()
        await self._names.close()

    async def send(self, job: Job) -> Exchange:
        """One attempt; never raises for what a receiver does."""
        at = self._clock.now()
        began_s = time.perf_counter()
        try:
            headers = attempt_headers(self._cipher, job, at)
        except InvalidTag:
            return Exchange(at, 0.0, {}, error_class="blocked", error="The endpoint's secret can't be unsealed")
        phases = Phases()
        try:
            with self._deadline:
                answer = await self._post(job.endpoint.url or "", headers.sent, job.body, phases)
        except Exception as error:
            phases.enter(None)
            error_class, sentence = self._classify(error)
            return Exchange(
                at, _since_ms(began_s), headers.shown, error_class=error_class, error=sentence, phases=phases.ms
            )
        good = 200 <= answer.status < 300
        return Exchange(
            at,
            _since_ms(began_s),
            headers.shown,
            answer.status,
            answer.headers,
            answer.body,
            error_class=None if good else "status",
            error=None if good else f"The endpoint answered {answer.status}",
            phases=phases.ms,
            response_truncated=answer.truncated,
        )

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes, phases: Phases) -> Answer:
        target = target_of(url)
        told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if told.count("\r") != len(headers) or told.count("\n") != len(headers) or "\0" in told:
            raise BlockedAddress("A header can't be sent: it holds a control character")
        request = f"{target.head}{told}Content-Length: {len(body)}\r\n\r\n".encode() + body
        return await self._connections.exchange(target.origin, request, self._response_max_bytes, phases)

    def _classify(self, error: Exception) -> tuple[ErrorClass, str]:
        """The error's class and a sentence for the merchant's log."""
        match error:
            case BlockedAddress():
                return "blocked", _reason(error)
            case UnknownName():
                return "dns", _reason(error)
            case TlsFailed():
                return "tls", f"No trusted TLS connection: {_reason(error)}"
            case TimeoutError():
                return "timeout", f"No complete answer within {self._timeout_s:g} s"
            case BrokenAnswer():
                return "connect", f"The connection broke: {_reason(error)}"
            case OSError():
                return "connect", f"No connection: {_reason(error)}"
            case _:
                log.exception("webhook.send_failed")
                return "connect", "The attempt failed on our side"


def _since_ms(began_s: float) -> float:
    return round((time.perf_counter() - began_s) * 1000, 3)


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:HEADER_MAX_CHARS]
