"""The dashboard as its people use it, in a real browser on the real stack. What the page's policy forbids, what it says
on the console and what leaves this machine fails every test (`arrive`)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from deploy.embedded.credentials import load_or_make
from deploy.embedded.stack import Stack
from tests.browser.axe import violations
from tests.browser.buyer import PATIENCE_MS, Arrive, Buyer
from tests.figures import Figures
from tests.merchant import Merchant

pytestmark = pytest.mark.stack

EMAIL, PASSWORD = "test@example.com", "paygate-test"
FIVE_ATTEMPTS_MS = 120_000
NARROW = {"viewport": {"width": 360, "height": 780}}
PAGES = (
    "",
    *("/payments", "/orders", "/refunds", "/balance", "/events", "/webhooks", "/docs"),
    *("/developers/keys", "/developers/requests", "/developers/test-cards"),
    *("/settings/team", "/settings/sessions", "/settings/trail"),
)


@pytest.fixture
def dashboard(stack: Stack) -> str:
    """Where people open it."""
    return f"http://localhost:{stack.config.port('dashboard')}"


async def sign_in(buyer: Buyer, dashboard: str, email: str = EMAIL, password: str = PASSWORD) -> Page:
    """At the home page."""
    buyer.watch.expect("status of 401")  # who is not signed in is asked for it
    page = buyer.page
    await page.goto(f"{dashboard}/dashboard")
    await page.get_by_test_id("email-input").fill(email)
    await page.get_by_test_id("password-input").fill(password)
    await page.get_by_test_id("login-button").click()
    await expect(page.get_by_test_id("stats-container")).to_be_visible(timeout=PATIENCE_MS)
    return page


async def sign_out(page: Page) -> None:
    await page.get_by_test_id("user-menu").click()
    await page.get_by_test_id("logout-button").click()
    await expect(page.get_by_test_id("login-form")).to_be_visible()


async def test_a_payment_made_elsewhere_appears_by_itself_and_is_refunded(
    arrive: Arrive, dashboard: str, merchant: Merchant, say: Figures
) -> None:
    page = await sign_in(await arrive(), dashboard)
    await expect(page.get_by_test_id("live-state")).to_have_attribute("data-state", "live")
    await page.goto(f"{dashboard}/dashboard/payments")
    await expect(page.get_by_test_id("live-state")).to_have_attribute("data-state", "live")
    payment = await merchant.pay(await merchant.order(70_700), vpa="success@upi")
    made_s = time.monotonic()
    row = page.locator(f'[data-payment-id="{payment["id"]}"]')
    await expect(row).to_be_visible(timeout=PATIENCE_MS)
    say(f"a payment made by the API shows after {(time.monotonic() - made_s) * 1000:.0f} ms")
    await expect(row.get_by_test_id("status")).to_have_text(re.compile("success", re.IGNORECASE))
    await merchant.post(f"/payments/{payment['id']}/capture", status=200)

    await row.get_by_test_id("payment-id").click()
    await page.get_by_test_id("refund-button").click()
    await page.get_by_test_id("amount-input").fill("7.07")
    await page.get_by_test_id("confirm-button").click()
    for title in ("Created", "The bank approved the authorisation", "payment.captured", "Refund processed"):
        await expect(page.get_by_text(title, exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    [refund] = (await merchant.get(f"/payments/{payment['id']}/refunds"))["data"]
    assert refund["amount"] == 707
    await sign_out(page)
    await page.go_back()
    await expect(page.get_by_test_id("login-form")).to_be_visible()


@dataclass(eq=False)
class Receiver:
    """A merchant's server that does as it is told."""

    url: str = ""
    status: int = 200
    taken: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """One delivery."""
        self.taken += 1
        return web.Response(status=self.status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Of a shop of the test's own."""
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hooks", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/hooks"))
        yield made


