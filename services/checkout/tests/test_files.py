"""The SDK and the page's files: what the build made, under headers that let browsers keep it, and nothing else."""

import base64
import gzip
import hashlib
from pathlib import Path
from typing import Final

import pytest

from services.checkout.assets import Assets
from services.checkout.settings import Settings
from services.checkout.tests.conftest import Client, serving, write_build

SDK: Final = b"window.PaymentGateway = class {};"
PLAIN: Final = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize("path", ["/checkout.js", "/v1/checkout.js"])
async def test_any_shop_may_load_the_sdk(client: Client, path: str) -> None:
    async with client.get(path, headers=PLAIN) as response:
        assert (response.status, await response.read()) == (200, SDK)
        headers = response.headers
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"
    async with client.get(path, headers={**PLAIN, "If-None-Match": f'"other", W/{headers["ETag"]}'}) as response:
        assert (response.status, await response.read()) == (304, b"")
        assert response.headers["ETag"] == headers["ETag"]
    async with client.get(path, headers={**PLAIN, "If-None-Match": '"other"'}) as response:
        assert response.status == 200


async def test_the_hash_is_that_of_the_sdk(client: Client) -> None:
    async with client.get("/v1/integrity.json") as response:
        told = await response.json()
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "no-cache"
    assert told == {"/v1/checkout.js": f"sha384-{base64.b64encode(hashlib.sha384(SDK).digest()).decode()}"}


async def test_a_file_of_the_page_is_kept_for_ever(client: Client) -> None:
    async with client.get("/assets/main-AbC123.js", headers=PLAIN) as response:
        assert (response.status, await response.text()) == (200, "let page = 1;" * 50)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in response.headers
    async with client.get("/assets/main-XyZ789.css") as response:
        assert response.headers["Content-Type"] == "text/css; charset=utf-8"


async def test_a_file_is_compressed_for_who_takes_that(client: Client) -> None:
    client.session._auto_decompress = False
    tags = set()
    for accepted, packed in (
        ("gzip, deflate, br", True),
        ("GZIP;q=0.5", True),
        ("gzip;q=0, br", False),
        ("x-gzip", False),
        ("br", False),
    ):
        async with client.get("/assets/main-AbC123.js", headers={"Accept-Encoding": accepted}) as response:
            body = await response.read()
            assert (response.headers.get("Content-Encoding") == "gzip") == packed
            assert response.headers["Vary"] == "Accept-Encoding"
            tags.add((response.headers["ETag"], packed))
        assert (gzip.decompress(body) if packed else body).startswith(b"let page")
    assert len(tags) == len({tag for tag, _ in tags}) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/none.js",
        "/assets/notes.txt",
        "/assets/..%2fmanifest.json",
        "/assets/%2e%2e%2f%2e%2e%2fsdk%2fcheckout.js",
        "/assets/..%5c..%5cstamp",
        "/assets/%00main-AbC123.js",
        "/assets/main-AbC123.js%00",
        "/assets/main-abc123.js",
        "/manifest.json",
        "/checkout/manifest.json",
    ],
)
async def test_no_path_leads_to_a_file_that_the_page_does_not_load(client: Client, path: str) -> None:
    async with client.get(path) as response:
        assert response.status == 404


async def test_before_the_build_there_is_nothing_to_load(settings: Settings, tmp_path: Path) -> None:
    async with serving(settings.model_copy(update={"ui_dist_dir": str(tmp_path / "nothing")})) as (client, _):
        for path in ("/checkout.js", "/v1/integrity.json", "/assets/main-AbC123.js"):
            async with client.get(path) as response:
                assert response.status == 503
                assert "run `make ui`" in (await response.json())["error"]["description"]


def test_a_new_build_is_seen_at_once_and_while_it_takes_the_others_place_the_other_is_shown(dist: Path) -> None:
    assets = Assets(dist)
    first = assets.build()
    assert first is not None
    assert assets.build() is first
    away = dist.rename(dist.with_name("old"))
    assert assets.build() is first
    write_build(dist, "let page = 2;", "new sdk", name="main-New.js")
    second = assets.build()
    assert second is not None
    assert (second.script, second.sdk.body) == ("/assets/main-New.js", b"new sdk")
    assert away.exists()


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{}",
        '{"script": "/assets/none.js", "styles": [], "preload": []}',
        '{"script": "https://evil.example/main-AbC123.js", "styles": [], "preload": []}',
        '{"script": "main-AbC123.js", "styles": [], "preload": []}',
    ],
)
def test_a_build_that_does_not_hold_together_is_none(dist: Path, manifest: str) -> None:
    (dist / "checkout/manifest.json").write_text(manifest)
    assert Assets(dist).build() is None
