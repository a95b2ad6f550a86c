"""The webhook log's list: pages that neither skip nor repeat, filters, and totals that scan no history."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson
import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts import ids
from services.notifier.lists import list_deliveries
from services.notifier.schemas import DeliveriesQuery
from services.notifier.settings import Settings
from services.notifier.store import queries
from services.notifier.tests.conftest import MERCHANT, OTHER_MERCHANT, Process, deliveries_of, payment_event
from services.notifier.tests.receiver import Receiver, in_turn, status
from services.notifier.tests.test_routes import OTHER_HEADERS, call

Client = TestClient[Any, Any]
OTHER_PAYMENT = "pay_0VxKb3RcW1uY7Hd0"
MADE = 9


@pytest.fixture
async def made(runtime: Runtime[Settings], process: Process, receiver: Receiver) -> list[Any]:
    """Nine deliveries, newest first: every third of another type and payment, and pending."""
    receiver.answer = in_turn(*[status(500), status(200), status(200)] * 3)
    for number in range(MADE):
        odd = number % 3 == 0
        type_, payment = ("payment.created", OTHER_PAYMENT) if odd else ("payment.success", "pay_0VxKb3RcW1uY7HdE")
        await process.take(payment_event(type_, id=payment))
        await process.idle()
    return await deliveries_of(runtime.pool)


async def page(client: Client, **asked: Any) -> dict[str, Any]:
    """A page that is refused for nothing."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    code, answer = await call(client, "GET", f"/internal/webhooks?{query}")
    assert code == 200, answer
    return dict(answer)


def ids_of(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["data"]]


@pytest.mark.parametrize(
    "asked", [{}, {"status": "success"}, {"event": "payment.success"}, {"payment_id": "pay_0VxKb3RcW1uY7HdE"}]
)
async def test_a_walk_by_cursor_meets_each_once_in_both_directions(
    client: Client, made: list[Any], asked: dict[str, str]
) -> None:
    whole = await page(client, limit=100, **asked)
    expected = ids_of(whole)
    assert (whole["total"], whole["has_more"]) == (len(expected), False)
    assert "total_capped" not in whole
    met: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        part = await page(client, limit=2, **asked, **cursor)
        assert part["total"] == len(expected)
        met += ids_of(part)
        assert part["has_more"] == ("next_cursor" in part)
        if not part["has_more"]:
            break
        cursor = {"starting_after": part["next_cursor"]}
    assert met == expected
    met, cursor = [expected[-1]], {"ending_before": expected[-1]}
    while True:
        part = await page(client, limit=2, **asked, **cursor)
        met = ids_of(part) + met
        if not part["has_more"]:
            break
        cursor = {"ending_before": part["next_cursor"]}
    assert met == expected


async def test_filters_name_what_they_say(client: Client, made: list[Any]) -> None:
    now = datetime.now(UTC)
    earlier, later = ((now + timedelta(hours=hours)).isoformat().replace("+", "%2B") for hours in (-1, 1))
    middle = made[4]["created_at"].isoformat().replace("+", "%2B")
    endpoint, event = made[0]["endpoint_id"], made[3]["message_id"]
    for asked, count in [
        ({"webhook_endpoint_id": endpoint}, 9),
        ({"webhook_endpoint_id": ids.new_id(ids.ENDPOINT)}, 0),
        ({"webhook_endpoint_id": endpoint, "status": "pending"}, 3),
        ({"payment_id": OTHER_PAYMENT}, 3),
        ({"payment_id": OTHER_PAYMENT, "event": "payment.success"}, 0),
        ({"payment_id": OTHER_PAYMENT, "status": "success"}, 0),
        ({"payment_id": "pay_0000000000000000"}, 0),
        ({"event_id": event}, 1),
        ({"event_id": event, "webhook_endpoint_id": ids.new_id(ids.ENDPOINT)}, 0),
        ({"event": "payment.created"}, 3),
        ({"event": "nothing"}, 0),
        ({"created_from": earlier, "created_to": later}, 9),
        ({"created_from": later}, 0),
        ({"created_to": earlier}, 0),
        ({"created_from": middle}, 5),
        ({"created_to": middle}, 4),
        ({"created_from": middle, "event": "payment.success"}, 4),
    ]:
        answer = await page(client, **asked)
        assert (len(answer["data"]), answer["total"]) == (count, count), asked


