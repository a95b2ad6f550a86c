"""Every piece of the quick start, word for word, does what it says; the dashboard shows the same."""

import asyncio
import contextlib
import json
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from deploy.embedded import node
from deploy.embedded.config import ROOT
from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.merchant import Merchant
from tests.waiting import eventually

GUIDE: Final = (ROOT / "docs/quick-start.md").read_text(encoding="utf-8")
PIECES: Final = dict(re.findall(r"^```\w+ ([\w.]+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
PROGRAMS: Final = {".sh": ["sh"], ".mjs": [str(node.program())], ".py": [sys.executable]}
TIMEOUT_S: Final = 20


def written(folder: Path, name: str, here: Mapping[str, str]) -> list[str]:
    """The command that runs a piece, with what is different here in its place."""
    text = PIECES[name]
    for shown, real in here.items():
        text = text.replace(shown, real)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [*PROGRAMS[path.suffix], str(path)]


async def said(command: Sequence[str]) -> str:
    """What it prints; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, complaint = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert process.returncode == 0, (command, printed, complaint)
    return printed.decode().strip()


@contextlib.asynccontextmanager
async def running(command: Sequence[str]) -> AsyncIterator[asyncio.StreamReader]:
    """A server in the meantime, and what it prints."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.stack
async def test_an_order_is_made_paid_and_captured_as_the_quick_start_says(
    stack: Stack, backstage: Backstage, tmp_path: Path
) -> None:
    async with await backstage.new_merchant() as merchant:
        here = {
            "http://localhost:8000": stack.url("api"),
            "key_test_abc123": merchant.key,
            "secret_test_xyz789": merchant.secret,
        }

        async def run(name: str) -> str:
            return await said(written(tmp_path, name, here))

        order = json.loads(await run("create_order.sh"))
        assert (order["status"], order["amount"], order["receipt"]) == ("created", 49_900, "cart-1042")
        # One Idempotency-Key and one request in three languages: one order.
        assert [await run("create_order.mjs"), await run("create_order.py")] == [order["id"]] * 2
        here["order_…"] = order["id"]
        payment = json.loads(await run("pay_order.sh"))
        assert (await merchant.ended(payment))["status"] == "success"
        here["pay_…"] = payment["id"]
        assert json.loads(await run("capture_payment.sh"))["captured"] is True


@pytest.mark.stack
@pytest.mark.parametrize("name", ["receive.mjs", "receive.py"])
async def test_a_receiver_of_the_quick_start_believes_the_gateway_and_nobody_else(
    name: str, backstage: Backstage, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://localhost:{port}/webhook"
    async with await backstage.new_merchant() as merchant:
        secret = (await merchant.call("PUT", "/merchants/webhook", {"webhook_url": url})).expect(200)["webhook_secret"]
        here = {"4242": str(port), "whsec_test_abc123": secret}
        async with running(written(tmp_path, name, here)) as printed:
            assert await eventually(lambda: answer(url), "it listens") == 401
            sent = await merchant.post("/merchants/webhook/test", status=200)
            delivery = await delivered(merchant, sent["id"])
            assert (delivery["response_code"], delivery["attempts"]) == (200, 1)
            line = await asyncio.wait_for(printed.readline(), TIMEOUT_S)
            assert line.decode().split() == [delivery["event_id"], "webhook.test"]


async def answer(url: str) -> int | None:
    """What a stranger is answered; None as long as nobody listens."""
    headers = {"X-Webhook-Signature": "0" * 64}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=b"{}", headers=headers) as it,
        ):
            return it.status
    except aiohttp.ClientConnectorError:
        return None


async def delivered(merchant: Merchant, delivery_id: str) -> Any:
    """The delivery once it has been."""

    async def look() -> Any:
        one = await merchant.get(f"/webhooks/{delivery_id}")
        return one if one["status"] == "success" else None

    return await eventually(look, f"{delivery_id} is delivered")
