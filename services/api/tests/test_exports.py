"""Exports: exactly what the list shows, in its order and in bounded memory, in a form that a spreadsheet can't run."""

import csv
import io
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from chassis import pg
from chassis.csv_files import FORMULA
from chassis.runtime import Runtime
from contracts import ids
from services.api import lists
from services.api.seed import SEED_MERCHANT_ID
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, serving
from services.api.tests.history import (
    PAYMENT_COLUMNS,
    SEED,
    History,
    make_order,
    make_payment,
    write_rows,
)
from services.api.tests.test_lists import FILTERS, everything, history  # noqa: F401
from services.api.tests.test_payments import Client, get, new_payment, paid, post
from tests.figures import Figures

PAIRS: Final = 12
"""Of filters, drawn by chance."""

MANY: Final = 100_000
RSS_GROWTH_MAX_BYTES: Final = 12 << 20
"""Of this process, which is the api and its client, while MANY rows pass through: less than half of the file."""


async def export(client: Client, kind: str, query: str = "", headers: dict[str, str] = HEADERS) -> list[dict[str, str]]:
    """The rows of a file, by column."""
    async with client.get(f"/api/v1/{kind}/export?{query}", headers=headers) as response:
        assert response.status == 200, await response.text()
        return list(csv.DictReader(io.StringIO(await response.text(), newline="")))


