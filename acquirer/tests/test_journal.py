"""What stands in the acquirer's books after calls."""

import asyncio

import asyncpg
import pytest

from acquirer.simulator import Simulator
from acquirer.store import queries
from acquirer.tests.asks import Payment
from chassis.pg import Pool


async def test_one_row_per_call_and_one_effect_per_key(simulator: Simulator, pool: Pool) -> None:
    payment = Payment()
    request = payment.authorise()
    for _ in range(3):
        await simulator.authorise(request)
    await simulator.refund(payment.refund())
    calls = await pool.fetch("SELECT operation, outcome, replay FROM call ORDER BY id")
    assert [tuple(row) for row in calls] == [
        ("authorise", "approved", False),
        ("authorise", "approved", True),
        ("authorise", "approved", True),
        ("refund", "not_yet", False),
    ]
    effects = await pool.fetch(queries.audit_effects.text)
    assert [(row["key"], row["calls"]) for row in effects] == [(request.key, 3)]


async def test_a_key_that_comes_several_times_at_once_is_counted_as_often(simulator: Simulator, pool: Pool) -> None:
    """Its effect is written by the statement that would count its replays, and is not there for that to see."""
    request = Payment().authorise()
    await asyncio.gather(*(simulator.authorise(request) for _ in range(3)))
    await simulator.authorise(request)
    effects = await pool.fetch(queries.audit_effects.text)
    assert [(row["key"], row["calls"]) for row in effects] == [(request.key, 4)]
    assert await pool.fetchval("SELECT count(*) FROM call WHERE replay") == 3


async def test_a_double_charge_shows(simulator: Simulator, pool: Pool) -> None:
    payment = Payment()
    await asyncio.gather(*(simulator.authorise(payment.authorise()) for _ in range(2)))
    charges = "SELECT count(*) FROM effect WHERE payment_id = $1 AND operation = 'authorise' AND outcome = 'approved'"
    assert await pool.fetchval(charges, payment.id) == 2


async def test_many_payments_at_once(simulator: Simulator, pool: Pool) -> None:
    payments = [Payment(100 + number) for number in range(300)]
    await asyncio.gather(*(simulator.authorise(payment.authorise()) for payment in payments))
    await asyncio.gather(*(simulator.capture(payment.capture()) for payment in payments))
    await asyncio.gather(*(simulator.refund(payment.refund(40)) for payment in payments for _ in range(3)))
    wrong = "SELECT count(*) FROM authorisation WHERE NOT captured OR refunded_minor NOT IN (80, 120)"
    assert await pool.fetchval(wrong) == 0
    assert await pool.fetchval("SELECT count(*) FROM effect") == 300 * 5
    assert await pool.fetchval("SELECT count(*) FROM effect_default") == 0, "a partition is missing"


async def test_the_table_itself_refuses_a_key_twice(simulator: Simulator, pool: Pool) -> None:
    await simulator.authorise(Payment().authorise())
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute("INSERT INTO effect SELECT * FROM effect")


async def test_every_query_has_its_index(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")
        for query in queries:
            statement = await connection.prepare(query.text)
            nothing = ", ".join(["NULL"] * len(statement.get_parameters()))
            await connection.execute(f"PREPARE {query.name} AS {query.text}")
            arguments = f"({nothing})" if nothing else ""
            plan = await connection.fetch(f"EXPLAIN EXECUTE {query.name}{arguments}")
            assert not any("Seq Scan" in row[0] for row in plan), query.name
