"""Several changes as one statement: all of them happen, or none does, and each says how many rows it touched."""

from pathlib import Path

import pytest

from chassis import changes, counts, outbox, pg
from chassis.changes import Change
from chassis.pg import Pool
from chassis.sql import Queries
from chassis.tests.samples import message

SQL = """\
-- name: drop_deltas(statuses, tenant)
-- Two parameters, the second of which is used twice.
DELETE FROM count_delta WHERE status = ANY ($1::text[]) AND tenant = $2 AND $2 <> '';
"""


@pytest.fixture
def queries(tmp_path: Path) -> Queries:
    (tmp_path / "sample.sql").write_text(SQL)
    return Queries(tmp_path / "sample.sql")


async def rows(pool: Pool) -> tuple[int, int]:
    row = await pool.fetchrow("SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM count_delta)")
    assert row is not None
    return row[0], row[1]


async def test_changes_of_several_tables_are_one_statement(pool: Pool) -> None:
    texts: list[str] = []
    async with pg.transaction(pool) as connection:
        connection.add_query_logger(lambda record: texts.append(record.query))
        told = outbox.appended([message(number=number) for number in range(3)])
        await changes.write(connection, [*told, *counts.added({("t", "thing", "new"): 2, ("t", "thing", "old"): 1})])
    assert await rows(pool) == (3, 2)
    assert len([text for text in texts if "INSERT" in text]) == 1


async def test_parameters_stay_with_their_own_part(pool: Pool, queries: Queries) -> None:
    async with pg.transaction(pool) as connection:
        await counts.add(connection, {("t", "thing", status): 1 for status in ("new", "old", "odd")})
    async with pg.transaction(pool) as connection:
        dropped = Change(queries.drop_deltas, [["new", "old"], "t"], 2)
        await changes.write(connection, [*outbox.appended([message()]), dropped, *counts.added({("u", "x", "y"): 1})])
    assert await rows(pool) == (1, 2)


async def test_a_change_that_touched_too_few_rows_takes_the_others_along(pool: Pool, queries: Queries) -> None:
    async def write() -> None:
        async with pg.transaction(pool) as connection:
            dropped = Change(queries.drop_deltas, [["new"], "t"], 1)
            await changes.write(connection, [*outbox.appended([message()]), dropped])

    with pytest.raises(RuntimeError, match="drop_deltas touched 0 rows instead of 1"):
        await write()
    assert await rows(pool) == (0, 0)


async def test_a_change_may_touch_as_many_rows_as_there_are(pool: Pool, queries: Queries) -> None:
    async with pg.transaction(pool) as connection:
        await changes.write(connection, [Change(queries.drop_deltas, [["new"], "t"])])
        await changes.write(connection, [])


async def test_the_same_query_twice_is_refused(pool: Pool) -> None:
    async with pg.transaction(pool) as connection:
        with pytest.raises(ValueError, match="the same query twice"):
            await changes.write(connection, [*outbox.appended([message()]), *outbox.appended([message()])])
