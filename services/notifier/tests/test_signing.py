"""Both signatures, as receivers check them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notifier.signing import new_secret, signature_headers, standard_key

BODY = '{"id":"evt_1","event":"payment.success","note":"Zoë 日本"}'.encode()


def test_the_official_library_accepts_it() -> None:
    secret = new_secret()
    headers = signature_headers(secret, "evt_1", BODY, datetime.now(UTC))
    assert Webhook(secret).verify(BODY.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY.decode(), headers)


def test_the_seeded_secret_is_its_own_text() -> None:
    headers = signature_headers("whsec_test_abc123", "evt_1", BODY, datetime.now(UTC))
    as_base64 = "whsec_" + base64.b64encode(b"whsec_test_abc123").decode()
    assert Webhook(as_base64).verify(BODY.decode(), headers)


def test_the_family_header_is_hex_over_the_body_with_the_secrets_text() -> None:
    headers = signature_headers("whsec_test_abc123", "evt_1", BODY, datetime.now(UTC))
    expected = hmac.new(b"whsec_test_abc123", BODY, hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature"] == expected


def test_attempts_share_the_id_and_have_their_own_time() -> None:
    first = signature_headers("whsec_x", "evt_1", BODY, datetime(2026, 1, 1, tzinfo=UTC))
    second = signature_headers("whsec_x", "evt_1", BODY, datetime(2026, 1, 2, tzinfo=UTC))
    assert first["webhook-id"] == second["webhook-id"] == "evt_1"
    assert first["webhook-timestamp"] == "1767225600"
    assert first["webhook-signature"] != second["webhook-signature"]
    assert first["X-Webhook-Signature"] == second["X-Webhook-Signature"]


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("whsec_" + base64.b64encode(b"k" * 24).decode(), b"k" * 24),
        ("whsec_" + base64.b64encode(b"k" * 64).decode(), b"k" * 64),
        ("whsec_" + base64.b64encode(b"k" * 23).decode(), None),
        ("whsec_" + base64.b64encode(b"k" * 65).decode(), None),
        ("whsec_", None),
        ("plain text", None),
        ("whsec_ünï", None),
    ],
)
def test_which_secrets_are_base64(secret: str, key: bytes | None) -> None:
    assert standard_key(secret) == (key or secret.encode())
