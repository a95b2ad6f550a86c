"""What watches the other tests sees what it is there for."""

from tests.browser import axe
from tests.browser.buyer import Arrive
from tests.browser.site import Site

STRICT = {"Content-Security-Policy": "default-src 'self'"}


async def test_errors_violations_and_third_parties_are_seen(arrive: Arrive, site: Site) -> None:
    buyer = await arrive()
    site.put(
        "/bad.js",
        "console.error('loud'); fetch('http://other.test/x').catch(() => {}); throw new Error('broken')",
        content_type="text/javascript",
    )
    page = "<!doctype html><html lang=en><title>Bad</title><style>p {}</style><script src=/bad.js></script>"
    frame = "<iframe src='data:text/html,<script>console.warn(1)</script>'></iframe>"
    await buyer.page.goto(site.put("/strict", page, headers=STRICT))
    await buyer.page.goto(site.put("/free", page + frame))
    seen = "\n".join(buyer.watch.unexpected)
    for trouble in (
        "console error: loud",
        "uncaught: broken",
        f"violation at {site.origin()}: enforce style-src-elem inline",
        "violation at " + site.origin() + ": enforce connect-src http://other.test/x",
        "third party: http://other.test/x",
        "console warning: 1",
    ):
        assert trouble in seen
    buyer.watch.expect("")
    assert buyer.watch.unexpected == []
    assert len(buyer.watch.violations) == 2


async def test_messages_to_windows_and_ports_are_seen(arrive: Arrive, site: Site) -> None:
    buyer = await arrive()
    frame = site.put("/frame", "<script>onmessage = ({ports: [port]}) => port.postMessage({b: 2})</script>")
    await buyer.page.goto(
        site.put(
            "/",
            f"<iframe src='{frame.replace('127.0.0.1', 'localhost')}'></iframe><p></p><script>"
            "const {port1, port2} = new MessageChannel();"
            "port1.onmessage = ({data}) => document.querySelector('p').textContent = data.b;"
            "onload = () => frames[0].postMessage({a: 1}, '*', [port2])</script>",
        )
    )
    await buyer.page.get_by_text("2").wait_for()
    window, port = buyer.watch.messages
    assert (window.way, window.at, window.data, window.origin) == (
        "window",
        site.origin("localhost"),
        {"a": 1},
        site.origin(),
    )
    assert (port.way, port.at, port.top, port.data) == ("port", site.origin("localhost"), False, {"b": 2})


async def test_axe_finds_faults_in_every_frame_whatever_its_policy_forbids(arrive: Arrive, site: Site) -> None:
    buyer = await arrive()
    buyer.watch.expect("")
    policy = {"Content-Security-Policy": "default-src 'none'; require-trusted-types-for 'script'"}
    frame = site.put("/frame", "<!doctype html><title>Frame</title><p>no language</p>", headers=policy)
    page = (
        f"<!doctype html><html lang=en><title>T</title><main><h1>T</h1><iframe title=F src='{frame}'></iframe></main>"
    )
    await buyer.page.goto(site.put("/", page))
    found = await axe.violations(buyer.page)
    assert any("/frame: html-has-lang" in one for one in found)
    assert not [one for one in found if not one.startswith(frame)]
