"""Ways to put the checkout into a page: in its text, twice, without the SDK, and from a React application."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from deploy.embedded import node
from tests.browser.buyer import PATIENCE_MS, Arrive, Checkout
from tests.browser.site import merchant_policy
from tests.browser.till import Till, told_success

pytestmark = pytest.mark.stack

BUNDLE_TIMEOUT_S: Final = 60
BARE_SCRIPT: Final = """
addEventListener("message", ({data, origin}) => {
  if (origin !== new URL(document.querySelector("iframe").src).origin) return;
  const line = document.createElement("li");
  line.textContent = JSON.stringify({what: data.type, data: data.data});
  document.getElementById("said").append(line);
});
"""


@pytest.mark.prove
async def test_the_checkout_stands_in_the_text_of_the_page(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order, container="#here"))
    assert await buyer.page.locator("#here iframe").count() == 1
    assert await buyer.page.locator("dialog[open]").count() == 0
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))


@pytest.mark.prove
async def test_two_checkouts_on_a_page_do_not_hear_each_other(arrive: Arrive, till: Till) -> None:
    buyer = await arrive()
    first, second = await till.merchant.order(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(first, second), first["id"])
    await expect(checkout.at("order-id")).to_contain_text(first["id"])
    await buyer.escapes()
    await buyer.page.get_by_test_id("payment-modal").first.wait_for(state="hidden")
    open_frame = buyer.page.frame_locator('dialog[open] [data-test-id="payment-iframe"]')
    await buyer.page.locator(f'[data-order="{second["id"]}"]').click()
    checkout = Checkout(open_frame)
    await expect(checkout.at("order-id")).to_contain_text(second["id"], timeout=PATIENCE_MS)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(second, await told_success(buyer))
    assert await till.statuses(first) == []


@pytest.mark.prove
async def test_a_page_without_the_sdk_hears_the_familys_messages(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    till.site.put("/bare.js", BARE_SCRIPT, content_type="text/javascript")
    url = till.hosted(order, embedded="true").replace("&", "&amp;")
    frame = f'<iframe title="Pay" data-test-id="payment-iframe" width="400" height="700" src="{url}"></iframe>'
    text = f"<!doctype html><html lang=en><title>Bare</title>{frame}<ol id=said></ol><script src=/bare.js></script>"
    policy = {"Content-Security-Policy": merchant_policy(till.checkout)}
    await buyer.page.goto(till.site.put("/bare", text, headers=policy))
    checkout = buyer.frame
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    line = buyer.page.locator("#said li", has_text="payment_success")
    await expect(line).to_have_count(1)
    await till.took(order, json.loads(await line.inner_text())["data"])


@pytest.fixture(scope="module")
def react_shop(ui_dist: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of a shop in React, in development: in StrictMode its components are mounted twice there."""
    script = tmp_path_factory.mktemp("react") / "page.js"
    bundle = [node.program(), Path(__file__).parent / "react/bundle.mjs", ui_dist.parent, script]
    subprocess.run(bundle, check=True, timeout=BUNDLE_TIMEOUT_S)
    return script.read_text(encoding="utf-8")


@pytest.mark.prove
async def test_a_react_shop_in_strict_mode_sells_once_and_leaves_nothing_behind(
    arrive: Arrive, till: Till, react_shop: str
) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    till.site.put("/react.js", react_shop, content_type="text/javascript")
    options = {"apiKey": till.merchant.key, "orderId": order["id"], "origin": till.checkout}
    text = (
        "<!doctype html><html lang=en><title>React</title><div id=app></div>"
        f"<script type='application/json' id=options>{json.dumps(options)}</script><script src=/react.js></script>"
    )
    policy = {"Content-Security-Policy": merchant_policy(till.checkout)}
    checkout = await buyer.opens_modal(till.site.put("/react", text, headers=policy))
    dialog = buyer.page.get_by_test_id("payment-modal")
    await expect(dialog).to_have_count(1)
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    await buyer.page.locator("#leave").evaluate("(button) => button.click()")
    await expect(dialog).to_have_count(0)
    assert await buyer.said("close").count() == 0, "whoever removes the button knows"
    assert await buyer.page.evaluate("() => document.body.style.cssText") == "", "the page scrolls again"
