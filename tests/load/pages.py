"""`make bench-pages`: when each of the dashboard's pages is there to be used, with a million payments in the database.

The whole stack, the same history as `make bench only=growth` with the deliveries of as many webhooks, and a real
Chromium. A page is loaded anew as by typing its address; it counts as there when what it shows has come (no outline
stands for something), and the browser has time for a click. Medians of a few loads; the bar is 1.5 s.
"""

import argparse
import asyncio
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
from playwright.async_api import Page, async_playwright

from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from services.api.seed import SEED_MERCHANT_ID
from tests.browser import chromium
from tests.conftest import SERVICES
from tests.load import growth
from tests.load.webhooks import fill as fill_webhooks

BAR_MS: Final = 1500
LOADS: Final = 5
PATIENCE_MS: Final = 60_000
EMAIL, PASSWORD = "test@example.com", "paygate-test"
IS_THERE: Final = """() => document.querySelector("main h1") !== null
  && document.querySelector("main .mantine-Skeleton-root, main [aria-busy=true]") === null"""
WHEN_IDLE: Final = "() => new Promise((tell) => requestIdleCallback(() => tell(performance.now())))"


def paths(sample: dict[str, str]) -> dict[str, str]:
    """The pages, and what is looked for in them, by the name in the table."""
    year = f"{datetime.now(UTC) - timedelta(days=365):%Y-%m-%d}"
    return {
        "home": "",
        "payments": "/payments",
        "payments by status": "/payments?status=failed",
        "payments by a rare status": "/payments?status=pending",
        "payments by method and month": "/payments?method=card&period=30d",
        "payments of a year, the oldest first": f"/payments?from={year}&sort=created_at",
        "payments by VPA": f"/payments?q={sample['vpa']}",
        "payments by the card's last four": f"/payments?q={sample['last4']}",
        "a payment": f"/payments/{sample['newest']}",
        "a refunded payment": f"/payments/{sample['refunded']}",
        "orders": "/orders",
        "orders by receipt": f"/orders?q={sample['receipt']}",
        "refunds": "/refunds",
        "balance": "/balance",
        "events": "/events",
        "events of a type": "/events?type=payment.success",
        "webhooks": "/webhooks",
        "webhooks that failed": "/webhooks?status=failed",
        "API keys": "/developers/keys",
        "requests": "/developers/requests",
        "requests that failed": "/developers/requests?status=4xx",
        "queues": "/developers/queues",
        "test cards": "/developers/test-cards",
        "docs": "/docs",
        "team": "/settings/team",
        "trail": "/settings/trail",
    }


async def filled(stack: Stack, size: int) -> dict[str, str]:
    """The history in the stack's databases; what to ask for."""
    admin = await asyncpg.connect(stack.admin_url, timeout=10, command_timeout=60)
    await admin.execute("GRANT TEMPORARY ON DATABASE paygate TO api_owner, notifier_owner")
    await admin.close()
    api, notifier = [
        await asyncpg.connect(stack.dsn(role), timeout=10, command_timeout=3600)
        for role in ("api_owner", "notifier_owner")
    ]
    try:
        began_s = time.monotonic()
        await growth.fill(api, size, growth.PER_DAY)
        print(f"{size:,} payments stored in {time.monotonic() - began_s:.0f} s", flush=True)
        await fill_webhooks(notifier, SEED_MERCHANT_ID, size)
        row = await growth.queries.sample.row(api, merchant_id=SEED_MERCHANT_ID, deep=size // 2)
        assert row is not None
        return dict(row)
    finally:
        await api.close()
        await notifier.close()


async def sign_in(page: Page, dashboard: str) -> None:
    """At the home page."""
    await page.goto(f"{dashboard}/dashboard")
    await page.get_by_test_id("email-input").fill(EMAIL)
    await page.get_by_test_id("password-input").fill(PASSWORD)
    await page.get_by_test_id("login-button").click()
    await page.wait_for_function(IS_THERE, timeout=PATIENCE_MS)


async def usable_ms(page: Page, url: str) -> float:
    """From the beginning of the navigation until the page is there and the browser has nothing to do."""
    await page.goto(url, wait_until="commit")
    await page.wait_for_function(IS_THERE, timeout=PATIENCE_MS)
    took_ms: float = await page.evaluate(WHEN_IDLE)
    return took_ms


async def measure(stack: Stack, size: int, pictures: Path | None) -> str:
    """The table, in Markdown."""
    sample = await filled(stack, size)
    dashboard = f"http://localhost:{stack.config.port('dashboard')}"
    lines = ["| page | usable after, ms (median) | slowest |", "|---|--:|--:|"]
    async with async_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test-id")
        program = chromium.find(lambda text: print(text, file=sys.stderr))
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        page = await browser.new_page()
        await sign_in(page, dashboard)
        for name, path in paths(sample).items():
            took_ms = [await usable_ms(page, f"{dashboard}/dashboard{path}") for _ in range(LOADS)]
            mark = " (!)" if statistics.median(took_ms) > BAR_MS else ""
            lines.append(f"| {name} | {statistics.median(took_ms):.0f}{mark} | {max(took_ms):.0f} |")
            print(lines[-1], flush=True)
            if pictures is not None:
                await page.screenshot(path=pictures / f"{name}.png")
        await browser.close()
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of each page")
    arguments = parser.parse_args()
    with running(new_config(services=SERVICES)) as stack:
        print(asyncio.run(measure(stack, arguments.size, arguments.pictures)))


if __name__ == "__main__":
    main()
