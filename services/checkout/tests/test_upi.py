"""The simulated UPI app: a code that leads to it, and two buttons that pay or decline, once each."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from aiohttp import web

from chassis.runtime import Runtime
from services.checkout.settings import Settings
from services.checkout.state import Order
from services.checkout.tests.conftest import MERCHANT, Api, Client, Seen, policy_of, serving
from services.checkout.upi import UpiApp

APP: Final = UpiApp("http://localhost:3001")
ORDER: Final = Order("order_0VxKb1QmZ8aT4RfL", "m", "Shop", 49_900, "INR", "created", None, None, None)
ATTACK: Final = '"><script>alert(1)</script>'


async def load(client: Client, path: str, status: int = 200) -> tuple[str, Any]:
    """A page of the app."""
    async with client.get(path) as response:
        assert response.status == status, await response.text()
        return await response.text(), response.headers


def action(html: str, word: str) -> str:
    """Where the button with this word leads."""
    found = re.search(rf'<form method="post" action="([^"]+)"><button[^>]*>{word}', html)
    assert found, html
    return unescape(found[1])


async def press(client: Client, path: str, status: int = 303, *, site: str = "same-origin") -> str:
    """Press a button; where it leads, or what it says."""
    async with client.post(path, headers={"Sec-Fetch-Site": site}, allow_redirects=False) as response:
        assert response.status == status
        return response.headers["Location"] if status == 303 else await response.text()


@pytest.mark.parametrize(
    ("amount_minor", "written"), [(100, "1.00"), (49_900, "499.00"), (49_905, "499.05"), (10**12, "10000000000.00")]
)
def test_the_link_says_whom_to_pay_how_much_for_what(amount_minor: int, written: str) -> None:
    order = Order(ORDER.id, "m", "Shop", amount_minor, "INR", "created", None, None, None)
    link = urlsplit(APP.link(order, "Lamps & Co/?#é"))
    assert (link.scheme, link.netloc, link.path) == ("http", "localhost:3001", f"/upi/{ORDER.id}")
    assert parse_qs(link.query, strict_parsing=True) == {
        "pa": ["paygate@upi"],
        "pn": ["Lamps & Co/?#é"],
        "am": [written],
        "cu": ["INR"],
        "tr": [ORDER.id],
    }


async def test_the_code_is_a_picture_of_the_link(client: Client, api: Api) -> None:
    order_id = api.order()
    async with client.get(f"/qr/{order_id}.svg") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "private, max-age=300"
        assert policy_of(response.headers)["default-src"] == "'none'"
        drawn = ElementTree.fromstring(await response.read())
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "viewBox" in drawn.attrib
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} == {"svg", "path"}


async def test_a_merchants_name_fits_into_the_code_however_long_and_in_whatever_script(
    client: Client, api: Api
) -> None:
    api.names[MERCHANT] = "\u0915" * 255
    async with client.get(f"/qr/{api.order()}.svg") as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["order_0000000000000000", "x", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E"])
async def test_without_an_order_there_is_no_code_and_no_page(client: Client, path: str) -> None:
    async with client.get(f"/qr/{path}.svg") as response:
        assert response.status == 404
    html, headers = await load(client, f"/upi/{path}", 404)
    assert "Nothing to pay" in html
    assert headers["Cache-Control"] == "no-store"


async def test_only_rupees_can_be_paid(client: Client, api: Api) -> None:
    order_id = api.order(currency="USD")
    await load(client, f"/upi/{order_id}", 404)
    async with client.get(f"/qr/{order_id}.svg") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("word", "vpa", "status", "says"),
    [("Pay INR 499.00", "success@upi", "success", "Paid"), ("Decline", "failure@upi", "failed", "Not paid")],
)
async def test_a_button_pays_or_declines_and_the_app_says_what_became_of_it(
    client: Client, api: Api, word: str, vpa: str, status: str, says: str
) -> None:
    order_id = api.order()
    html, _ = await load(client, f"/upi/{order_id}?pa=paygate@upi&am=1.00&tr=order_other")
    assert "INR 499.00" in html, "the order counts, not the link"
    path = action(html, word)
    there = await press(client, path)
    assert await press(client, path) == there, "pressed twice, it pays once"
    ((payment_id, payment),) = api.payments.items()
    assert (payment["order_id"], payment["vpa"]) == (order_id, vpa)
    assert {key for key, _ in api.posted} == {payment["key"]}
    waiting, headers = await load(client, there)
    assert "Paying" in waiting
    assert headers["Refresh"] == "1"
    api.payments[payment_id]["status"] = status
    done, headers = await load(client, there)
    assert f"<h1>{says}</h1>" in done
    assert "Refresh" not in headers
    assert "<form" not in done


async def test_two_windows_are_two_attempts(client: Client, api: Api) -> None:
    order_id = api.order()
    for _ in range(2):
        html, _ = await load(client, f"/upi/{order_id}")
        await press(client, action(html, "Pay"))
    assert len(api.payments) == 2


async def test_an_order_that_is_paid_or_over_is_not_offered(client: Client, api: Api) -> None:
    paid, old = api.order(), api.order(expires_at=datetime(2026, 1, 1, tzinfo=UTC).isoformat())
    html, _ = await load(client, f"/upi/{paid}")
    path = action(html, "Pay")
    api.paid(paid)
    for order_id, why in ((paid, "The order is paid already"), (old, "The order has expired")):
        html, _ = await load(client, f"/upi/{order_id}")
        assert why in html
        assert "<form" not in html
    assert "The order is paid already" in await press(client, path, 400)


async def test_a_payment_of_another_order_is_not_told(client: Client, api: Api) -> None:
    mine, theirs = api.order(), api.order()
    html, _ = await load(client, f"/upi/{theirs}")
    there = await press(client, action(html, "Pay"))
    html, _ = await load(client, there.replace(theirs, mine))
    assert "<form" in html


async def test_the_app_runs_no_script_and_is_framed_by_nobody(
    client: Client, runtime: Runtime[Settings], api: Api
) -> None:
    await runtime.pool.execute("INSERT INTO merchant (id, name) VALUES ($1, $2)", MERCHANT, ATTACK)
    html, headers = await load(client, f"/upi/{api.order(receipt=ATTACK)}?payment={ATTACK}&pn={ATTACK}")
    policy = policy_of(headers)
    assert (policy["default-src"], policy["frame-ancestors"], policy["form-action"]) == ("'none'", "'none'", "'self'")
    assert "script-src" not in policy
    seen = Seen(html)
    assert not [tag for tag, told in seen.elements if tag == "script" or any(name.startswith("on") for name in told)]
    assert f"{ATTACK} (paygate@upi)" in seen.texts["dd"]


async def test_another_site_presses_no_button(client: Client, api: Api) -> None:
    order_id = api.order()
    path = action((await load(client, f"/upi/{order_id}"))[0], "Pay")
    for site in ("cross-site", "same-site", "something"):
        assert "Another site" in await press(client, path, 403, site=site)
    assert api.payments == {}
    for site in ("same-origin", "none"):
        await press(client, path, site=site)
    assert len(api.payments) == 1


@pytest.mark.parametrize("query", ["", "?choice=pay", "?choice=steal&attempt=" + "0" * 32, "?choice=pay&attempt=0"])
async def test_a_press_that_no_form_makes_pays_nothing(client: Client, api: Api, query: str) -> None:
    assert "BAD_REQUEST_ERROR" in await press(client, f"/upi/{api.order()}{query}", 400)
    assert api.posted == []


async def test_while_the_gateway_is_away_the_app_says_so(client: Client, api: Api) -> None:
    order_id = api.order()
    path = action((await load(client, f"/upi/{order_id}"))[0], "Pay")
    await api.server.close()
    html, headers = await load(client, f"/upi/{order_id}", 503)
    assert "Nothing was taken" in html
    assert headers["Retry-After"] == "2"
    assert "does not answer" in await press(client, path, 503)


async def test_a_payment_without_an_answer_may_have_been_made_and_is_asked_for_again_with_its_key(
    client: Client, api: Api
) -> None:
    path = action((await load(client, f"/upi/{api.order()}"))[0], "Pay")
    posted: list[str | None] = []

    async def lose_the_answer(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return await api.orders_of(request)
        posted.append(request.headers.get("Idempotency-Key"))
        raise web.HTTPServiceUnavailable

    api.misbehave = lose_the_answer
    for _ in range(2):
        html = await press(client, path, 503)
        assert "Not known yet" in html
        assert "Nothing was taken" not in html
    assert len(set(posted)) == 1


async def test_while_the_gateway_is_away_there_is_no_code(client: Client, api: Api) -> None:
    order_id = api.order()
    await api.server.close()
    async with client.get(f"/qr/{order_id}.svg") as response:
        assert response.status == 503


async def test_outside_test_mode_there_is_no_such_app(settings: Settings, api: Api) -> None:
    async with serving(settings.model_copy(update={"test_mode": False})) as (client, _):
        order_id = api.order()
        for path in (f"/upi/{order_id}", f"/qr/{order_id}.svg"):
            async with client.get(path) as response:
                assert response.status == 404
