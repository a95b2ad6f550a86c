"""An event that is listed and has not reached the notifier yet is no unknown one."""

import pytest

from deploy.databases import Databases
from services.api.tests.published import publish
from services.notifier.tests.conftest import payment_event
from tests.contract.gateway import CREDENTIALS, Gateway, running_gateway

pytestmark = pytest.mark.postgres


async def resend(gateway: Gateway, event_id: str) -> tuple[int, str, str | None]:
    """Status, code or the number of deliveries, and when to come again."""
    path = f"/api/v1/events/{event_id}/resend"
    answer = await gateway.ask("resendEvent", "POST", path, headers={**CREDENTIALS, "Idempotency-Key": "k"})
    told = answer.json
    what = told["error"]["code"] if "error" in told else str(len(told["deliveries"]))
    return answer.status, what, answer.headers.get("Retry-After")


async def test_it_is_a_conflict_for_the_moment_and_then_sent(databases: Databases) -> None:
    database = databases.make()
    async with running_gateway(database) as gateway:
        order = (await gateway.ask("", "POST", "/api/v1/orders", json={"amount": 5000})).json
        upi = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
        await gateway.ask("", "POST", "/api/v1/payments", json=upi)
        await publish(gateway.runtime.pool)
        events = (await gateway.ask("", "GET", "/api/v1/events")).json["data"]
        event_id = events[0]["id"]
        assert await resend(gateway, event_id) == (409, "CONFLICT", "1")
        assert await resend(gateway, "evt_0000000000000000") == (404, "NOT_FOUND_ERROR", None)
        assert await resend(gateway, "nothing") == (404, "NOT_FOUND_ERROR", None)
        await gateway.notifier.take(payment_event(event_id=event_id))
        await gateway.notifier.idle()
        assert await resend(gateway, event_id) == (200, "1", None)
    databases.drop(database)
