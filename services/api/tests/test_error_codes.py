"""Each error code is documented, once, on the page that `doc_url` opens."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from contracts.test_cards import DECLINES
from services.api.error_codes import ERROR_CODES, REASONS
from services.api.tests.test_payments import Client

ROOT = Path(__file__).resolve().parents[3]
NOT_FOR_MERCHANTS = {"ACQUIRER_UNAVAILABLE"}
"""Between the processor and an acquirer of its own process."""

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|CONFLICT|OVERLOADED")
RAISERS = ("ApiError", "unavailable", "bad_request", "api_error", "error_body")
NAMED = ("code", "error_code")


def codes_in(tree: ast.AST) -> Iterator[str]:
    """What is given to whatever makes a refusal, and what a payment or refund is given as its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            yield from _texts(one for one in node.args if called in RAISERS)
            yield from _texts(one.value for one in node.keywords if one.arg in NAMED)


def _texts(nodes: Iterator[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
                yield one.value


def raised() -> set[str]:
    """Every code of api, chassis, notifier and the others."""
    sources = [path for name in ("chassis", "services", "acquirer") for path in (ROOT / name).rglob("*.py")]
    shipped = [path for path in sources if "tests" not in path.parts]
    return {code for path in shipped for code in codes_in(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_code_in_the_source_is_documented_once() -> None:
    documented = Counter(error.code for error in ERROR_CODES)
    assert {"BAD_REQUEST_ERROR", "INVALID_VPA", "OVERLOADED", "CONFLICT", "PAYMENT_TIMEOUT"} <= raised()
    lacking = raised() - NOT_FOR_MERCHANTS - documented.keys()
    assert not lacking, "add them to services/api/error_codes.py: /docs/errors is made from it"
    assert max(documented.values()) == 1


def reasons() -> set[str]:
    """What is given as the reason of a refusal."""
    sources = [
        path for name in ("chassis", "services/api", "services/notifier") for path in (ROOT / name).rglob("*.py")
    ]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources if "tests" not in path.parts]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    refused = [call.args[1] for call in calls if getattr(call.func, "id", "") == "Refused" and len(call.args) > 1]
    named = [
        word.value
        for call in calls
        if getattr(call.func, "id", "") == "ApiError"
        for word in call.keywords
        if word.arg == "reason"
    ]
    texts = (one.value for one in (*refused, *named) if isinstance(one, ast.Constant))
    return {text for text in texts if isinstance(text, str)}


def test_every_reason_in_the_source_is_documented() -> None:
    assert {"busy", "not_capturable"} <= reasons()
    assert not reasons() - set(REASONS), "add them to REASONS of services/api/error_codes.py"
    assert not set(REASONS) - reasons(), "nobody gives this reason any more"


async def test_doc_url_opens_a_page_that_has_the_code(client: Client) -> None:
    async with client.get("/api/v1/payments") as refused:
        doc_url = (await refused.json())["error"]["doc_url"]
    page, _, anchor = doc_url.partition("#")
    assert page == "http://localhost:8000/docs/errors"
    async with client.get(urlsplit(page).path) as response:
        assert f'id="{anchor}"' in await response.text()


async def test_the_page_has_every_code_with_its_remedy_and_every_decline_code(client: Client) -> None:
    async with client.get("/docs/errors") as response:
        page = await response.text()
    for error in ERROR_CODES:
        assert f'id="{error.code}"' in page
        assert error.meaning
        assert error.remedy
    for code, _ in [*DECLINES.values(), ("upi_declined", "")]:
        assert f'id="{code}"' in page
