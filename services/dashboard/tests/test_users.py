"""A merchant's people: who may change whom, that somebody is left to administer, and that merchants are apart."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from contracts import ids, test_merchant
from services.dashboard.settings import Settings
from services.dashboard.state import Role
from services.dashboard.tests.conftest import ADMIN, ADMIN_KEY, OTHER_MERCHANT, Browser, Served, serving

USERS = "/dashboard/api/users"
TRAIL = "/dashboard/api/trail"


async def add(browser: Browser, email: str = "bob@example.com", role: str = "support") -> Mapping[str, Any]:
    """As an admin does."""
    status, made = await browser.ask("POST", USERS, {"email": email, "name": "Bob", "role": role})
    assert status == 201, made
    return dict(made)


async def test_a_new_person_signs_in_with_the_password_that_is_shown_once(served: Served, browser: Browser) -> None:
    made = await add(browser, " Bob@Example.com ")
    assert made["email"] == "bob@example.com"
    _, told = await browser.ask("GET", USERS)
    assert [one["email"] for one in told["data"]] == [ADMIN, "bob@example.com"]
    assert all("password" not in one and "password_hash" not in one for one in told["data"])
    status, told = await served.browser().sign_in("bob@example.com", made["password"])
    assert (status, told["user"]["role"]) == (200, "support")


@pytest.mark.parametrize(
    "asked",
    [
        {"email": ADMIN, "name": "Ann again", "role": "support"},
        {"email": "no email", "name": "Bob", "role": "support"},
        {"email": "bob@example.com", "name": " ", "role": "support"},
        {"email": "bob@example.com", "name": "Bob", "role": "owner"},
        {"email": "bob@example.com", "name": "Bob", "role": "support", "merchant_id": OTHER_MERCHANT},
        {"email": "bob@example.com", "name": "Bob\u0000", "role": "support"},
        {"email": f"{'b' * 64}@{'e' * 300}", "name": "Bob", "role": "support"},
        [],
    ],
)
async def test_what_makes_no_person_is_refused_in_words(browser: Browser, asked: Any) -> None:
    status, told = await browser.ask("POST", USERS, asked)
    assert (status, told["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert len((await browser.ask("GET", USERS))[1]["data"]) == 1


async def test_a_merchant_has_only_so_many_people(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"users_max": 2})) as served:
        await served.add(ADMIN)
        browser = await served.signed_in()
        await add(browser)
        status, told = await browser.ask("POST", USERS, {"email": "c@example.com", "name": "C", "role": "support"})
        assert (status, told["error"]["description"]) == (
            400,
            "A merchant has at most 2 people: disable and reuse one",
        )


@pytest.mark.parametrize("role", ["developer", "support", "read_only"])
async def test_only_admins_look_after_people(served: Served, role: Role) -> None:
    await served.add("dev@example.com", role)
    other = await served.signed_in("dev@example.com")
    one = f"{USERS}/{ids.new_id(ids.USER)}"
    for method, path, body in (
        ("GET", USERS, None),
        ("POST", USERS, {"email": "eve@example.com", "name": "Eve", "role": "admin"}),
        ("PATCH", one, {"role": "admin"}),
        ("POST", f"{one}/reset-password", {}),
    ):
        status, told = await other.ask(method, path, body)
        assert (status, told["error"]["code"]) == (403, "PERMISSION_ERROR"), path
    assert (await other.ask("GET", TRAIL))[0] == (200 if role == "developer" else 403)


async def test_another_role_counts_from_the_next_request_on(served: Served, browser: Browser) -> None:
    bob = await served.add("bob@example.com", "admin")
    theirs = await served.signed_in("bob@example.com")
    status, told = await browser.ask("PATCH", f"{USERS}/{bob.id}", {"role": "read_only", "name": "Bobby"})
    assert (status, told["role"], told["name"]) == (200, "read_only", "Bobby")
    assert (await theirs.ask("GET", USERS))[0] == 403
    _, session = await theirs.ask("GET", "/dashboard/api/session")
    assert not [scope for scope in session["scopes"] if scope.endswith(":write")]


async def test_who_is_disabled_is_out_at_once_and_may_come_back(served: Served, browser: Browser) -> None:
    bob = await served.add("bob@example.com")
    theirs = await served.signed_in("bob@example.com")
    assert (await browser.ask("PATCH", f"{USERS}/{bob.id}", {"disabled": True}))[1]["disabled"] is True
    assert (await theirs.ask("GET", "/dashboard/api/session"))[0] == 401
    assert (await served.browser().sign_in("bob@example.com"))[0] == 401
    assert (await browser.ask("PATCH", f"{USERS}/{bob.id}", {"disabled": False}))[1]["disabled"] is False
    assert (await theirs.ask("GET", "/dashboard/api/session"))[0] == 401, "what is over stays so"
    assert (await served.browser().sign_in("bob@example.com"))[0] == 200


async def test_a_new_password_by_an_admin_ends_the_person_s_sessions(served: Served, browser: Browser) -> None:
    bob = await served.add("bob@example.com")
    theirs = await served.signed_in("bob@example.com")
    status, told = await browser.ask("POST", f"{USERS}/{bob.id}/reset-password")
    assert status == 200
    assert (await theirs.ask("GET", "/dashboard/api/session"))[0] == 401
    assert (await served.browser().sign_in("bob@example.com"))[0] == 401
    assert (await served.browser().sign_in("bob@example.com", told["password"]))[0] == 200


async def test_nobody_makes_a_new_password_for_themselves_without_the_present_one(browser: Browser) -> None:
    _, told = await browser.ask("GET", USERS)
    status, told = await browser.ask("POST", f"{USERS}/{told['data'][0]['id']}/reset-password")
    assert (status, told["error"]["code"]) == (400, "BAD_REQUEST_ERROR")
    assert (await browser.ask("GET", USERS))[0] == 200, "still signed in"


def test_an_empty_secret_is_no_secret(settings: Settings) -> None:
    for name in ("admin_api_key", "internal_token"):
        with pytest.raises(ValidationError, match=name):
            Settings(**{**settings.model_dump(), name: ""})


@pytest.mark.parametrize("asked", [{"role": "developer"}, {"disabled": True}])
async def test_the_last_admin_stays_one(browser: Browser, asked: dict[str, Any]) -> None:
    _, told = await browser.ask("GET", USERS)
    path = f"{USERS}/{told['data'][0]['id']}"
    await add(browser, role="developer")
    status, told = await browser.ask("PATCH", path, asked)
    assert (status, told["error"]["description"]) == (400, "This is the last admin: make somebody else one before")
    assert (await browser.ask("GET", USERS))[0] == 200


async def test_admins_who_let_each_other_go_at_once_leave_one(served: Served) -> None:
    for turn in range(8):
        merchant_id = f"mer_{turn}"
        emails = [f"{name}{turn}@example.com" for name in ("a", "b", "c")]
        people = [await served.add(email, "admin", merchant_id) for email in emails]
        browsers = [await served.signed_in(email) for email in emails]
        asked = {"disabled": True} if turn % 2 else {"role": "support"}
        answers = await asyncio.gather(
            *(browser.ask("PATCH", f"{USERS}/{people[(n + 1) % 3].id}", asked) for n, browser in enumerate(browsers))
        )
        assert {status for status, _ in answers} <= {200, 400, 401, 403}
        async with served.pool.acquire() as connection:
            left = await connection.fetchval(
                "SELECT count(*) FROM users WHERE merchant_id = $1 AND role = 'admin' AND disabled_at IS NULL",
                merchant_id,
            )
        assert left >= 1, answers


async def test_merchants_never_see_each_other_s_people_sessions_or_deeds(served: Served, browser: Browser) -> None:
    other = await served.add("zed@other.example", "admin", OTHER_MERCHANT)
    theirs = await served.signed_in("zed@other.example")
    await add(theirs, "yan@other.example")
    await add(browser)
    for seen, me in ((browser, "example.com"), (theirs, "other.example")):
        _, people = await seen.ask("GET", USERS)
        _, trail = await seen.ask("GET", TRAIL)
        emails = {one["email"] for one in people["data"]} | {one["user"]["email"] for one in trail["data"]}
        assert {email.partition("@")[2] for email in emails} == {me}
    assert (await browser.ask("GET", f"{TRAIL}?user_id={other.id}"))[1] == {"data": [], "has_more": False}
    one = f"{USERS}/{other.id}"
    for method, path, body in (
        ("PATCH", one, {"disabled": True}),
        ("PATCH", one, {"role": "read_only"}),
        ("POST", f"{one}/reset-password", {}),
    ):
        assert (await browser.ask(method, path, body))[0] == 404
    assert (await theirs.ask("GET", USERS))[0] == 200


async def test_the_operator_adds_a_merchant_s_first_admin(served: Served) -> None:
    asked = {"merchant_id": OTHER_MERCHANT, "email": "zed@other.example", "name": "Zed", "role": "admin"}
    operator, path = {"Authorization": f"Bearer {ADMIN_KEY}"}, "/dashboard/api/operator/users"
    status, told = await served.browser().ask("POST", path, asked, operator)
    assert (status, told["error"]["field"]) == (400, "merchant_id"), "nobody has told of this merchant"
    await served.tell_of(OTHER_MERCHANT)
    status, made = await served.browser().ask("POST", path, asked, operator)
    assert status == 201
    status, told = await served.browser().sign_in("zed@other.example", made["password"])
    assert (status, told["merchant"]["id"]) == (200, OTHER_MERCHANT)


async def test_without_an_operator_s_key_nobody_is_the_operator(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"admin_api_key": None})) as served:
        asked = {"merchant_id": test_merchant.ID, "email": "e@example.com", "name": "E", "role": "admin"}
        for given in ({}, {"X-Admin-Key": ""}, {"X-Admin-Key": "None"}):
            assert (await served.browser().ask("POST", "/dashboard/api/operator/users", asked, given))[0] == 401
