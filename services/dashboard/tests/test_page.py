"""The page and its files, under a policy that lets no other script run, and what browsers report of it."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.dashboard.tests.conftest import INDEX, ORIGIN, Browser, Served


async def page(served: Served, path: str = "/dashboard") -> tuple[int, str, Any]:
    """Load it."""
    async with served.client.get(path, allow_redirects=False) as response:
        return response.status, await response.text(), response.headers


@pytest.mark.parametrize(
    "path", ["/login", "/dashboard", "/dashboard/payments/pay_0VxKb1QmZ8aT4RfL", "/dashboard/x%2fy"]
)
async def test_every_address_of_the_application_is_its_one_page(served: Served, path: str) -> None:
    status, html, headers = await page(served, path)
    nonce = re.findall(r'nonce="([^"]+)"', html)
    assert status == 200
    assert html == INDEX.replace("__CSP_NONCE__", nonce[0])
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert f"'nonce-{nonce[0]}'" in headers["Content-Security-Policy"]


async def test_no_two_answers_have_the_same_nonce(served: Served) -> None:
    seen = {(await page(served))[2]["Content-Security-Policy"] for _ in range(20)}
    assert len(seen) == 20


async def test_the_policy_lets_nothing_in_but_our_own_files(served: Served) -> None:
    _, _, headers = await page(served)
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    nonce = policy["script-src"].rpartition("'nonce-")[2].rstrip("'")
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src-elem": f"'self' 'nonce-{nonce}'",
        "style-src-attr": "'none'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "default",
        "report-uri": "/dashboard/api/csp-report",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


async def test_the_beginning_leads_to_the_dashboard(served: Served) -> None:
    status, _, headers = await page(served, "/")
    assert (status, headers["Location"]) == (302, "/dashboard")


async def test_an_unknown_route_of_the_api_is_no_page(served: Served) -> None:
    for path in ("/dashboard/api/", "/dashboard/api/nothing", "/nothing"):
        status, text, _ = await page(served, path)
        assert (status, json.loads(text)["error"]["code"]) == (404, "NOT_FOUND_ERROR")


async def test_without_a_build_the_page_says_what_to_do_and_a_build_is_noticed(served: Served, dist: Path) -> None:
    index = dist / "dashboard/index.html"
    index.unlink()
    status, html, headers = await page(served)
    assert (status, headers["Retry-After"]) == (503, "2")
    assert "make ui" in html
    assert "script-src" not in headers["Content-Security-Policy"]
    index.write_text("<p>no place for a nonce</p>")
    assert (await page(served))[0] == 503
    index.write_text(INDEX + "<p>anew</p>")
    assert "<p>anew</p>" in (await page(served))[1]


async def test_a_file_of_the_build_is_kept_for_ever_and_packed_for_who_takes_that(served: Served) -> None:
    served.client.session._auto_decompress = False
    path = "/dashboard-assets/index-AbC123.js"
    async with served.client.get(path, headers={"Accept-Encoding": "gzip"}) as response:
        assert gzip.decompress(await response.read()).decode() == "let page = 1;" * 50
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        tag = response.headers["ETag"]
    async with served.client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    async with served.client.get(path, headers={"Accept-Encoding": "identity"}) as response:
        assert await response.text() == "let page = 1;" * 50


@pytest.mark.parametrize("name", ["notes.txt", "index.html", "..%2findex.html", "%2e%2e/index.html", "%00", "none.js"])
async def test_no_other_file_is_served(served: Served, name: str) -> None:
    async with served.client.get(f"/dashboard-assets/{name}") as response:
        assert response.status == 404


async def test_what_a_browser_reports_of_the_policy_is_counted(served: Served, browser: Browser) -> None:
    told = {"csp-report": {"document-uri": f"{ORIGIN}/dashboard", "violated-directive": "script-src", "blocked-uri": 5}}
    for content_type in ("application/csp-report", "application/json"):
        headers = {"Content-Type": content_type, "Origin": "null"}
        path = "/dashboard/api/csp-report"
        async with served.client.post(path, data=json.dumps(told), headers=headers) as response:
            assert response.status == 204
        for bad in (b"", b"[]", b"{}", b'{"csp-report":[]}', b"\xff"):
            async with served.client.post(path, data=bad, headers=headers) as response:
                assert response.status == 400
    assert b"paygate_csp_reports_total 2.0" in served.metrics.exposition()
