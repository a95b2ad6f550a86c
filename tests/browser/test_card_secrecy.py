"""A card number that a buyer types is in one request to the gateway and nowhere else, in the browser or behind it."""

import json
import random
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Playwright, expect

from tests import traces
from tests.backstage import Backstage
from tests.browser.buyer import PATIENCE_MS, Buyer, arriving
from tests.browser.chromium import ARGUMENTS
from tests.browser.till import Till, told
from tests.browser.watch import Watch
from tests.e2e.test_card_data import CODE, Leaks, luhn_valid, quiet
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PREFIX: Final = "453914"
STORED: Final = """async () => {
  const read = async (store) => {
    try { return await store(); } catch (error) { return `refused: ${error.name}`; }
  };
  return JSON.stringify([
    await read(() => ({...localStorage})), await read(() => ({...sessionStorage})), await read(() => document.cookie),
    history.state, name,
    await read(() => indexedDB.databases()), await read(() => caches.keys()),
  ]);
}"""
"""What a frame keeps, and the names of its databases and caches; what is in those is in the browser's files, too."""


async def test_a_typed_card_number_is_in_one_request_and_nowhere_else(
    playwright: Playwright, program: Path | None, till: Till, backstage: Backstage, seed: int, tmp_path: Path
) -> None:
    number = luhn_valid(random.Random(seed + 1), PREFIX)
    profile, leaks = tmp_path / "profile", Leaks([number])
    context = await playwright.chromium.launch_persistent_context(profile, executable_path=program, args=ARGUMENTS)
    async with arriving(context) as buyer:
        payments = await pay_by(buyer, till, number)
        for frame in buyer.page.frames:
            leaks.look(f"storage of {frame.url}", (await frame.evaluate(STORED)).encode())
        leaks.look("cookies", json.dumps(await context.cookies()).encode())
    sent = look_at_the_browser(leaks, buyer.watch)
    assert (sent, buyer.watch.unexpected) == (len(payments), [])
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert len(files) > 10, "the browser has kept something"
    for path in files:
        leaks.look(str(path), path.read_bytes())

    await eventually(lambda: quiet(backstage), "everything is delivered")
    records = [record async for record in traces.records(backstage.stack)]
    for where, data in [
        *traces.logs(backstage.stack),
        *[table async for table in traces.tables(backstage.stack)],
        *[(record.topic, record.text) for record in records],
    ]:
        leaks.look(where, data)
    assert leaks.found == []
    about = b"".join(record.text for record in records if record.key == payments[0].encode())
    assert number[-4:].encode() in about, "the search has read what there is"


async def pay_by(buyer: Buyer, till: Till, number: str) -> list[str]:
    """Type the number twice: once to pay, and before that once to go away; the ids of the payments."""
    order = await till.merchant.order()
    checkout = await buyer.opens_modal(till.page(order))
    await checkout.choose_card(number, code=CODE)
    await buyer.page.reload()
    checkout = await buyer.presses()
    await checkout.choose_card(number, code=CODE)
    await checkout.pay()
    await expect(checkout.at("success-state").or_(checkout.at("error-state"))).to_be_visible(timeout=PATIENCE_MS)
    what = "success" if await checkout.at("success-state").is_visible() else "failure"
    await told(buyer.said(what))
    return [payment["id"] for payment in await till.payments(order)]


def look_at_the_browser(leaks: Leaks, watch: Watch) -> int:
    """What was said and sent; how many requests took the number to the gateway."""
    to_the_gateway = 0
    for request in watch.requests:
        url, headers = request.url.encode(), json.dumps(dict(request.headers)).encode()
        leaks.look(f"a request to {request.url}", url + b" " + headers)
        if request.method == "POST" and request.url.endswith("/api/v1/payments/public"):
            to_the_gateway += 1
        else:
            leaks.look(f"the body sent to {request.url}", request.body)
    for message in watch.messages:
        leaks.look(f"a message to a {message.way}", json.dumps(message.data).encode())
    for line in watch.console:
        leaks.look("the console", line.encode())
    assert any(message.way == "port" for message in watch.messages), "the watch has heard them"
    return to_the_gateway
