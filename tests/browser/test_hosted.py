"""Payment links: a session's page takes the payment and brings the buyer back to the shop."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.buyer import Arrive
from tests.browser.till import Till
from tests.merchant import Object

pytestmark = pytest.mark.stack


async def session_of(till: Till, order: Object, **fields: Any) -> Object:
    """A session whose buyer comes back to the shop's pages."""
    back = {
        "success_url": till.site.put("/thanks", "<h1>Thanks</h1>"),
        "cancel_url": till.site.put("/cart", "<h1>Cart</h1>"),
    }
    asked = {"order_id": order["id"], "success_url": back["success_url"] + "?s={CHECKOUT_SESSION_ID}", **fields}
    made: Object = await till.merchant.post(
        "/checkout/sessions", {"cancel_url": back["cancel_url"], **asked}, status=201
    )
    return made


@pytest.mark.prove
async def test_a_session_pays_and_returns_to_the_shop_with_what_it_verifies(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    session = await session_of(till, order, prefill={"vpa": "success@upi"})
    checkout = await buyer.opens(session["url"])
    await expect(checkout.at("vpa-input")).to_have_value("success@upi")
    await checkout.pay()
    await buyer.page.wait_for_url("**/thanks?**")
    returned = {name: value for name, (value,) in parse_qs(urlsplit(buyer.page.url).query).items()}
    assert returned.pop("s") == session["id"]
    await till.took(order, {"paymentId": returned["payment_id"], "orderId": returned["order_id"], **returned})
    await buyer.page.go_back()
    await checkout.shows("success-state")
    assert await till.statuses(order) == ["success"]
    assert (await till.merchant.get(f"/checkout/sessions/{session['id']}"))["status"] == "complete"


@pytest.mark.prove
async def test_a_buyer_who_cancels_a_session_is_back_in_the_cart(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    session = await session_of(till, order)
    checkout = await buyer.opens(session["url"])
    await checkout.at("cancel-link").click()
    await buyer.page.wait_for_url("**/cart")
    assert await till.statuses(order) == []


@pytest.mark.prove
async def test_a_session_that_ends_under_the_buyers_eyes_takes_nothing(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    session = await session_of(till, order)
    checkout = await buyer.opens(session["url"])
    await checkout.shows("pay-button")
    await till.merchant.post(f"/checkout/sessions/{session['id']}/expire", status=200)
    buyer.watch.expect("status of 410")
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("expired-state")
    assert await till.statuses(order) == []


@pytest.mark.prove
async def test_a_session_that_is_over_takes_nothing(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    session = await session_of(till, order)
    await till.merchant.post(f"/checkout/sessions/{session['id']}/expire", status=200)
    buyer.watch.expect("status of 410")
    checkout = await buyer.opens(session["url"])
    await checkout.shows("expired-state")
    await expect(checkout.at("pay-button")).to_have_count(0)
