"""Refunds on a real Postgres: executed once, told once, and never before the capture."""

from datetime import timedelta

from acquirer.port import Refund
from acquirer.tests.asks import Payment
from contracts.events.refund_result import RefundExecutionFailed
from services.refunder.state import request_of
from services.refunder.tests.conftest import Desk, refund_of

SUCCEEDED = "refund.execution.succeeded"
FAILED = "refund.execution.failed"


async def captured(desk: Desk, amount_minor: int = 1000) -> Payment:
    payment = Payment(amount_minor)
    await desk.simulator.authorise(payment.authorise())
    await desk.simulator.capture(payment.capture())
    return payment


async def test_a_refund_after_its_delay(desk: Desk) -> None:
    payment = await captured(desk)
    await desk.take(refund_of(payment.id))
    assert await desk.run(after_s=0.5) == []
    await desk.run()
    assert await desk.published() == [SUCCEEDED]
    assert await desk.acquirer_pool.fetchval("SELECT refunded_minor FROM authorisation") == 100


async def test_a_reversal_lowers_what_is_reserved(desk: Desk) -> None:
    payment = Payment(1000)
    await desk.simulator.authorise(payment.authorise())
    await desk.take(refund_of(payment.id, kind="reversal"))
    await desk.run()
    assert await desk.published() == [SUCCEEDED]
    assert await desk.acquirer_pool.fetchval("SELECT reversed_minor FROM authorisation") == 100


async def test_a_refund_that_comes_before_the_capture_waits_for_it(desk: Desk) -> None:
    payment = Payment(1000)
    await desk.simulator.authorise(payment.authorise())
    await desk.take(refund_of(payment.id))
    await desk.run()
    assert await desk.published() == []
    await desk.simulator.capture(payment.capture())
    assert len(await desk.run(after_s=0.5)) == 1
    assert await desk.published() == [SUCCEEDED]


async def test_a_refusal_is_told_with_its_code(desk: Desk) -> None:
    payment = await captured(desk)
    await desk.take(refund_of(payment.id, test_card="refund_fails"))
    await desk.run()
    assert await desk.published() == [FAILED]
    result = RefundExecutionFailed.model_validate_json(await desk.pool.fetchval("SELECT data FROM outbox"))
    assert result.error_code == "REFUND_REFUSED"
    assert result.description


async def test_more_than_was_captured_is_refused(desk: Desk) -> None:
    payment = await captured(desk, 150)
    await desk.take(refund_of(payment.id), refund_of(payment.id))
    await desk.run()
    assert sorted(await desk.published()) == [FAILED, SUCCEEDED]


async def test_a_repeated_command_is_executed_once_and_told_again(desk: Desk) -> None:
    command = refund_of((await captured(desk)).id)
    await desk.take(command, command)
    await desk.run()
    await desk.take(command)
    assert await desk.run() == []
    assert await desk.published() == [SUCCEEDED, SUCCEEDED]
    assert await desk.acquirer_pool.fetchval("SELECT refunded_minor FROM authorisation") == 100


async def test_a_crash_between_the_acquirers_commit_and_ours_refunds_once(desk: Desk) -> None:
    await desk.take(refund_of((await captured(desk)).id))
    desk.clock.advance(timedelta(seconds=1))
    (claimed,) = await desk.executions.claim(10)
    request = request_of(claimed.execution)
    assert isinstance(request, Refund)
    await desk.simulator.refund(request)  # and here the process dies
    await desk.jobs.release()
    await desk.run(after_s=0)
    assert await desk.published() == [SUCCEEDED]
    effects = await desk.acquirer_pool.fetch("SELECT calls FROM effect WHERE operation = 'refund'")
    assert [row["calls"] for row in effects] == [2]
