"""A person's request on its way from one service to another: who it is, for which tenant, and what they may do.

One service knows the person's session and vouches for it; the other knows what each right allows. In between goes a
short-lived note that is signed with a key derived from INTERNAL_TOKEN, so that neither has to ask the other, and what
is read off the wire is of no use a minute later. Sent as `Authorization: Delegated <note>.<signature>`.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SCHEME: Final = "Delegated"
CLOCKS_DIFFER_BY: Final = timedelta(seconds=5)
"""How long after its end a note is still believed: two machines never agree on the second."""

NOTE_MAX_CHARS: Final = 8192
PURPOSE: Final = b"paygate delegation v1"
"""Part of the key, so that the token itself signs nothing and a note is no token."""

Text = Annotated[str, Field(min_length=1, max_length=320)]


class NotDelegated(Exception):
    """What was sent is no note of ours, or one whose time is over."""


class Delegation(BaseModel):
    """`tenant`: on whose behalf; `user` is what people know the person by (an email); `address`: where they are, for
    logs; `expires_at` in Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    tenant: Text
    user_id: Text
    user: Text
    scopes: Annotated[list[Text], Field(max_length=100)]
    expires_at: int
    address: Annotated[str, Field(max_length=100)] = ""


def sign(delegation: Delegation, secret: str) -> str:
    """The header's value."""
    note = _encode(delegation.model_dump_json().encode())
    return f"{SCHEME} {note}.{_encode(_signature(note, secret))}"


def verify(header: str, secret: str, now_s: float) -> Delegation:
    """Whom the header's value speaks of, at this Unix time. Raises NotDelegated."""
    scheme, _, value = header.partition(" ")
    note, dot, signature = value.partition(".")
    if scheme.lower() != SCHEME.lower() or not dot or len(value) > NOTE_MAX_CHARS or not value.isascii():
        raise NotDelegated("there is no signed note")
    if not hmac.compare_digest(_encode(_signature(note, secret)), signature):
        raise NotDelegated("the signature is not ours")
    try:
        delegation = Delegation.model_validate_json(base64.urlsafe_b64decode(note + "=" * (-len(note) % 4)))
    except (ValidationError, binascii.Error) as error:
        raise NotDelegated("the note can't be read") from error
    if now_s > delegation.expires_at + CLOCKS_DIFFER_BY.total_seconds():
        raise NotDelegated("the note's time is over")
    return delegation


def _signature(note: str, secret: str) -> bytes:
    key = hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)
    return hmac.digest(key, note.encode(), hashlib.sha256)


def _encode(raw: bytes) -> str:
    """Base64 for URLs, without the filling: each text has one form."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