async def newcomer(stack: Stack, dashboard: str, name: str = "Ann's lamps") -> tuple[Merchant, str, str]:
    """A merchant of the test's own with its first admin: the merchant, email and password."""
    key = {"X-Admin-Key": load_or_make(stack.config.state_dir).admin_api_key}
    email = f"ann-{time.time_ns()}@example.com"
    async with aiohttp.ClientSession(headers=key, timeout=aiohttp.ClientTimeout(total=30)) as operator:
        about = {"name": name, "email": email}
        async with operator.post(f"{stack.url('api')}/api/v1/merchants", json=about) as response:
            made = await response.json()
            assert response.status == 201, made
        person = {"merchant_id": made["id"], "email": email, "name": name, "role": "admin"}
        for _ in range(100):
            async with operator.post(f"{dashboard}/dashboard/api/operator/users", json=person) as response:
                told = await response.json()
                if response.status == 201:
                    break
            await asyncio.sleep(0.1)  # until the news of the merchant is there
        assert response.status == 201, told
    merchant = Merchant(stack.url("api"), key=made["api_key"], secret=made["api_secret"])
    return merchant, email, told["password"]


@pytest.mark.prove
@pytest.mark.timeout(300)
async def test_a_newcomer_sets_a_webhook_up_breaks_it_and_mends_it(
    arrive: Arrive, stack: Stack, dashboard: str, receiver: Receiver
) -> None:
    merchant, email, password = await newcomer(stack, dashboard)
    buyer = await arrive()
    page = await sign_in(buyer, dashboard, email, password)
    await page.goto(f"{dashboard}/dashboard/webhooks")
    await page.get_by_test_id("webhook-url-input").fill(receiver.url)
    await page.get_by_test_id("save-webhook-button").click()
    await page.get_by_test_id("test-webhook-button").click()
    await expect(page.get_by_test_id("webhook-test-result")).to_contain_text("200", timeout=PATIENCE_MS)
    assert receiver.taken == 1

    receiver.status = 500
    async with merchant:
        await merchant.pay(await merchant.order())
    failed = page.get_by_test_id("webhook-log-item").filter(has_text="payment.created")
    await expect(failed.get_by_test_id("webhook-attempts")).to_have_text("5", timeout=FIVE_ATTEMPTS_MS)
    await expect(failed.get_by_test_id("webhook-status")).to_have_text(re.compile("failed", re.IGNORECASE))
    await expect(failed.get_by_test_id("webhook-response-code")).to_have_text("500")
    receiver.status = 200
    await failed.get_by_test_id("retry-webhook-button").click()
    await expect(failed.get_by_test_id("webhook-status")).to_have_text(
        re.compile("success|delivered", re.IGNORECASE), timeout=PATIENCE_MS
    )
    secret = await page.get_by_test_id("webhook-secret").text_content()
    await page.get_by_test_id("regenerate-secret-button").click()
    await expect(page.get_by_test_id("webhook-secret").first).not_to_have_text(secret or "", timeout=PATIENCE_MS)
    await page.goto(f"{dashboard}/dashboard/docs")
    await expect(page.get_by_test_id("code-snippet-create-order")).to_contain_text(stack.url("api").rpartition(":")[2])
    await sign_out(page)
    assert buyer.watch.violations == []


@pytest.mark.prove
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_wider_than_a_small_phone_and_axe_has_nothing_to_say(
    arrive: Arrive, dashboard: str, merchant: Merchant, scheme: str
) -> None:
    await merchant.captured()
    page = await sign_in(await arrive(color_scheme=scheme, **NARROW), dashboard)
    for path in PAGES:
        await page.goto(f"{dashboard}/dashboard{path}")
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.locator("main .mantine-Skeleton-root")).to_have_count(0, timeout=PATIENCE_MS)
        assert await violations(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path


@pytest.mark.prove
@pytest.mark.timeout(300)
async def test_the_stream_survives_a_restart_of_the_api(arrive: Arrive, dashboard: str, stack: Stack) -> None:
    buyer = await arrive()
    buyer.watch.expect("status of 503", "ERR_", "status of 502")
    page = await sign_in(buyer, dashboard)
    await page.goto(f"{dashboard}/dashboard/payments")
    await expect(page.get_by_test_id("live-state")).to_have_attribute("data-state", "live")
    stack.restart("api")
    stack.wait_ready("api")
    async with Merchant(stack.url("api")) as afresh:
        payment = await afresh.pay(await afresh.order(), vpa="success@upi")
    row = page.locator(f'[data-payment-id="{payment["id"]}"]')
    await expect(row).to_have_count(1, timeout=PATIENCE_MS)
    await expect(page.get_by_test_id("live-state")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
