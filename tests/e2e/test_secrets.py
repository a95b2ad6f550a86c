"""Secrets are sealed where they are kept, and nowhere else."""

import base64
from collections.abc import Sequence
from typing import Final

import pytest
from standardwebhooks.webhooks import Webhook

from tests import traces
from tests.backstage import Backstage
from tests.e2e.listener import Hook, listening
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PASSWORD: Final = "Bearer what-only-the-merchants-server-knows"


async def test_a_new_webhook_secret_is_shown_again_to_its_key_and_kept_in_no_clear_text(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as merchant:
        path = "/merchants/webhook/regenerate-secret"
        first = await merchant.call("POST", path, {}, key="renew-1")
        again = await merchant.call("POST", path, {}, key="renew-1")
        assert (again.status, again.body) == (200, first.body)
        assert again.headers["Idempotent-Replayed"] == "true"
        webhook_secret = first.expect(200)["webhook_secret"]
        other = await merchant.post(path, status=200, key="renew-2")
        assert other["webhook_secret"] != webhook_secret
        basic = base64.b64encode(f"{merchant.key}:{merchant.secret}".encode()).decode()
        await merchant.call("GET", "/orders", anonymous=True, headers={"Authorization": f"Basic {basic}"})
        await merchant.call("GET", "/orders", anonymous=True, headers={"Authorization": f"Bearer {merchant.secret}"})
        hidden = [webhook_secret, other["webhook_secret"], merchant.secret, basic, backstage.token]
        await search_in_vain(backstage, hidden, known=merchant.key)


async def test_who_may_only_look_is_not_shown_what_signs_webhooks(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as merchant:
        secret = (await merchant.get("/merchants/profile"))["webhook_secret"]
        assert secret.startswith("whsec_")
        looking = await merchant.post("/api_keys", {"name": "Looks", "scopes": ["webhooks:read"]}, status=201)
        async with Merchant(*merchant.urls, key=looking["key"], secret=looking["secret"]) as onlooker:
            profile = await onlooker.get("/merchants/profile")
        assert profile["webhook_secret"] is None
        assert profile["id"] == (await merchant.get("/merchants/profile"))["id"]


async def test_what_an_endpoint_keeps_secret_goes_to_its_server_and_nowhere_else(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as merchant, listening() as listener:
        asked = {"url": listener.url, "event_types": ["refund.*"], "headers": {"Authorization": PASSWORD}}
        made = await merchant.post("/webhook_endpoints", asked, status=201, key="make-1")
        assert await merchant.post("/webhook_endpoints", asked, status=201, key="make-1") == made
        path = f"/webhook_endpoints/{made['id']}"
        rolled = await merchant.post(f"{path}/roll-secret", {"overlap_h": 1}, status=200)
        sent = await merchant.post(f"{path}/test", status=200)

        async def look() -> Hook | None:
            return listener.hooks[0] if listener.hooks else None

        hook = await eventually(look, "the test event arrives")
        headers = {name.lower(): value for name, value in hook.headers.items()}
        assert headers["authorization"] == PASSWORD
        for secret in (made["secret"], rolled["secret"]):
            assert Webhook(secret).verify(hook.body.decode(), headers)
        assert hook.is_signed_with(rolled["secret"])

        async def logged() -> bool:
            return bool((await merchant.get(f"/webhooks/{sent['id']}"))["attempt_log"])

        await eventually(logged, "the attempt is in the log")
        await search_in_vain(backstage, [PASSWORD, made["secret"], rolled["secret"]], known=made["id"])


async def search_in_vain(backstage: Backstage, hidden: Sequence[str], *, known: str) -> None:
    """None of what is hidden is in a log, a table or a topic, but what is known is."""
    searched = [
        *traces.logs(backstage.stack),
        *[table async for table in traces.tables(backstage.stack)],
        *[(record.topic, record.text) async for record in traces.records(backstage.stack)],
    ]
    for where, data in searched:
        for secret in hidden:
            assert secret.encode() not in data, where
            assert secret.encode().hex().encode() not in data, where
    assert any(known.encode() in data for _, data in searched), "the search reads what was kept"
