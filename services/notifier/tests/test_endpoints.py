"""A merchant's endpoints: made, shown, changed, rolled, deleted, and what is sent to each."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from chassis.clock import ManualClock
from chassis.runtime import Runtime
from contracts.events.webhook import API_VERSION, EVENT_PATTERNS
from services.notifier.app import make_routes
from services.notifier.headers import MASK
from services.notifier.settings import Settings
from services.notifier.state import TEST_GAPS_S
from services.notifier.tests.conftest import (
    MERCHANT,
    OTHER_MERCHANT,
    SECRET,
    TOKEN,
    Process,
    attempts_of,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Received, Receiver, status

Client = TestClient[Any, Any]
HEADERS: Final = {"Authorization": f"Bearer {TOKEN}", "X-Merchant-Id": MERCHANT}
OTHER_HEADERS: Final = {**HEADERS, "X-Merchant-Id": OTHER_MERCHANT}
BASE: Final = "/internal/webhook_endpoints"
URL: Final = "http://127.0.0.1:4000/webhook"
PASSWORD: Final = "Bearer a-very-secret-password"


@pytest.fixture
async def clock(runtime: Runtime[Settings]) -> ManualClock:
    """The services' clock; to be asked for before what looks at it."""
    made = ManualClock(datetime.now(UTC))
    runtime.clock = made
    return made


@pytest.fixture
async def second() -> AsyncIterator[Receiver]:
    """Another server of the merchant's."""
    made = Receiver()
    await made.server.start_server()
    yield made
    await made.server.close()


