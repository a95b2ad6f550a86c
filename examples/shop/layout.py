"""What every page of the shop has: the head, the bar on top, the line at the bottom."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from examples.shop.markup import Child, Markup, tag

NAME: Final = "Marigold & Clay"
PLACES: Final = (("Shop", "/"), ("Orders", "/orders"), ("Webhooks", "/webhooks"))

Content = Markup | None


class Paying(NamedTuple):
    """What a page needs to take payments: the address of the checkout's script, and the API key's public half."""

    script: str
    key: str


def document(title: str, here: str, *content: Content, style: str, paying: Paying | None = None) -> str:
    """A whole page. `here` is the place in the bar that it belongs to; `style` names its stylesheet beside the shared
    one."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("title", f"{title} · {NAME}"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="/static/shop.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="/static/shop.css"),
        tag("link", rel="stylesheet", href=f"/static/{style}.css"),
        *(_scripts(paying) if paying else ()),
        tag("script", src="/static/shop.js", defer=True),
    )
    body = tag(
        "body",
        tag("a", "To the content", href="#content", class_="skip"),
        _bar(here),
        tag("main", *content, id="content"),
        tag("p", "", id="said", role="status", class_="unseen"),
        _foot(),
    )
    return "<!doctype html>" + tag("html", head, body, lang="en")


def _scripts(paying: Paying) -> tuple[Markup, Markup]:
    return (
        tag("script", src=paying.script, defer=True),
        tag("script", src="/static/pay.js", defer=True, data_key=paying.key, data_checkout=paying.script),
    )


def problem(text: str | None, **attributes: str) -> Content:
    """What went wrong and what to do, where there is something."""
    return tag("p", text, class_="problem", role="alert", **attributes) if text else None


def live(*content: Content, every_ms: int, said: str) -> Markup:
    """The part of a page that is fetched anew; a change of `said` is read out to who does not see it."""
    return tag("div", *content, id="live", data_part=True, data_every=every_ms, data_said=said)


def button_form(action: str, label: Child, **attributes: str) -> Markup:
    """One button that posts to `action`."""
    return tag("form", tag("button", label, type="submit", **attributes), method="post", action=action)


def clock(at_s: float) -> Markup:
    """The time of the day, to the millisecond; the date on touch."""
    at = datetime.fromtimestamp(at_s, UTC)
    return tag(
        "time", f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}", datetime=at.isoformat(), title=f"{at:%Y-%m-%d} UTC"
    )


def message(title: str, text: str) -> str:
    """A page that says one thing: that there is no such page, or what went wrong."""
    return document(
        title,
        "",
        tag(
            "section",
            tag("h1", title),
            tag("p", text),
            tag("p", tag("a", "Back to the shop", href="/", class_="button")),
            class_="card message",
        ),
        style="buy",
    )


def _bar(here: str) -> Markup:
    links = [tag("a", name, href=path, aria_current="page" if path == here else None) for name, path in PLACES]
    return tag(
        "header",
        tag(
            "a",
            tag("img", src="/static/shop.svg", alt="", width=32, height=32),
            tag("b", NAME),
            href="/",
            class_="brand",
        ),
        tag("nav", *links, aria_label="Shop"),
        class_="bar",
    )


def _foot() -> Markup:
    return tag(
        "footer",
        tag("p", "A test shop. Nothing is for sale, no money moves, and every part of it is there to be looked at."),
    )
