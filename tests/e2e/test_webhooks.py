"""Webhooks at a receiver: their bytes and signatures, retries, the log, and the merchant's settings."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from standardwebhooks.webhooks import Webhook

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.e2e.listener import Hook, Listener, listening
from tests.merchant import Merchant
from tests.receiver import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

SHOP_SECRET: Final = "whsec_test_abc123"
Object = dict[str, Any]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as running:
        yield running


@pytest.fixture
async def other(backstage: Backstage) -> AsyncIterator[Merchant]:
    """A merchant whose settings may be changed: nobody else looks at them."""
    async with await backstage.new_merchant() as merchant:
        yield merchant


async def delivery_of(merchant: Merchant, payment_id: str, event: str) -> Object:
    """A payment's delivery in the merchant's log, once it is there."""

    async def look() -> Object | None:
        page = await merchant.get(f"/webhooks?limit=100&event={event}")
        return next((one for one in page["data"] if one["payment_id"] == payment_id), None)

    return await eventually(look, f"{event} of {payment_id} is in the log")


async def delivered(merchant: Merchant, delivery_id: str, *, status: str, attempts: int) -> Object:
    """A delivery once it has this status after so many attempts."""

    async def look() -> Object | None:
        one: Object = await merchant.get(f"/webhooks/{delivery_id}")
        return one if (one["status"], one["attempts"]) == (status, attempts) else None

    return await eventually(look, f"{delivery_id} is {status} after {attempts} attempts", patience_s=120)


async def hook(listener: Listener, event: str) -> Hook:
    """What the listener got of this type, once it has."""

    async def look() -> Hook | None:
        return next((one for one in listener.hooks if one.event == event), None)

    return await eventually(look, f"the listener gets {event}")


async def test_the_sent_bytes_are_the_signed_bytes(merchant: Merchant, shop: Shop) -> None:
    payment = await merchant.paid(metadata={"name": "Zoë ₹"})

    async def look() -> Object | None:
        found = await shop.deliveries(payment_id=payment["id"], event="payment.success")
        return await shop.delivery(found[0]["number"]) if found else None

    got = await eventually(look, "the shop gets payment.success")
    headers = {name.lower(): value for name, value in got["headers"]}
    body = got["body"].encode()
    assert headers["x-webhook-signature"] == hmac.new(SHOP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    told = Webhook(SHOP_SECRET.encode()).verify(body, headers)
    assert (told["event"], told["sequence"], told["data"]["payment"]) == ("payment.success", 3, payment)
    assert isinstance(told["timestamp"], int)
    assert b": " not in body
    assert "Zoë ₹".encode() in body
    one = await delivery_of(merchant, payment["id"], "payment.success")
    assert (one["status"], one["attempts"], one["response_code"]) == ("success", 1, 200)


async def test_a_webhook_is_tried_again_after_an_error_and_by_hand(other: Merchant, listener: Listener) -> None:
    await put_url(other, listener.url)
    listener.status = 500
    payment = await other.paid()
    one = await delivery_of(other, payment["id"], "payment.success")
    waiting = await delivered(other, one["id"], status="pending", attempts=1)
    assert (waiting["response_code"], waiting["next_attempt_at"] > waiting["last_attempt_at"]) == (500, True)
    listener.status = 200
    done = await delivered(other, one["id"], status="success", attempts=2)
    first, second = done["attempt_log"]
    assert (first["response_status"], second["response_status"]) == (500, 200)
    assert first["request_headers"]["webhook-id"] == second["request_headers"]["webhook-id"]
    assert done["payload"]["data"]["payment"]["id"] == payment["id"]

    retried = await other.post(f"/webhooks/{one['id']}/retry", status=200)
    assert retried == {"id": one["id"], "status": "pending", "message": "Webhook retry scheduled"}
    again = await delivered(other, one["id"], status="success", attempts=1)
    assert (again["run"], len(again["attempt_log"])) == (2, 3)
    got = [sent for sent in listener.hooks if sent.json()["id"] == one["event_id"]]
    assert len(got) == 3
    assert len({sent.body for sent in got}) == 1
    secret = (await other.get("/merchants/profile"))["webhook_secret"]
    assert all(one.is_signed_with(secret) for one in got)


async def test_the_settings_of_a_merchant(other: Merchant, listener: Listener, backstage: Backstage) -> None:
    before = await other.get("/merchants/profile")
    assert (before["webhook_url"], before["email"].partition("@")[2]) == (None, "example.com")
    unset = await other.call("POST", "/merchants/webhook/test", {})
    assert (unset.status, unset.error["code"]) == (400, "BAD_REQUEST_ERROR")

    await put_url(other, listener.url)
    await other.post("/merchants/webhook/test", status=200)
    assert (await hook(listener, "webhook.test")).is_signed_with(before["webhook_secret"])

    renewed = (await other.post("/merchants/webhook/regenerate-secret", status=200))["webhook_secret"]
    assert renewed.startswith("whsec_")
    assert renewed != before["webhook_secret"]
    assert (await other.get("/merchants/profile"))["webhook_secret"] == renewed
    listener.hooks.clear()
    await other.post("/webhooks/test", status=200)
    assert (await hook(listener, "webhook.test")).is_signed_with(renewed)

    await put_url(other, None)
    assert (await other.get("/merchants/profile"))["webhook_url"] is None
    listener.hooks.clear()
    payment = await other.paid()

    async def told() -> bool:
        of_payment = "SELECT count(*) FROM notifier.message WHERE payment_id = $1 AND type = 'payment.success'"
        return bool(await backstage.value(of_payment, payment["id"]))

    await eventually(told, "the notifier knows of the payment")
    unheard = await other.get("/webhooks?limit=100")
    assert [one for one in unheard["data"] if one["payment_id"] == payment["id"]] == []
    assert listener.hooks == []


async def test_urls_that_webhooks_must_not_go_to(other: Merchant, stack: Stack) -> None:
    refused = ["ftp://example.com/", "not a url", "http://", f"{stack.url('api')}/hook", f"{stack.url('notifier')}/x"]
    for url in refused:
        reply = await other.call("PUT", "/merchants/webhook", {"webhook_url": url})
        assert (reply.status, reply.error["field"]) == (400, "webhook_url"), url
    assert (await other.get("/merchants/profile"))["webhook_url"] is None


async def test_the_log_is_listed_and_anothers_delivery_is_not_there(merchant: Merchant, other: Merchant) -> None:
    payment = await merchant.paid()
    one = await delivery_of(merchant, payment["id"], "payment.success")
    page = await merchant.get("/webhooks?limit=1&status=success")
    assert (len(page["data"]), page["limit"], page["has_more"]) == (1, 1, True)
    assert (await other.get("/webhooks"))["data"] == []
    for method, path in (("GET", f"/webhooks/{one['id']}"), ("POST", f"/webhooks/{one['id']}/retry")):
        reply = await other.call(method, path)
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND_ERROR")


async def put_url(merchant: Merchant, url: str | None) -> None:
    saved = (await merchant.call("PUT", "/merchants/webhook", {"webhook_url": url})).expect(200)
    assert saved["webhook_url"] == url
