"""Whatever is sent, the answer is a clear 4xx in the envelope and nothing is written."""

from typing import Any

import pytest

from chassis import pg
from services.api.tests.conftest import HEADERS
from services.api.tests.test_payments import CARD, Client, post

BAD_ORDERS = [
    (b"{", "not valid JSON"),
    (b"", "not valid JSON"),
    (b"[]", "must be an object"),
    (b'"text"', "must be an object"),
    (b"{}", "amount is required"),
    (b'{"amount":null}', "amount must be an integer"),
    (b'{"amount":"5000"}', "amount must be an integer"),
    (b'{"amount":5000.0}', "amount must be an integer"),
    (b'{"amount":50.5}', "amount must be an integer"),
    (b'{"amount":true}', "amount must be an integer"),
    (b'{"amount":-5}', "amount must be at least 100"),
    (b'{"amount":99}', "amount must be at least 100"),
    (b'{"amount":1000000000000000000000000000000}', "amount must be at most 1000000000000"),
    (b'{"amount":1e30}', "amount must be an integer"),
    (b'{"amount":NaN}', "amount must be an integer"),
    (b'{"amount":5000,"notes":{"a":NaN}}', "64 bits"),
    (b'{"amount":5000,"currency":"rupees"}', "currency"),
    (b'{"amount":5000,"unique_receipt":"yes"}', "unique_receipt must be true or false"),
    (b'{"amount":5000,"receipt":"a\\u0000b"}', "NUL"),
    (b'{"amount":5000,"notes":{"a":"\\u0000"}}', "NUL"),
    (b'{"amount":5000,"notes":{"\\u0000":"a"}}', "NUL"),
    (b'{"amount":5000,"receipt":"\\ud800"}', "not valid JSON"),
    (b'{"amount":5000,"receipt":"\xff\xfe"}', "not valid JSON"),
    (b'{"amount":5000,"notes":{"a":1e999}}', "notes"),
    (b'{"amount":5000,"notes":{"a":99999999999999999999999}}', "64 bits"),
    (b'{"amount":5000,"notes":' + b'{"a":' * 9 + b"1" + b"}" * 9 + b"}", "nested"),
    (b'{"amount":5000,"notes":' + b"[" * 5000 + b"]" * 5000 + b"}", "JSON"),
    (b'{"amount":5000,"receipt":"' + b"x" * 300 + b'"}', "at most 255 characters"),
]


async def send(client: Client, path: str, raw: bytes, content_type: str = "application/json") -> tuple[int, Any]:
    headers = {**HEADERS, "Content-Type": content_type}
    async with client.post(f"/api/v1{path}", data=raw, headers=headers) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(("raw", "words"), BAD_ORDERS)
async def test_a_bad_order_is_refused_in_words(client: Client, db: pg.Connection, raw: bytes, words: str) -> None:
    status, body = await send(client, "/orders", raw)
    assert status == 400
    assert body["error"]["code"] == "BAD_REQUEST_ERROR"
    assert words in body["error"]["description"]
    assert body["error"]["request_id"].startswith("req_")
    assert await db.fetchval("SELECT count(*) FROM orders") == 0


async def test_a_body_of_a_mebibyte_and_a_body_that_is_not_json(client: Client) -> None:
    assert (await send(client, "/orders", b"x" * (1 << 20)))[0] == 413
    assert (await send(client, "/orders", b"amount=5000", "application/x-www-form-urlencoded"))[0] == 415


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "4242424242424241"}, "INVALID_CARD"),
        ({"number": "not a number"}, "INVALID_CARD"),
        ({"number": "４２４２４２４２４２４２４２４２"}, "INVALID_CARD"),
        ({"cvv": "12"}, "INVALID_CARD"),
        ({"cvv": "abc"}, "INVALID_CARD"),
        ({"expiry_month": "13"}, "INVALID_CARD"),
        ({"expiry_month": "²"}, "INVALID_CARD"),
        ({"expiry_year": "24"}, "EXPIRED_CARD"),
        ({"expiry_month": 12, "expiry_year": 2024}, "EXPIRED_CARD"),
    ],
)
async def test_a_bad_card_is_refused_and_never_quoted(
    client: Client, db: pg.Connection, change: dict[str, Any], code: str
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    body = {"order_id": order["id"], "method": "card", "card": {**CARD, **change}}
    status, answer = await post(client, "/payments", body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert "4242" not in str(answer)
    assert await db.fetchval("SELECT count(*) FROM payments") == 0


@pytest.mark.parametrize(
    "vpa", ["", "nobank", "a@b@c", "a b@bank", "a@", "@b", "a@bank\n", "x" * 300 + "@bank", 5, None]
)
async def test_a_bad_vpa_is_refused(client: Client, vpa: Any) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    status, answer = await post(client, "/payments", {"order_id": order["id"], "method": "upi", "vpa": vpa})
    assert (status, answer["error"]["code"]) in ((400, "INVALID_VPA"), (400, "BAD_REQUEST_ERROR"))


@pytest.mark.parametrize(
    "path_id", ["pay_0000000000000000", "nothing", "%00", "%ed%a0%80", "pay_" + "x" * 500, "..%2f.."]
)
@pytest.mark.parametrize("action", ["capture", "cancel", "refunds"])
async def test_an_unknown_payment_is_not_found(client: Client, path_id: str, action: str) -> None:
    status, answer = await send(client, f"/payments/{path_id}/{action}", b"{}")
    assert (status, answer["error"]["code"]) == (404, "NOT_FOUND_ERROR")


@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", True, 10**30])
async def test_amounts_of_captures_and_refunds_are_checked(client: Client, amount: Any) -> None:
    for action in ("capture", "refunds"):
        status, answer = await post(client, f"/payments/pay_0000000000000000/{action}", {"amount": amount})
        assert (status, answer["error"]["field"]) == (400, "amount")
