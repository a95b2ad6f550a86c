"""Both signature families against independent implementations, and what the contract check refuses."""

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from contracts.events.webhook import WebhookData
from examples.shop.tests import samples
from examples.shop.webhooks import (
    BrokenContract,
    Finding,
    check_body_signature,
    check_standard_signature,
    keys_of,
    read_payload,
    sign_standard,
)

TOLERANCE_S = 300
BASE64_SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
BODY = '{"id":"evt_1","note":"zwölf Äpfel 🍏"}'.encode()

secrets = pytest.mark.parametrize("secret", [samples.SECRET, BASE64_SECRET])


def official(secret: str) -> Webhook:
    """The official library, told the key in the way that API.md gives for each kind of secret."""
    return Webhook(secret.encode() if secret == samples.SECRET else secret)


def standard_headers(timestamp: int, signature: str, webhook_id: str = "msg_1") -> dict[str, str]:
    return {"webhook-id": webhook_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def check(secret: str, headers: dict[str, str], body: bytes = BODY) -> Finding:
    return check_standard_signature(keys_of(secret), headers, body, time.time(), TOLERANCE_S)


@secrets
def test_what_the_official_library_signs_is_valid_here(secret: str) -> None:
    now = datetime.now(UTC)
    signature = official(secret).sign("msg_1", now, BODY.decode())
    assert check(secret, standard_headers(int(now.timestamp()), signature)) is Finding.VALID


@secrets
def test_what_we_sign_is_valid_for_the_official_library(secret: str) -> None:
    now = int(time.time())
    signature = sign_standard(keys_of(secret), b"msg_1", str(now).encode(), BODY)
    official(secret).verify(BODY, standard_headers(now, signature))
    with pytest.raises(WebhookVerificationError):
        official(secret).verify(BODY + b" ", standard_headers(now, signature))


def test_unpadded_base64_is_a_base64_secret() -> None:
    encoded = base64.b64encode(bytes(range(25))).decode()
    assert keys_of("whsec_" + encoded.rstrip("=")).standard == bytes(range(25))


@pytest.mark.parametrize("secret", ["whsec_test_abc123", "whsec_", "whsec_ab c", "whsec_abcde", "geheim-ß"])
def test_a_secret_that_is_not_base64_is_keyed_by_its_whole_text(secret: str) -> None:
    assert keys_of(secret).standard == secret.encode()


def test_the_body_signature_is_the_hex_hmac_of_the_exact_bytes() -> None:
    expected = hmac.new(samples.SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    assert check_body_signature(samples.KEYS, {"X-Webhook-Signature": expected}, BODY) is Finding.VALID
    assert check_body_signature(samples.KEYS, {"X-Webhook-Signature": expected}, BODY + b"\n") is Finding.WRONG
    assert check_body_signature(samples.KEYS, {}, BODY) is Finding.MISSING


@given(position=st.integers(0, len(BODY) - 1), flipped=st.integers(1, 255))
def test_one_changed_byte_breaks_both_signatures(position: int, flipped: int) -> None:
    tampered = bytearray(BODY)
    tampered[position] ^= flipped
    headers = samples.signed(BODY)
    assert check_body_signature(samples.KEYS, headers, bytes(tampered)) is Finding.WRONG
    assert check(samples.SECRET, headers, bytes(tampered)) is Finding.WRONG


def test_another_secret_is_wrong() -> None:
    headers = samples.signed(BODY, keys=keys_of(BASE64_SECRET))
    assert check_body_signature(samples.KEYS, headers, BODY) is Finding.WRONG
    assert check(samples.SECRET, headers) is Finding.WRONG


def test_id_and_timestamp_are_signed_too() -> None:
    headers = samples.signed(BODY)
    assert check(samples.SECRET, headers | {"webhook-id": "evt_2"}) is Finding.WRONG
    a_little_earlier = str(int(headers["webhook-timestamp"]) - 7)
    assert check(samples.SECRET, headers | {"webhook-timestamp": a_little_earlier}) is Finding.WRONG


@pytest.mark.parametrize(
    ("age_s", "finding"),
    [(299, Finding.VALID), (301, Finding.STALE), (-299, Finding.VALID), (-301, Finding.STALE)],
)
def test_the_timestamp_must_be_near_now(age_s: int, finding: Finding) -> None:
    now_s = 1_800_000_000
    headers = samples.signed(BODY, at_s=now_s - age_s)
    assert check_standard_signature(samples.KEYS, headers, BODY, now_s, TOLERANCE_S) is finding


@pytest.mark.parametrize("timestamp", ["soon", "1.5", "-1", "١٢", "1" * 5_000, "\udcff"])
def test_a_timestamp_that_is_not_a_whole_number_is_malformed(timestamp: str) -> None:
    assert check(samples.SECRET, samples.signed(BODY) | {"webhook-timestamp": timestamp}) is Finding.MALFORMED


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_standard_header_is_needed(name: str) -> None:
    headers = samples.signed(BODY)
    del headers[name]
    assert check(samples.SECRET, headers) is Finding.MISSING


def test_one_right_signature_among_several_is_enough() -> None:
    now = int(time.time())
    old, new = (sign_standard(keys_of(s), b"msg_1", str(now).encode(), BODY) for s in (samples.SECRET, BASE64_SECRET))
    together = standard_headers(now, f"v1a,AAAA {old} {new}")
    assert check(samples.SECRET, together) is Finding.VALID
    assert check(BASE64_SECRET, together) is Finding.VALID


@pytest.mark.parametrize("signature", ["v1", "nonsense", "v1,", "v1,ÄÖ\udcff", ",", "v1," + "A" * 44, " "])
def test_a_signature_that_makes_no_sense_is_wrong(signature: str) -> None:
    assert check(samples.SECRET, samples.signed(BODY) | {"webhook-signature": signature}) is Finding.WRONG


def test_a_payload_that_keeps_the_contract_is_read() -> None:
    facts = read_payload(samples.refund_body("rfnd_7", "pay_7"))
    assert (facts.event, facts.object_id, facts.payment_id, facts.sequence) == (
        "refund.processed",
        "rfnd_7",
        "pay_7",
        2,
    )
    assert read_payload(samples.payment_body("pay_8")).object_id == "pay_8"
    assert read_payload(samples.hello_body()).object_id is None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "body"),
        (b"\xff", "body"),
        (b"[" * 100_000, "body"),
        (b'{"id":"\\ud800"}', "body"),
        (b"{}", "id"),
        (samples.payment_body().replace(b'"payment.success"', b'"payment.exploded"'), "event"),
        (samples.payment_body().replace(b'"amount":50000', b'"amount":50000.5'), "data.payment.amount"),
        (samples.payment_body().replace(b'"sequence":3', b'"sequence":3,"surprise":1'), "surprise"),
        (samples.body_of("refund.created", WebhookData(payment=samples.payment())), "data.refund"),
        (samples.body_of("payment.failed", WebhookData(refund=samples.refund())), "data.payment"),
    ],
)
def test_a_payload_that_breaks_the_contract_says_where(body: bytes, where: str) -> None:
    with pytest.raises(BrokenContract, match=rf"^{where}: "):
        read_payload(body)
