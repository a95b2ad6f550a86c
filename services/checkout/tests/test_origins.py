"""An origin is written as a browser writes it, or it is refused: what is compared leniently lets strangers in."""

from typing import Final

import pytest

from chassis.runtime import Runtime
from services.checkout.origins import origin_of, origin_problem
from services.checkout.settings import Settings
from services.checkout.tests.conftest import LOCAL, OTHER_MERCHANT, Client, allow, internal

GOOD: Final = (
    "https://shop.example",
    "http://shop.example",
    "https://shop.example:8443",
    "http://localhost",
    "http://localhost:4000",
    "http://127.0.0.1:65535",
    "https://xn--mller-kva.example",
    "https://a.b-c.d1.example",
    "https://1.shop.example",
    "http://192.168.0.10:3000",
    "http://host.docker.internal:8080",
)
BAD: Final = (
    "",
    " ",
    "null",
    "*",
    "https://*",
    "https://*.shop.example",
    "https://shop.example:*",
    "http://localhost:*",
    "shop.example",
    "//shop.example",
    "https:shop.example",
    "https:/shop.example",
    "https://",
    "https:///shop.example",
    "https://shop.example/",
    "https://shop.example/checkout",
    "https://shop.example?x",
    "https://shop.example?",
    "https://shop.example#",
    "https://shop.example#a",
    "https://shop.example\\",
    "https://shop.example\\@evil.example",
    "https://user@shop.example",
    "https://user:word@shop.example",
    "https://shop.example@evil.example",
    "HTTPS://shop.example",
    "https://Shop.example",
    "https://shop.EXAMPLE",
    "https://shop.example:443",
    "http://shop.example:80",
    "https://shop.example:",
    "https://shop.example:0",
    "https://shop.example:08443",
    "https://shop.example:65536",
    "https://shop.example:99999",
    "https://shop.example:port",
    "https://shop.example:８０８０",
    "https://shop.example.",
    "https://.shop.example",
    "https://shop..example",
    "https://-shop.example",
    "https://shop-.example",
    "https://shop_1.example",
    f"https://{'a' * 64}.example",
    f"https://{'a.' * 130}example",
    "https://müller.example",
    "https://shορ.example",
    "https://shop。example",
    "https://shop%2eexample",
    "https://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0x7f000001",
    "http://127.0.0.01",
    "http://127.0.0.256",
    "http://[::1]",
    "http://[::1]:4000",
    "ftp://shop.example",
    "ws://shop.example",
    "file://",
    "data:text/html,x",
    "javascript:alert(1)",
    "blob:https://shop.example",
    "chrome-extension://abcdefgh",
    "https://shop.example ",
    " https://shop.example",
    "https://shop.example\n",
    "https://shop.example\x00",
    "https://shop.example;script-src *",
    "https://shop.example, https://evil.example",
    "https://shop.example https://evil.example",
    "'self'",
    "https://shop.example'",
    "https",
)


@pytest.mark.parametrize("origin", GOOD)
def test_an_origin_is_taken_as_browsers_write_it(origin: str) -> None:
    assert origin_problem(origin) is None


@pytest.mark.parametrize("origin", BAD)
def test_whatever_is_no_origin_is_refused_in_words(origin: str) -> None:
    problem = origin_problem(origin)
    assert problem is not None
    assert problem.split()[0] in ("must", "names", "does")


async def test_nothing_is_saved_of_a_list_with_one_that_is_wrong(client: Client) -> None:
    for origin in BAD:
        asked = {"allowed_origins": ["https://shop.example", origin]}
        async with client.put("/internal/checkout/settings", json=asked, headers=internal()) as response:
            assert response.status == 400, origin
            error = (await response.json())["error"]
        assert error["field"] == "allowed_origins"
        assert "such as https://shop.example" in error["description"]
    async with client.get("/internal/checkout/settings", headers=internal()) as response:
        assert await response.json() == {"allowed_origins": None, "effective_origins": LOCAL}


async def test_origins_are_kept_as_they_are_and_once(client: Client) -> None:
    asked = {"allowed_origins": [*GOOD, GOOD[0]]}
    for _ in range(2):
        async with client.put("/internal/checkout/settings", json=asked, headers=internal()) as response:
            assert response.status == 200
            saved = await response.json()
    assert saved == {"allowed_origins": list(GOOD), "effective_origins": list(GOOD)}
    async with client.get("/internal/checkout/settings", headers=internal()) as response:
        assert await response.json() == saved
    async with client.get("/internal/checkout/settings", headers=internal(OTHER_MERCHANT)) as response:
        assert (await response.json())["allowed_origins"] is None


@pytest.mark.parametrize(("saved", "effective"), [([], []), (None, LOCAL)])
async def test_none_is_nobody_and_null_is_the_default(
    client: Client, runtime: Runtime[Settings], saved: list[str] | None, effective: list[str]
) -> None:
    await allow(runtime, ["https://shop.example"])
    async with client.put(
        "/internal/checkout/settings", json={"allowed_origins": saved}, headers=internal()
    ) as response:
        assert await response.json() == {"allowed_origins": saved, "effective_origins": effective}


async def test_settings_that_say_something_else_are_refused(client: Client) -> None:
    wrong: list[dict[str, object]] = [
        {},
        {"allowed_origins": "https://shop.example"},
        {"allowed_origins": [1]},
        {"allowed_origins": [None]},
        {"allowed_origins": {"a": 1}},
        {"allowed_origins": [], "more": 1},
        {"allowed_origins": [f"https://shop{number}.example" for number in range(51)]},
    ]
    for asked in wrong:
        async with client.put("/internal/checkout/settings", json=asked, headers=internal()) as response:
            assert response.status == 400
            assert (await response.json())["error"]["code"] == "BAD_REQUEST_ERROR"


async def test_settings_are_for_the_api_alone(client: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong", "X-Merchant-Id": "m"}):
        async with client.get("/internal/checkout/settings", headers=headers) as response:
            assert response.status == 401
    async with client.get("/internal/checkout/settings", headers=internal("")) as response:
        assert response.status == 400


def test_the_origin_of_an_address_that_we_were_given() -> None:
    assert origin_of("http://localhost:8000/gateway") == "http://localhost:8000"
    assert origin_of("https://pay.example") == "https://pay.example"
