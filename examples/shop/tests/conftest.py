"""A shop on a free port, for the tests that speak HTTP to it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from pydantic import AnyHttpUrl, SecretStr

from examples.shop.app import build_app
from examples.shop.settings import ShopSettings
from examples.shop.tests.samples import SECRET

Client = TestClient[Request, Application]

AWAY = AnyHttpUrl("http://127.0.0.1:9")
"""Nobody listens there."""


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[Client]:
    settings = ShopSettings(
        webhook_secret=SecretStr(SECRET),
        api_url=AWAY,
        max_body_bytes=64 * 1024,
        kept_body_bytes=8 * 1024,
        hang_limit_s=0.2,
    )
    async with TestClient(TestServer(build_app(settings))) as client:
        yield client
