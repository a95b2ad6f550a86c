"""Passwords: argon2id (RFC 9106) in threads of its own, few at a time, since each takes memory and milliseconds.

The parameters are the settings'; a hash that was made with others is made anew when its password comes by.
"""

import asyncio
import secrets
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chassis.errors import unavailable
from services.dashboard.settings import Settings

MADE_UP_CHARS: Final = 20
LANES: Final = 1

Done = TypeVar("Done")
_ALPHABET: Final = string.ascii_lowercase + string.digits


class Passwords:
    """Hashes and compares."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=LANES
        )
        self._threads = ThreadPoolExecutor(settings.hashing_threads, thread_name_prefix="passwords")
        self._waiting_max = settings.hashing_threads + settings.hashing_queue_max
        self._waiting = 0
        # Compared with where there is nobody: who tries emails learns nothing from the time that it takes.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises 503 when too many wait."""
        return await self._run(partial(self._hasher.hash, password))

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether this is the password; False, after the same time, where there is none. Raises 503."""
        right = await self._run(partial(self._matches, password, password_hash or self._nobody))
        return right and password_hash is not None

    def is_dated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Done]) -> Done:
        if self._waiting >= self._waiting_max:
            raise unavailable("OVERLOADED", "Too many people sign in at this moment; try again in a second")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def made_up() -> str:
    """A password that nobody chose, to be handed over once: 100 bits in groups that can be read out."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(MADE_UP_CHARS))
    return "-".join(text[at : at + 5] for at in range(0, MADE_UP_CHARS, 5))
