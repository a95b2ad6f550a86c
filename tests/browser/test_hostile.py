"""Pages that mean harm: what they send, frame, cover or write into an order has no effect."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from playwright.async_api import Frame, expect

from tests.backstage import Backstage
from tests.browser.buyer import Arrive, Buyer, Checkout
from tests.browser.site import Site, serving
from tests.browser.till import Till, told, told_success
from tests.merchant import Object

pytestmark = pytest.mark.stack

ATTACK: Final = """
const answers = window.answers = [];
const forged = {paymentId: "pay_forged", orderId: "order_forged", signature: "0".repeat(64)};
const family = (type) => ({type, data: forged, ...forged});
const messages = [
  ...["payment_success", "payment_failed", "close_modal"].flatMap((type) => [
    family(type), {v: 1, ...family(type)}, {paygate: 1, ...family(type)}, JSON.stringify(family(type))]),
  {v: 1, type: "ready", data: {}},
  {paygate: 1, type: "connect", options: {container: false, theme: "dark"}},
];
window.attack = () => {
  const others = [parent, ...Array.from({length: parent.length}, (_, number) => parent.frames[number])];
  for (const victim of others.filter((one) => one !== self)) {
    for (const message of messages) {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = ({data}) => answers.push(data);
      victim.postMessage(message, "*", [port2]);
    }
  }
};
"""
"""What an attacker's frame sends to the shop's page and to the checkout beside it, each with a port of its own."""

CATCH_PORTS: Final = """
addEventListener("message", ({ports: [port]}) => { if (port) window.caughtPort ??= port; }, true);
const Channel = MessageChannel;
window.channels = [];
window.MessageChannel = class extends Channel { constructor() { super(); channels.push(this); } };
"""
"""So that a test can speak through the private ports, as only a page that has turned bad could."""

GARBAGE: Final = """[
  null, 0, "", "payment_success", [], {}, {v: 1}, {v: 2, type: "payment_success", data: {}},
  {v: 1, type: "payment_success", data: null}, {v: 1, type: "payment_success", data: {paymentId: 1, orderId: {}}},
  {v: 1, type: "payment_failed", data: {code: "x".repeat(2e6)}}, {v: 1, type: "no_such", data: {}},
  {v: 1, type: "__proto__", data: {}}, {v: 1, type: "constructor", data: {}}, {v: 1, type: "ready", data: {more: 1}},
  {v: 1, type: "resize", data: {height: -5}}, {v: 1, type: "resize", data: {height: Infinity}},
  {v: 1, type: "update", data: {theme: "<svg onload=alert(1)>"}},
  {v: 1, type: "update", data: {locale: "x".repeat(1e6)}},
  "x".repeat(1e7), {v: 1, type: "ready", data: {}, extra: new Array(1e5).fill("x")}, new Map([[1, 2]]),
]"""
"""Malformed and huge."""

LOAD_TIMEOUT_MS: Final = 1000
"""What a shop waits for a frame that never comes."""

MARKUP: Final = (
    "</script><script>window.pwned=1</script><img src=x onerror='window.pwned=1'>\"'`{{7*7}}${7*7}&lt;b&gt;\u2028"
)


@pytest.fixture
async def evil() -> AsyncIterator[Site]:
    """An attacker's site."""
    async with serving() as site:
        site.put("/attack", "<!doctype html><script src=/attack.js></script>")
        site.put("/attack.js", ATTACK, content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"})
        yield site


async def pays_all_the_same(buyer: Buyer, till: Till, order: Object, checkout: Checkout) -> None:
    """The checkout works and the shop hears the truth, once."""
    await checkout.choose_upi()
    await checkout.pay()
    await checkout.shows("success-state")
    await till.took(order, await told_success(buyer))
    assert await buyer.said("failure").count() == 0
    assert await buyer.said("close").count() == 0


async def attack_from(buyer: Buyer, origin: str, sandbox: str = "") -> Frame:
    """Put an attacker's frame beside the checkout and let it send everything, twice."""
    frame = await buyer.page.evaluate_handle(
        """([src, sandbox]) => new Promise((loaded) => {
          const frame = document.createElement("iframe");
          if (sandbox) frame.sandbox = sandbox;
          frame.onload = () => loaded(frame);
          frame.src = src;
          document.body.append(frame);
        })""",
        [f"{origin}/attack", sandbox],
    )
    element = frame.as_element()
    assert element is not None
    inside = await element.content_frame()
    assert inside is not None
    await inside.evaluate("() => { attack(); attack(); }")
    return inside


async def test_messages_of_strangers_have_no_effect(arrive: Arrive, till: Till, evil: Site) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect(r"third party: http://[a-z0-9.]+\.test")
    till.site.put("/attack", evil.pages["/attack"].text)
    till.site.put("/attack.js", ATTACK, content_type="text/javascript")
    shop = till.page(order)
    till.site.pages["/"].headers["Content-Security-Policy"] += " *"
    checkout = await buyer.opens_modal(shop)
    attackers = {
        "a foreign origin": await attack_from(buyer, evil.origin("evil.test")),
        "no origin": await attack_from(buyer, evil.origin(), "allow-scripts"),
        "an origin that looks alike": await attack_from(buyer, evil.origin("127.0.0.1.evil.test")),
        "the right origin, but another window": await attack_from(buyer, till.site.origin()),
    }
    await pays_all_the_same(buyer, till, order, checkout)
    assert {name: await frame.evaluate("() => answers") for name, frame in attackers.items()} == {
        name: [] for name in attackers
    }


@pytest.mark.prove
async def test_a_second_handshake_is_not_answered(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    await buyer.page.evaluate(
        """() => {
          window.answers = [];
          const {port1, port2} = new MessageChannel();
          port1.onmessage = ({data}) => answers.push(data);
          document.querySelector("iframe").contentWindow.postMessage(
            {paygate: 1, type: "connect", options: {container: false}}, "*", [port2]);
        }"""
    )
    await pays_all_the_same(buyer, till, order, checkout)
    assert await buyer.page.evaluate("() => answers") == []


@pytest.mark.prove
async def test_malformed_and_huge_messages_are_ignored_on_both_sides(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    await buyer.context.add_init_script(CATCH_PORTS)
    checkout = await buyer.opens_modal(till.page(order))
    await buyer.page.evaluate(
        f"""() => {{
          const frame = document.querySelector("iframe").contentWindow;
          for (const one of {GARBAGE}) {{
            channels[0].port1.postMessage(one);
            frame.postMessage(one, "*");
            frame.postMessage({{paygate: 1, type: "connect", options: one}}, "*", [new MessageChannel().port2]);
            postMessage(one, "*");
          }}
        }}"""
    )
    inner = next(frame for frame in buyer.page.frames if frame.url.startswith(till.checkout))
    await inner.evaluate(
        f"() => {{ for (const one of {GARBAGE}) {{ caughtPort.postMessage(one); parent.postMessage(one, '*'); }} }}"
    )
    await pays_all_the_same(buyer, till, order, checkout)


@pytest.fixture
async def guarded(backstage: Backstage, checkout: str, site: Site) -> AsyncIterator[Till]:
    """A merchant who allows one origin."""
    async with await backstage.new_merchant() as merchant:
        allowed = {"allowed_origins": [site.origin("shop.test")]}
        (await merchant.call("PUT", "/checkout/settings", allowed)).expect(200)
        yield Till(merchant, site, checkout)


async def test_only_an_allowed_site_frames_the_checkout(arrive: Arrive, guarded: Till) -> None:
    buyer, order = await arrive(), await guarded.merchant.order()
    buyer.watch.expect(r"third party: http://shop\.test", "frame-ancestors")
    url = guarded.page(order, loadTimeoutMs=LOAD_TIMEOUT_MS)

    async def is_refused(host: str) -> None:
        """The same page, but by another name."""
        stranger = await arrive()
        stranger.watch.expect("third party", "frame-ancestors", "Framing", "recipient window's origin")
        await stranger.page.goto(url.replace("127.0.0.1", host))
        await stranger.page.locator("button[data-order]").click()
        (failure,) = await told(stranger.said("failure"))
        assert failure["code"] == "frame_timeout", host
        assert await stranger.frame.at("checkout-container").count() == 0, host

    await asyncio.gather(*map(is_refused, ("127.0.0.1", "localhost", "shop.test.evil.test", "sub.shop.test")))
    checkout = await buyer.opens_modal(guarded.page(order).replace("127.0.0.1", "shop.test"))
    await pays_all_the_same(buyer, guarded, order, checkout)


async def test_nobody_can_lay_a_page_over_a_payment_link(arrive: Arrive, till: Till, evil: Site) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect("frame-ancestors", "Framing")
    session = await till.merchant.post("/checkout/sessions", {"order_id": order["id"]}, status=201)
    style = "position:absolute;inset:0;opacity:.01;width:600px;height:800px"
    cover = f"<!doctype html><button>Win a prize</button><iframe style='{style}' src='{session['url']}'></iframe>"
    async with buyer.page.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
        await buyer.page.goto(evil.put("/prize", cover))
    framed = Checkout(buyer.page.frame_locator("iframe"))
    await expect(framed.place.locator("body.neterror")).to_be_attached()
    assert await framed.at("checkout-container").count() == 0
    assert await framed.at("pay-button").count() == 0


async def test_markup_in_an_order_or_a_name_is_text(arrive: Arrive, backstage: Backstage, till: Till) -> None:
    named = {"name": f"Shop {MARKUP}"[:100], "email": "markup@example.com"}
    url = f"{backstage.stack.url('api')}/api/v1/merchants"
    status, made = await backstage.ask("POST", url, json=named, token=backstage.admin_key)
    assert status == 201, made
    buyer = await arrive()
    async with type(till.merchant)(
        backstage.stack.url("api"), key=made["api_key"], secret=made["api_secret"]
    ) as merchant:
        marked = Till(merchant, till.site, till.checkout)
        order = await merchant.order(receipt=MARKUP[:40], notes={"description": MARKUP, MARKUP[:40]: MARKUP})
        checkout = await buyer.opens_modal(marked.page(order))
        summary = await checkout.shows("order-summary")
        assert "window.pwned=1" in await summary.inner_text()
        await pays_all_the_same(buyer, marked, order, checkout)
    assert await anywhere(buyer, "() => window.pwned") == []
    assert buyer.watch.violations == []


@pytest.mark.prove
async def test_markup_in_the_address_is_text(arrive: Arrive, till: Till) -> None:
    buyer, order = await arrive(), await till.merchant.order()
    buyer.watch.expect("status of 4")
    for query in ({"locale": MARKUP}, {"theme": MARKUP}, {"key": MARKUP}, {"order_id": MARKUP}, {"embedded": MARKUP}):
        await buyer.opens(till.hosted(order, **query))
        await expect(buyer.page.locator("main")).to_be_visible()
        assert await anywhere(buyer, "() => window.pwned") == []
    assert buyer.watch.violations == []


async def anywhere(buyer: Buyer, question: str) -> list[Any]:
    """What any frame answers that is not nothing."""
    answers = [await frame.evaluate(question) for frame in buyer.page.frames]
    return [one for one in answers if one is not None]
