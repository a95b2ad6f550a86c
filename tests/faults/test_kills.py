"""kill -9 of every process in the middle of traffic, and Kafka without its data: nothing is lost, nothing doubled."""

import pytest

from tests.faults.oracle import Verdict
from tests.faults.scene import VICTIMS, Scene
from tests.faults.traffic import Traffic
from tests.figures import Figures

pytestmark = pytest.mark.stack


async def test_every_process_is_killed_one_after_the_other(plain: Scene, figures: Figures) -> None:
    async with plain.traffic() as traffic:
        order = await traffic.merchant.order()
        session = await traffic.merchant.post("/checkout/sessions", {"order_id": order["id"]}, status=201)
        in_flight = await plain.kill_one_after_the_other(traffic)
        assert await traffic.merchant.get(f"/checkout/sessions/{session['id']}") == session
        await traffic.finish()
        await plain.must_be_clean(
            traffic, figures, f"{len(VICTIMS)} kills, {in_flight} payments in flight at the first"
        )


async def test_the_notifier_is_killed_while_it_sends(plain: Scene, figures: Figures) -> None:
    async with plain.traffic() as traffic:
        await plain.kill_while_it_sends(traffic)
        await traffic.finish()
        told = {name: (await plain.shop.stats())[name] for name in ("received", "retries", "duplicates")}
        await plain.must_be_clean(traffic, figures, f"{plain.size.notifier_kills} kills of the notifier, shop: {told}")
        await must_see_a_gap(plain, traffic)


async def must_see_a_gap(plain: Scene, traffic: Traffic) -> None:
    """The oracle's silence about attempts means something: with one of them missing it speaks."""
    moved = (
        "UPDATE notifier.attempt SET number = number + $1 WHERE (delivery_id, run, number) = "
        "(SELECT delivery_id, run, number FROM notifier.attempt ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1) "
        "RETURNING delivery_id"
    )
    (row,) = await plain.backstage.rows(moved, 1)
    verdict = Verdict()
    await plain.oracle(traffic).look_at_attempts(verdict)
    assert [row["delivery_id"] in problem for problem in verdict.wrong] == [True]
    await plain.backstage.rows(moved, -1)


async def test_kafka_loses_its_data(plain: Scene, figures: Figures) -> None:
    size = plain.size
    async with plain.traffic() as traffic:
        await traffic.burst(size.payments)
        in_flight = traffic.in_flight
        traffic.keep(size.buyers)
        await traffic.progress(size.progress)
        await plain.backstage.wipe_kafka()
        await traffic.progress(size.progress)
        await traffic.finish()
        await plain.must_be_clean(traffic, figures, f"Kafka wiped with {in_flight} payments in flight")
