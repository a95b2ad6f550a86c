"""Asks every `verify` of docs/webhooks.md, word for word, whether a delivery is genuine."""

import asyncio
import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.embedded import node
from deploy.embedded.config import ROOT

HERE: Final = Path(__file__).parent
PAGE: Final = ROOT / "docs/webhooks.md"
SNIPPET: Final = re.compile(r"^```(?:python|js) (verify_\w+\.(?:py|mjs))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JUDGE_TIMEOUT_S: Final = 60


@dataclass(frozen=True, slots=True)
class Case:
    """A delivery as it reaches whoever verifies it; `rewritten`: parsed and written again by JavaScript."""

    body: bytes
    headers: Mapping[str, str]
    secret: str
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a `verify` said: the payload, or why it refused."""

    payload: Any = None
    refused: str | None = None


def snippets() -> dict[str, str]:
    """The code of the page, by the name that stands beside it."""
    return dict(SNIPPET.findall(PAGE.read_text(encoding="utf-8")))


async def judge(folder: Path, cases: Sequence[Case]) -> dict[str, list[Verdict]]:
    """By snippet, what it said about each case; `folder` is empty and the test's own."""
    said = {name: [_ask(text, case) for case in cases] for name, text in snippets().items() if name.endswith(".py")}
    return said | await _ask_node(folder, cases)


def _ask(snippet: str, case: Case) -> Verdict:
    names: dict[str, Any] = {}
    exec(snippet, names)  # the repository's own page
    try:
        return Verdict(payload=names["verify"](case.body, dict(case.headers), case.secret))
    except Exception as error:
        return Verdict(refused=repr(error))


async def _ask_node(folder: Path, cases: Sequence[Case]) -> dict[str, list[Verdict]]:
    """All of them in one process, beside the packages that they import."""
    (folder / "node_modules").symlink_to(await asyncio.to_thread(node.packages, HERE))
    modules = {folder / name: text for name, text in snippets().items() if name.endswith(".mjs")}
    for path, text in modules.items():
        path.write_text(text, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        node.program(), HERE / "judge.mjs", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    asked = {"modules": [str(path) for path in modules], "cases": [_told(case) for case in cases]}
    answer, _ = await asyncio.wait_for(process.communicate(json.dumps(asked).encode()), JUDGE_TIMEOUT_S)
    assert process.returncode == 0
    return {name: [Verdict(**one) for one in said] for name, said in json.loads(answer).items()}


def _told(case: Case) -> dict[str, Any]:
    return {
        "body": base64.b64encode(case.body).decode(),
        "headers": dict(case.headers),
        "secret": case.secret,
        "rewritten": case.rewritten,
    }
