"""What host names stand for: looked up in threads of their own, so that no slow name delays another host.

`getaddrinfo` can't be told to hurry or to stop. So each look-up has a thread that nobody has to wait for, their number
is bounded, and names that were slow before share a few of them. Whether an address may be used is checked by whoever
connects, on the very address: an answer from here is only an answer.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from services.notifier.addresses import is_literal

V = TypeVar("V")

Lookup = Callable[[str], Sequence[str]]
"""A name's addresses, as literals. May take its time; raises OSError when there are none."""

CACHE_S: Final = 5.0
CACHE_MAX: Final = 2048
LOOKUPS_MAX: Final = 64
SLOW_LOOKUPS_MAX: Final = 16
WAITING_MAX: Final = 2048
SLOW_S: Final = 1.0
SLOW_NAMES_MAX: Final = 4096
ADDRESSES_MAX: Final = 8


class UnknownName(OSError):
    """The name stands for no address, or none could be found out."""


def system_lookup(host: str) -> list[str]:
    """By the machine's own resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(address[0]) for *_, address in found]


class Names:
    """Looks names up, each at most once at a time, and remembers for a few seconds what came out."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._under_way: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._threads = asyncio.Semaphore(LOOKUPS_MAX)
        self._slow_threads = asyncio.Semaphore(SLOW_LOOKUPS_MAX)
        self._slow_names: dict[str, None] = {}

    async def close(self) -> None:
        """Wait for no look-up any more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def addresses(self, host: str, timeout_s: float) -> tuple[str, ...]:
        """The name's addresses; an address is its own. Raises UnknownName when there are none, or none is known within
        the time."""
        if is_literal(host):
            return (host,)
        expires_s, found = self._known.get(host, (0.0, ()))
        if expires_s <= asyncio.get_running_loop().time():
            found = await self._looked_up(host, timeout_s)
        if not found:
            raise UnknownName("The host name can't be resolved")
        return found

    async def _looked_up(self, host: str, timeout_s: float) -> tuple[str, ...]:
        task = self._under_way.get(host)
        if task is None:
            if len(self._under_way) >= WAITING_MAX:
                raise UnknownName("The host name was not resolved: too many others are being looked up")
            task = self._under_way[host] = asyncio.create_task(self._look_up(host))
            task.add_done_callback(lambda _: self._under_way.pop(host))
        # The look-up goes on for the next who asks, also if nobody waits any more.
        await asyncio.wait([task], timeout=timeout_s)
        if not task.done():
            raise UnknownName(f"The host name was not resolved within {timeout_s:g} s")
        return task.result()

    async def _look_up(self, host: str) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        slow = self._slow_threads if host in self._slow_names else contextlib.nullcontext()
        async with slow, self._threads:
            began_s = loop.time()
            answer: asyncio.Future[tuple[str, ...]] = loop.create_future()
            threading.Thread(target=self._ask, args=(host, loop, answer), name="lookup", daemon=True).start()
            found = await answer
        now_s = loop.time()
        self._slow_names.pop(host, None)
        if now_s - began_s > SLOW_S:
            _put(self._slow_names, host, None, SLOW_NAMES_MAX)
        self._known.pop(host, None)
        _put(self._known, host, (now_s + CACHE_S, found), CACHE_MAX)
        return found

    def _ask(self, host: str, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[tuple[str, ...]]") -> None:
        """In the look-up's own thread."""
        try:
            found = tuple(dict.fromkeys(self._lookup(host)))[:ADDRESSES_MAX]
        except Exception:
            found = ()  # not known; whatever went wrong, the look-up must end
        with contextlib.suppress(RuntimeError):  # the loop ended meanwhile
            loop.call_soon_threadsafe(_tell, answer, found)


def _tell(answer: "asyncio.Future[tuple[str, ...]]", found: tuple[str, ...]) -> None:
    if not answer.done():
        answer.set_result(found)


def _put(table: dict[str, V], key: str, value: V, most: int) -> None:
    """Add to a table that forgets its oldest."""
    while len(table) >= most:
        del table[next(iter(table))]
    table[key] = value
