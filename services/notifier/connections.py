"""Connections to receivers: made to addresses that were checked, kept for a while, used again.

Names are looked up here and not by the loop, each address is judged, and the socket connects to exactly what was
judged: whatever a name answers the next time, or is written like, leads nowhere else.
"""

import asyncio
import functools
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple

from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from services.notifier.addresses import Address, AddressPolicy, BlockedAddress, is_literal, is_own_address, url_problem
from services.notifier.http1 import Answer, BrokenAnswer, Connection, Phases
from services.notifier.names import Names

IDLE_S: Final = 15.0
IDLE_CHECK_S: Final = 1.0
IDLE_PER_ORIGIN_MAX: Final = 32
IDLE_MAX: Final = 2048
LOOKUP_TIMEOUT_S: Final = 5.0
NEXT_ADDRESS_S: Final = 0.25
"""A connection that takes longer gets company by one to the name's next address; the first that is made is taken."""

TARGETS_MAX: Final = 4096


class TlsFailed(OSError):
    """No trusted TLS on the connection."""


class Origin(NamedTuple):
    """What connections are kept for."""

    tls: bool
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, and how its requests begin."""

    origin: Origin
    head: str


@functools.lru_cache(TARGETS_MAX)
def target_of(url: str) -> Target:
    """Raises BlockedAddress for a URL that must not or can't be used."""
    problem = url_problem(url, "The URL")
    if problem is not None:
        raise BlockedAddress(problem)
    parsed = URL(url)
    origin = Origin(parsed.scheme == "https", parsed.raw_host or "", parsed.port or 0)
    return Target(origin, f"POST {parsed.raw_path_qs} HTTP/1.1\r\nHost: {parsed.host_port_subcomponent}\r\n")


@functools.cache
def system_trust() -> ssl.SSLContext:
    """TLS with the certificates that this machine trusts."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class Connections:
    """Kept by origin, newest used first; the oldest are closed after a while, or when there are too many."""

    def __init__(
        self,
        policy: AddressPolicy,
        names: Names,
        *,
        trust: ssl.SSLContext | None = None,
        is_own: Callable[[Address], bool] = is_own_address,
    ) -> None:
        self._policy = policy
        self._names = names
        self._trust = trust or system_trust()
        self._is_own = is_own
        self._idle: dict[Origin, list[Connection]] = {}
        self._since: dict[Connection, tuple[float, Origin]] = {}
        self._check: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Close what is kept."""
        if self._check is not None:
            self._check.cancel()
        for connection in list(self._since):
            self._drop(connection)

    async def exchange(self, origin: Origin, request: bytes, body_max_bytes: int, phases: Phases) -> Answer:
        """Send a request over a kept connection or a new one. Raises BrokenAnswer, BlockedAddress, TlsFailed,
        UnknownName, or another OSError when there is no connection."""
        kept = self._take(origin)
        if kept is not None:
            try:
                return await self._exchange_on(kept, origin, request, body_max_bytes, phases)
            except BrokenAnswer as broken:
                # A kept connection that the receiver was just closing says nothing about the receiver.
                if not broken.unanswered:
                    raise
        made = await self._connect(origin, phases)
        return await self._exchange_on(made, origin, request, body_max_bytes, phases)

    async def _exchange_on(
        self, connection: Connection, origin: Origin, request: bytes, body_max_bytes: int, phases: Phases
    ) -> Answer:
        try:
            answer = await connection.exchange(request, body_max_bytes, phases)
        except BaseException:
            connection.abort()
            raise
        if connection.usable:
            self._keep(connection, origin)
        return answer

    async def _connect(self, origin: Origin, phases: Phases) -> Connection:
        loop = asyncio.get_running_loop()
        found = await self._checked(origin, phases)
        phases.enter("connect")
        made = await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_S, interleave=1)
        try:
            if not origin.tls:
                _, connection = await loop.create_connection(self._new_connection, sock=made)
                return connection
            phases.enter("tls")
            _, connection = await loop.create_connection(
                self._new_connection, sock=made, ssl=self._trust, server_hostname=origin.host.rstrip(".")
            )
        except BaseException as error:
            made.close()
            if origin.tls and isinstance(error, OSError):
                raise TlsFailed(str(error) or type(error).__name__) from error
            raise
        return connection

    async def _checked(self, origin: Origin, phases: Phases) -> list[AddrInfoType]:
        """The addresses of the origin's host that may be connected to. Raises BlockedAddress when that is none."""
        if not is_literal(origin.host):
            phases.enter("dns")
        found = await self._names.addresses(origin.host, LOOKUP_TIMEOUT_S)
        allowed: list[AddrInfoType] = []
        refusal = None
        for host in found:
            why = self._policy.refusal(host, origin.port, self._is_own, name=origin.host)
            if why is None:
                allowed.append(_address_info(host, origin.port))
            refusal = refusal or why
        if not allowed:
            raise BlockedAddress(f"Webhooks are not sent there: {refusal}")
        return allowed

    def _new_connection(self) -> Connection:
        return Connection(self._forget)

    def _take(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle[-1]
            self._forget(connection)
            if connection.usable:
                return connection
        return None

    def _keep(self, connection: Connection, origin: Origin) -> None:
        loop = asyncio.get_running_loop()
        idle = self._idle.setdefault(origin, [])
        idle.append(connection)
        self._since[connection] = (loop.time(), origin)
        if len(idle) > IDLE_PER_ORIGIN_MAX:
            self._drop(idle[0])
        elif len(self._since) > IDLE_MAX:
            self._drop(next(iter(self._since)))
        if self._check is None:
            self._check = loop.call_later(IDLE_CHECK_S, self._drop_old)

    def _drop_old(self) -> None:
        loop = asyncio.get_running_loop()
        old_s = loop.time() - IDLE_S
        while self._since:
            connection, (since_s, _) = next(iter(self._since.items()))
            if since_s > old_s:
                break
            self._drop(connection)
        self._check = loop.call_later(IDLE_CHECK_S, self._drop_old) if self._since else None

    def _drop(self, connection: Connection) -> None:
        self._forget(connection)
        connection.abort()

    def _forget(self, connection: Connection) -> None:
        """It is not idle, or not any more."""
        _, origin = self._since.pop(connection, (0.0, None))
        if origin is not None:
            idle = self._idle[origin]
            idle.remove(connection)
            if not idle:
                del self._idle[origin]


def _address_info(host: str, port: int) -> AddrInfoType:
    if ip_address(host).version == 6:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port)
