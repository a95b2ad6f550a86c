"""Whatever is sent over real HTTP, the answer is never a 5xx, and what is refused leaves nothing behind."""

import http.client
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st

from deploy.databases import run_apart
from tests.backstage import Backstage
from tests.figures import Figures
from tests.merchant import Merchant

pytestmark = pytest.mark.stack

UPI: Final = {"method": "upi", "vpa": "success@bank"}
CARD: Final = {"number": "4242424242424242", "expiry_month": 12, "expiry_year": 2030, "cvv": "123"}
ROWS: Final = """
SELECT (SELECT count(*) FROM api.orders WHERE merchant_id = $1),
       (SELECT count(*) FROM api.payments WHERE merchant_id = $1),
       (SELECT count(*) FROM api.refunds WHERE merchant_id = $1)
"""

BAD_AMOUNTS: Final = [
    b"-100",
    b"0",
    b"99",
    b"100.0",
    b"1e30",
    b"1" + b"0" * 30,
    b'"100"',
    b"true",
    b"null",
    b"NaN",
    b"[]",
]
BAD_BODIES: Final = [
    b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe", b"[" * 20_000, b'{"amount":100', b"{'amount':100}",
    *(b'{"amount":' + amount + b"}" for amount in BAD_AMOUNTS),
    b'{"amount":100,"receipt":"\\u0000"}', b'{"amount":100,"receipt":"\\ud800"}',
    b'{"amount":100,"notes":{"\\udfff":1}}', b'{"amount":100,"notes":{"a":"\\u0000"}}', b'{"amount":100,"notes":5}',
    b'{"amount":100,"currency":"inr"}',
    b'{"amount":100,"receipt":"\xed\xa0\x80"}', b'{"amount":100,"receipt":' + b'"' + b"x" * 256 + b'"}',
]  # fmt: skip
BAD_ORDERS_OF_PAYMENTS: Final[list[dict[str, Any]]] = [
    {}, UPI, {"order_id": 5, **UPI}, {"order_id": "", **UPI}, {"order_id": "order_0000000000000000", **UPI},
    {"order_id": "order_\x00", **UPI}, {"order_id": "x" * 65, **UPI},
]  # fmt: skip
BAD_PAYMENTS: Final[list[dict[str, Any]]] = [
    {}, {"method": "cash"}, {"method": "upi"},
    {"method": "upi", "vpa": "nobody"}, {"method": "upi", "vpa": "a@b\n"}, {"method": "upi", "vpa": {"a": 1}},
    {"method": "upi", "vpa": "a" * 300 + "@b"}, {"method": "card"}, {"method": "card", "card": "4242424242424242"},
    {"method": "card", "card": {**CARD, "number": "4242424242424241"}},
    {"method": "card", "card": {**CARD, "cvv": "1"}},
    {"method": "card", "card": {**CARD, "number": 4242424242424242}}, {"method": "card", "card": {**CARD, "cvv": 123}},
    {"method": "card", "card": {**CARD, "expiry_month": 13}},
    {"method": "card", "card": {**CARD, "expiry_year": 10**30}},
    {"method": "card", "card": {**CARD, "expiry_year": 2020}}, {**UPI, "capture": "never"}, {**UPI, "metadata": [1]},
    {**UPI, "metadata": {str(number): number for number in range(51)}}, {**UPI, "metadata": {"a": 2**64}},
]  # fmt: skip
BAD_QUERIES: Final = [
    "limit=0", "limit=101", "limit=x", "limit=1e2", "limit=", "offset=-1", "offset=" + "9" * 30, "offset=1.5",
    "status=paid%00", "status=nothing", "status=",
]  # fmt: skip


@pytest.fixture
async def other(backstage: Backstage) -> Any:
    """A merchant with a payment and nothing else."""
    async with await backstage.new_merchant() as merchant:
        yield merchant


async def rows_of(backstage: Backstage, merchant: Merchant) -> tuple[int, int, int]:
    """How many orders, payments and refunds there are."""
    profile = await merchant.get("/merchants/profile")
    orders, payments, refunds = (await backstage.rows(ROWS, profile["id"]))[0]
    return orders, payments, refunds


async def test_bad_bodies_are_refused_and_leave_nothing(other: Merchant, backstage: Backstage) -> None:
    payment = await other.captured(50_000)
    order = await other.order()
    before = await rows_of(backstage, other)
    replies = [await other.call("POST", "/orders", raw) for raw in BAD_BODIES]
    replies += [await other.call("POST", "/payments", body) for body in BAD_ORDERS_OF_PAYMENTS]
    replies += [await other.call("POST", "/payments", {"order_id": order["id"], **body}) for body in BAD_PAYMENTS]
    for amount in BAD_AMOUNTS:
        if amount not in (b"99", b"null"):
            raw = b'{"amount":' + amount + b"}"
            replies += [
                await other.call("POST", f"/payments/{payment['id']}/{verb}", raw) for verb in ("refunds", "capture")
            ]
    for reply in replies:
        assert reply.status in (400, 404), reply
        assert reply.error["description"]
    assert await rows_of(backstage, other) == before
    assert (await other.get(f"/payments/{payment['id']}"))["refund_status"] == "none"


async def test_bodies_that_are_too_large_or_no_json(other: Merchant, backstage: Backstage) -> None:
    before = await rows_of(backstage, other)
    large = b'{"amount":100,"receipt":"' + b"x" * (2**20 - 27) + b'"}'
    for path in ("/orders", "/payments"):
        reply = await other.call("POST", path, large)
        assert (reply.status, reply.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
        form = await other.call(
            "POST", path, b"amount=100", headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert (form.status, form.error["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert await rows_of(backstage, other) == before


async def test_bad_paths_and_queries_are_refused(other: Merchant) -> None:
    for kind in ("orders", "payments", "refunds", "webhooks"):
        for text in ("nothing", "pay_0000000000000000", "%00", "%ED%A0%80", "x" * 3000, "..%2F..", "%F0%9F%92%A3"):
            reply = await other.call("GET", f"/{kind}/{text}")
            assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND_ERROR"), (kind, text)
        for query in BAD_QUERIES:
            reply = await other.call("GET", f"/{kind}?{query}")
            assert reply.status == 400, (kind, query)
    for method in ("DELETE", "PATCH", "PUT"):
        reply = await other.call(method, "/orders")
        assert (reply.status, reply.error["code"]) == (405, "METHOD_NOT_ALLOWED")


async def test_bad_idempotency_keys_are_refused(other: Merchant, backstage: Backstage) -> None:
    before = await rows_of(backstage, other)
    for key in ("x" * 256, "é", "名", '"' + "x" * 256 + '"'):
        reply = await other.call("POST", "/orders", {"amount": 100}, key=key)
        assert (reply.status, reply.error["field"]) == (400, "Idempotency-Key"), key
    assert await rows_of(backstage, other) == before
    for key in ("", '""', " "):
        assert (await other.call("POST", "/orders", {"amount": 100}, key=key)).status == 201
    assert await rows_of(backstage, other) == (before[0] + 3, *before[1:]), "an empty key counts as none"


# ── Fuzz ──


@dataclass(frozen=True, slots=True)
class Size:
    """How many requests are made up."""

    examples: int


SIZES = [
    pytest.param(Size(250), id="small"),
    pytest.param(Size(20_000), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(1800)]),
]

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats() | st.sampled_from([0, 99, 100, 10**12, 10**12 + 1, 2**63, 2**64])
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def nearly(*good: Any) -> st.SearchStrategy[Any]:
    """What the field is made for, or, one time in four, anything."""
    return st.one_of(*[st.sampled_from(good)] * 3, VALUES)


CARDS = st.fixed_dictionaries(
    {},
    optional={
        "number": nearly(*["4242424242424242", "4242 4242 4242 4242", "4000000000000002"]),
        "expiry_month": nearly(12, "12", "1"),
        "expiry_year": nearly(2030, "30", 30),
        "cvv": nearly("123", "1234"),
        "holder_name": nearly("A Buyer"),
    },
)
ORDERS = st.fixed_dictionaries(
    {"amount": nearly(100, 5000)},
    optional={
        "currency": nearly("INR", "USD"),
        "receipt": nearly("r"),
        "notes": nearly({}, {"a": "b"}) | st.dictionaries(TEXTS, VALUES, max_size=4),
    },
)
AMOUNTS = st.fixed_dictionaries(
    {},
    optional={"amount": nearly(1, 100), "reason": nearly("r"), "metadata": st.dictionaries(TEXTS, VALUES, max_size=3)},
)


def payments(order_id: str) -> st.SearchStrategy[Any]:
    """Bodies of payments, most of them of this order."""
    return st.fixed_dictionaries(
        {"order_id": nearly(order_id), "method": nearly("upi", "card"), "vpa": nearly("pending@bank", "failure@bank")},
        optional={
            "card": CARDS | VALUES,
            "card_number": nearly("4242424242424242"),
            "card_expiry": nearly("12/30"),
            "card_cvv": nearly("123"),
            "capture": nearly("manual", "automatic"),
            "metadata": nearly({}) | st.dictionaries(TEXTS, VALUES, max_size=3),
        },
    )


def encoded(body: Any, way: str) -> bytes:
    """As JSON: escaped, as raw (perhaps broken) UTF-8, or cut off."""
    if way == "raw":
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    text = json.dumps(body).encode()
    return text[: len(text) // 2] if way == "cut" else text


WAYS = st.sampled_from(["escaped"] * 6 + ["raw"] * 3 + ["cut"])
# Control characters make a broken HTTP request, which aiohttp refuses before there is a route.
KEYS = st.one_of(
    st.none(),
    st.text("0123456789abcdef", min_size=1, max_size=3),
    st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=300),
)


class Caller:
    """One HTTP connection of a merchant, for a test that is not asynchronous."""

    def __init__(self, url: str, credentials: dict[str, str]) -> None:
        self._address = urlsplit(url).netloc
        self._credentials = credentials
        self._connection = http.client.HTTPConnection(self._address, timeout=20)
        self.statuses: Counter[int] = Counter()
        self.written: Counter[str] = Counter()

    def send(self, method: str, path: str, data: bytes | None = None, key: str | None = None) -> None:
        """One request; it must be answered with anything but a 5xx, and refused in the envelope only."""
        headers = {**self._credentials, "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        self._connection.request(method, f"/api/v1{path}", body=data, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        self.statuses[response.status] += 1
        assert response.status < 500, (method, path, data, key, body)
        assert response.headers["Request-Id"]
        if response.status >= 400:
            error = json.loads(body)["error"]
            assert error["code"], body
            assert error["description"], body
        elif response.status == 201 and "Idempotent-Replayed" not in response.headers:
            self.written[path.rpartition("/")[2]] += 1


@pytest.mark.parametrize("size", SIZES)
def test_made_up_requests_never_meet_a_5xx(
    backstage: Backstage, other: Merchant, size: Size, seed: int, figures: Figures
) -> None:
    caller = Caller(other.urls[0], other.credentials)
    merchant_id, order_id, payment_id = run_apart(scene(other))
    before = run_apart(backstage.rows(ROWS, merchant_id))[0]
    requests = (
        st.tuples(st.just("/orders"), ORDERS | VALUES)
        | st.tuples(st.just("/payments"), payments(order_id) | VALUES)
        | st.tuples(st.just(f"/payments/{payment_id}/refunds"), AMOUNTS | VALUES)
        | st.tuples(st.just(f"/payments/{payment_id}/capture"), AMOUNTS | VALUES)
        | st.tuples(TEXTS.map(lambda text: f"/payments/{percent(text)}/cancel"), VALUES)
    )
    queries = st.tuples(
        st.sampled_from(["orders", "payments", "refunds", "webhooks"]),
        st.dictionaries(st.sampled_from(["limit", "offset", "status", "order_id", "payment_id", "event"]), TEXTS),
    )

    @hypothesis_seed(seed)
    @settings(max_examples=size.examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests, WAYS, KEYS, queries)
    def fuzz(request: tuple[str, Any], way: str, key: str | None, query: tuple[str, dict[str, str]]) -> None:
        path, body = request
        caller.send("POST", path, encoded(body, way), key)
        caller.send("GET", f"/{query[0]}?" + "&".join(f"{name}={percent(text)}" for name, text in query[1].items()))

    fuzz()
    after = run_apart(backstage.rows(ROWS, merchant_id))[0]
    written = [after[number] - before[number] for number in range(3)]
    assert written == [caller.written[name] for name in ("orders", "payments", "refunds")]
    figures(f"seed {seed}: {caller.statuses.total()} requests, {dict(sorted(caller.statuses.items()))}, no 5xx")


def percent(text: str) -> str:
    """For a path or a query; lone surrogates become bytes that are no UTF-8."""
    return quote(text, safe="", errors="surrogatepass")


async def scene(merchant: Merchant) -> tuple[str, str, str]:
    """A merchant's id, an order that is not paid, and a captured payment."""
    async with Merchant(*merchant.urls, key=merchant.key, secret=merchant.secret) as mine:
        profile = await mine.get("/merchants/profile")
        return profile["id"], (await mine.order())["id"], (await mine.captured(10**9))["id"]
