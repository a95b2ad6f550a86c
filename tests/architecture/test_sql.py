"""SQL stands in `.sql` files, and every query there is used."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.architecture import queries
from tests.architecture.source import ROOT, Module, shipped

STATEMENT: Final = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|MERGE|TRUNCATE|CREATE|ALTER|DROP|LOCK|SET|COPY)\s"
)
DRIVER: Final = ("fetch", "fetchrow", "fetchval", "executemany", "copy_records_to_table", "prepare")


def test_no_statement_is_written_in_python() -> None:
    found = [
        f"{module.where}:{line}: {text.strip()[:60]}"
        for module in shipped("services", "acquirer")
        for line, text in _strings(module)
        if STATEMENT.match(text)
    ]
    assert not found


def test_nobody_goes_round_the_named_queries() -> None:
    calls = [
        f"{module.where}:{node.lineno}"
        for module in shipped("services", "acquirer")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DRIVER
        if any(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in node.args)
    ]
    assert not calls


def test_every_query_is_used_and_every_used_query_exists() -> None:
    used, opaque = queries.mentions()
    assert not opaque, "write queries.<name>, so that it can be found"
    defined = {home: set(found) for home, found in queries.homes().items()}
    assert {home: names - used[home] for home, names in defined.items() if names - used[home]} == {}, "never used"
    assert {home: names - defined[home] for home, names in used.items() if names - defined[home]} == {}, "not there"


def test_a_query_says_in_a_sentence_what_it_is_for() -> None:
    silent = []
    for folder in ("chassis/sql", "acquirer/sql", "services"):
        for path in sorted((ROOT / folder).rglob("*.sql")):
            lines = path.read_text(encoding="utf-8").splitlines()
            headers = [number for number, line in enumerate(lines) if line.startswith("-- name: ")]
            silent += [lines[number] for number in headers if not re.match(r"-- .+[.:;]$", lines[number + 1])]
    assert not silent


def _strings(module: Module) -> Iterator[tuple[int, str]]:
    """Every string literal; of an f-string the part before its first value."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
