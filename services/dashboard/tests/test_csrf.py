"""What changes something is asked for by our own pages alone: every such route of the table, in every other way."""

from itertools import product
from typing import Final

import pytest

from services.dashboard.page import CSP_REPORT_PATH
from services.dashboard.routes.login import OwnPage
from services.dashboard.routes.users import Operator
from services.dashboard.sessions import Sessions
from services.dashboard.tests.conftest import ADMIN_KEY, ORIGIN, Api, Browser, Served

OPERATORS: Final = "/dashboard/api/operator/users"
CHANGES_NOTHING: Final = {CSP_REPORT_PATH}
"""Sent by browsers themselves, from pages that they do not name."""

FOREIGN: Final = {
    "missing": {},
    "foreign": {"Origin": "https://evil.example"},
    "null": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:4000"},
    "another scheme": {"Origin": "https://localhost:3002"},
    "longer": {"Origin": f"{ORIGIN}.evil.example"},
    "with a path": {"Origin": f"{ORIGIN}/"},
    "in capitals": {"Origin": ORIGIN.upper()},
    "empty": {"Origin": ""},
    "only a referrer": {"Referer": f"{ORIGIN}/dashboard"},
    "two": {"Origin": f"{ORIGIN}, https://evil.example"},
    "said to be cross-site": {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    "said to be same-site": {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
}


def mutations(served: Served) -> list[tuple[str, str]]:
    """Method and a path of every route that changes something."""
    return [
        (route.method, route.path.replace("{id}", "usr_0000000000000000").replace("{path:.+}", "orders"))
        for route in served.routes
        if route.method != "GET" and route.path not in CHANGES_NOTHING
    ]


async def test_no_page_but_ours_changes_anything(served: Served, browser: Browser, api: Api) -> None:
    asked = [one for one in mutations(served) if one[1] != OPERATORS]
    for (method, path), (name, headers) in product(asked, FOREIGN.items()):
        async with served.client.request(method, path, json={}, headers={**browser.cookies, **headers}) as response:
            told = (await response.json())["error"]
        refused = (response.status, told["code"], told["reason"])
        assert refused == (403, "PERMISSION_ERROR", "foreign_origin"), (method, path, name)
    assert api.asked == []
    assert (await browser.ask("GET", "/dashboard/api/session"))[0] == 200, "nobody was signed out"


async def test_no_route_changes_anything_for_who_is_not_asked_where_they_come_from(served: Served) -> None:
    changing = [route for route in served.routes if route.method != "GET" and route.path not in CHANGES_NOTHING]
    assert {type(route.authenticate) for route in changing} == {Sessions, OwnPage, Operator}
    assert [route.path for route in changing if isinstance(route.authenticate, Operator)] == [OPERATORS]


async def test_the_operator_s_route_asks_for_a_header_that_no_other_page_can_send(
    served: Served, browser: Browser
) -> None:
    await served.tell_of("mer_1")
    asked = {"merchant_id": "mer_1", "email": "eve@example.com", "name": "Eve", "role": "admin"}
    assert (await browser.ask("POST", OPERATORS, asked))[0] == 401
    assert (await browser.ask("POST", OPERATORS, asked, {"X-Admin-Key": "guess"}))[0] == 401
    assert (await browser.ask("POST", OPERATORS, asked, {"X-Admin-Key": ADMIN_KEY}))[0] == 201
    async with served.client.options(OPERATORS, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 405
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_form_is_no_request_even_from_our_own_page(
    served: Served, browser: Browser, api: Api, content_type: str
) -> None:
    headers = {"Origin": ORIGIN, **browser.cookies, "Content-Type": content_type}
    for path in ("/api/v1/orders", "/dashboard/api/users", "/dashboard/api/password"):
        async with served.client.post(path, data=b'{"amount":5000}', headers=headers) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert api.asked == []


async def test_no_answer_may_be_read_by_another_origin_s_page(served: Served, browser: Browser) -> None:
    for path in ("/dashboard/api/session", "/api/v1/payments", "/dashboard/api/config"):
        headers = {**browser.cookies, "Origin": "https://evil.example"}
        async with served.client.get(path, headers=headers) as response:
            assert not [name for name in response.headers if name.startswith("Access-Control")]
