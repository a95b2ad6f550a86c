"""Lists against a brute-force oracle: filters, cursors while rows come in, windows, totals, searches, expansion."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from chassis import pg
from chassis.runtime import Runtime
from services.api.seed import SEED_MERCHANT_ID
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, OTHER_MERCHANT, serving
from services.api.tests.history import (
    NOW,
    ORDER_COLUMNS,
    PAYMENT_COLUMNS,
    REFUND_COLUMNS,
    ROWS,
    SEED,
    STATUSES,
    History,
    Row,
    make_order,
    make_payment,
    make_refund,
    write_rows,
)
from services.api.tests.test_payments import Client, get, new_payment, paid, post


@pytest.fixture
async def history(client: Client, db: pg.Connection) -> History:
    made = History()
    await made.write(db)
    return made


@pytest.fixture
async def narrow(runtime: Runtime[Settings]) -> AsyncIterator[Client]:
    """The api with a window of 20 rows."""
    runtime.settings = runtime.settings.model_copy(update={"list_scan_max_rows": 20})
    async with serving(runtime) as made:
        yield made


def refund_status(row: Row) -> str:
    given = row["amount_refunded_minor"] + row["amount_reversed_minor"]
    if given and given == row["amount_minor"]:
        return "full"
    if given:
        return "partial"
    return "pending" if row["refund_pending_minor"] + row["reversal_pending_minor"] else "none"


FROM, TO = NOW - timedelta(days=20), NOW - timedelta(days=10, microseconds=-1)
Filter = tuple[str, Callable[[Row], bool]]
SHARED: tuple[Filter, ...] = (
    ("currency=USD", lambda row: row["currency"] == "USD"),
    ("amount_min=400", lambda row: row["amount_minor"] >= 400),
    ("amount_max=700", lambda row: row["amount_minor"] <= 700),
    (f"created_from={FROM.isoformat().replace('+00:00', 'Z')}", lambda row: row["created_at"] >= FROM),
    (f"created_to={TO.isoformat()}", lambda row: row["created_at"] < TO),
)
FILTERS: dict[str, tuple[Filter, ...]] = {
    "orders": (
        *SHARED,
        ("status=attempted", lambda row: row["status"] == "attempted"),
        ("receipt=r-2", lambda row: row["receipt"] == "r-2"),
    ),
    "payments": (
        *SHARED,
        *((f"status={status}", lambda row, status=status: row["status"] == status) for status in STATUSES),
        ("method=card", lambda row: row["method"] == "card"),
        ("captured=true", lambda row: row["captured"]),
        *(
            (f"refund_status={status}", lambda row, status=status: refund_status(row) == status)
            for status in ("none", "pending", "partial", "full")
        ),
        ("vpa=a@bank", lambda row: row["vpa"] == "a@bank"),
        ("last4=4242", lambda row: row["card"] is not None and row["card"]["last4"] == "4242"),
    ),
    "refunds": (*SHARED, ("status=failed", lambda row: row["status"] == "failed")),
}


async def everything(client: Client, kind: str, query: str, limit: int = 100) -> tuple[list[str], Any]:
    """All ids of a list by cursor, and the first page."""
    _, first = await get(client, f"/{kind}?limit={limit}&{query}")
    found, page = [row["id"] for row in first["data"]], first
    while page["has_more"]:
        status, page = await get(client, f"/{kind}?limit={limit}&{query}&starting_after={page['next_cursor']}")
        assert status == 200, page
        found += [row["id"] for row in page["data"]]
    return found, first


@pytest.mark.parametrize("kind", FILTERS)
async def test_every_filter_and_every_pair_of_filters_finds_what_matches(
    client: Client, history: History, kind: str
) -> None:
    rows, filters = history.of(kind), FILTERS[kind]
    of_one = next(row for row in rows if row["created_at"] < FROM)
    if kind == "payments":
        filters += ((f"order_id={of_one['order_id']}", lambda row: row["order_id"] == of_one["order_id"]),)
    if kind == "refunds":
        filters += ((f"payment_id={of_one['payment_id']}", lambda row: row["payment_id"] == of_one["payment_id"]),)
    filters += ((f"id={of_one['id']}", lambda row: row["id"] == of_one["id"]),)
    for chosen in [(), *combinations(filters, 1), *combinations(filters, 2)]:
        names = [name.split("=")[0] for name, _ in chosen]
        if len(set(names)) < len(names):
            continue
        query = "&".join(name for name, _ in chosen)
        expected = [row["id"] for row in rows if all(matches(row) for _, matches in chosen)]
        found, first = await everything(client, kind, query)
        assert found == expected, query
        assert first["total"] == len(expected), query
        assert "total_capped" not in first


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("query", ["", "currency=USD", "status={}", "status={}&amount_min=300"])
async def test_walks_forward_and_back_see_each_row_once_while_rows_come_in(
    client: Client, db: pg.Connection, history: History, kind: str, query: str
) -> None:
    chance = random.Random(SEED)
    query = query.format({"orders": "paid", "payments": "success", "refunds": "processed"}[kind])
    expected, _ = await everything(client, kind, query)

    async def add() -> None:
        order = make_order(SEED_MERCHANT_ID, datetime.now(UTC), chance)
        payment = make_payment(order, datetime.now(UTC), chance)
        await write_rows(db, "orders", ORDER_COLUMNS, [order])
        await write_rows(db, "payments", PAYMENT_COLUMNS, [payment])
        await write_rows(db, "refunds", REFUND_COLUMNS, [make_refund(payment, datetime.now(UTC), chance)])

    async def page_from(cursor: str) -> tuple[list[str], str | None]:
        (_, page), _ = await asyncio.gather(get(client, f"/{kind}?limit=7&{query}&{cursor}"), add())
        shown = [row["id"] for row in page["data"]]
        assert shown == sorted(shown, reverse=True)
        return shown, page.get("next_cursor")

    back: list[str] = []
    cursor: str | None = expected[0]
    while cursor is not None:
        shown, cursor = await page_from(f"starting_after={cursor}")
        back += shown
    assert back == expected[1:]
    forward: list[str] = []
    cursor = expected[-1]
    while cursor is not None and expected[0] not in forward:
        shown, cursor = await page_from(f"ending_before={cursor}")
        forward = shown + forward
    assert forward[forward.index(expected[0]) :] == expected[:-1]


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("query", ["", "currency=USD", "status={}", "status={}&amount_min=300"])
async def test_the_oldest_first_is_the_newest_first_turned_round(
    client: Client, narrow: Client, history: History, kind: str, query: str
) -> None:
    query = query.format({"orders": "paid", "payments": "success", "refunds": "processed"}[kind])
    newest_first, told = await everything(client, kind, query)
    expected = newest_first[::-1]
    for asked in (client, narrow):
        found, first = await everything(asked, kind, f"{query}&sort=created_at", limit=7)
        assert found == expected
        assert first["total"] == told["total"] or first["total_capped"]
        back: list[str] = [expected[-1]]
        cursor: str | None = expected[-1]
        while cursor is not None:
            _, page = await get(asked, f"/{kind}?{query}&sort=created_at&limit=7&ending_before={cursor}")
            back = [row["id"] for row in page["data"]] + back
            cursor = page.get("next_cursor")
        assert back == expected
    _, page = await get(client, f"/{kind}?{query}&sort=created_at&limit=5&offset=3")
    assert [row["id"] for row in page["data"]] == expected[3:8]


async def test_offset_and_cursor_pages_are_the_same(client: Client, history: History) -> None:
    expected = [row["id"] for row in history.of("payments")]
    for query in ("", "&amount_min=1"):
        found: list[str] = []
        for offset in range(0, ROWS, 40):
            _, page = await get(client, f"/payments?limit=40&offset={offset}{query}")
            found += [row["id"] for row in page["data"]]
            assert page["has_more"] is (offset + 40 < len(expected))
            assert page["total"] == len(expected)
        assert found == expected
    _, beyond = await get(client, f"/payments?offset={ROWS}")
    assert (beyond["data"], beyond["has_more"], beyond["total"]) == ([], False, len(expected))


@pytest.mark.parametrize(
    "query", ["refund_status=full", "last4=4242&captured=true", "status=failed&method=card", "amount_min=999"]
)
async def test_a_window_that_ends_early_says_how_to_go_on(
    narrow: Client, history: History, db: pg.Connection, query: str
) -> None:
    wanted = dict(FILTERS["payments"]) | {"amount_min=999": lambda row: row["amount_minor"] >= 999}
    chosen = [wanted[part] for part in query.split("&")]
    expected = [row["id"] for row in history.of("payments") if all(matches(row) for matches in chosen)]
    found, first = await everything(narrow, "payments", query)
    assert found == expected
    assert first["total_capped"]
    assert first["total"] == len(first["data"]) <= 20
    assert first["has_more"]
    assert first["next_cursor"] <= min([row["id"] for row in first["data"]], default="z")
    back: list[str] = []
    cursor, more = history.of("payments")[-1]["id"], True
    while more:
        _, page = await get(narrow, f"/payments?limit=100&{query}&ending_before={cursor}")
        back = [row["id"] for row in page["data"]] + back
        more, cursor = page["has_more"], page.get("next_cursor")
    assert back == [one for one in expected if one != history.of("payments")[-1]["id"]]


async def test_totals_that_are_counted_are_not_capped_by_a_window(narrow: Client, history: History) -> None:
    rows = history.of("payments")
    for query, expected in (("", rows), ("status=success", [row for row in rows if row["status"] == "success"])):
        _, page = await get(narrow, f"/payments?{query}")
        assert (page["total"], page.get("total_capped")) == (len(expected), None)
    _, deep = await get(narrow, "/payments?offset=100")
    assert deep["data"][0]["id"] == rows[100]["id"]


async def test_q_finds_what_it_looks_like(client: Client, history: History) -> None:
    payments, orders, refunds = history.of("payments"), history.of("orders"), history.of("refunds")
    payment, refund, order = payments[3], refunds[3], next(row for row in orders if row["receipt"] == "r-3")
    of_receipt = {row["id"] for row in orders if row["receipt"] == "r-3"}
    cases = [
        ("payments", payment["id"], [payment["id"]]),
        ("payments", payment["order_id"], [row["id"] for row in payments if row["order_id"] == payment["order_id"]]),
        ("payments", refund["id"], [refund["payment_id"]]),
        ("payments", "4242", [row["id"] for row in payments if row["card"] and row["card"]["last4"] == "4242"]),
        ("payments", "b@bank", [row["id"] for row in payments if row["vpa"] == "b@bank"]),
        ("payments", "r-3", [row["id"] for row in payments if row["order_id"] in of_receipt]),
        ("payments", "nothing has this", []),
        ("orders", order["id"], [order["id"]]),
        ("orders", payment["id"], [payment["order_id"]]),
        ("orders", "r-3", [row["id"] for row in orders if row["receipt"] == "r-3"]),
        ("refunds", refund["id"], [refund["id"]]),
        ("refunds", payment["id"], [row["id"] for row in refunds if row["payment_id"] == payment["id"]]),
    ]
    for kind, asked, expected in cases:
        found, first = await everything(client, kind, f"q={asked}")
        assert (found, first["total"]) == (expected, len(expected)), (kind, asked)
    _, by_receipt = await get(client, "/payments?receipt=r-3&limit=100")
    assert {row["order_id"] for row in by_receipt["data"]} <= of_receipt
    _, both = await get(client, f"/payments?q={payment['id']}&id={payments[4]['id']}")
    assert (both["data"], both["total"]) == ([], 0)
    _, both = await get(client, "/payments?vpa=a@bank&last4=4242")
    assert both["data"] == []


async def test_another_merchants_ids_find_nothing_and_tell_nothing(client: Client, history: History) -> None:
    theirs, mine = history.of("payments", OTHER_MERCHANT), history.of("payments")
    foreign = theirs[len(theirs) // 2]["id"]
    invented = foreign[:-1] + ("0" if foreign[-1] != "0" else "1")
    for cursor in ("starting_after", "ending_before"):
        pages = [await get(client, f"/payments?{cursor}={one}") for one in (foreign, invented)]
        assert pages[0] == pages[1]
        assert {row["merchant_id"] for row in pages[0][1]["data"]} == {SEED_MERCHANT_ID}
    for query in (f"id={foreign}", f"order_id={theirs[0]['order_id']}", f"q={foreign}"):
        _, page = await get(client, f"/payments?{query}")
        assert (page["data"], page["total"], page["has_more"]) == ([], 0, False)
    for kind, query in (
        ("orders", f"q={foreign}"),
        ("refunds", f"payment_id={foreign}"),
        ("orders", f"q={history.of('refunds', OTHER_MERCHANT)[0]['id']}"),
    ):
        _, page = await get(client, f"/{kind}?{query}")
        assert (page["data"], page["total"]) == ([], 0)
    status, _ = await get(client, f"/payments/{mine[0]['id']}/refunds", OTHER_HEADERS)
    assert status == 404


async def test_cursors_from_the_ends_of_time_are_cursors(client: Client, history: History) -> None:
    expected = [row["id"] for row in history.of("payments")]
    for cursor, shown in (
        ("starting_after=pay_zzzzzzzzzzzzzzzz", expected[:10]),
        ("starting_after=pay_0000000000000000", []),
        ("ending_before=pay_zzzzzzzzzzzzzzzz", []),
        ("ending_before=pay_0000000000000000", expected[-10:]),
    ):
        status, page = await get(client, f"/payments?{cursor}")
        assert status == 200, page
        assert [row["id"] for row in page["data"]] == shown


async def test_a_page_goes_on_beyond_what_is_near(client: Client, db: pg.Connection) -> None:
    chance = random.Random(SEED)
    order = make_order(SEED_MERCHANT_ID, NOW - timedelta(days=1000), chance)
    payments = [make_payment(order, NOW - timedelta(days=days), chance) for days in (1, 200, 400, 999)]
    await write_rows(db, "payments", PAYMENT_COLUMNS, payments)
    made = [row["id"] for row in payments]
    for query, expected in (
        ("limit=4", made),
        ("limit=3", made[:3]),
        ("limit=2&offset=1", made[1:3]),
        (f"starting_after={made[0]}", made[1:]),
        (f"ending_before={made[3]}", made[:3]),
        (f"ending_before={made[3]}&limit=1", [made[2]]),
        (f"order_id={order['id']}", made),
        ("sort=created_at", made[::-1]),
        ("sort=created_at&limit=3", made[:0:-1]),
        (f"sort=created_at&starting_after={made[3]}", made[2::-1]),
        (f"sort=created_at&ending_before={made[0]}&limit=2", made[2:0:-1]),
    ):
        _, page = await get(client, f"/payments?{query}")
        assert [row["id"] for row in page["data"]] == expected, query
        assert page["total"] == 4


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("/payments?starting_after=pay_1", "starting_after", "pay_"),
        ("/payments?starting_after=order_0000000000000000", "starting_after", "pay_"),
        ("/payments?ending_before=", "ending_before", "pay_"),
        ("/orders?ending_before=pay_0000000000000000", "ending_before", "order_"),
        ("/refunds?id=%00", "id", "rfnd_"),
        ("/payments?starting_after=pay_0000000000000000&ending_before=pay_0000000000000000", None, "combined"),
        ("/payments?starting_after=pay_0000000000000000&offset=1", None, "combined"),
        ("/payments?offset=100001", "offset", "starting_after"),
        ("/payments?offset=-1", "offset", "at least 0"),
        ("/payments?limit=101", "limit", "at most 100"),
        ("/payments?limit=ten", "limit", "integer"),
        ("/payments?status=paid", "status", "must be"),
        ("/payments?method=cash", "method", "must be"),
        ("/payments?currency=rupees", "currency", "currency"),
        ("/payments?captured=perhaps", "captured", "true or false"),
        ("/payments?refund_status=some", "refund_status", "must be"),
        ("/payments?order_id=nothing", "order_id", "order_"),
        ("/refunds?payment_id=nothing", "payment_id", "pay_"),
        ("/payments?amount_min=1.5", "amount_min", "integer"),
        ("/payments?amount_max=-1", "amount_max", "at least 0"),
        ("/payments?amount_max=99999999999999999999999", "amount_max", "at most"),
        ("/payments?created_from=yesterday", "created_from", "created_from"),
        ("/payments?created_to=0001-01-01T00:00:00%2B14:00", "created_to", "calendar"),
        ("/payments?last4=42", "last4", "four digits"),
        ("/payments?last4=４２４２", "last4", "four digits"),
        ("/payments?vpa=nobank", "vpa", "name@bank"),
        ("/payments?receipt=%00", "receipt", "NUL"),
        ("/orders?receipt=" + "x" * 256, "receipt", "at most 255"),
        ("/payments?q=%00", "q", "NUL"),
        ("/refunds?q=4242", "q", "refund"),
        ("/payments?expand=customer", "expand", "timeline, order"),
        ("/payments/pay_0000000000000000?expand=payment", "expand", "timeline, order, refunds"),
        ("/orders/order_0000000000000000?expand=refunds", "expand", "payments"),
        ("/refunds/rfnd_0000000000000000?expand[]=order", "expand", "payment"),
    ],
)
async def test_what_can_not_be_meant_is_refused_with_its_name(
    client: Client, path: str, field: str | None, words: str
) -> None:
    status, body = await get(client, path)
    assert status == 400, body
    assert body["error"].get("field") == field
    assert words in body["error"]["description"]


@pytest.mark.parametrize(
    "query", ["page=2&view=all", "created_from=1970-01-01&created_to=9999-12-31", "created_from=1700000000", "offset=0"]
)
async def test_what_old_clients_send_is_taken(client: Client, query: str) -> None:
    await new_payment(client)
    _, page = await get(client, f"/payments?{query}")
    assert page["total"] == 1


async def test_an_offset_that_was_not_escaped_is_understood(client: Client) -> None:
    await new_payment(client)
    soon = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S")
    async with client.get(f"/api/v1/payments?created_to={soon}+05:30", headers=HEADERS) as response:
        assert (await response.json())["total"] == 1


async def test_the_bare_array_of_the_family_takes_the_same_parameters(client: Client, history: History) -> None:
    _, page = await get(client, "/payments?limit=5&method=card&status=failed")
    _, bare = await get(client, "/payments/list?limit=5&method=card&status=failed")
    assert bare == page["data"]


async def test_objects_are_shown_with_what_is_to_be_expanded(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db)
    payment_id, order_id = payment["id"], payment["order_id"]
    _, plain = await get(client, f"/payments/{payment_id}")
    _, order = await get(client, f"/orders/{order_id}")
    refunds = [(await post(client, f"/payments/{payment_id}/refunds", {"amount": 100}))[1]["id"] for _ in range(3)]
    assert not {"timeline", "order", "refunds"} & plain.keys()
    for query in ("expand=timeline,order,refunds", "expand=timeline&expand[]=order&expand=refunds"):
        _, full = await get(client, f"/payments/{payment_id}?{query}")
        assert [entry["status"] for entry in full["timeline"]][:3] == ["pending", "pending", "success"]
        assert full["order"] == order
        assert [row["id"] for row in full["refunds"]] == refunds[::-1]
    _, with_payments = await get(client, f"/orders/{order_id}?expand=payments")
    assert [row["id"] for row in with_payments["payments"]] == [payment_id]
    _, refund = await get(client, f"/refunds/{refunds[0]}?expand=payment")
    assert refund["payment"]["id"] == payment_id
    _, page = await get(client, "/payments?expand=order")
    assert [row["order"] for row in page["data"]] == [order]


async def test_a_key_expands_only_what_it_may_read(client: Client) -> None:
    payment = await new_payment(client)
    status, key = await post(client, "/api_keys", {"name": "payments only", "scopes": ["payments:read"]})
    assert status == 201, key
    restricted = {"X-Api-Key": key["key"], "X-Api-Secret": key["secret"]}
    status, _ = await get(client, f"/payments/{payment['id']}?expand=timeline", restricted)
    assert status == 200
    for path in (
        f"/payments/{payment['id']}?expand=refunds",
        f"/payments/{payment['id']}?expand=order",
        "/payments?expand=order",
    ):
        status, body = await get(client, path, restricted)
        assert (status, body["error"]["code"]) == (403, "PERMISSION_ERROR")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({f"k{number}": 1 for number in range(51)}, "at most 50 keys"),
        ({"k" * 101: 1}, "keys of at most 100 characters"),
        ({"k": "x" * 16_400}, "at most 16 KiB"),
        ({f"k{number}": "é" * 200 for number in range(50)}, "at most 16 KiB"),
    ],
)
async def test_metadata_and_notes_have_limits(client: Client, metadata: Row, words: str) -> None:
    status, body = await post(client, "/orders", {"amount": 5000, "notes": metadata})
    assert (status, body["error"]["field"]) == (400, "notes")
    assert words in body["error"]["description"]
    payment = await new_payment(client, metadata={"k" * 100: "x" * 16_000})
    status, body = await post(client, f"/payments/{payment['id']}/refunds", {"metadata": metadata})
    assert (status, body["error"]["field"]) == (400, "metadata")