async def call(
    client: Client, method: str, path: str = "", body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON."""
    async with client.request(method, f"{BASE}{path}", json=body, headers=headers or HEADERS) as response:
        return response.status, orjson.loads(await response.read())


async def create(client: Client, url: str = URL, **terms: Any) -> dict[str, Any]:
    """A new endpoint."""
    code, made = await call(client, "POST", "", {"url": url, **terms})
    assert code == 201, made
    return dict(made)


def signs(secret: str, taken: Received) -> bool:
    """Whether one of the signatures of Standard Webhooks is this secret's; made by hand, since the clock may be off."""
    signed = b".".join((taken.headers["webhook-id"].encode(), taken.headers["webhook-timestamp"].encode(), taken.body))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in taken.headers["webhook-signature"].split(" ")


def family_signature(secret: str, taken: Received) -> str:
    return hmac.new(secret.encode(), taken.body, hashlib.sha256).hexdigest()


def types_of(receiver: Receiver) -> list[str]:
    return sorted(orjson.loads(taken.body)["event"] for taken in receiver.received)


async def test_a_new_endpoint_shows_its_secret_once(client: Client, receiver: Receiver) -> None:
    made = await create(client, description="Books")
    assert base64.b64decode(made.pop("secret").removeprefix("whsec_"))
    assert made == {
        "id": made["id"],
        "url": URL,
        "description": "Books",
        "event_types": ["*"],
        "headers": {},
        "enabled": True,
        "disabled_reason": None,
        "disabled_at": None,
        "is_default": False,
        "rate_limit_per_s": None,
        "api_version": API_VERSION,
        "ordering": "none",
        "retry_gaps_s": None,
        "schedule_s": list(TEST_GAPS_S),
        "failing_since": None,
        "former_secret_expires_at": None,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert await call(client, "GET", f"/{made['id']}") == (200, made)
    code, page = await call(client, "GET")
    assert (code, page["total"], page["has_more"]) == (200, 2, False)
    assert page["data"][0] == made
    assert (page["data"][1]["is_default"], page["data"][1]["url"]) == (True, receiver.url)
    assert SECRET not in orjson.dumps(page).decode()


async def test_lists_are_newest_first_and_have_pages(client: Client) -> None:
    made = [(await create(client))["id"] for _ in range(3)]
    _, page = await call(client, "GET", "?limit=2&offset=1")
    assert ([row["id"] for row in page["data"]], page["total"], page["has_more"]) == (made[1::-1], 4, True)
    assert (await call(client, "GET", headers=OTHER_HEADERS))[1]["data"] == []
    for query in ("limit=0", "limit=101", "offset=-1", "sort=url"):
        assert (await call(client, "GET", f"?{query}"))[0] == 400


REFUSED: Final[Sequence[tuple[str, Any, str]]] = (
    ("url", "nonsense", "url must start with https://"),
    ("url", "http://127.0.0.1:5432/", "url can't be used: port 5432"),
    ("url", "http://169.254.169.254/", "url can't be used: 169.254.169.254 is not a public address"),
    ("url", "http://me:pw@shop.example/", "url must not contain a user name"),
    ("url", None, "url must be a string"),
    ("event_types", [], "at least 1 entry"),
    ("event_types", ["payment.*", "payment.lost"], '"payment.lost" is none of *, payment.*'),
    ("event_types", ["pay*"], '"pay*" is none of'),
    ("event_types", ["*"] * (len(EVENT_PATTERNS) + 1), f"at most {len(EVENT_PATTERNS)} entries"),
    ("event_types", "*", "event_types"),
    ("event_types", None, "event_types"),
    ("description", "d" * 256, "at most 255 characters"),
    ("description", "a\x00b", "NUL"),
    ("headers", {f"X-{number}": "v" for number in range(21)}, "at most 20 headers"),
    ("headers", {"X Y": "v"}, "names of at most 256 letters"),
    ("headers", {"": "v"}, "names of at most 256 letters"),
    ("headers", {"X" * 257: "v"}, "names of at most 256 letters"),
    ("headers", {"X-Ü": "v"}, "names of at most 256 letters"),
    ("headers", {"X-A": f"{PASSWORD}\r\nX-B: v"}, "for X-A a text of 1 to 1024 printable"),
    ("headers", {"X-A": f"{PASSWORD}\x00"}, "for X-A a text of"),
    ("headers", {"X-A": f"{PASSWORD}é"}, "for X-A a text of"),
    ("headers", {"X-A": "v" * 1025}, "for X-A a text of"),
    ("headers", {"X-A": ""}, "for X-A a text of"),
    ("headers", {"X-A": "a", "x-a": "b"}, "x-a twice"),
    ("headers", {"X-A": 1}, "headers.X-A must be a string"),
    ("headers", {"X-A": MASK}, "headers.X-A must be a value"),
    *(
        ("headers", {name: "v"}, f"{name}: the gateway sets it itself")
        for name in (
            *(
                "Host",
                "content-length",
                "Content-Type",
                "Transfer-Encoding",
                "connection",
                "User-Agent",
                "TE",
                "Trailer",
            ),
            *("webhook-id", "Webhook-Anything", "X-Webhook-Signature", "Paygate-Version", "Proxy-Authorization"),
            *("Upgrade", "Expect", "Accept-Encoding"),
        )
    ),
    ("enabled", "yes", "true or false"),
    ("rate_limit_per_s", 0, "at least 1"),
    ("rate_limit_per_s", 1001, "at most 1000"),
    ("rate_limit_per_s", 1.5, "must be an integer"),
    ("api_version", "2019-01-01", f"'{API_VERSION}'"),
    ("ordering", "strict", "'none' or 'object'"),
    ("retry_gaps_s", [4], "at least 5"),
    ("retry_gaps_s", [86_401], "at most 86400"),
    ("retry_gaps_s", [5] * 10, "at most 9 entries"),
    ("retry_gaps_s", [86_400, 86_400, 86_400, 5], "add up to at most 259200 s"),
    ("secret", "whsec_of_my_own", "secret is not a field"),
    ("is_default", True, "is_default is not a field"),
)


@pytest.mark.parametrize(("field", "value", "told"), REFUSED)
async def test_what_can_not_be_is_refused_with_a_reason_and_changes_nothing(
    client: Client, field: str, value: Any, told: str
) -> None:
    known = await create(client, headers={"X-Kept": "v"})
    for method, path, body in (("POST", "", {"url": URL, field: value}), ("PATCH", f"/{known['id']}", {field: value})):
        code, answer = await call(client, method, path, body)
        assert (code, answer["error"]["code"]) == (400, "BAD_REQUEST_ERROR"), answer
        assert told in answer["error"]["description"]
        assert (answer["error"]["field"] or "").startswith(field)
        assert PASSWORD not in str(answer)
    known.pop("secret")
    assert (await call(client, "GET", f"/{known['id']}"))[1] == known
    assert (await call(client, "GET"))[1]["total"] == 2


async def test_the_limits_themselves_are_fine(client: Client) -> None:
    made = await create(
        client,
        event_types=[*EVENT_PATTERNS],
        description="d" * 255,
        headers={"X" * 256: "v" * 1024, "Authorization": PASSWORD, **{f"X-{number}": "v" for number in range(18)}},
        rate_limit_per_s=1000,
        retry_gaps_s=[86_400, 86_400, 86_370, *[5] * 6],
        ordering="object",
    )
    assert (len(made["headers"]), made["schedule_s"][:2]) == (20, [86_400, 86_400])
    assert (await create(client, retry_gaps_s=[]))["schedule_s"] == []
    assert (await create(client, event_types=["refund.*", "refund.*"]))["event_types"] == ["refund.*"]


async def test_each_endpoint_gets_what_it_asks_for_signed_by_its_own_secret(
    client: Client, process: Process, receiver: Receiver, second: Receiver
) -> None:
    refunds = await create(client, second.url, event_types=["refund.*", "payment.failed"])
    off = await create(client, second.url, enabled=False)
    for type_ in ("payment.success", "payment.failed", "refund.created"):
        await process.take(payment_event(type_))
    await process.idle()
    assert types_of(receiver) == ["payment.failed", "payment.success", "refund.created"]
    assert types_of(second) == ["payment.failed", "refund.created"]
    for taken in second.received:
        assert signs(refunds["secret"], taken)
        assert taken.headers["X-Webhook-Signature"] == family_signature(refunds["secret"], taken)
        assert not signs(off["secret"], taken)
        assert taken.headers["Paygate-Version"] == API_VERSION
    assert {taken.headers["X-Webhook-Signature"] for taken in receiver.received} == {
        family_signature(SECRET, taken) for taken in receiver.received
    }
    same_event = {taken.headers["webhook-id"] for taken in second.received}
    assert same_event < {taken.headers["webhook-id"] for taken in receiver.received}


async def test_both_secrets_sign_until_the_overlap_is_over(
    clock: ManualClock, client: Client, process: Process, second: Receiver
) -> None:
    made = await create(client, second.url)
    code, rolled = await call(client, "POST", f"/{made['id']}/roll-secret")
    assert (code, set(rolled)) == (200, {"secret", "former_secret_expires_at"})
    ends_at = clock.now() + timedelta(hours=24)
    assert datetime.fromisoformat(rolled["former_secret_expires_at"]) == ends_at
    _, shown = await call(client, "GET", f"/{made['id']}")
    assert shown["former_secret_expires_at"] == rolled["former_secret_expires_at"]

    async def sent() -> Received:
        await process.take(payment_event())
        await process.idle()
        return second.received[-1]

    clock.advance(timedelta(hours=24) - timedelta(milliseconds=1))
    taken = await sent()
    assert (signs(made["secret"], taken), signs(rolled["secret"], taken)) == (True, True)
    assert taken.headers["X-Webhook-Signature"] == family_signature(rolled["secret"], taken)
    assert taken.headers["X-Webhook-Signature-Former"] == family_signature(made["secret"], taken)
    clock.advance(timedelta(milliseconds=1))
    taken = await sent()
    assert (signs(made["secret"], taken), signs(rolled["secret"], taken)) == (False, True)
    assert "X-Webhook-Signature-Former" not in taken.headers
    assert (await call(client, "GET", f"/{made['id']}"))[1]["former_secret_expires_at"] is None


async def test_rolling_again_drops_the_oldest_secret(
    clock: ManualClock, client: Client, process: Process, second: Receiver
) -> None:
    made = await create(client, second.url)
    path = f"/{made['id']}/roll-secret"
    secrets = [made["secret"], *[(await call(client, "POST", path, {"overlap_h": 1}))[1]["secret"] for _ in range(2)]]
    await process.take(payment_event())
    await process.idle()
    assert [signs(secret, second.received[-1]) for secret in secrets] == [False, True, True]
    code, rolled = await call(client, "POST", path, {"overlap_h": 0})
    assert (code, rolled["former_secret_expires_at"]) == (200, None)
    await process.take(payment_event())
    await process.idle()
    secrets.append(rolled["secret"])
    assert [signs(secret, second.received[-1]) for secret in secrets] == [False, False, False, True]
    for overlap_h in (2, -1, "1", None, 0.5, True):
        code, answer = await call(client, "POST", path, {"overlap_h": overlap_h})
        assert (code, answer["error"]["field"]) == (400, "overlap_h")
        assert answer["error"]["description"] in ("overlap_h must be 0, 1 or 24", "overlap_h must be an integer")


async def test_the_simple_settings_act_on_the_default_endpoint(
    clock: ManualClock, client: Client, process: Process, receiver: Receiver
) -> None:
    _, page = await call(client, "GET")
    (default,) = page["data"]
    rolled = (await call(client, "POST", f"/{default['id']}/roll-secret"))[1]["secret"]
    async with client.get("/internal/settings", headers=HEADERS) as response:
        assert (await response.json())["webhook_secret"] == rolled
    async with client.post("/internal/settings/regenerate-secret", headers=HEADERS) as response:
        renewed = (await response.json())["webhook_secret"]
    await process.take(payment_event())
    await process.idle()
    taken = receiver.received[-1]
    assert (signs(rolled, taken), signs(renewed, taken), "X-Webhook-Signature-Former" in taken.headers) == (
        False, True, False,
    )  # fmt: skip
    await call(client, "PATCH", f"/{default['id']}", {"enabled": False, "event_types": ["refund.*"]})
    async with client.put("/internal/settings", json={"webhook_url": URL}, headers=HEADERS) as response:
        assert (await response.json())["webhook_enabled"] is True
    _, shown = await call(client, "GET", f"/{default['id']}")
    assert (shown["url"], shown["event_types"], shown["disabled_at"]) == (URL, ["refund.*"], None)


async def test_one_key_makes_one_endpoint_and_its_answer_is_kept_sealed(
    client: Client, runtime: Runtime[Settings]
) -> None:
    async def post() -> tuple[int, bytes, str | None]:
        headers = {**HEADERS, "Idempotency-Key": "k"}
        body = {"url": URL, "headers": {"Authorization": PASSWORD}}
        async with client.post(BASE, json=body, headers=headers) as response:
            return response.status, await response.read(), response.headers.get("Idempotent-Replayed")

    answers = await asyncio.gather(*(post() for _ in range(20)))
    assert len({(code, body) for code, body, _ in answers}) == 1
    assert answers[0][0] == 201
    assert sum(replayed is None for *_, replayed in answers) == 1
    assert (await call(client, "GET"))[1]["total"] == 2
    async with runtime.pool.acquire() as connection:
        kept = await connection.fetchval("SELECT body FROM idempotency_key")
    secret = orjson.loads(answers[0][1])["secret"]
    assert secret.encode() not in kept
    async with client.post(BASE, json={"url": URL}, headers={**HEADERS, "Idempotency-Key": "k"}) as response:
        assert response.status == 422


async def test_anothers_endpoint_is_not_found(client: Client) -> None:
    made = await create(client)
    for endpoint_id in (made["id"], "we_0000000000000000", "whd_0000000000000000", "%00"):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"description": "mine"}),
            ("DELETE", "", None),
            ("POST", "/roll-secret", {}),
            ("POST", "/test", {}),
        ):
            code, answer = await call(client, method, f"/{endpoint_id}{path}", body, OTHER_HEADERS)
            assert (code, answer["error"]["description"]) == (404, "Webhook endpoint not found")
    made.pop("secret")
    assert (await call(client, "GET", f"/{made['id']}"))[1] == made


