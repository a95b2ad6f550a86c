"""Checks one webhook: both signatures over the exact body, then the payload against the public contract.

Pure functions without I/O, called by `shop.examine` for every delivery. The signature part is there to be copied.
"""

import binascii
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import ValidationError

from contracts.events.payment import Payment
from contracts.events.refund import Refund
from contracts.events.webhook import WebhookPayload, parse_webhook

SECRET_PREFIX: Final = "whsec_"
MAX_TIMESTAMP_CHARS: Final = 12

BODY_SIGNATURE_HEADER: Final = "X-Webhook-Signature"
ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"


class Finding(StrEnum):
    """What a check found."""

    VALID = "valid"
    MISSING = "missing"
    MALFORMED = "malformed"
    STALE = "stale"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


class Keys(NamedTuple):
    """The two HMAC keys that one webhook secret stands for."""

    body: bytes
    standard: bytes


class BrokenContract(Exception):
    """The payload is not what the contract promises; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shop wants to know from a payload."""

    event_id: str
    event: str
    object_id: str | None
    payment_id: str | None
    sequence: int
    timestamp: int
    updated_at: datetime | None
    payment: Payment | None
    refund: Refund | None


def keys_of(secret: str) -> Keys:
    """The secret's text keys `X-Webhook-Signature`. Standard Webhooks takes what is base64 behind `whsec_`;
    a secret that is not base64 there (the test merchant's) is keyed by the bytes of its whole text."""
    text = secret.encode()
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        # Secrets may come without base64's padding: the official libraries take them, so do we.
        standard = binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4), strict_mode=True)
    except ValueError:
        standard = b""
    return Keys(text, standard or text)


def sign_body(keys: Keys, body: bytes) -> str:
    """The value of `X-Webhook-Signature`."""
    return hmac.digest(keys.body, body, "sha256").hex()


def sign_standard(keys: Keys, webhook_id: bytes, timestamp: bytes, body: bytes) -> str:
    """One entry of `webhook-signature`, as Standard Webhooks 1.0 defines it."""
    signed = b".".join((webhook_id, timestamp, body))
    return "v1," + b64encode(hmac.digest(keys.standard, signed, "sha256")).decode()


def check_body_signature(keys: Keys, headers: Mapping[str, str], body: bytes) -> Finding:
    """Whether `X-Webhook-Signature` is the HMAC of exactly these bytes."""
    given = headers.get(BODY_SIGNATURE_HEADER)
    if not given:
        return Finding.MISSING
    return Finding.VALID if _same(given, sign_body(keys, body)) else Finding.WRONG


def check_standard_signature(
    keys: Keys, headers: Mapping[str, str], body: bytes, now_s: float, tolerance_s: float
) -> Finding:
    """Whether one of the signatures fits id, timestamp and body, and the timestamp is near now. There are several
    while the sender's secret rotates; versions that we do not know are skipped."""
    webhook_id = headers.get(ID_HEADER)
    timestamp = headers.get(TIMESTAMP_HEADER)
    given = headers.get(SIGNATURE_HEADER)
    if not (webhook_id and timestamp and given):
        return Finding.MISSING
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= MAX_TIMESTAMP_CHARS):
        return Finding.MALFORMED
    if abs(now_s - int(timestamp)) > tolerance_s:
        return Finding.STALE
    expected = sign_standard(keys, _raw(webhook_id), timestamp.encode(), body)
    matches = [_same(entry, expected) for entry in given.split(" ")]
    return Finding.VALID if any(matches) else Finding.WRONG


def read_payload(body: bytes) -> Facts:
    """The facts of a payload that keeps the contract; raises BrokenContract with one sentence otherwise."""
    try:
        payload = parse_webhook(body)
    except ValidationError as error:
        raise BrokenContract(_first_problem(error)) from None
    subject = _subject(payload)
    return Facts(
        event_id=payload.id,
        event=payload.event,
        object_id=subject.id if subject else None,
        payment_id=payload.data.payment.id if payload.data.payment else None,
        sequence=payload.sequence,
        timestamp=payload.timestamp,
        updated_at=subject.updated_at if subject else None,
        payment=payload.data.payment,
        refund=payload.data.refund,
    )


def _subject(payload: WebhookPayload) -> Payment | Refund | None:
    """The object that the event is about: `payment.*` a payment, `refund.*` a refund, what webhooks tell of themselves
    none."""
    kind = payload.event.partition(".")[0]
    if kind in ("webhook", "webhook_endpoint"):
        return None
    subject = payload.data.payment if kind == "payment" else payload.data.refund
    if subject is None:
        raise BrokenContract(f"data.{kind}: a {payload.event} event must carry its {kind}")
    return subject


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {problem['msg']}{more}"


def _same(given: str, expected: str) -> bool:
    """In a time that does not tell how much of it was right."""
    return hmac.compare_digest(_raw(given), expected.encode())


def _raw(header: str) -> bytes:
    """The bytes that came over the wire: aiohttp decodes headers in just this way."""
    return header.encode("utf-8", "surrogateescape")
