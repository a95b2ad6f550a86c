"""Idempotency keys: the first answer wins for 24 hours, byte for byte. Used inside a batch's transaction.

`claim` comes before every other lock. There is no "in flight" state: the answer is computed before the
commit and stored in it, so whoever loses the race waits for the winner's transaction and reads its bytes.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from chassis import changes
from chassis.changes import Change
from chassis.clock import Clock
from chassis.errors import ApiError, Retry, bad_request
from chassis.pg import Connection, columns
from chassis.sql import Queries
from chassis.sweep import Step

KEY_MAX_CHARS = 255
KEY_TTL = timedelta(hours=24)
CLAIM_ROUNDS = 5
REMOVE_STEP_ROWS = 1000

queries = Queries(Path(__file__).with_name("sql") / "idempotency.sql")

Answers = Mapping[tuple[str, str], tuple[int, bytes] | None]
"""By scope and key: status and body."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's key: where it counts (merchant, method, path), the key itself, and what was asked."""

    scope: str
    key: str
    fingerprint: bytes

    @property
    def id(self) -> tuple[str, str]:
        """What makes two claims the same key."""
        return self.scope, self.key


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request with this key was answered."""

    status: int
    body: bytes
    fingerprint: bytes


def parse_key(header: str | None) -> str | None:
    """The key of an Idempotency-Key header, bare or quoted; None when absent or empty.

    Raises 400 for a key that can't be kept.
    """
    if header is None:
        return None
    key = header.strip(" \t")
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(key) > KEY_MAX_CHARS:
        raise bad_request(f"Idempotency-Key must be at most {KEY_MAX_CHARS} characters", field="Idempotency-Key")
    if not (key.isascii() and key.isprintable()):
        raise bad_request("Idempotency-Key must be printable ASCII", field="Idempotency-Key")
    return key or None


def fingerprint(secret: bytes, request: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 over the validated request in canonical JSON: spacing and order of fields do not count.

    Keyed, because a request may hold a card number that a bare hash would give away.
    """
    canonical = orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    return hmac.new(secret, canonical, hashlib.sha256).digest()


def reused() -> ApiError:
    """422: the key was used for something else."""
    return ApiError(
        422, "IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used with another request; use a fresh key"
    )


async def claim(connection: Connection, claims: Sequence[Claim], now: datetime) -> dict[tuple[str, str], StoredAnswer]:
    """Take the keys (distinct ids) for this transaction; the answers of those that were taken before.

    Raises Retry when a key kept changing hands for CLAIM_ROUNDS rounds.
    """
    if not claims:
        return {}
    taken = await queries.claim_keys.rows(connection, **asked_of(claims), expires_at=now + KEY_TTL, now=now)
    return await answers_of_others(connection, claims, {(row["scope"], row["key"]) for row in taken}, now)


async def answers_of_others(
    connection: Connection, claims: Sequence[Claim], taken: Set[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], StoredAnswer]:
    """The answers of those keys that a first round has not `taken`. One whose holder has rolled back is taken now.

    Raises Retry when a key kept changing hands for CLAIM_ROUNDS rounds.
    """
    wanted = {one.id: one for one in claims if one.id not in taken}
    answers: dict[tuple[str, str], StoredAnswer] = {}
    for _ in range(CLAIM_ROUNDS):
        if not wanted:
            return answers
        scopes, keys = columns(list(wanted), 2)
        for row in await queries.read_keys.rows(connection, scopes=scopes, keys=keys):
            answers[row["scope"], row["key"]] = StoredAnswer(row["status"], row["body"], row["fingerprint"])
            del wanted[row["scope"], row["key"]]
        if not wanted:
            return answers
        again = asked_of(list(wanted.values()))
        for row in await queries.claim_keys.rows(connection, **again, expires_at=now + KEY_TTL, now=now):
            del wanted[row["scope"], row["key"]]
    # The holders rolled back, or were removed, between our two statements, time after time.
    raise Retry("idempotency keys kept changing hands")


def asked_of(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    """Claims as the first parameters of a query that takes keys, in the order in which they are locked."""
    rows = [(one.scope, one.key, one.fingerprint) for one in sorted(claims, key=lambda one: one.id)]
    return dict(zip(("scopes", "keys", "fingerprints"), columns(rows, 3), strict=True))


def stored(answers: Answers) -> list[Change]:
    """The answers of keys that were claimed in this transaction, to be written in it; None lets a key go."""
    kept = [(scope, key, *answer) for (scope, key), answer in answers.items() if answer is not None]
    dropped = [claim_id for claim_id, answer in answers.items() if answer is None]
    return [*changes.of_rows(queries.store_answers, kept), *changes.of_rows(queries.release_keys, dropped)]


async def store(connection: Connection, answers: Answers) -> None:
    """The same, written at once."""
    await changes.write(connection, stored(answers))


async def remove_expired(connection: Connection, now: datetime) -> int:
    """Remove at most REMOVE_STEP_ROWS expired keys; how many."""
    return await queries.remove_expired_keys.run(connection, now=now, limit=REMOVE_STEP_ROWS)


def forget_expired(clock: Clock) -> Step:
    """The same as a step of a sweep."""

    async def forget(connection: Connection) -> bool:
        return await remove_expired(connection, clock.now()) == REMOVE_STEP_ROWS

    return forget
