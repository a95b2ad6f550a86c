"""Buyers pay, decline, come back and press twice, in the shop's page and on the checkout's own, on the real stack."""

import asyncio
from typing import Final

import pytest
from playwright.async_api import expect

from tests.browser.buyer import PATIENCE_MS, Arrive, Checkout
from tests.browser.states import STATES
from tests.browser.till import Till, told, told_success

pytestmark = pytest.mark.stack

DECLINED: Final = "4000000000000002"


async def test_a_buyer_pays_by_upi_without_leaving_the_shop(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order(49_900, receipt="R-1")
    checkout = await buyer.opens_modal(till.page(order))
    await expect(checkout.at("order-amount")).to_contain_text("499")
    await expect(checkout.at("order-id")).to_contain_text(order["id"])
    await expect(checkout.at("pay-button")).to_have_count(1)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    payment = await till.took(order, await told_success(buyer))
    assert payment["method"] == "upi"
    await expect(checkout.at("payment-id")).to_contain_text(payment["id"])
    assert buyer.page.url == till.site.origin() + "/", "no redirect"
    assert await buyer.said("failure").count() == 0


async def test_a_buyer_pays_by_card_after_a_decline_with_the_same_order(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_card(DECLINED)
    await expect(checkout.at("card-number-input")).to_have_value("4000 0000 0000 0002")
    await checkout.pay()
    await checkout.shows("error-state")
    await expect(checkout.at("error-message")).not_to_be_empty()
    (failure,) = await told(buyer.said("failure"))
    assert (failure["code"], failure["declineCode"]) == ("PAYMENT_FAILED", "generic_decline")
    assert failure["retryable"]
    await checkout.at("retry-button").click()
    await checkout.choose_card()
    await checkout.pay()
    await checkout.shows("success-state")
    payment = await till.took(order, await told_success(buyer))
    assert (payment["card_network"], payment["card_last4"]) == ("visa", "4242")
    assert await till.statuses(order) == ["failed", "success"]


@pytest.mark.prove
async def test_two_presses_of_pay_are_one_payment(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens(till.hosted(order))
    await checkout.choose_upi()
    await checkout.at("pay-button").evaluate(
        "(button) => { button.click(); button.click(); button.form?.requestSubmit(); }"
    )
    await checkout.shows("success-state")
    assert await till.statuses(order) == ["success"]


async def test_a_real_double_click_on_pay_is_one_payment(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_card()
    await checkout.at("pay-button").dblclick()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    assert await till.statuses(order) == ["success"]


@pytest.mark.prove
async def test_the_dialog_closes_opens_again_and_then_takes_the_payment(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    dialog = buyer.page.get_by_test_id("payment-modal")
    await buyer.page.get_by_test_id("close-modal-button").click()
    await expect(dialog).to_be_hidden()
    await told(buyer.said("close"))
    await expect(buyer.page.locator("button[data-order]")).to_be_focused()
    checkout = await buyer.presses()
    await expect(dialog).to_have_count(1)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    await buyer.page.get_by_test_id("close-modal-button").click()
    await expect(dialog).to_be_hidden()
    assert await till.statuses(order) == ["success"]


@pytest.mark.prove
async def test_a_reload_during_processing_finds_the_payment_again(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_upi("pending@razorpay")
    await checkout.pay()
    await checkout.shows("processing-state")
    await buyer.page.reload()
    checkout = await buyer.presses()
    await checkout.shows("processing-state")
    await buyer.page.goto(till.hosted(order))
    await Checkout(buyer.page).shows("processing-state")
    assert await till.statuses(order) == ["pending"]


@pytest.mark.prove
async def test_a_reload_right_after_pay_ends_in_the_success_of_one_payment(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens(till.hosted(order))
    await checkout.choose_upi()
    async with buyer.page.expect_response("**/payments/public"):
        await checkout.pay()
    await buyer.page.reload()
    await checkout.shows("success-state")
    assert await till.statuses(order) == ["success"]


@pytest.mark.prove
async def test_another_device_pays_by_the_qr_code(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order(49_900)
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.at("method-qr").click()
    link = await checkout.at("upi-link").get_attribute("href")
    assert link is not None
    assert "am=499.00" in link
    assert f"tr={order['id']}" in link
    phone = await arrive()
    await phone.page.goto(link)
    await expect(phone.page.get_by_role("button", name="Pay")).to_contain_text("499.00")
    await phone.page.get_by_role("button", name="Pay").click()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))


@pytest.mark.prove
async def test_two_tabs_pay_an_order_once(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect("status of 400")
    first = await buyer.opens(till.hosted(order))
    second_tab = await buyer.context.new_page()
    await second_tab.goto(till.hosted(order))
    second = Checkout(second_tab)
    for tab in (first, second):
        await tab.choose_upi()
    await asyncio.gather(first.pay(), second.pay())
    for tab in (first, second):
        await expect(tab.at("success-state").or_(tab.at("error-state"))).to_be_visible(timeout=PATIENCE_MS)
    assert (await till.statuses(order)).count("success") == 1


@pytest.mark.prove
async def test_what_is_paid_or_expired_says_so_and_takes_nothing(arrive: Arrive, till: Till) -> None:
    buyer = await arrive()
    paid = await till.merchant.order()
    await till.merchant.ended(await till.merchant.pay(paid))
    checkout = await buyer.opens(till.hosted(paid))
    await checkout.shows("success-state")
    await expect(checkout.at("pay-button")).to_have_count(0)
    checkout = await STATES["expired"](till, buyer, till.hosted)
    await expect(checkout.at("pay-button")).to_have_count(0)
