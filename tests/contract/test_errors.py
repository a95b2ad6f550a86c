"""Every refusal that the API names: its status, its code, and the envelope it comes in."""

import base64
import re
from typing import Any

import aiohttp
import pytest

from tests.e2e.test_payments import card
from tests.merchant import Merchant, Reply

pytestmark = pytest.mark.stack


def told(reply: Reply) -> tuple[int, str]:
    """Status and code, of an answer that must be an error envelope with everything in it."""
    error = reply.error
    assert error["request_id"] == reply.headers["Request-Id"]
    assert error["doc_url"].endswith(f"/docs/errors#{error['code']}")
    return reply.status, error["code"]


async def test_the_three_forms_of_credentials(merchant: Merchant) -> None:
    pair = base64.b64encode(f"{merchant.key}:{merchant.secret}".encode()).decode()
    for headers in (
        {"X-Api-Key": merchant.key, "X-Api-Secret": merchant.secret},
        {"Authorization": f"Basic {pair}"},
        {"Authorization": f"Bearer {merchant.secret}"},
    ):
        assert (await merchant.call("GET", "/orders", anonymous=True, headers=headers)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": "key_test_abc123"},
        {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_wrong"},
        {"X-Api-Key": "key_test_nobody", "X-Api-Secret": "secret_test_xyz789"},
        {"Authorization": "Bearer secret_test_wrong"},
        {"Authorization": "Basic ???"},
    ],
)
async def test_401(merchant: Merchant, headers: dict[str, str]) -> None:
    reply = await merchant.call("GET", "/orders", anonymous=True, headers=headers)
    assert told(reply) == (401, "AUTHENTICATION_ERROR")


@pytest.mark.parametrize(
    "path", ["/orders/order_AAAAAAAAAAAAAAAA", "/payments/pay_AAAAAAAAAAAAAAAA", "/refunds/rfnd_x", "/nothing"]
)
async def test_404(merchant: Merchant, path: str) -> None:
    assert told(await merchant.call("GET", path)) == (404, "NOT_FOUND_ERROR")


async def test_405_names_what_is_allowed(merchant: Merchant) -> None:
    reply = await merchant.call("DELETE", "/orders")
    assert told(reply) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in reply.headers["Allow"]


async def test_413_and_415(merchant: Merchant) -> None:
    large = await merchant.call("POST", "/orders", b'{"amount": 100, "receipt": "%s"}' % (b"x" * 200_000))
    assert told(large) == (413, "PAYLOAD_TOO_LARGE")
    text = await merchant.call("POST", "/orders", b'{"amount": 100}', headers={"Content-Type": "text/plain"})
    assert told(text) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_422_for_a_key_that_was_used_for_something_else(merchant: Merchant) -> None:
    await merchant.post("/orders", {"amount": 100}, status=201, key="contract-422")
    reply = await merchant.call("POST", "/orders", {"amount": 101}, key="contract-422")
    assert told(reply) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_the_first_answer_wins_byte_for_byte(merchant: Merchant) -> None:
    first = await merchant.call("POST", "/orders", {"amount": 100}, key="contract-once")
    again = await merchant.call("POST", "/orders", {"amount": 100}, key='"contract-once"')
    assert (again.status, again.body) == (201, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    fresh = await merchant.call("POST", "/orders", {"amount": 100}, key="")
    assert fresh.body != first.body


@pytest.mark.parametrize("vpa", ["nobank", "a@", "@bank", "a b@bank", "a@ba-nk", "a@b@c", ""])
async def test_invalid_vpa(merchant: Merchant, vpa: str) -> None:
    order = await merchant.order()
    reply = await merchant.call("POST", "/payments", {"order_id": order["id"], "method": "upi", "vpa": vpa})
    assert told(reply) == (400, "INVALID_VPA")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "4242424242424241"}, "INVALID_CARD"),
        ({"number": "4242"}, "INVALID_CARD"),
        ({"cvv": "12"}, "INVALID_CARD"),
        ({"cvv": "abc"}, "INVALID_CARD"),
        ({"expiry_month": 13}, "INVALID_CARD"),
        ({"expiry_month": 0}, "INVALID_CARD"),
        ({"expiry_year": 2024}, "EXPIRED_CARD"),
        ({"expiry_year": "24"}, "EXPIRED_CARD"),
    ],
)
async def test_invalid_and_expired_cards(merchant: Merchant, changed: dict[str, Any], code: str) -> None:
    order = await merchant.order()
    body = card("4242424242424242")
    reply = await merchant.call(
        "POST", "/payments", {"order_id": order["id"], **body, "card": {**body["card"], **changed}}
    )
    assert told(reply) == (400, code)
    assert "4242424242424242" not in reply.body.decode()


