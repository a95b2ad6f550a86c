"""What goes with an attempt's body: both secrets' signatures while one is rolled, and the merchant's own headers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chassis.cipher import Cipher
from services.notifier.headers import MASK, attempt_headers, is_ours, seal
from services.notifier.signing import new_secret
from services.notifier.state import Endpoint, Job

CIPHER = Cipher("22" * 32)
NEW, OLD = new_secret(), new_secret()
BODY = '{"id":"evt_1","note":"Zoë"}'.encode()
NOW = datetime.now(UTC)
PLAIN = Endpoint("we_1", "m", "https://example.com", True, CIPHER.encrypt(NEW, owner="m"), api_version="2026-11-01")
ROLLED = replace(
    PLAIN, former_secret_sealed=CIPHER.encrypt(OLD, owner="m"), former_secret_until=NOW + timedelta(hours=1)
)


def job(endpoint: Endpoint) -> Job:
    return Job("whd_1", 1, 1, "auto", endpoint, "evt_1", BODY)


def test_both_secrets_sign_until_the_former_ones_time_is_over() -> None:
    headers = attempt_headers(CIPHER, job(ROLLED), datetime.now(UTC)).sent  # which the library judges by its own clock
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(BODY.decode(), dict(headers))
    last_moment = attempt_headers(CIPHER, job(ROLLED), NOW + timedelta(hours=1) - timedelta(microseconds=1)).sent
    assert len(last_moment["webhook-signature"].split(" ")) == 2

    over = attempt_headers(CIPHER, job(ROLLED), NOW + timedelta(hours=1)).sent
    alone = attempt_headers(CIPHER, job(PLAIN), NOW + timedelta(hours=1)).sent
    assert over == alone
    assert "X-Webhook-Signature-Former" not in over
    unsigned = attempt_headers(CIPHER, job(PLAIN), NOW).sent
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY.decode(), dict(unsigned))


def test_the_familys_header_is_of_the_new_secret_and_has_a_former_one_beside_it() -> None:
    rolled = attempt_headers(CIPHER, job(ROLLED), NOW).sent
    before = replace(PLAIN, secret_sealed=CIPHER.encrypt(OLD, owner="m"))
    assert rolled["X-Webhook-Signature"] == attempt_headers(CIPHER, job(PLAIN), NOW).sent["X-Webhook-Signature"]
    assert rolled["X-Webhook-Signature-Former"] == attempt_headers(CIPHER, job(before), NOW).sent["X-Webhook-Signature"]


def test_own_headers_are_sent_but_logged_masked_and_never_in_place_of_ours() -> None:
    own = {"Authorization": "Bearer abc", "X-Shop": "7", "webhook-id": "evt_forged", "PAYGATE-VERSION": "x"}
    headers = attempt_headers(CIPHER, job(replace(PLAIN, headers_sealed=seal(CIPHER, own, merchant_id="m"))), NOW)
    ours = attempt_headers(CIPHER, job(PLAIN), NOW).sent
    assert headers.sent == {"Authorization": "Bearer abc", "X-Shop": "7", **ours}
    assert headers.shown == {"Authorization": MASK, "X-Shop": MASK, **ours}
    assert all(is_ours(name) or name == "X-Shop" for name in headers.sent if name != "Authorization")


def test_the_version_is_the_one_that_the_endpoint_is_pinned_to() -> None:
    pinned = replace(PLAIN, api_version="2020-01-01")
    assert attempt_headers(CIPHER, job(pinned), NOW).sent["Paygate-Version"] == "2020-01-01"


def test_what_was_sealed_for_another_merchant_is_not_sent() -> None:
    for moved in (
        replace(PLAIN, merchant_id="other"),
        replace(PLAIN, headers_sealed=seal(CIPHER, {"X-Shop": "7"}, merchant_id="other")),
        replace(ROLLED, former_secret_sealed=CIPHER.encrypt(OLD, owner="other")),
    ):
        with pytest.raises(InvalidTag):
            attempt_headers(CIPHER, job(moved), NOW)
