"""Named queries: the file says the parameters' order, the call their names, and neither is wrong in silence."""

from pathlib import Path

import pytest

from chassis import pg
from chassis.pg import Pool
from chassis.sql import Queries, Query

FILE = """\
-- What this file is about.

-- name: add(id, amount)
-- A sentence about it.
INSERT INTO balance (id, amount) VALUES ($1, $2);

-- name: get(id)
SELECT amount FROM balance -- of one
WHERE id = $1;

-- name: all_of()
SELECT id, amount
FROM balance
ORDER BY id;
"""


def queries(tmp_path: Path, text: str, name: str = "queries.sql") -> Queries:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Queries(path)


async def test_a_query_is_called_with_its_parameters_as_keywords_in_any_order(tmp_path: Path, pool: Pool) -> None:
    named = queries(tmp_path, FILE)
    async with pg.transaction(pool) as connection:
        assert await named.add.run(connection, amount=5, id="a") == 1
        assert await named.add.run(connection, id="b", amount=6) == 1
        assert await named.get.value(connection, id="a") == 5
        assert await named.get.value(connection, id="nobody") is None
        assert await named.get.row(connection, id="nobody") is None
        assert [tuple(row) for row in await named.all_of.rows(connection)] == [("a", 5), ("b", 6)]
        assert [len(chunk) async for chunk in named.all_of.chunks(connection, 1)] == [1, 1]


def test_every_query_is_there_with_its_text_and_without_its_sentence(tmp_path: Path) -> None:
    named = queries(tmp_path, FILE)
    assert {query.name: query.params for query in named} == {"add": ("id", "amount"), "get": ("id",), "all_of": ()}
    assert named.add.text == "INSERT INTO balance (id, amount) VALUES ($1, $2)"


@pytest.mark.parametrize("arguments", [{}, {"id": "a"}, {"id": "a", "sum": 1}, {"id": "a", "amount": 1, "more": 2}])
async def test_a_call_whose_keywords_do_not_fit_the_header_is_refused(
    tmp_path: Path, pool: Pool, arguments: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="query add takes"):
        await queries(tmp_path, FILE).add.run(await pool.acquire(), **arguments)


def test_a_query_that_is_not_there_is_no_attribute(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="no query named remove"):
        _ = queries(tmp_path, FILE).remove


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- name: a(x)\nSELECT 1", "header names 1 parameters"),
        ("-- name: a()\nSELECT $1", "header names 0 parameters"),
        ("-- name: a(x, y)\nSELECT $1, $3", "header names 2 parameters"),
        ("-- name: a(x, x)\nSELECT $1, $2", "twice"),
        ("-- name: a()\n-- only a sentence\n", "no statement"),
        ("-- name: a()\nSELECT 1;\n-- name: a()\nSELECT 2", "there twice"),
        ("-- name: a\nSELECT 1", "write a query's header as"),
        ("--name: a()\nSELECT 1", "write a query's header as"),
        ("-- name : a()\nSELECT 1", "write a query's header as"),
        ("  -- name: a()\nSELECT 1", "write a query's header as"),
        ("-- name: a-b()\nSELECT 1", "write a query's header as"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        queries(tmp_path, text)


def test_queries_of_several_files_share_their_names(tmp_path: Path) -> None:
    paths = [tmp_path / "one.sql", tmp_path / "two.sql"]
    for path in paths:
        path.write_text("-- name: same()\nSELECT 1")
    with pytest.raises(ValueError, match="there twice"):
        Queries(*paths)


def test_a_query_may_use_a_parameter_more_than_once() -> None:
    assert Query("q", ("a",), "SELECT $1, $1").params == ("a",)