async def test_another_merchant_sees_nothing(client: Client, made: list[Any]) -> None:
    asked = [
        "",
        f"?payment_id={OTHER_PAYMENT}",
        f"?event_id={made[0]['message_id']}",
        f"?webhook_endpoint_id={made[0]['endpoint_id']}",
        f"?ending_before={made[-1]['id']}",
    ]
    for query in asked:
        code, answer = await call(client, "GET", f"/internal/webhooks{query}", headers=OTHER_HEADERS)
        assert (code, answer["data"], answer["total"]) == (200, [], 0), query


async def test_a_filtered_page_ends_with_its_window_and_says_where_to_go_on(
    runtime: Runtime[Settings], made: list[Any]
) -> None:
    query = DeliveriesQuery(event="payment.created", limit=2)
    async with runtime.pool.acquire() as connection:
        first = await list_deliveries(connection, MERCHANT, query, scan_max_rows=4)
        assert ([row["id"] for row in first.rows], first.total, first.total_capped) == ([made[2]["id"]], 1, True)
        assert first.next_cursor == made[3]["id"]
        second = await list_deliveries(
            connection, MERCHANT, query.model_copy(update={"starting_after": first.next_cursor}), scan_max_rows=4
        )
        assert [row["id"] for row in second.rows] == [made[5]["id"]]
        third = await list_deliveries(
            connection, MERCHANT, query.model_copy(update={"starting_after": second.next_cursor}), scan_max_rows=4
        )
        assert ([row["id"] for row in third.rows], third.next_cursor) == ([made[8]["id"]], None)
        assert (await list_deliveries(connection, OTHER_MERCHANT, query, scan_max_rows=4)).rows == []


@pytest.mark.parametrize(
    "query",
    [
        "starting_after=x",
        "starting_after=evt_0VxKb3RcW1uY7HdE",
        "webhook_endpoint_id=whd_0VxKb3RcW1uY7HdE",
        "payment_id=rfnd_0VxKb3RcW1uY7HdE",
        "payment_id=%00",
        "event_id=1",
        "created_from=yesterday",
        "offset=1&starting_after=whd_0VxKb3RcW1uY7HdE",
        "starting_after=whd_0VxKb3RcW1uY7HdE&ending_before=whd_0VxKb3RcW1uY7HdE",
        "event_id=evt_0VxKb3RcW1uY7HdE&payment_id=pay_0VxKb3RcW1uY7HdE",
    ],
)
async def test_what_can_not_be_meant_is_refused(client: Client, query: str) -> None:
    code, answer = await call(client, "GET", f"/internal/webhooks?{query}")
    assert (code, answer["error"]["code"]) == (400, "BAD_REQUEST_ERROR")


MUCH: Final = 200
"""Blocks: a look into every partition's index takes a few dozen, a walk along all ids thousands."""

HISTORY: Final = """
INSERT INTO delivery (id, message_id, endpoint_id, merchant_id, event_type, status, run, attempts, created_at)
SELECT 'whd_' || lpad(n::text, 16, '0'), 'evt_' || lpad(n::text, 16, '0'), 'we_1', $1, 'payment.success',
       CASE WHEN n % 3 = 0 THEN 'failed' ELSE 'success' END, 1, 1, now()
FROM generate_series(1, $2::int) AS n
"""


@pytest.mark.parametrize("query", ["list_deliveries", "survey_deliveries", "match_deliveries"])
async def test_who_has_little_pays_nothing_for_a_merchant_that_has_much(
    runtime: Runtime[Settings], settings: Settings, query: str
) -> None:
    """By what is read: the planner must not look for the one's few along the ids of all."""
    assert settings.migrate_database_url is not None
    owner = await asyncpg.connect(settings.migrate_database_url.get_secret_value())
    await owner.execute(HISTORY, MERCHANT, 20_000)
    await owner.execute("ANALYZE delivery")
    await owner.close()
    wanted = {
        "merchant_id": f"'{OTHER_MERCHANT}'",
        "low": "'whd_'",
        "high": "'whd_z'",
        "oldest_first": "false",
        "window": "1000",
        "statuses": "'{pending,success,failed}'",
        "status": "'failed'",
        "endpoint_ids": "'{we_1}'",
        "limit": "11",
        "offset": "0",
    }
    asked = getattr(queries, query)
    arguments = ", ".join(wanted.get(name, "NULL") for name in asked.params)
    async with runtime.pool.acquire() as connection:
        # Prepared, so that it is the plan that the service runs: one for all that may be asked.
        await connection.execute(f"PREPARE asked AS {asked.text}")
        told = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked({arguments})")
        await connection.execute("DEALLOCATE asked")
    (explained,) = orjson.loads(told)
    plan = explained["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < MUCH
