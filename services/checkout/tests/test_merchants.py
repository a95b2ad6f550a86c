"""`merchant.created` gives a merchant's name, whenever and however often it comes; and what `/health` says."""

from datetime import UTC, datetime

from chassis import pg
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from chassis.runtime import Runtime
from contracts import ids
from contracts.events.merchant import Merchant, MerchantCreated
from services.checkout import store
from services.checkout.handlers import HANDLERS
from services.checkout.settings import Settings
from services.checkout.tests.conftest import Api, Client, allow

NEW = "mer_0VxKb1QmZ8aT4RfL"


def created(merchant_id: str = NEW, name: str = "Asha's Books") -> Message[MerchantCreated]:
    """The news of a merchant."""
    now = datetime.now(UTC)
    merchant = Merchant(id=merchant_id, name=name, email="asha@books.example", webhook_url=None, created_at=now)
    data = MerchantCreated(sequence=1, merchant=merchant)
    about = Attributes(ids.new_id(ids.EVENT), MerchantCreated.TYPE, "/paygate/api", merchant_id, now, None)
    return Message(about, data, data.model_dump_json().encode(), merchant_id)


async def take(runtime: Runtime[Settings], *messages: Message[MerchantCreated]) -> None:
    """As the consumer does with a slice."""
    async with pg.transaction(runtime.pool) as connection:
        await HANDLERS[MerchantCreated.TYPE].apply(connection, messages)


async def known(runtime: Runtime[Settings], merchant_id: str = NEW) -> store.Merchant:
    """What is kept of it."""
    async with pg.transaction(runtime.pool) as connection:
        return await store.find_merchant(connection, merchant_id)


async def test_a_merchant_is_known_by_its_name(runtime: Runtime[Settings]) -> None:
    assert await known(runtime) == store.Merchant(None, None)
    await take(runtime, created(), created("mer_0000000000000000", "Other"), created())
    assert await known(runtime) == store.Merchant("Asha's Books", None)


async def test_the_news_changes_nothing_of_what_the_merchant_has_said(runtime: Runtime[Settings]) -> None:
    await allow(runtime, ["https://books.example"], NEW)
    await take(runtime, created())
    assert await known(runtime) == store.Merchant("Asha's Books", ("https://books.example",))
    await allow(runtime, [], NEW)
    await take(runtime, created(name="Asha's New Books"))
    assert await known(runtime) == store.Merchant("Asha's New Books", ())


async def test_health_says_what_the_checkout_is_connected_to(client: Client, api: Api) -> None:
    async with client.get("/health") as response:
        told = await response.json()
        assert response.status == 503, "no Kafka here"
    assert told.pop("timestamp")
    assert told == {
        "status": "unhealthy",
        "database": "connected",
        "kafka": "disconnected",
        "redis": "disconnected",
        "api": "connected",
        "worker": "stopped",
    }
    await api.server.close()
    async with client.get("/health") as response:
        assert (await response.json())["api"] == "disconnected"
