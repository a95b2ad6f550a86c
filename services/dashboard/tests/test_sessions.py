"""Signing in and out: who gets a session, how long it lasts, and that what is over lets nobody in."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from contracts import test_merchant
from services.dashboard import store
from services.dashboard.sessions import token_hash
from services.dashboard.settings import Settings
from services.dashboard.tests.conftest import (
    ADMIN,
    OTHER_MERCHANT,
    OWN_PAGE,
    PASSWORD,
    Browser,
    Served,
    serving,
)

SESSION = "/dashboard/api/session"


async def test_who_knows_the_password_is_told_who_they_are(served: Served) -> None:
    browser = served.browser()
    status, told = await browser.sign_in(f"  {ADMIN.upper()} ")
    assert status == 200
    assert told["user"] == {"id": told["user"]["id"], "email": ADMIN, "name": "Ann", "role": "admin"}
    assert told["merchant"]["id"] == test_merchant.ID
    assert "payments:write" in told["scopes"]
    assert told["api_url"] == "http://localhost:8000"
    assert told["test_credentials"] == {"api_key": test_merchant.API_KEY, "api_secret": test_merchant.API_SECRET}
    assert await browser.ask("GET", SESSION) == (200, told)


async def test_only_the_seeded_merchant_s_secret_is_shown_and_only_to_who_may_see_keys(served: Served) -> None:
    await served.add("bob@example.com", "admin", OTHER_MERCHANT)
    await served.add("sue@example.com", "support")
    for email in ("bob@example.com", "sue@example.com"):
        _, told = await (await served.signed_in(email)).ask("GET", SESSION)
        assert told["test_credentials"] is None


@pytest.mark.parametrize(
    ("email", "password"),
    [(ADMIN, "a long enough passwore"), ("nobody@example.com", PASSWORD), (ADMIN, "\x00"), ("no email", PASSWORD)],
)
async def test_a_wrong_password_and_an_unknown_email_look_the_same(served: Served, email: str, password: str) -> None:
    browser = served.browser()
    status, told = await browser.sign_in(email, password)
    assert (status, told["error"]["code"]) == (401, "AUTHENTICATION_ERROR")
    assert told["error"]["description"] == "Email and password do not belong together"
    assert browser.cookie == ""


@pytest.mark.parametrize("url", ["http://localhost:3002", "https://pay.example"])
async def test_no_script_reads_the_cookie_and_no_other_site_s_page_sends_it(settings: Settings, url: str) -> None:
    async with serving(settings.model_copy(update={"dashboard_public_url": url})) as served:
        await served.add(ADMIN)
        async with served.client.post(
            "/dashboard/api/login", json={"email": ADMIN, "password": PASSWORD}, headers={"Origin": url}
        ) as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "no-store"
            cookie = SimpleCookie(response.headers["Set-Cookie"])
    (name,) = cookie
    is_https = url.startswith("https:")
    assert name == ("__Host-paygate" if is_https else "paygate_session")
    assert (cookie[name]["httponly"], cookie[name]["samesite"], cookie[name]["path"]) == (True, "Strict", "/")
    assert (cookie[name]["secure"] is True, cookie[name]["domain"]) == (is_https, "")
    assert len(cookie[name].value) == 43, "256 random bits"


async def test_a_session_that_was_there_before_is_never_promoted(served: Served) -> None:
    planted = served.browser()
    planted.cookie = f"paygate_session={'A' * 43}"
    victim = served.browser()
    victim.cookie = planted.cookie
    assert (await victim.sign_in())[0] == 200
    assert victim.cookie != planted.cookie
    assert (await planted.ask("GET", SESSION))[0] == 401
    before = served.browser()
    before.cookie = victim.cookie
    assert (await victim.sign_in())[0] == 200
    assert victim.cookie != before.cookie
    assert (await before.ask("GET", SESSION))[0] == 401, "who signs in again ends what they had"


async def test_the_database_holds_no_cookie(served: Served, browser: Browser) -> None:
    token = browser.cookie.partition("=")[2]
    async with served.pool.acquire() as connection:
        rows = await connection.fetch("SELECT s::text AS row, token_hash FROM sessions AS s")
    assert [row["token_hash"] for row in rows] == [token_hash(token)]
    assert all(token not in row["row"] for row in rows)


async def test_a_cookie_is_worth_nothing_after_the_sign_out(browser: Browser) -> None:
    kept = browser.cookie
    assert await browser.ask("POST", "/dashboard/api/logout") == (204, None)
    assert browser.cookie == "paygate_session="
    assert "Max-Age=0" in browser.set_cookie
    browser.cookie = kept
    assert (await browser.ask("GET", SESSION))[0] == 401
    assert (await browser.ask("GET", "/api/v1/payments"))[0] == 401
    assert (await browser.ask("POST", "/dashboard/api/logout"))[0] == 401


@pytest.mark.parametrize("cookie", ["", "A" * 43, "é" * 43, "A" * 4000, "'; DROP TABLE sessions; --"])
async def test_a_made_up_cookie_lets_nobody_in(served: Served, cookie: str) -> None:
    browser = served.browser()
    browser.cookie = f"paygate_session={cookie}"
    assert (await browser.ask("GET", SESSION))[0] == 401


async def test_a_session_ends_when_nobody_uses_it_and_at_last_in_any_case(served: Served, browser: Browser) -> None:
    idle = served.parts.sessions.life.idle
    served.clock.advance(idle - timedelta(seconds=1))
    assert (await browser.ask("GET", SESSION))[0] == 200
    served.clock.advance(idle)
    assert (await browser.ask("GET", SESSION))[0] == 401
    again = await served.signed_in()
    for _ in range(int(served.parts.sessions.life.most / (idle / 2)) - 1):
        served.clock.advance(idle / 2)
        assert (await again.ask("GET", SESSION))[0] == 200
    served.clock.advance(idle / 2)
    assert (await again.ask("GET", SESSION))[0] == 401, "used all the time, and over"
    async with served.pool.acquire() as connection:
        assert not await served.parts.sessions.forget(connection)
        assert await connection.fetchval("SELECT count(*) FROM sessions") == 0


async def test_a_person_sees_their_own_sessions_and_ends_any_of_them(served: Served, browser: Browser) -> None:
    elsewhere = await served.signed_in()
    await served.add("bob@example.com")
    other = await served.signed_in("bob@example.com")
    _, mine = await browser.ask("GET", "/dashboard/api/sessions")
    assert [one["current"] for one in mine["data"]] == [False, True]
    assert set(mine["data"][0]) >= {"id", "user_agent", "address", "created_at", "last_seen_at", "current"}
    _, theirs = await other.ask("GET", "/dashboard/api/sessions")
    their_id = theirs["data"][0]["id"]
    assert their_id not in {one["id"] for one in mine["data"]}
    assert (await browser.ask("DELETE", f"/dashboard/api/sessions/{their_id}"))[0] == 404
    assert (await other.ask("GET", SESSION))[0] == 200
    assert (await browser.ask("DELETE", f"/dashboard/api/sessions/{mine['data'][0]['id']}"))[0] == 204
    assert (await elsewhere.ask("GET", SESSION))[0] == 401
    assert (await browser.ask("GET", SESSION))[0] == 200


async def test_signing_out_everywhere_ends_this_session_too(served: Served, browser: Browser) -> None:
    elsewhere = await served.signed_in()
    kept = browser.cookie
    assert (await browser.ask("POST", "/dashboard/api/sessions/end-all"))[0] == 204
    browser.cookie = kept
    for one in (browser, elsewhere):
        assert (await one.ask("GET", SESSION))[0] == 401


async def test_another_password_ends_the_other_sessions_and_the_old_password(served: Served, browser: Browser) -> None:
    elsewhere = await served.signed_in()
    asked = {"current": PASSWORD, "new": "quite another password"}
    assert await browser.ask("POST", "/dashboard/api/password", asked) == (204, None)
    assert (await browser.ask("GET", SESSION))[0] == 200
    assert (await elsewhere.ask("GET", SESSION))[0] == 401
    assert (await served.browser().sign_in())[0] == 401
    assert (await served.browser().sign_in(ADMIN, "quite another password"))[0] == 200


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not the one", "quite another password", "current"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "a" * 40, "new"),
        (PASSWORD, "x y" * 100, "new"),
    ],
)
async def test_a_password_is_changed_by_who_knows_it_to_a_good_one(
    browser: Browser, current: str, new: str, field: str
) -> None:
    status, told = await browser.ask("POST", "/dashboard/api/password", {"current": current, "new": new})
    assert (status, told["error"]["field"]) == (400, field)


async def test_who_tries_passwords_waits_longer_and_longer(served: Served) -> None:
    attacker = served.browser()
    assert {(await attacker.sign_in(ADMIN, "guess"))[0] for _ in range(5)} == {401}
    for wait_s in (1, 2, 4, 8):
        async with served.client.post(
            "/dashboard/api/login", json={"email": ADMIN, "password": PASSWORD}, headers=OWN_PAGE
        ) as response:
            told = (await response.json())["error"]
            assert (response.status, response.headers["Retry-After"]) == (429, str(wait_s))
        assert told["description"] == f"Too many failed attempts: try again in {wait_s} s"
        served.clock.advance(timedelta(seconds=wait_s))
        assert (await attacker.sign_in(ADMIN, "guess"))[0] == 401
    served.clock.advance(timedelta(seconds=16))
    assert (await attacker.sign_in())[0] == 200, "the right password, after the wait, wipes the slate clean"
    assert (await attacker.sign_in(ADMIN, "guess"))[0] == 401


async def test_a_crowd_of_guesses_at_two_replicas_gets_no_more_tries_than_one_after_the_other(
    served: Served, settings: Settings
) -> None:
    async with serving(settings) as replica:
        both = (served, replica)
        guesses = (both[n % 2].browser().sign_in(ADMIN, f"guess {n}") for n in range(30))
        answers = await asyncio.gather(*guesses)
    statuses = [status for status, _ in answers]
    assert (statuses.count(401), statuses.count(429)) == (5, 25)


async def test_one_machine_tries_the_passwords_of_only_so_many_people(served: Served) -> None:
    statuses = [(await served.browser().sign_in(f"user{n}@example.com", "guess"))[0] for n in range(25)]
    assert (statuses.count(401), statuses.count(429)) == (20, 5)
    assert (await served.browser().sign_in())[0] == 429, "the address waits, whoever it says it is"
    async with served.pool.acquire() as connection:
        kept = await connection.fetchval("SELECT count(*) FROM login_failures")
    assert kept == 41, "an address, and twenty emails with it and without: who is told to wait leaves no row"


async def test_who_signs_in_makes_nobody_at_the_same_address_wait_again(served: Served) -> None:
    for number in range(25):
        assert (await served.browser().sign_in(f"user{number}@example.com", "guess"))[0] == 401
        if number >= 19:
            served.clock.advance(timedelta(seconds=2 ** (number - 19)))
    assert [(await served.browser().sign_in())[0] for _ in range(3)] == [200] * 3
    served.clock.advance(timedelta(minutes=29))
    assert (await served.browser().sign_in())[0] == 200
    served.clock.advance(timedelta(minutes=2))
    statuses = [(await served.browser().sign_in(f"user{n}@example.com", "guess"))[0] for n in range(20)]
    assert statuses == [401] * 20, "the failures of half an hour ago are forgiven, whoever signed in since"


async def test_failures_are_forgotten_in_time(served: Served) -> None:
    for _ in range(5):
        await served.browser().sign_in(ADMIN, "guess")
    assert (await served.browser().sign_in(ADMIN, "guess"))[0] == 429
    served.clock.advance(timedelta(minutes=31))
    async with served.pool.acquire() as connection:
        await served.parts.sessions.forgive_old(connection)
        assert await connection.fetchval("SELECT count(*) FROM login_failures") == 0
    assert (await served.browser().sign_in())[0] == 200


async def test_a_password_is_kept_as_argon2id_with_the_settings_parameters_and_anew_when_they_change(
    served: Served, settings: Settings
) -> None:
    async def kept() -> str:
        async with served.pool.acquire() as connection:
            user = await store.find_user_by_email(connection, ADMIN)
            assert user is not None
            return user.password_hash

    assert (await kept()).startswith("$argon2id$v=19$m=1024,t=1,p=1$")
    async with serving(settings.model_copy(update={"argon2_memory_kib": 2048, "argon2_passes": 2})) as stronger:
        assert (await replace(stronger).browser().sign_in())[0] == 200
    assert (await kept()).startswith("$argon2id$v=19$m=2048,t=2,p=1$")
    assert (await served.browser().sign_in())[0] == 200


async def test_whose_password_is_reset_at_the_same_moment_has_no_session_of_the_old_one(served: Served) -> None:
    bob = await served.add("bob@example.com")
    admin: Browser = await served.signed_in()
    for _ in range(10):
        async with served.pool.acquire() as connection:
            await store.set_password(connection, bob.id, bob.password_hash)
        theirs = served.browser()
        both = await asyncio.gather(
            theirs.sign_in("bob@example.com"),
            admin.ask("POST", f"/dashboard/api/users/{bob.id}/reset-password"),
        )
        assert both[1][0] == 200
        assert (await theirs.ask("GET", SESSION))[0] == 401
        served.clock.advance(timedelta(minutes=31))
        admin = await served.signed_in()


def test_by_default_a_password_costs_what_owasp_asks_for(settings: Settings) -> None:
    fields = Settings.model_fields
    assert (fields["argon2_memory_kib"].default, fields["argon2_passes"].default) == (19_456, 2)


async def test_too_many_people_at_once_are_told_to_come_again(settings: Settings) -> None:
    small = settings.model_copy(update={"hashing_threads": 1, "hashing_queue_max": 1, "argon2_memory_kib": 65_536})
    async with serving(small) as served:
        await served.add(ADMIN)
        people = [served.browser().sign_in(f"user{n}@example.com", "guess") for n in range(12)]
        answers = await asyncio.gather(*people)
        refused = [told["error"] for status, told in answers if status == 503]
        assert refused
        async with served.pool.acquire() as connection:
            counted = await connection.fetchval("SELECT failures FROM login_failures WHERE key = '127.0.0.1'")
    assert {one["code"] for one in refused} == {"OVERLOADED"}
    assert counted == len(answers) - len(refused), "who was not let try has not failed"


async def test_the_login_page_learns_the_test_user_in_test_mode_alone(settings: Settings) -> None:
    for test_mode in (True, False):
        async with serving(settings.model_copy(update={"test_mode": test_mode})) as served:
            _, told = await served.browser().ask("GET", "/dashboard/api/config")
        shown = {"email": test_merchant.EMAIL, "password": "paygate-test"} if test_mode else None
        assert told == {"test_mode": test_mode, "test_login": shown}
