"""What the dashboard knows of merchants, what it says of itself, and whom it is seeded with."""

from datetime import UTC, datetime

from chassis import pg
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from contracts import ids, test_merchant
from contracts.events.merchant import Merchant, MerchantCreated
from services.dashboard.handlers import HANDLERS
from services.dashboard.seed import seed
from services.dashboard.settings import Settings
from services.dashboard.tests.conftest import Api, Browser, Served, serving


def created(name: str) -> Message[MerchantCreated]:
    """The news of the test merchant."""
    now = datetime.now(UTC)
    merchant = Merchant(id=test_merchant.ID, name=name, email="test@example.com", webhook_url=None, created_at=now)
    data = MerchantCreated(sequence=1, merchant=merchant)
    about = Attributes(ids.new_id(ids.EVENT), MerchantCreated.TYPE, "/paygate/api", merchant.id, now, None)
    return Message(about, data, data.model_dump_json().encode(), merchant.id)


async def test_a_merchant_is_shown_by_its_name_once_the_news_has_come(served: Served, browser: Browser) -> None:
    _, before = await browser.ask("GET", "/dashboard/api/session")
    assert before["merchant"] == {"id": test_merchant.ID, "name": test_merchant.ID, "email": None}
    for name in ("Asha's Books", "Asha's New Books"):
        async with pg.transaction(served.pool) as connection:
            await HANDLERS[MerchantCreated.TYPE].apply(connection, [created(name)])
        _, told = await browser.ask("GET", "/dashboard/api/session")
        assert told["merchant"] == {"id": test_merchant.ID, "name": name, "email": "test@example.com"}


async def test_health_says_what_the_dashboard_is_connected_to(served: Served, browser: Browser, api: Api) -> None:
    status, told = await browser.ask("GET", "/health")
    assert (status, told["database"], told["api"], told["kafka"]) == (503, "connected", "connected", "disconnected")
    await api.server.close()
    assert (await browser.ask("GET", "/health"))[1]["api"] == "disconnected"


async def test_the_seeded_user_signs_in_with_the_password_of_the_settings(settings: Settings) -> None:
    async with serving(settings) as served:
        await seed(settings)
        await seed(settings)
        status, told = await served.browser().sign_in(test_merchant.EMAIL, "paygate-test")
        assert (status, told["user"]["role"]) == (200, "admin")
        assert told["merchant"] == {"id": test_merchant.ID, "name": test_merchant.NAME, "email": test_merchant.EMAIL}
        other = Settings(**{**settings.model_dump(), "dashboard_test_password": "another password"})
        await seed(other)
        assert (await served.browser().sign_in(test_merchant.EMAIL, "paygate-test"))[0] == 401
        assert (await served.browser().sign_in(test_merchant.EMAIL, "another password"))[0] == 200


async def test_outside_test_mode_nobody_is_seeded(settings: Settings) -> None:
    async with serving(settings) as served:
        await seed(settings.model_copy(update={"test_mode": False}))
        async with served.pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM users") == 0
