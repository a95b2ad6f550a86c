"""The commands of the embed guide, word for word, do what they say."""

import asyncio
import json
import re
import shutil
from collections.abc import Mapping
from typing import Any, Final

import pytest

from deploy.embedded.config import ROOT
from deploy.embedded.stack import Stack
from tests.backstage import Backstage

GUIDE: Final = (ROOT / "docs/checkout.md").read_text(encoding="utf-8")
COMMANDS: Final = re.findall(r"^```sh\n(curl .*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
TIMEOUT_S: Final = 20


async def said(command: str, here: Mapping[str, str]) -> Any:
    """What a command prints, with what is different here in its place; a refusal fails."""
    for shown, real in here.items():
        command = command.replace(shown, real)
    process = await asyncio.create_subprocess_shell(
        command.replace("curl ", "curl --show-error --fail-with-body ", 1),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert process.returncode == 0, (command, printed, complaint)
    return json.loads(printed)


@pytest.mark.stack
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_every_command_of_the_guide_is_granted(stack: Stack, backstage: Backstage) -> None:
    checkout = f"http://localhost:{stack.config.port('checkout')}"
    async with await backstage.new_merchant() as merchant:
        order = await merchant.order()
        here = {
            "localhost:8000": stack.url("api").removeprefix("http://"),
            "http://localhost:3001": checkout,
            "key_test_abc123:secret_test_xyz789": f"{merchant.key}:{merchant.secret}",
            "order_…": order["id"],
        }
        made, integrity, session, allowed = [await said(command, here) for command in COMMANDS]
    assert (made["status"], made["amount"]) == ("created", 49_900)
    assert integrity["/v1/checkout.js"].startswith("sha384-")
    assert (session["status"], session["locale"]) == ("open", "hi")
    assert session["url"] == f"{checkout}/checkout/{session['id']}"
    assert allowed["effective_origins"] == ["https://shop.example"]
