"""The headers of an attempt: the merchant's own, the version that its endpoint is pinned to, and the signatures.

A merchant's own headers may hold a password: their values are sealed at rest, and shown and logged masked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from chassis.cipher import Cipher
from services.notifier.signing import signature_headers
from services.notifier.state import Job

USER_AGENT: Final = "Paygate-Webhooks/1"
VERSION_HEADER: Final = "Paygate-Version"
MASK: Final = "********"
OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
OURS_BEGIN: Final = ("content-", "paygate-", "proxy-", "webhook-", "x-webhook-")
"""What the sender, the connection or the signatures say: no merchant's header takes such a name."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What is sent with an attempt, and the same as its log keeps it."""

    sent: Mapping[str, str]
    shown: Mapping[str, str]


def is_ours(name: str) -> bool:
    """Whether a header is one that the gateway sets, or keeps to itself."""
    lower = name.lower()
    return lower in OURS or lower.startswith(OURS_BEGIN)


def seal(cipher: Cipher, headers: Mapping[str, str], *, merchant_id: str) -> bytes | None:
    """A merchant's own headers as they are stored; None for none."""
    return cipher.encrypt(orjson.dumps(headers).decode(), owner=merchant_id) if headers else None


def unseal(cipher: Cipher, sealed: bytes | None, *, merchant_id: str) -> dict[str, str]:
    """What `seal` stored. Raises cryptography's InvalidTag."""
    if sealed is None:
        return {}
    headers: dict[str, str] = orjson.loads(cipher.decrypt(sealed, owner=merchant_id))
    return headers


def masked(names: Iterable[str]) -> dict[str, str]:
    """A merchant's own headers as they are shown."""
    return dict.fromkeys(names, MASK)


def attempt_headers(cipher: Cipher, job: Job, at: datetime) -> Headers:
    """All headers of an attempt that is made at `at`, but those of the connection (Host, Content-Length).

    Raises cryptography's InvalidTag when what is sealed was not sealed with this key for this merchant.
    """
    endpoint = job.endpoint
    secret = cipher.decrypt(endpoint.secret_sealed, owner=endpoint.merchant_id)
    former = None
    if endpoint.former_secret_sealed and endpoint.former_secret_until and at < endpoint.former_secret_until:
        former = cipher.decrypt(endpoint.former_secret_sealed, owner=endpoint.merchant_id)
    ours = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        VERSION_HEADER: endpoint.api_version,
        **signature_headers(secret, job.message_id, job.body, at, former=former),
    }
    if endpoint.headers_sealed is None:
        return Headers(ours, ours)
    saved = unseal(cipher, endpoint.headers_sealed, merchant_id=endpoint.merchant_id)
    own = {name: value for name, value in saved.items() if not is_ours(name)}
    return Headers({**own, **ours}, {**masked(own), **ours})
