"""Secrets are sealed where they are kept, and nowhere else."""

import base64

import pytest

from tests import traces
from tests.backstage import Backstage

pytestmark = pytest.mark.stack


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
        searched = [
            *traces.logs(backstage.stack),
            *[table async for table in traces.tables(backstage.stack)],
            *[(record.topic, record.text) async for record in traces.records(backstage.stack)],
        ]
        for where, data in searched:
            for secret in hidden:
                assert secret.encode() not in data, where
                assert secret.encode().hex().encode() not in data, where
        assert any(merchant.key.encode() in data for _, data in searched), "the search reads what was kept"
