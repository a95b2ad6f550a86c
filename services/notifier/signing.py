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


def signature_headers(secret: str, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that prove who sent this body, and when this attempt was made."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    standard = base64.b64encode(hmac.digest(standard_key(secret), signed, hashlib.sha256)).decode()
    return {
        "X-Webhook-Signature": hmac.digest(secret.encode(), body, hashlib.sha256).hex(),
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{standard}",
    }
