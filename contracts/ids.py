"""Time-ordered public ids: a prefix and 16 base-62 characters, sorted by creation under COLLATE "C".

Used by every service that names a thing. The first 7 characters are the Unix time in milliseconds
(enough until 2081), the other 9 are 53 bits of randomness, so an id cannot be guessed from its neighbour.
"""

import re
import secrets
import time
from datetime import datetime
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_CHARS: Final = 9
RANDOM_SPACE: Final = 62**RANDOM_CHARS
BODY_CHARS: Final = 16

ORDER: Final = "order"
PAYMENT: Final = "pay"
REFUND: Final = "rfnd"
EVENT: Final = "evt"
ATTEMPT: Final = "att"
LEDGER_ENTRY: Final = "le"
ENDPOINT: Final = "we"
DELIVERY: Final = "whd"
DELIVERY_ATTEMPT: Final = "wha"
ACQUIRER_CALL: Final = "acq"

_PAIRS: Final = [a + b for a in ALPHABET for b in ALPHABET]
_PATTERN: Final = re.compile(r"[a-z]+_[0-9A-Za-z]{16}")

_last_body = 0


def new_id(prefix: str) -> str:
    """A fresh id such as `pay_0VnQ3kD…`; later ids of one process sort after earlier ones."""
    global _last_body
    body = time.time_ns() // 1_000_000 * RANDOM_SPACE + secrets.randbelow(RANDOM_SPACE)
    if body // RANDOM_SPACE <= _last_body // RANDOM_SPACE:
        # The same millisecond again (or the clock went back): keep the order, keep the gap unguessable.
        body = _last_body + 1 + secrets.randbelow(1 << 40)
    _last_body = body
    return f"{prefix}_{_encode(body)}"


def id_floor(prefix: str, at: datetime) -> str:
    """The smallest id of this kind that could have been made at `at`: a partition's or a time range's bound."""
    return f"{prefix}_{_encode(int(at.timestamp() * 1000) * RANDOM_SPACE)}"


def is_id(text: str, prefix: str) -> bool:
    """Whether the text has the form of an id of this kind (it may still name nothing)."""
    return text.startswith(prefix + "_") and _PATTERN.fullmatch(text) is not None


def _encode(body: int) -> str:
    pairs = []
    for _ in range(BODY_CHARS // 2):
        body, pair = divmod(body, 3844)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))
