"""The pages under /docs: everything they load is ours, nothing runs that is not a file, and nothing is out of date."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft7Validator

from chassis.http import HttpConfig, HttpKit
from chassis.log import WideLog
from chassis.metrics import Metrics
from contracts.topics import TOPICS
from deploy.embedded.config import ROOT
from services.api.reference.asyncapi import asyncapi
from services.api.reference.offline import default_settings
from services.api.reference.pages import viewer_page
from services.api.routes.docs import FILES, STATIC, VIEWER, docs_routes
from services.api.seed import SEED_SECRET

PAGES = ("/docs", "/docs/errors", "/docs/events")
SCHEMA = json.loads((Path(__file__).parent / "asyncapi" / "schema-3.0.0.json").read_text(encoding="utf-8"))
LOADED = re.compile(r'(?:src|href)="([^"#]+)')

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> Any:
    kit = HttpKit(HttpConfig(1024, 1), metrics=Metrics(), wide=WideLog("test"))
    async with TestClient(TestServer(kit.application(docs_routes(dict, default_settings())))) as made:
        yield made


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_only_what_the_gateway_serves(client: Client, path: str) -> None:
    async with client.get(path) as response:
        page = await response.text()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = response.headers["Content-Security-Policy"]
    assert "<script>" not in page
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert "default-src 'none'" in policy
    assert not re.search(r"script-src[^;]*(unsafe|http|\*)", policy)
    for loaded in set(LOADED.findall(page)):
        assert loaded.startswith("/"), loaded
        async with client.get(loaded) as response:
            assert response.status == 200, loaded


@pytest.mark.parametrize("name", FILES)
async def test_every_file_is_served_as_what_it_is(client: Client, name: str) -> None:
    async with client.get(f"/docs/static/{name}") as response:
        assert response.headers["Content-Type"] == FILES[name]
        assert await response.read() == (STATIC / name).read_bytes()


def test_the_viewer_is_the_one_whose_sum_is_noted() -> None:
    sums = re.findall(r"`([0-9a-f]{64})`", (STATIC / "README.md").read_text(encoding="utf-8"))
    assert sums == [hashlib.sha256((STATIC / VIEWER).read_bytes()).hexdigest()]


@pytest.mark.parametrize("test_mode", [True, False])
def test_the_test_merchants_credentials_are_given_in_test_mode_only(test_mode: bool) -> None:
    assert (SEED_SECRET.encode() in viewer_page(VIEWER, test_mode=test_mode)) is test_mode


async def test_every_topic_is_on_the_page_public_ones_first(client: Client) -> None:
    async with client.get("/docs/events") as response:
        page = await response.text()
    places = {topic.name: page.index(f'id="{topic.name}"') for topic in TOPICS}
    assert max(places[topic.name] for topic in TOPICS if topic.public) < min(
        places[topic.name] for topic in TOPICS if not topic.public
    )


def test_the_topics_are_valid_asyncapi() -> None:
    assert [
        f"{list(error.path)}: {error.message[:200]}" for error in Draft7Validator(SCHEMA).iter_errors(asyncapi())
    ] == []
    broken = {**asyncapi(), "channels": {"x": {"messages": 5}}}
    assert list(Draft7Validator(SCHEMA).iter_errors(broken))


def test_asyncapi_tells_of_every_topic_and_every_reference_leads_somewhere() -> None:
    document = asyncapi()
    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    for reference in _references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_the_examples_of_messages_are_of_their_shape() -> None:
    document = asyncapi()
    for message in document["components"]["messages"].values():
        validator = Draft7Validator({**message["payload"], "components": document["components"]})
        for example in message.get("examples", ()):
            assert not list(validator.iter_errors(example["payload"])), message["name"]


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_the_root_is_where_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"localhost:8000{path}" in readme for path in PAGES)