async def test_nothing_secret_is_in_a_table_or_in_the_log(
    client: Client,
    runtime: Runtime[Settings],
    process: Process,
    second: Receiver,
    capfd: pytest.CaptureFixture[str],
) -> None:
    second.answer = status(500)
    made = await create(client, second.url, headers={"Authorization": PASSWORD})
    rolled = (await call(client, "POST", f"/{made['id']}/roll-secret", headers={**HEADERS, "Idempotency-Key": "r"}))[1]
    await call(client, "PATCH", f"/{made['id']}", {"headers": {"X-Other": f"{PASSWORD}-2"}})
    await call(client, "POST", "", {"url": "nonsense", "headers": {"Authorization": PASSWORD}})
    await process.take(payment_event())
    await process.idle()
    assert second.received[0].headers["Authorization"] == PASSWORD
    assert second.received[0].headers["X-Other"] == f"{PASSWORD}-2"
    secrets = [PASSWORD, made["secret"], rolled["secret"]]
    async with runtime.pool.acquire() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
        )
        for (table,) in tables:
            rows = await connection.fetch(f'SELECT t::text FROM "{table}" AS t')
            stored = "\n".join(row[0] for row in rows)
            for secret in secrets:
                assert secret not in stored, table
                assert secret.encode().hex() not in stored, table
    runtime.wide.stop()
    await runtime.wide.run()
    written = "".join(capfd.readouterr())
    assert "webhook.attempted" in written
    assert not [secret for secret in secrets if secret in written]
    delivery = next(row for row in await deliveries_of(runtime.pool) if row["endpoint_id"] == made["id"])
    (attempt,) = await attempts_of(runtime.pool, delivery["id"])
    assert (attempt["request_headers"]["Authorization"], attempt["request_headers"]["X-Other"]) == (MASK, MASK)


