"""The only module of the checkout that runs SQL: merchants."""

from collections.abc import Mapping
from pathlib import Path

from chassis.pg import Connection, columns
from chassis.sql import Queries

queries = Queries(Path(__file__).with_name("sql") / "queries.sql")


async def name_merchants(connection: Connection, names: Mapping[str, str]) -> None:
    """Write merchants' names, of those that are new and of those that have been told of before."""
    ids, told = columns(sorted(names.items()), 2)
    await queries.name_merchants.run(connection, ids=ids, names=told)
