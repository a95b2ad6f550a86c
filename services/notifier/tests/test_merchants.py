"""`merchant.created`: a new merchant's first endpoint, whenever and however often the news comes."""

from datetime import UTC, datetime
from typing import Any

from aiohttp.test_utils import TestClient

from chassis import pg
from chassis.cloudevents import Attributes
from chassis.consumer import Message
from chassis.runtime import Runtime
from contracts import ids
from contracts.events.merchant import Merchant, MerchantCreated
from services.notifier.settings import Settings
from services.notifier.tests.conftest import TOKEN, Process, deliveries_of, payment_event
from services.notifier.tests.receiver import Receiver

NEW = "mer_0VxKb1QmZ8aT4RfL"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-Merchant-Id": NEW}


def created(url: str | None) -> Message[MerchantCreated]:
    now = datetime.now(UTC)
    merchant = Merchant(id=NEW, name="Asha's Books", email="asha@books.example", webhook_url=url, created_at=now)
    data = MerchantCreated(sequence=1, merchant=merchant)
    event_id = ids.new_id(ids.EVENT)
    about = Attributes(event_id, MerchantCreated.TYPE, "/paygate/api", NEW, now, None)
    return Message(about, data, data.model_dump_json().encode(), NEW)


async def take(runtime: Runtime[Settings], process: Process, *messages: Message[MerchantCreated]) -> None:
    apply = process.events.merchant_handlers()[MerchantCreated.TYPE].apply
    async with pg.transaction(runtime.pool) as connection:
        await apply(connection, messages)


async def settings_of(client: TestClient[Any, Any]) -> dict[str, Any]:
    async with client.get("/internal/settings", headers=HEADERS) as response:
        shown: dict[str, Any] = await response.json()
        return shown


async def save(client: TestClient[Any, Any], url: str | None) -> None:
    async with client.put("/internal/settings", json={"webhook_url": url}, headers=HEADERS) as response:
        assert response.status == 200


async def test_a_new_merchants_webhooks_go_where_it_said(
    runtime: Runtime[Settings], process: Process, client: TestClient[Any, Any], receiver: Receiver
) -> None:
    await take(runtime, process, created(receiver.url), created(receiver.url))
    assert (await settings_of(client))["webhook_url"] == receiver.url
    await process.take(payment_event(merchant_id=NEW))
    await process.idle()
    assert len(receiver.received) == 1
    assert [delivery["status"] for delivery in await deliveries_of(runtime.pool, NEW)] == ["success"]


async def test_a_merchant_without_a_url_gets_an_endpoint_that_nothing_is_sent_to(
    runtime: Runtime[Settings], process: Process, client: TestClient[Any, Any]
) -> None:
    await take(runtime, process, created(None))
    shown = await settings_of(client)
    assert (shown["webhook_url"], shown["webhook_secret"][:6]) == (None, "whsec_")


async def test_the_news_may_come_after_the_merchant_has_looked_at_its_settings(
    runtime: Runtime[Settings], process: Process, client: TestClient[Any, Any], receiver: Receiver
) -> None:
    secret = (await settings_of(client))["webhook_secret"]
    await take(runtime, process, created(receiver.url))
    shown = await settings_of(client)
    assert (shown["webhook_url"], shown["webhook_secret"]) == (receiver.url, secret)


async def test_the_merchants_own_word_stands_when_the_news_comes_again(
    runtime: Runtime[Settings], process: Process, client: TestClient[Any, Any], receiver: Receiver
) -> None:
    await take(runtime, process, created(receiver.url))
    for own in ("http://127.0.0.1:9/other", None):
        await save(client, own)
        await take(runtime, process, created(receiver.url))
        assert (await settings_of(client))["webhook_url"] == own


async def test_a_url_that_is_none_is_left_out(
    runtime: Runtime[Settings], process: Process, client: TestClient[Any, Any]
) -> None:
    await take(runtime, process, created("http://user:secret@books.example/webhook"))
    assert (await settings_of(client))["webhook_url"] is None