async def test_headers_are_shown_masked_and_changed_one_by_one(client: Client) -> None:
    made = await create(client, headers={"Authorization": PASSWORD, "X-Shop": "7"})
    assert made["headers"] == {"Authorization": MASK, "X-Shop": MASK}
    path = f"/{made['id']}"
    for change, names in (
        ({"X-New": "1"}, ["Authorization", "X-Shop", "X-New"]),
        ({"x-shop": None}, ["Authorization", "X-New"]),
        ({"authorization": "Bearer other", "X-New": MASK}, ["X-New", "authorization"]),
        ({}, ["X-New", "authorization"]),
        ({"X-New": None, "authorization": None, "X-Unknown": None}, []),
    ):
        code, shown = await call(client, "PATCH", path, {"headers": change})
        assert (code, shown["headers"]) == (200, dict.fromkeys(names, MASK)), change
    await call(client, "PATCH", path, {"headers": {f"X-{number}": "v" for number in range(20)}})
    code, answer = await call(client, "PATCH", path, {"headers": {"X-More": "v"}})
    assert (code, answer["error"]["description"]) == (400, "headers must be at most 20 headers")


async def test_a_change_changes_what_it_names(clock: ManualClock, client: Client) -> None:
    made = await create(client, rate_limit_per_s=5, retry_gaps_s=[7, 9], headers={"X-Shop": "7"})
    secret = made.pop("secret")
    assert secret
    clock.advance(timedelta(seconds=1))
    changes: Sequence[dict[str, Any]] = (
        {"url": "http://127.0.0.1:4001/"},
        {"event_types": ["payment.*"], "description": "Changed"},
        {"rate_limit_per_s": None},
        {"retry_gaps_s": None},
        {"retry_gaps_s": []},
        {"ordering": "object", "api_version": API_VERSION},
    )
    expected = made
    for change in changes:
        code, shown = await call(client, "PATCH", f"/{made['id']}", change)
        gaps_s = change.get("retry_gaps_s", expected["retry_gaps_s"])
        schedule_s = list(TEST_GAPS_S) if gaps_s is None else gaps_s
        expected = {**expected, **change, "schedule_s": schedule_s, "updated_at": shown["updated_at"]}
        assert (code, shown) == (200, expected)
    assert expected["updated_at"] > made["updated_at"]


