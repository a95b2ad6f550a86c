"""The log of events over HTTP: what it shows, pages, filters, and whose it is."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts import ids
from services.api.schemas.events import PUBLIC_TYPES, EventAnswer
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, serving
from services.api.tests.published import call, pay, publish

Client = TestClient[Any, Any]
NOWHERE = "evt_0000000000000000"


async def get(client: Client, path: str, headers: dict[str, str] = HEADERS) -> Any:
    """The body of a GET that must succeed."""
    status, body = await call(client, "GET", path, headers=headers)
    assert status == 200, body
    return body


async def positions(client: Client, query: str = "") -> list[int]:
    return [event["position"] for event in (await get(client, f"/events?limit=100&{query}"))["data"]]


async def test_an_event_shows_what_it_carried(client: Client, runtime: Runtime[Settings]) -> None:
    payment = await pay(client, metadata={"note": "₹ – 1.5", "n": 1.5})
    assert (await get(client, "/events"))["data"] == [], "not before it is published"
    await publish(runtime.pool)
    page = await get(client, "/events")
    pending, created = page["data"]
    assert (page["total"], page["has_more"], page["limit"], page["offset"]) == (2, False, 10, 0)
    assert created == {
        "id": created["id"],
        "type": "payment.created",
        "created_at": created["created_at"],
        "position": 1,
        "sequence": 1,
        "topic": "payment.events.v1",
        "partition": 0,
        "offset": created["offset"],
        "object": {"type": "payment", "id": payment["id"]},
        "data": {"payment": {name: value for name, value in payment.items() if name in created["data"]["payment"]}},
    }
    assert (pending["type"], pending["position"], pending["sequence"]) == ("payment.pending", 2, 2)
    assert ids.is_id(created["id"], ids.EVENT)
    assert created["created_at"].endswith("Z")
    EventAnswer.model_validate(created)
    assert await get(client, f"/events/{created['id']}") == created


async def test_what_is_no_event_is_404(client: Client) -> None:
    for path in (NOWHERE, "pay_0000000000000000", "x", "%00", "evt_"):
        status, body = await call(client, "GET", f"/events/{path}")
        assert (status, body["error"]["description"]) == (404, "Event not found"), path


async def test_another_merchants_events_are_not_there(client: Client, runtime: Runtime[Settings]) -> None:
    payment = await pay(client)
    await publish(runtime.pool)
    (_, created) = (await get(client, "/events"))["data"]
    assert (await get(client, "/events", OTHER_HEADERS))["data"] == []
    for query in (f"object={payment['id']}", f"payment_id={payment['id']}", f"object={payment['order_id']}"):
        assert (await get(client, f"/events?{query}", OTHER_HEADERS))["data"] == []
    theirs = await call(client, "GET", f"/events/{created['id']}", headers=OTHER_HEADERS)
    unknown = await call(client, "GET", f"/events/{NOWHERE}", headers=OTHER_HEADERS)
    for status, body in (theirs, unknown):
        assert (status, body["error"].pop("request_id")[:4]) == (404, "req_")
    assert theirs == unknown
    for cursor in (created["id"], NOWHERE):
        status, body = await call(client, "GET", f"/events?starting_after={cursor}", headers=OTHER_HEADERS)
        assert (status, body["error"]["field"]) == (400, "starting_after")


async def test_pages_by_cursor_and_by_offset_hold_each_event_once(client: Client, runtime: Runtime[Settings]) -> None:
    for _ in range(12):
        await pay(client)
        await pay(client, OTHER_HEADERS)
    await publish(runtime.pool)
    everything = await positions(client)
    assert everything == sorted(everything, reverse=True)
    assert len(everything) == 24
    walked, query = [], "limit=5"
    while query:
        page = await get(client, f"/events?{query}")
        walked += [event["position"] for event in page["data"]]
        assert page["has_more"] == ("next_cursor" in page)
        query = f"limit=5&starting_after={page['next_cursor']}" if page["has_more"] else ""
    assert walked == everything
    oldest = (await get(client, "/events?limit=1&offset=23"))["data"][0]
    back, query = [oldest["position"]], f"limit=5&ending_before={oldest['id']}"
    while query:
        page = await get(client, f"/events?{query}")
        back = [event["position"] for event in page["data"]] + back
        query = f"limit=5&ending_before={page['next_cursor']}" if page["has_more"] else ""
    assert back == everything
    assert [e["position"] for e in (await get(client, "/events?limit=7&offset=20"))["data"]] == everything[20:]


async def test_the_oldest_first_is_the_newest_first_turned_round(client: Client, runtime: Runtime[Settings]) -> None:
    for _ in range(8):
        await pay(client)
    await publish(runtime.pool)
    runtime.settings = runtime.settings.model_copy(update={"list_scan_max_rows": 4})
    async with serving(runtime) as narrow:
        for asked in (client, narrow):
            for filters in ("", "&type=payment.created"):
                expected = (await positions(client, filters))[::-1]
                for cursor, first in (("starting_after", 0), ("ending_before", 1)):
                    walked: list[int] = []
                    query = f"sort=created_at&limit=3{filters}"
                    start = query
                    if first:
                        newest = (await get(client, f"/events?limit=1{filters}"))["data"][0]
                        walked, start = [newest["position"]], f"{query}&ending_before={newest['id']}"
                    while start:
                        page = await get(asked, f"/events?{start}")
                        shown = [event["position"] for event in page["data"]]
                        walked = shown + walked if first else walked + shown
                        start = f"{query}&{cursor}={page['next_cursor']}" if page["has_more"] else ""
                    assert walked == expected, (filters, cursor)


async def test_filters_by_type(client: Client, runtime: Runtime[Settings]) -> None:
    payments = [await pay(client) for _ in range(3)]
    await call(client, "POST", f"/payments/{payments[0]['id']}/cancel")
    await publish(runtime.pool)
    for named, count in [
        ("payment.created", 3),
        ("payment.created,payment.pending", 6),
        (" payment.pending , payment.created", 6),
        ("payment.*", 6),
        ("*", 6),
        ("refund.*", 0),
        ("payment.failed", 0),
    ]:
        page = await get(client, f"/events?type={quote(named)}")
        assert (len(page["data"]), page["total"]) == (count, count), named


async def test_filters_by_object(client: Client, runtime: Runtime[Settings]) -> None:
    payment, other = await pay(client), await pay(client)
    refund_id = ids.new_id(ids.REFUND)
    async with runtime.pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO refunds (id, payment_id, merchant_id, amount_minor, currency, kind, status, metadata, "
            "sequence, created_at, updated_at) "
            "SELECT $1, id, merchant_id, 100, currency, 'reversal', 'pending', '{}', 1, now(), now() "
            "FROM payments WHERE id = $2",
            refund_id,
            payment["id"],
        )
        await connection.execute(
            "INSERT INTO outbox (topic, key, event_id, type, subject, tenant, occurred_at, data) "
            "SELECT topic, key, 'evt_' || substr($1, 6), 'refund.created', $1, tenant, occurred_at, data "
            "FROM outbox WHERE key = $2 AND type = 'payment.created'",
            refund_id,
            payment["id"],
        )
    await publish(runtime.pool)
    for query, found in [
        (f"object={payment['id']}", {payment["id"]}),
        (f"object={refund_id}", {refund_id}),
        (f"object={payment['order_id']}", {payment["id"], refund_id}),
        (f"payment_id={payment['id']}", {payment["id"], refund_id}),
        (f"payment_id={other['id']}", {other["id"]}),
        (f"payment_id={payment['id']}&type=refund.*", {refund_id}),
        ("object=order_0000000000000000", set()),
        ("object=pay_0000000000000000", set()),
    ]:
        page = await get(client, f"/events?{query}")
        assert {event["object"]["id"] for event in page["data"]} == found, query
        assert page["total"] == len(page["data"])
    listed = (await get(client, f"/events?payment_id={payment['id']}"))["data"]
    (newest,) = (await get(client, f"/events?payment_id={payment['id']}&limit=1"))["data"]
    assert newest == listed[0]
    after = await get(client, f"/events?payment_id={payment['id']}&starting_after={newest['id']}")
    before = await get(client, f"/events?payment_id={payment['id']}&ending_before={listed[-1]['id']}")
    assert (after["data"], before["data"]) == (listed[1:], listed[:-1])


async def test_filters_by_the_instant_of_creation(client: Client, runtime: Runtime[Settings]) -> None:
    for _ in range(10):
        await pay(client)
        await pay(client, OTHER_HEADERS)
    await publish(runtime.pool)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with runtime.pool.acquire() as connection:
        # A minute between events; two neighbours the other way round, as two replicas may publish them.
        await connection.execute(
            "UPDATE event_log SET occurred_at = $1::timestamptz + make_interval(mins => position::int) "
            "+ CASE position WHEN 9 THEN interval '70 s' ELSE interval '0 s' END",
            start,
        )
    known = {event["position"]: event["created_at"] for event in (await get(client, "/events?limit=100"))["data"]}
    for first, last in [(0, 100), (5, 9), (9, 10), (10, 11), (11, 30), (12, 12), (40, 50), (-10, -5)]:
        low, high = start + timedelta(minutes=first), start + timedelta(minutes=last)
        query = f"created_from={quote(low.isoformat())}&created_to={quote(high.isoformat())}"
        expected = [p for p, at in known.items() if low <= datetime.fromisoformat(at) < high]
        assert await positions(client, query) == expected, (first, last)
    assert len(await positions(client, "created_from=2026-01-01")) == len(known)


async def test_a_filtered_page_looks_at_a_bounded_window_and_says_where_to_go_on(
    client: Client, runtime: Runtime[Settings]
) -> None:
    first = await pay(client)
    for _ in range(60):
        await pay(client)
    await publish(runtime.pool)
    async with runtime.pool.acquire() as connection:
        await connection.execute("UPDATE event_log SET type = 'payment.failed' WHERE position = 1")
    runtime.settings.__dict__["list_scan_max_rows"] = 50
    async with serving(runtime) as narrow:
        seen, pages, query = [], 0, "limit=10"
        while query:
            page = await get(narrow, f"/events?type=payment.failed&{query}")
            assert page["total_capped"]
            seen += page["data"]
            pages += 1
            query = f"starting_after={page['next_cursor']}" if page["has_more"] else ""
        assert ([event["object"]["id"] for event in seen], pages) == ([first["id"]], 3)
        everything = await get(narrow, "/events")
        assert (everything["total"], everything["total_capped"], everything["has_more"]) == (50, True, True)


BAD_QUERIES: Final = [
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("offset=-1", "offset"),
    ("type=payment.sucess", "type"),
    ("type=", "type"),
    ("type=payment.created,", "type"),
    ("type=%00", "type"),
    ("object=x", "object"),
    ("object=evt_0000000000000000", "object"),
    ("payment_id=order_0000000000000000", "payment_id"),
    (f"starting_after={NOWHERE}", "starting_after"),
    ("starting_after=1", "starting_after"),
    ("ending_before=pay_0000000000000000", "ending_before"),
    ("created_from=yesterday", "created_from"),
    ("status=success", "status"),
    ("object=pay_0000000000000000&payment_id=pay_0000000000000000", None),
    (f"starting_after={NOWHERE}&ending_before={NOWHERE}", None),
    (f"starting_after={NOWHERE}&offset=1", None),
]


async def test_bad_queries_are_refused(client: Client) -> None:
    for query, field in BAD_QUERIES:
        status, body = await call(client, "GET", f"/events?{query}")
        assert status == 400, query
        assert (body["error"]["code"], body["error"].get("field")) == ("BAD_REQUEST_ERROR", field), query


async def test_a_wrong_type_is_told_which_there_are(client: Client) -> None:
    _, body = await call(client, "GET", "/events?type=payment.sucess")
    assert all(type_ in body["error"]["description"] for type_ in PUBLIC_TYPES)


async def test_without_credentials_there_is_nothing(client: Client) -> None:
    for path in ("/events", f"/events/{NOWHERE}", "/stream"):
        status, body = await call(client, "GET", path, headers={})
        assert (status, body["error"]["code"]) == (401, "AUTHENTICATION_ERROR")
