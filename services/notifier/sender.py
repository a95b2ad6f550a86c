"""HTTP out: one attempt, from signature to error class, within one timeout. No redirects, no decompression, no proxy.

An answer is read up to a limit and its connection kept for the next attempt to the same host.
"""

import asyncio
import errno
import socket
import time
from collections.abc import Callable
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Final

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from aiohttp.typedefs import LooseHeaders
from cryptography.exceptions import InvalidTag

from chassis.cipher import Cipher
from chassis.clock import Clock
from services.notifier.addresses import Address, AddressPolicy, BlockedAddress, is_own_address
from services.notifier.headers import attempt_headers
from services.notifier.state import ErrorClass, Exchange, Job

log = structlog.get_logger()

_refusals: ContextVar[list[str]] = ContextVar("refusals")
"""What `_socket` refused for the attempt of this task: aiohttp keeps only the text of several errors."""

KEEPALIVE_S: Final = 15.0
DNS_CACHE_S: Final = 10
HEADER_MAX_CHARS: Final = 1000

_NOT_ADDED: Final = ("Accept", "Accept-Encoding", "User-Agent")


class Sender:
    """Sends attempts over pooled connections; made inside the running loop, closed at the end."""

    def __init__(
        self,
        cipher: Cipher,
        clock: Clock,
        policy: AddressPolicy,
        *,
        timeout_s: float,
        response_max_bytes: int,
        resolver: AbstractResolver | None = None,
        is_own: Callable[[Address], bool] = is_own_address,
    ) -> None:
        self._cipher = cipher
        self._clock = clock
        self._policy = policy
        self._timeout_s = timeout_s
        self._response_max_bytes = response_max_bytes
        self._is_own = is_own
        reuse = aiohttp.TraceConfig()
        reuse.on_connection_reuseconn.append(_note_reuse)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                keepalive_timeout=KEEPALIVE_S,
                ttl_dns_cache=DNS_CACHE_S,
                resolver=resolver,
                socket_factory=self._socket,
            ),
            # The one timeout is `send`'s own, so that it covers everything.
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None),
            auto_decompress=False,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_ADDED,
            read_bufsize=max(1024, response_max_bytes),
            trace_configs=[reuse],
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._session.close()

    async def send(self, job: Job) -> Exchange:
        """One attempt; never raises for what a receiver does."""
        at = self._clock.now()
        began_s = time.perf_counter()
        try:
            headers = attempt_headers(self._cipher, job, at)
        except InvalidTag:
            return Exchange(at, 0.0, {}, error_class="blocked", error="The endpoint's secret can't be unsealed")
        refusals: list[str] = []
        _refusals.set(refusals)
        try:
            async with asyncio.timeout(self._timeout_s):
                status, told, body = await self._post(job.endpoint.url or "", headers.sent, job.body)
        except Exception as error:
            error_class, sentence = self._classify(error, refusals)
            return Exchange(at, _since_ms(began_s), headers.shown, error_class=error_class, error=sentence)
        good = 200 <= status < 300
        return Exchange(
            at,
            _since_ms(began_s),
            headers.shown,
            status,
            told,
            body,
            error_class=None if good else "status",
            error=None if good else f"The endpoint answered {status}",
        )

    async def _post(self, url: str, headers: LooseHeaders, body: bytes) -> tuple[int, dict[str, str], bytes]:
        response = await self._open(url, headers, body)
        try:
            read = await self._read(response)
        finally:
            # Gives the connection back when the answer ended, and closes it when we stopped before its end.
            response.release()
        return response.status, _kept_headers(response), read

    async def _open(self, url: str, headers: LooseHeaders, body: bytes) -> aiohttp.ClientResponse:
        while True:
            connection = SimpleNamespace(reused=False)
            try:
                return await self._session.post(
                    url, data=body, headers=headers, allow_redirects=False, trace_request_ctx=connection
                )
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                # A kept connection that the receiver was just closing says nothing about the receiver: try the next
                # one, and at last a new one.
                if not connection.reused:
                    raise

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        while len(read) < self._response_max_bytes:
            piece = await response.content.read(self._response_max_bytes - len(read))
            if not piece:
                break
            read += piece
        return bytes(read)

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Called for every address that is about to be connected to, whatever name led there."""
        family, kind, protocol, _, address = info
        refusal = self._policy.refusal(str(address[0]), int(address[1]), self._is_own)
        if refusal is not None:
            _refusals.get().append(refusal)
            raise BlockedAddress(errno.EACCES, refusal)
        return socket.socket(family, kind, protocol)

    def _classify(self, error: Exception, refusals: list[str]) -> tuple[ErrorClass, str]:
        """The error's class and a sentence for the merchant's log."""
        if refusals:
            return "blocked", f"Webhooks are not sent there: {refusals[0]}"
        match error:
            case aiohttp.InvalidURL():
                return "blocked", "The URL can't be used"
            case TimeoutError():
                return "timeout", f"No complete answer within {self._timeout_s:g} s"
            case aiohttp.ClientConnectorDNSError():
                return "dns", "The host name can't be resolved"
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
                return "tls", f"No trusted TLS connection: {_reason(error)}"
            case aiohttp.ClientConnectorError():
                return "connect", f"No connection: {_reason(error)}"
            case aiohttp.ClientError() | OSError():
                return "connect", f"The connection broke: {_reason(error)}"
            case _:
                log.exception("webhook.send_failed")
                return "connect", "The attempt failed on our side"


async def _note_reuse(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.reused = True


def _since_ms(began_s: float) -> float:
    return round((time.perf_counter() - began_s) * 1000, 3)


def _reason(error: BaseException) -> str:
    return _storable(str(error) or type(error).__name__)[:HEADER_MAX_CHARS]


def _kept_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {
        _storable(name)[:HEADER_MAX_CHARS]: _storable(value)[:HEADER_MAX_CHARS]
        for name, value in response.headers.items()
    }


def _storable(text: str) -> str:
    """A receiver may send any bytes: what is neither UTF-8 nor storable is replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\x00", "\ufffd")
