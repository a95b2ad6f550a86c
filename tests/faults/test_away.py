"""Kafka or Postgres away for a while: the gateway says which, does what it still can, and catches up afterwards."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from tests.faults.scene import SMALL, Scene
from tests.figures import Figures
from tests.merchant import Merchant, Object
from tests.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.parametrize("plain", [pytest.param(SMALL, id="small")], indirect=True)]

UPI: Final = {"method": "upi", "vpa": "success@bank"}


@pytest.fixture
async def merchant(plain: Scene) -> AsyncIterator[Merchant]:
    """The seeded merchant."""
    async with Merchant(plain.stack.url("api")) as seeded:
        yield seeded


async def said(merchant: Merchant, path: str, **expected: str) -> Object:
    """What `/health` or `/ready` says, once it says this."""

    async def look() -> Object | None:
        told: Object = (await merchant.call("GET", f"/{path}", anonymous=True)).json()
        return told if expected.items() <= told.items() else None

    return await eventually(look, f"{path} says {expected}")


async def test_while_kafka_is_away_payments_are_taken(plain: Scene, merchant: Merchant, figures: Figures) -> None:
    async with plain.traffic() as traffic:
        await plain.backstage.stop("kafka")
        await said(merchant, "/health", status="unhealthy", kafka="disconnected", database="connected")
        await traffic.burst(plain.size.payments)
        assert (await merchant.call("GET", "//ready", anonymous=True)).status == 200
        assert set(traffic.journal.answers) == {"201", "200"}, "taking payments needs Postgres alone"
        # A payment's command and two events each; the topic of merchants is the sweep's, at its own time.
        told = "SELECT count(*) FROM api.outbox WHERE topic <> 'merchant.events.v1'"
        assert await plain.backstage.value(told) == 3 * plain.size.payments, "nothing has reached Kafka yet"
        assert traffic.in_flight == plain.size.payments
        await plain.backstage.start("kafka")
        await said(merchant, "/health", status="healthy", kafka="connected")
        await traffic.finish()
        await plain.must_be_clean(traffic, figures, f"{plain.size.payments} payments taken while Kafka was away")


async def test_while_postgres_is_away_nobody_is_told_a_lie(plain: Scene, merchant: Merchant, figures: Figures) -> None:
    async with plain.traffic() as traffic:
        await traffic.burst(plain.size.payments)
        traffic.keep(plain.size.buyers)
        await traffic.progress(plain.size.progress)
        await plain.backstage.stop("postgres")
        await said(merchant, "/ready", status="not ready", database="disconnected")
        await said(merchant, "/health", status="unhealthy", database="disconnected", kafka="connected")
        for path, body in (("/orders", {"amount": 100}), ("/payments", {"order_id": "order_0000000000000000", **UPI})):
            reply = await merchant.call("POST", path, body)
            assert (reply.status, reply.error["code"]) == (503, "SERVICE_UNAVAILABLE")
            assert int(reply.headers["Retry-After"]) >= 1
        assert (await merchant.call("GET", "/orders")).status == 503
        assert (await merchant.call("GET", "//live", anonymous=True)).status == 200
        await plain.backstage.start("postgres")
        await said(merchant, "/ready", status="ready", database="connected")
        await said(merchant, "/health", status="healthy")
        await traffic.progress(plain.size.progress)
        await traffic.finish()
        await plain.must_be_clean(traffic, figures, "Postgres away in the middle of traffic")


async def test_while_the_services_behind_are_away_payments_wait(
    plain: Scene, merchant: Merchant, figures: Figures
) -> None:
    behind = ("processor", "refunder", "notifier")
    async with plain.traffic() as traffic:
        for name in behind:
            await plain.backstage.stop(name)
        told = await said(merchant, "/health", status="unhealthy", worker="stopped", database="connected")
        assert told["services"] == {**dict.fromkeys(behind, "stopped"), "checkout": "running"}
        await traffic.burst(plain.size.payments)
        assert (await merchant.call("GET", "/webhooks")).status == 503
        assert (await merchant.call("GET", "//ready", anonymous=True)).status == 200
        jobs = (await merchant.call("GET", "/test/jobs/status", anonymous=True)).expect(200)
        assert jobs["worker_status"] == "stopped"
        for name in behind:
            await plain.backstage.start(name)
        await said(merchant, "/health", status="healthy", worker="running")
        await traffic.finish()
        await plain.must_be_clean(traffic, figures, f"{', '.join(behind)} away while payments were taken")
