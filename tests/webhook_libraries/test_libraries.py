"""What a running notifier sent is genuine to the official libraries and to the page's own code, and nothing else is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.backstage import Backstage
from tests.e2e.listener import Hook, Listener, listening
from tests.merchant import Merchant
from tests.waiting import eventually
from tests.webhook_libraries.judging import Case, judge, snippets

pytestmark = pytest.mark.stack

STANDARD: Final = {
    "verify_standardwebhooks.py",
    "verify_svix.py",
    "verify_by_hand.py",
    "verify_standardwebhooks.mjs",
    "verify_svix.mjs",
}
LEGACY: Final = "verify_legacy.mjs"
LEGACY_LINES: Final = 10
AWKWARD: Final = {"name": 'Zoë "₹" \\ / 😀 \u2028 </script>', "empty": ""}


@pytest.fixture(scope="module")
async def listener() -> AsyncIterator[Listener]:
    async with listening() as running:
        yield running


@pytest.fixture(scope="module")
async def merchant(backstage: Backstage, listener: Listener) -> AsyncIterator[Merchant]:
    """A merchant whose webhooks go to the listener."""
    async with await backstage.new_merchant() as made:
        (await made.call("PUT", "/merchants/webhook", {"webhook_url": listener.url})).expect(200)
        yield made


@pytest.fixture(scope="module")
async def secret(merchant: Merchant) -> str:
    shown: str = (await merchant.get("/merchants/profile"))["webhook_secret"]
    return shown


@pytest.fixture(scope="module")
async def hooks(merchant: Merchant, listener: Listener, secret: str) -> list[Hook]:
    """The events of a payment and its refund, and a test event, as they came."""
    payment = await merchant.paid(metadata=AWKWARD)
    await merchant.post(f"/payments/{payment['id']}/refunds", {"amount": 100, "reason": AWKWARD["name"]}, status=201)
    await merchant.post("/merchants/webhook/test", status=200)
    wanted = {"payment.created", "payment.pending", "payment.success", "refund.created", "webhook.test"}

    async def look() -> list[Hook] | None:
        return list(listener.hooks) if wanted <= {one.event for one in listener.hooks} else None

    return await eventually(look, f"the listener gets {wanted}")


def case_of(hook: Hook, secret: str) -> Case:
    return Case(hook.body, {name.lower(): value for name, value in hook.headers.items()}, secret)


async def test_every_way_of_the_page_accepts_every_delivery(hooks: list[Hook], secret: str, tmp_path: Path) -> None:
    said = await judge(tmp_path, [case_of(hook, secret) for hook in hooks])
    assert set(said) == STANDARD | {LEGACY}
    for name, verdicts in said.items():
        assert [one.refused for one in verdicts] == [None] * len(hooks), name
        assert [one.payload for one in verdicts] == [hook.json() for hook in hooks], name


async def test_a_body_that_javascript_wrote_again_verifies_by_the_older_header(
    hooks: list[Hook], secret: str, tmp_path: Path
) -> None:
    said = await judge(tmp_path, [replace(case_of(hook, secret), rewritten=True) for hook in hooks])
    assert [one.refused for one in said[LEGACY]] == [None] * len(hooks)
    assert len(snippets()[LEGACY].splitlines()) <= LEGACY_LINES


async def test_while_a_secret_is_replaced_the_former_and_the_new_one_verify(merchant: Merchant, tmp_path: Path) -> None:
    async with listening() as listener:
        made = await merchant.post("/webhook_endpoints", {"url": listener.url}, status=201)
        path = f"/webhook_endpoints/{made['id']}"
        rolled = await merchant.post(f"{path}/roll-secret", {"overlap_h": 24}, status=200)
        during = await sent_now(merchant, path, listener)
        at_once = await merchant.post(f"{path}/roll-secret", {"overlap_h": 0}, status=200)
        afterwards = await sent_now(merchant, path, listener)
    asked = {
        "former": case_of(during, made["secret"]),
        "new": case_of(during, rolled["secret"]),
        "neither": case_of(during, at_once["secret"]),
        "replaced at once": case_of(afterwards, rolled["secret"]),
        "newest": case_of(afterwards, at_once["secret"]),
    }
    said = await judge(tmp_path, list(asked.values()))
    accepted = {
        name: {what for what, one in zip(asked, verdicts, strict=True) if not one.refused}
        for name, verdicts in said.items()
    }
    assert accepted.pop(LEGACY) == {"new", "newest"}, "one header has room for one signature"
    assert accepted == {name: {"former", "new", "newest"} for name in STANDARD}


async def sent_now(merchant: Merchant, path: str, listener: Listener) -> Hook:
    """The next test event of an endpoint."""
    before = len(listener.hooks)
    await merchant.post(f"{path}/test", status=200)

    async def look() -> Hook | None:
        return next(iter(listener.hooks[before:]), None)

    return await eventually(look, "the listener gets the test event")


async def test_what_was_tampered_with_is_refused(hooks: list[Hook], secret: str, tmp_path: Path) -> None:
    hook = next(one for one in hooks if one.event == "payment.success")
    genuine = case_of(hook, secret)
    headers = genuine.headers
    a_second_later = str(int(headers["webhook-timestamp"]) + 1)
    tampered = {
        "nothing": genuine,
        "body": replace(genuine, body=genuine.body.replace(b'"amount":50000', b'"amount":50001')),
        "secret": replace(genuine, secret="whsec_" + "QUFB" * 8),
        "signatures": replace(
            genuine,
            headers={
                **headers,
                "webhook-signature": headers["webhook-signature"][:-4] + "AAA=",
                "x-webhook-signature": headers["x-webhook-signature"][::-1],
            },
        ),
        "timestamp": replace(genuine, headers={**headers, "webhook-timestamp": a_second_later}),
        "id": replace(genuine, headers={**headers, "webhook-id": "evt_0000000000000000"}),
    }
    assert tampered["body"].body != genuine.body
    said = await judge(tmp_path, list(tampered.values()))
    refused = {
        name: {what for what, one in zip(tampered, verdicts, strict=True) if one.refused}
        for name, verdicts in said.items()
    }
    assert refused.pop(LEGACY) == {"body", "secret", "signatures"}
    assert refused == {name: tampered.keys() - {"nothing"} for name in STANDARD}