@pytest.mark.parametrize(
    ("number", "network"),
    [
        ("4111111111111111", "visa"),
        ("5105105105105100", "mastercard"),
        ("2221000000000009", "mastercard"),
        ("2720990000000007", "mastercard"),
        ("340000000000009", "amex"),
        ("378282246310005", "amex"),
        ("6011000000000004", "rupay"),
        ("6521111111111110", "rupay"),
        ("8111111111111112", "rupay"),
        ("8911111111111114", "rupay"),
    ],
)
async def test_networks(merchant: Merchant, number: str, network: str) -> None:
    payment = await merchant.pay(await merchant.order(), **card(number, cvv="1234" if network == "amex" else "123"))
    assert (payment["card_network"], payment["card_last4"]) == (network, number[-4:])


@pytest.mark.parametrize(
    "body",
    [
        {"method": "upi"},
        {"method": "card"},
        {"method": "cash", "vpa": "success@bank"},
        {"method": "card", "card_number": "4242424242424242"},
    ],
)
async def test_a_payment_without_its_instrument(merchant: Merchant, body: dict[str, Any]) -> None:
    order = await merchant.order()
    reply = await merchant.call("POST", "/payments", {"order_id": order["id"], **body})
    assert told(reply) == (400, "BAD_REQUEST_ERROR")


async def test_a_failed_payment_carries_its_code_and_the_decline(merchant: Merchant) -> None:
    failed = await merchant.ended(await merchant.pay(await merchant.order(), **card("4000000000009995")))
    assert (failed["status"], failed["error_code"], failed["decline_code"]) == (
        "failed",
        "PAYMENT_FAILED",
        "insufficient_funds",
    )


async def test_every_answer_has_a_request_id_and_keeps_a_good_one(merchant: Merchant) -> None:
    made = await merchant.call("GET", "/orders")
    assert re.fullmatch(r"req_[0-9a-f]{16}", made.headers["Request-Id"])
    kept = await merchant.call("GET", "/orders", headers={"Request-Id": "mine-1"})
    assert kept.headers["Request-Id"] == "mine-1"


async def test_the_rate_limit_is_told(merchant: Merchant) -> None:
    reply = await merchant.call("GET", "/orders")
    assert int(reply.headers["RateLimit-Remaining"]) < int(reply.headers["RateLimit-Limit"])
    assert int(reply.headers["RateLimit-Reset"]) >= 0


async def test_an_error_as_a_problem(merchant: Merchant) -> None:
    wants = {"Accept": "application/problem+json"}
    reply = await merchant.call("GET", "/orders/order_AAAAAAAAAAAAAAAA", headers=wants)
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    problem = reply.json()
    assert (problem["status"], problem["code"], problem["detail"]) == (404, "NOT_FOUND_ERROR", "Order not found")
    assert problem["type"].endswith("/docs/errors#NOT_FOUND_ERROR")
    assert problem["title"]


async def test_the_doc_url_opens(merchant: Merchant) -> None:
    error = (await merchant.call("GET", "/orders/order_AAAAAAAAAAAAAAAA")).error
    page, _, anchor = error["doc_url"].partition("#")
    url = page if page.startswith("http") else merchant.urls[0] + page
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        assert f'id="{anchor}"' in await response.text()