async def refusal(client: Client, path: str, headers: dict[str, str] = HEADERS) -> tuple[int, str, str | None]:
    status, body = await get(client, path, headers)
    return status, body["error"]["description"], body["error"].get("field")


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk of many steps through few rows."""
    monkeypatch.setattr(lists, "STEP_ROWS", 7)
    monkeypatch.setattr(lists, "STEP_WINDOW_ROWS", 20)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("kind", FILTERS)
async def test_an_export_is_exactly_what_the_list_shows_in_its_order(
    client: Client,
    history: History,  # noqa: F811
    kind: str,
) -> None:
    chance = random.Random(SEED)
    names = [name for name, _ in FILTERS[kind]]
    pairs = [pair for pair in combinations(names, 2) if pair[0].split("=")[0] != pair[1].split("=")[0]]
    some = history.of(kind)[17]
    names += [f"id={some['id']}", f"q={some['id']}"]
    if kind == "payments":
        names += [f"order_id={some['order_id']}", "q=4242", "receipt=r-2", "q=b@bank", "vpa=a@bank&last4=4242"]
    for query in ["", *names, *("&".join(pair) for pair in chance.sample(pairs, min(PAIRS, len(pairs))))]:
        for sort in ("-created_at", "created_at"):
            listed, _ = await everything(client, kind, f"{query}&sort={sort}")
            exported = [row["id"] for row in await export(client, kind, f"{query}&sort={sort}")]
            assert exported == listed, (query, sort)
            assert exported == sorted(exported, reverse=sort == "-created_at")


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("sort", ["-created_at", "created_at"])
async def test_each_row_is_there_once_while_others_come_and_change(
    client: Client,
    runtime: Runtime[Settings],
    db: pg.Connection,
    history: History,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
) -> None:
    chance = random.Random(SEED)
    kept = [row for row in history.of("payments") if row["status"] == "success" and row["currency"] == "USD"]
    moving = [row for row in history.of("payments") if row["status"] == "success" and row["currency"] == "INR"]
    moving = [row for row in moving if not row["captured"]]
    step = lists._Listing._step

    async def disturbed(listing: Any, connection: pg.Connection, reach: Any) -> Any:
        """Between two steps, and while one is under way: new rows, and old ones that leave the index by status."""
        order = make_order(SEED_MERCHANT_ID, datetime.now(UTC), chance)
        fresh = [make_payment(order, datetime.now(UTC) + timedelta(milliseconds=1), chance) for _ in range(3)]
        await write_rows(db, "payments", PAYMENT_COLUMNS, fresh)
        if moving:
            gone = moving.pop(chance.randrange(len(moving)))
            await db.execute("UPDATE payments SET status = 'canceled' WHERE id = $1", gone["id"])
        return await step(listing, connection, reach)

    monkeypatch.setattr(lists._Listing, "_step", disturbed)
    found = [row["id"] for row in await export(client, "payments", f"status=success&currency=USD&sort={sort}")]
    known = {row["id"] for row in history.of("payments")}
    order = [row["id"] for row in kept]
    assert [one for one in found if one in known] == (order if sort == "-created_at" else order[::-1])
    assert len(set(found)) == len(found)


async def test_a_file_says_what_the_list_says(client: Client, runtime: Runtime[Settings], db: pg.Connection) -> None:
    payment = await paid(client, runtime, db, metadata={"note": 'a "quote", a comma\r\nand ₹'})
    async with client.get("/api/v1/payments/export", headers=HEADERS) as response:
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        assert response.headers["Content-Disposition"] == f'attachment; filename="payments-{today}.csv"'
        assert response.headers["Request-Id"]
        assert response.headers["RateLimit-Remaining"]
        text = await response.text()
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    _, listed = await get(client, f"/payments/{payment['id']}")
    assert text.endswith("\r\n")
    assert row["amount"] == "5000"
    assert (row["captured"], row["vpa"], row["card_last4"]) == ("false", "success@bank", "")
    assert row["metadata"] == '{"note":"a \\"quote\\", a comma\\r\\nand ₹"}'
    for name in ("id", "order_id", "currency", "status", "created_at", "updated_at", "capture_before"):
        assert row[name] == listed[name], name


async def test_only_the_columns_that_are_asked_for_are_there_each_once(client: Client) -> None:
    payment = await new_payment(client)
    async with client.get("/api/v1/payments/export?columns=id,amount,currency,id", headers=HEADERS) as response:
        assert await response.text() == f"id,amount,currency\r\n{payment['id']},5000,INR\r\n"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
async def test_a_text_that_begins_like_a_formula_is_guarded(client: Client, first: str) -> None:
    formula = f'{first}HYPERLINK("http://evil.example","a,b")'
    status, _ = await post(client, "/orders", {"amount": 5000, "receipt": formula})
    assert status == 201
    [row] = await export(client, "orders", "columns=receipt,amount")
    assert row == {"receipt": f"'{formula}", "amount": "5000"}


@pytest.mark.parametrize("hidden", ["x;=1+1", 'x; "@SUM(1)', "x|\u00a0-1", "x\n+1", "x\t\uff1d1"])
async def test_a_formula_within_a_text_is_guarded_for_who_reads_with_another_separator(
    client: Client, hidden: str
) -> None:
    status, _ = await post(client, "/orders", {"amount": 5000, "receipt": hidden, "notes": {"a": hidden}})
    assert status == 201
    async with client.get("/api/v1/orders/export", headers=HEADERS) as response:
        text = await response.text()
    for separator in ";|\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA)]
    (row,) = csv.DictReader(io.StringIO(text))
    assert json.loads(row["notes"]) == {"a": hidden}, "nothing of it is lost"


@pytest.mark.parametrize("name", ["orders", "payments", "refunds"])
async def test_who_has_nothing_gets_a_line_of_names(client: Client, name: str) -> None:
    await new_payment(client)
    assert await export(client, name, headers=OTHER_HEADERS) == []


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("/payments/export?columns=id,secret", "columns", "secret"),
        ("/orders/export?columns=vpa", "columns", "no column 'vpa'"),
        ("/refunds/export?columns=", "columns", "no column"),
        ("/payments/export?stauts=failed", "stauts", "not a field"),
        ("/payments/export?limit=10", "limit", "not a field"),
        ("/payments/export?starting_after=pay_0000000000000000", "starting_after", "not a field"),
        ("/payments/export?expand=order", "expand", "not a field"),
        ("/payments/export?id=order_0000000000000000", "id", "pay_"),
        ("/payments/export?sort=amount", "sort", "created_at"),
        ("/refunds/export?q=4242", "q", "refund"),
        ("/payments?sort=updated_at", "sort", "created_at"),
        ("/events?sort=oldest", "sort", "created_at"),
    ],
)
async def test_what_can_not_be_meant_is_refused_before_a_file_begins(
    client: Client, path: str, field: str, words: str
) -> None:
    status, told, named = await refusal(client, path)
    assert (status, named) == (400, field)
    assert words in told


async def test_a_key_that_may_not_read_exports_nothing(client: Client) -> None:
    _, key = await post(client, "/api_keys", {"name": "orders", "scopes": ["orders:read"]})
    restricted = {"X-Api-Key": key["key"], "X-Api-Secret": key["secret"]}
    assert await export(client, "orders", headers=restricted) == []
    for kind in ("payments", "refunds"):
        status, told, _ = await refusal(client, f"/{kind}/export", restricted)
        assert (status, told) == (403, f"This key lacks the scope {kind}:read")


@pytest.mark.usefixtures("small_steps")
async def test_a_file_that_would_be_too_long_is_refused_or_breaks_off(
    runtime: Runtime[Settings],
    db: pg.Connection,
) -> None:
    await History().write(db)
    runtime.settings = runtime.settings.model_copy(update={"export_max_rows": 30})
    async with serving(runtime) as client:
        for query in ("", "status=success"):
            status, told, _ = await refusal(client, f"/payments/export?{query}")
            assert (status, "at most 30 rows" in told) == (400, True), told
        assert len(await export(client, "payments", "currency=USD&amount_min=900")) < 30
        with pytest.raises(aiohttp.ClientPayloadError):
            await export(client, "payments", "currency=USD")


@pytest.mark.usefixtures("small_steps")
async def test_a_file_breaks_off_when_its_key_is_revoked(
    client: Client,
    history: History,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, key = await post(client, "/api_keys", {"name": "leaves", "scopes": ["orders:read"]})
    leaving = {"X-Api-Key": key["key"], "X-Api-Secret": key["secret"]}
    step, steps = lists._Listing._step, 0

    async def revoked_on_the_way(*arguments: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == 3:
            async with client.delete(f"/api/v1/api_keys/{key['key']}", headers=HEADERS) as response:
                assert response.status == 200
        return await step(*arguments)

    monkeypatch.setattr(lists._Listing, "_step", revoked_on_the_way)
    with pytest.raises(aiohttp.ClientPayloadError):
        await export(client, "orders", headers=leaving)
    assert steps == 3


async def test_a_merchant_has_so_many_exports_at_once(
    runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.settings = runtime.settings.model_copy(update={"exports_per_merchant_max": 1})
    async with serving(runtime) as client:
        step = lists._Listing._step

        async def asks_for_another(*arguments: Any) -> Any:
            monkeypatch.setattr(lists._Listing, "_step", step)
            status, told, _ = await refusal(client, "/orders/export")
            assert (status, told) == (429, "Only 1 exports may be open at once: close one of them")
            assert await export(client, "orders", headers=OTHER_HEADERS) == []
            return await step(*arguments)

        monkeypatch.setattr(lists._Listing, "_step", asks_for_another)
        assert await export(client, "orders") == []
        assert await export(client, "orders") == [], "the place is free again"


async def copies(db: pg.Connection, count: int, columns: tuple[str, ...] = PAYMENT_COLUMNS) -> None:
    """So many payments like one, each a millisecond older than the one before."""
    chance, now = random.Random(SEED), datetime.now(UTC)
    order = make_order(SEED_MERCHANT_ID, now, chance)
    payment = make_payment(order, now, chance) | {"metadata": {"note": "x" * 80}}
    await write_rows(db, "payments", PAYMENT_COLUMNS, [payment])
    others = ", ".join(column for column in columns if column != "id")
    made = [f"{ids.id_floor(ids.PAYMENT, now - timedelta(milliseconds=number + 1))}" for number in range(count - 1)]
    await db.execute(
        f"INSERT INTO payments (id, {others}) SELECT made.id, {', '.join('p.' + one for one in others.split(', '))} "
        "FROM unnest($1::text[]) AS made (id), payments AS p WHERE p.id = $2",
        made,
        payment["id"],
    )


async def streamed(client: Client, query: str, look: Callable[[], None]) -> tuple[int, int]:
    """Lines and bytes of a file that nobody keeps."""
    lines = size = 0
    async with client.get(f"/api/v1/payments/export?{query}", headers=HEADERS) as response:
        assert response.status == 200
        async for piece in response.content.iter_chunked(1 << 16):
            lines += piece.count(b"\r\n")
            size += len(piece)
            look()
    return lines - 1, size


@pytest.mark.prove
@pytest.mark.timeout(300)
async def test_many_rows_pass_through_little_memory(client: Client, db: pg.Connection, figures: Figures) -> None:
    await copies(db, MANY)
    page_size = os.sysconf("SC_PAGE_SIZE")

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page_size

    peak = 0

    def look() -> None:
        nonlocal peak
        peak = max(peak, resident())

    await streamed(client, "amount_max=1&sort=created_at", look)  # what the first export of a process loads
    for query in ("", "sort=created_at", "method=upi", "method=card"):
        peak = before = resident()
        began = datetime.now(UTC)
        rows, size = await streamed(client, query, look)
        took_s = (datetime.now(UTC) - began).total_seconds()
        assert rows in (0, MANY), query
        assert peak - before < RSS_GROWTH_MAX_BYTES, f"{query}: {(peak - before) / 1e6:.1f} MB for {size / 1e6:.1f} MB"
        grown = f"RSS + {(peak - before) / 1e6:.1f} MB"
        figures(f"{query or 'all'}: {rows} rows, {size / 1e6:.1f} MB in {took_s:.1f} s, {grown}")