async def test_changes_at_the_same_time_lose_nothing(client: Client) -> None:
    made = await create(client)
    changes: list[dict[str, Any]] = [
        {"description": "Changed"},
        {"event_types": ["payment.*"]},
        {"rate_limit_per_s": 7},
        {"retry_gaps_s": [60]},
        {"ordering": "object"},
        {"url": "http://127.0.0.1:4001/"},
        {"enabled": False},
        *({"headers": {f"X-{number}": "v"}} for number in range(8)),
    ]
    answers = await asyncio.gather(*(call(client, "PATCH", f"/{made['id']}", change) for change in changes))
    assert {code for code, _ in answers} == {200}
    _, shown = await call(client, "GET", f"/{made['id']}")
    assert len(shown["headers"]) == 8
    for change in changes[:7]:
        assert shown.items() >= change.items()


async def test_a_disabled_endpoint_says_why_and_gets_nothing_until_it_is_enabled(
    client: Client, process: Process, second: Receiver
) -> None:
    made = await create(client, second.url)
    path = f"/{made['id']}"
    code, off = await call(client, "PATCH", path, {"enabled": False})
    assert (code, off["enabled"], off["disabled_reason"]) == (200, False, "disabled by the merchant")
    assert off["disabled_at"] is not None
    await process.take(payment_event())
    await process.idle()
    assert second.received == []
    code, answer = await call(client, "POST", f"{path}/test")
    assert (code, answer["error"]["description"]) == (400, "The endpoint is disabled; enable it first")
    code, on = await call(client, "PATCH", path, {"enabled": True})
    assert (on["enabled"], on["disabled_reason"], on["disabled_at"], on["failing_since"]) == (True, None, None, None)
    second.answer = status(410)
    await process.take(payment_event())
    await process.idle()
    _, gone = await call(client, "PATCH", path, {"enabled": False, "description": "Gone"})
    assert (gone["enabled"], "410" in gone["disabled_reason"]) == (False, True)


