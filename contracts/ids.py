"""Time-ordered public ids: a prefix and 16 base-62 characters, sorted by creation under COLLATE "C".

Used by every service that names a thing. The first 7 characters are the Unix time in milliseconds
(enough until 2081), the other 9 are 53 bits of randomness, so an id cannot be guessed from its neighbour.
"""

import os
import re
import time
from datetime import UTC, datetime
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TIME_CHARS: Final = 7
RANDOM_CHARS: Final = 9
RANDOM_SPACE: Final = 62**RANDOM_CHARS

MERCHANT: Final = "mer"
ORDER: Final = "order"
PAYMENT: Final = "pay"
REFUND: Final = "rfnd"
EVENT: Final = "evt"
ATTEMPT: Final = "att"
DISPUTE: Final = "dp"
LEDGER_ENTRY: Final = "le"
ENDPOINT: Final = "we"
DELIVERY: Final = "whd"
DELIVERY_ATTEMPT: Final = "wha"
ACQUIRER_CALL: Final = "acq"
CHECKOUT_SESSION: Final = "cs"
REQUEST: Final = "log"
USER: Final = "usr"
USER_SESSION: Final = "uss"
USER_ACTION: Final = "act"

_PAIRS: Final = [a + b for a in ALPHABET for b in ALPHABET]
_PATTERN: Final = re.compile(r"[a-z]+_[0-9A-Za-z]{16}")
_POOL_BYTES: Final = 7 * 1024
"""Randomness is drawn from the system for many ids at once: a call for each would cost more than the rest."""


class _Maker:
    """Bodies in rising order. Not for several threads."""

    def __init__(self) -> None:
        self._ms = 0
        self._random = 0
        self._prefix = ""
        self._pool = b""
        self._used = 0

    def next_body(self) -> str:
        """Time, then randomness; within a millisecond the random part rises by an unguessable step."""
        now_ms = time.time_ns() // 1_000_000
        if now_ms > self._ms:
            self._ms = now_ms
            self._prefix = _encode(now_ms, TIME_CHARS)
            self._random = self._draw() % RANDOM_SPACE
        else:
            self._random += 1 + (self._draw() & 0xFF_FFFF_FFFF)
            if self._random >= RANDOM_SPACE:
                self._ms += 1
                self._prefix = _encode(self._ms, 7)
                self._random %= RANDOM_SPACE
        return self._prefix + _encode_random(self._random)

    def _draw(self) -> int:
        if self._used == len(self._pool):
            self._pool, self._used = os.urandom(_POOL_BYTES), 0
        drawn = self._pool[self._used : self._used + 7]
        self._used += 7
        return int.from_bytes(drawn, "big")


_maker = _Maker()


def new_id(prefix: str) -> str:
    """A fresh id such as `pay_0VnQ3kD…`; later ids of one process sort after earlier ones."""
    return f"{prefix}_{_maker.next_body()}"


def id_floor(prefix: str, at: datetime) -> str:
    """The smallest id of this kind that could have been made at `at`: a partition's or a time range's bound."""
    return f"{prefix}_{_encode(int(at.timestamp() * 1000), TIME_CHARS)}{'0' * RANDOM_CHARS}"


def instant_of(made: str) -> datetime:
    """When an id was made, to the millisecond; for whatever begins like an id."""
    ms = 0
    for char in made.partition("_")[2][:TIME_CHARS]:
        ms = ms * 62 + ALPHABET.index(char)
    return datetime.fromtimestamp(ms / 1000, UTC)


def is_id(text: str, prefix: str) -> bool:
    """Whether the text has the form of an id of this kind (it may still name nothing)."""
    return text.startswith(prefix + "_") and _PATTERN.fullmatch(text) is not None


def _encode(number: int, chars: int) -> str:
    """The number in base 62, of an odd number of characters."""
    text = ""
    for _ in range(chars // 2):
        number, pair = divmod(number, 3844)
        text = _PAIRS[pair] + text
    return ALPHABET[number] + text


def _encode_random(number: int) -> str:
    """The same for RANDOM_CHARS, written out: made for every id."""
    number, e = divmod(number, 3844)
    number, d = divmod(number, 3844)
    number, c = divmod(number, 3844)
    a, b = divmod(number, 3844)
    return f"{ALPHABET[a]}{_PAIRS[b]}{_PAIRS[c]}{_PAIRS[d]}{_PAIRS[e]}"
