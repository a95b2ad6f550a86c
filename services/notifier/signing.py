"""Signatures over the exact body: `X-Webhook-Signature` of the gateway family, and Standard Webhooks 1.0."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Final

SECRET_PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
KEY_MIN_BYTES: Final = 24
KEY_MAX_BYTES: Final = 64


def new_secret() -> str:
    """A fresh secret, in the form of Standard Webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


@lru_cache(maxsize=1024)
def standard_key(secret: str) -> bytes:
    """The key of Standard Webhooks: what follows the prefix in base64, or (for another kind of secret) its text."""
    if secret.startswith(SECRET_PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except ValueError:
            return secret.encode()
        if KEY_MIN_BYTES <= len(key) <= KEY_MAX_BYTES:
            return key
    return secret.encode()


def signature_headers(
    secret: str, message_id: str, body: bytes, at: datetime, *, former: str | None = None
) -> dict[str, str]:
    """The headers that prove who sent this body, and when this attempt was made. While a `former` secret is still good,
    it signs, too: Standard Webhooks has room for several signatures, the family's header gets one beside it."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    headers = {
        "X-Webhook-Signature": _family_signature(secret, body),
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": _standard_signature(secret, signed),
    }
    if former is not None:
        headers["X-Webhook-Signature-Former"] = _family_signature(former, body)
        headers["webhook-signature"] += " " + _standard_signature(former, signed)
    return headers


def _family_signature(secret: str, body: bytes) -> str:
    return _mac(secret.encode(), body).hex()


def _standard_signature(secret: str, signed: bytes) -> str:
    return "v1," + base64.b64encode(_mac(standard_key(secret), signed)).decode()


def _mac(key: bytes, message: bytes) -> bytes:
    mac = _keyed(key).copy()
    mac.update(message)
    return mac.digest()


@lru_cache(maxsize=2048)
def _keyed(key: bytes) -> hmac.HMAC:
    """Ready for a message. To make it anew takes OpenSSL longer than to sign with it."""
    return hmac.new(key, digestmod=hashlib.sha256)