async def test_a_test_event_goes_to_its_endpoint_whatever_it_asks_for(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, second: Receiver
) -> None:
    made = await create(client, second.url, event_types=["refund.failed"])
    code, told = await call(client, "POST", f"/{made['id']}/test")
    assert (code, told["event"], told["status"]) == (200, "webhook.test", "pending")
    await process.take_records(*[record for _, record in await records_in(runtime.pool)])
    await process.idle()
    assert (types_of(receiver), types_of(second)) == ([], ["webhook.test"])
    assert signs(made["secret"], second.received[0])


async def test_a_deleted_endpoints_deliveries_end_and_stay_readable(
    client: Client, runtime: Runtime[Settings], process: Process, second: Receiver
) -> None:
    second.answer = status(500)
    made = await create(client, second.url, headers={"Authorization": PASSWORD})
    await call(client, "POST", f"/{made['id']}/roll-secret")
    await process.take(payment_event())
    await process.idle()
    assert await call(client, "DELETE", f"/{made['id']}") == (200, {"id": made["id"], "deleted": True})
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/roll-secret"), ("POST", "/test")):
        assert (await call(client, method, f"/{made['id']}{path}"))[0] == 404
    assert [row["is_default"] for row in (await call(client, "GET"))[1]["data"]] == [True]

    delivery = next(row for row in await deliveries_of(runtime.pool) if row["endpoint_id"] == made["id"])
    assert delivery["status"] == "pending"
    async with runtime.pool.acquire() as connection:
        await connection.execute("UPDATE delivery SET queued = 'sweeper' WHERE id = $1", delivery["id"])
        row = await connection.fetchrow("SELECT * FROM endpoint WHERE id = $1", made["id"])
    assert row is not None
    assert (row["secret_sealed"], row["headers_sealed"], row["former_secret_sealed"]) == (b"", None, None)
    process.dispatcher.note_backlog({made["id"]})
    await process.dispatcher._claim_backlog()
    await process.idle()
    async with client.get(f"/internal/webhooks/{delivery['id']}", headers=HEADERS) as response:
        shown = await response.json()
    assert (shown["status"], shown["error"], shown["url"]) == ("failed", "endpoint deleted", second.url)
    assert len(shown["attempt_log"]) == 1

    async with client.post(f"/internal/webhooks/{delivery['id']}/retry", headers=HEADERS) as response:
        answer = await response.json()
    assert (response.status, "deleted" in answer["error"]["description"]) == (400, True)
    await process.take(payment_event())
    await process.idle()
    assert len(second.received) == 1


async def test_the_default_endpoint_stays(client: Client) -> None:
    (default,) = (await call(client, "GET"))[1]["data"]
    code, answer = await call(client, "DELETE", f"/{default['id']}")
    assert code == 400
    assert "PUT /api/v1/merchants/webhook" in answer["error"]["description"]


async def test_there_is_a_limit_for_who_makes_many_at_once_too(runtime: Runtime[Settings]) -> None:
    runtime.settings = runtime.settings.model_copy(update={"webhook_endpoints_max": 3})
    async with TestClient(TestServer(runtime.http.application(make_routes(runtime)))) as client:
        for headers in (HEADERS, OTHER_HEADERS):
            answers = await asyncio.gather(*(call(client, "POST", "", {"url": URL}, headers) for _ in range(6)))
            assert sorted(code for code, _ in answers) == [201, 201, 400, 400, 400, 400]
            told = {answer["error"]["description"] for code, answer in answers if code == 400}
            assert told == {"There can be at most 3 webhook endpoints; delete one first"}
            made = next(answer for code, answer in answers if code == 201)
            await call(client, "DELETE", f"/{made['id']}", headers=headers)
            assert (await call(client, "POST", "", {"url": URL}, headers))[0] == 201
