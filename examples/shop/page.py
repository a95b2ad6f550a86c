"""The shop's two pages, drawn on the server: what came in (with the switch), and one delivery in full."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args
from urllib.parse import urlencode

import orjson

from contracts.events.webhook import WebhookEventType
from examples.shop.behaviour import MAX_DELAY_S, MAX_TIMES, Behaviour, Mode
from examples.shop.deliveries import Counters, Delivery, Filter
from examples.shop.markup import Child, Markup, join, tag
from examples.shop.webhooks import Finding

MODE_LABELS: Final[dict[Mode, str]] = {"ok": "Answer OK", "fail": "Fail", "slow": "Be slow", "hang": "Hang"}
CHECK_LABELS: Final[dict[Finding, str]] = {
    Finding.VALID: "valid",
    Finding.MISSING: "missing",
    Finding.MALFORMED: "malformed",
    Finding.STALE: "too old or too new",
    Finding.WRONG: "wrong",
    Finding.UNCHECKED: "not checked",
}
TEST_CREDENTIALS: Final = "-H 'X-Api-Key: key_test_abc123' -H 'X-Api-Secret: secret_test_xyz789'"
COLUMNS: Final = ("Received, UTC", "Event", "Object", "Seq", "Attempt", "Checks", "Answer", "Latency")


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows."""

    webhook_url: str
    api_url: str
    behaviour: Behaviour
    counters: Counters
    found: list[Delivery]
    total: int
    wanted: Filter
    limit: int
    offset: int
    problem: str | None


def overview(view: Overview) -> str:
    """The first page."""
    return _document(
        "Test shop",
        tag(
            "header",
            tag("h1", "Test shop"),
            tag("p", "The merchant that Paygate’s webhooks go to: ", tag("code", "POST ", view.webhook_url)),
        ),
        tag("p", view.problem, class_="problem", role="alert") if view.problem else None,
        _switch(view.behaviour),
        tag("div", _now(view.behaviour), _counters(view.counters), _listing(view), id="live"),
    )


def details(delivery: Delivery, api_url: str) -> str:
    """One delivery: its checks, headers and body."""
    facts = delivery.facts
    return _document(
        f"Delivery {delivery.number}",
        tag(
            "header",
            tag("p", tag("a", "← All deliveries", href="/")),
            tag("h1", facts.event if facts else "Delivery", tag("small", f" #{delivery.number}")),
        ),
        tag("p", delivery.problem, class_="problem") if delivery.problem else None,
        tag("section", _facts(delivery), class_="card"),
        _api_hint(facts.payment_id, api_url) if facts and facts.payment_id else None,
        tag("section", tag("h2", "Body"), *_body(delivery), class_="card"),
        tag("section", tag("h2", "Headers"), _headers(delivery), class_="card"),
    )


def _document(title: str, *content: Markup | None) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("title", f"{title} · Paygate"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="/static/shop.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="/static/shop.css"),
        tag("script", src="/static/shop.js", defer=True),
    )
    return "<!doctype html>" + tag("html", head, tag("body", tag("main", *content)), lang="en")


# ── The switch ──


def _switch(behaviour: Behaviour) -> Markup:
    """Outside of the part that refreshes itself, so that nobody's typing is lost."""
    fields = tag(
        "div",
        _field("Fail with status", "status", behaviour.status, "300", "599"),
        _field("Slow by (s)", "delay_s", f"{behaviour.delay_s:g}", "0", f"{MAX_DELAY_S:g}", step="any"),
        _field("Only the next", "times", "", "1", str(MAX_TIMES), placeholder="all"),
        class_="fields",
    )
    buttons = [
        tag("button", label, name="mode", value=mode, type="submit", class_=mode) for mode, label in MODE_LABELS.items()
    ]
    forget = tag("button", "Forget all deliveries", type="submit", form="forget", class_="quiet")
    return tag(
        "section",
        tag("h2", "How to answer the next deliveries"),
        tag("form", fields, tag("div", *buttons, forget, class_="buttons"), method="post", action="/control"),
        tag("form", id="forget", method="post", action="/forget"),
        class_="card",
    )


def _field(label: str, name: str, value: str | int, least: str, most: str, **attributes: str) -> Markup:
    box = tag("input", type="number", name=name, value=value, min=least, max=most, **attributes)
    return tag("label", tag("span", label), box)


def _now(behaviour: Behaviour) -> Markup:
    does = {
        "ok": "answers 200",
        "fail": f"answers {behaviour.status}",
        "slow": f"answers 200 after {behaviour.delay_s:g} s",
        "hang": "never answers",
    }[behaviour.mode]
    until = f", for the next {behaviour.times:,}" if behaviour.times is not None else ""
    return tag("p", tag("span", "", class_="dot"), f"The shop {does}{until}.", class_=f"now {behaviour.mode}")


# ── The counters and the listing ──


def _counters(counters: Counters) -> Markup:
    shown = (
        ("Received", counters.received, ""),
        ("Distinct", counters.distinct, ""),
        ("Accepted", counters.accepted, "good"),
        ("Retries", counters.retries, ""),
        ("Duplicates", counters.duplicates, ""),
        ("Bad signatures", counters.bad_signatures, "bad"),
        ("Bad payloads", counters.bad_payloads, "bad"),
    )
    return tag(
        "dl",
        *(tag("div", tag("dt", label), tag("dd", f"{n:,}"), class_=kind if n else "") for label, n, kind in shown),
        class_="counters",
    )


def _listing(view: Overview) -> Markup:
    filtered = view.wanted != Filter()
    if view.found:
        rows = tag(
            "table",
            tag("thead", tag("tr", *(tag("th", column, scope="col") for column in COLUMNS))),
            tag("tbody", *(_row(delivery) for delivery in view.found)),
        )
    elif filtered:
        rows = tag("p", "No remembered delivery matches the filter.", class_="empty")
    else:
        rows = _welcome(view.api_url)
    return tag(
        "section",
        tag("h2", "Deliveries", tag("small", f" {view.total:,} {'match' if filtered else 'remembered'}")),
        _filter_form(view.wanted) if view.found or filtered else None,
        rows,
        _pager(view),
        class_="card listing",
    )


def _row(delivery: Delivery) -> Markup:
    facts = delivery.facts
    same_object = f"/?{urlencode({'object_id': facts.object_id})}" if facts and facts.object_id else None
    same_webhook = f"/?{urlencode({'webhook_id': delivery.webhook_id})}" if delivery.attempt else None
    cells = (
        tag("a", _clock_time(delivery), href=f"/inspect/{delivery.number}"),
        facts.event if facts else tag("span", "off contract" if delivery.verified else "not verified", class_="soft"),
        tag("a", facts.object_id, href=same_object) if facts and same_object else "–",
        facts.sequence if facts else "–",
        tag("a", f"{delivery.attempt}.", href=same_webhook) if same_webhook else "–",
        _checks(delivery),
        _answer(delivery),
        _latency(delivery) or "–",
    )
    return tag(
        "tr",
        *(tag("td", cell, data_label=column) for column, cell in zip(COLUMNS, cells, strict=True)),
        id=f"d{delivery.number}",
    )


def _checks(delivery: Delivery) -> Markup:
    named = (
        ("body", delivery.body_signature),
        ("standard", delivery.standard_signature),
        ("contract", delivery.contract),
    )
    return tag("span", *(_badge(name, finding) for name, finding in named), class_="badges")


def _badge(name: str, finding: Finding) -> Markup:
    mark, kind = {Finding.VALID: ("✓", "good"), Finding.UNCHECKED: ("·", "idle")}.get(finding, ("✗", "bad"))
    return tag("span", f"{mark} {name}", class_=f"badge {kind}", title=f"{name}: {CHECK_LABELS[finding]}")


def _answer(delivery: Delivery) -> Markup:
    if delivery.status is None:
        return tag("span", "none", class_="badge idle", title="No answer was given (yet)")
    return tag("span", delivery.status, class_=f"badge {'good' if delivery.status == 200 else 'bad'}")


def _latency(delivery: Delivery) -> Markup | None:
    """The finer of the two, where there is one."""
    since_update = delivery.since_update_ms is not None
    took_ms = delivery.since_update_ms if since_update else delivery.latency_ms
    if took_ms is None:
        return None
    shown = f"{took_ms:,} ms" if took_ms < 10_000 else f"{took_ms / 1000:,.0f} s"
    return tag("span", shown, title="since the object changed" if since_update else "since the payload’s whole second")


def _clock_time(delivery: Delivery) -> Markup:
    at = datetime.fromtimestamp(delivery.received_at_s, UTC)
    return tag("time", f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}", datetime=at.isoformat(), title=f"{at:%Y-%m-%d}")


def _filter_form(wanted: Filter) -> Markup:
    options = [tag("option", "all events", value="")] + [
        tag("option", event, value=event, selected=event == wanted.event) for event in get_args(WebhookEventType)
    ]
    boxes = (
        _filter_box("object_id", "object id", wanted.object_id),
        _filter_box("payment_id", "payment id", wanted.payment_id),
        _filter_box("webhook_id", "webhook id", wanted.webhook_id),
    )
    return tag(
        "form",
        tag("select", *options, name="event", aria_label="Event"),
        *boxes,
        tag("button", "Filter", type="submit"),
        tag("a", "Show all", href="/") if wanted != Filter() else None,
        method="get",
        action="/",
        class_="filter",
    )


def _filter_box(name: str, label: str, value: str | None) -> Markup:
    return tag("input", name=name, value=value, placeholder=label, aria_label=label, autocomplete="off")


def _pager(view: Overview) -> Markup | None:
    older, newer = view.offset + view.limit, view.offset - view.limit
    if older >= view.total and view.offset == 0:
        return None
    return tag(
        "nav",
        tag("a", "← Newer", href=_page_url(view, max(0, newer))) if view.offset else tag("span", ""),
        tag("span", f"{view.offset + 1:,}–{view.offset + len(view.found):,} of {view.total:,}") if view.found else None,
        tag("a", "Older →", href=_page_url(view, older)) if older < view.total else tag("span", ""),
        aria_label="Pages",
    )


def _page_url(view: Overview, offset: int) -> str:
    wanted = view.wanted
    query: dict[str, str | int | None] = {
        "event": wanted.event,
        "object_id": wanted.object_id,
        "payment_id": wanted.payment_id,
        "webhook_id": wanted.webhook_id,
        "limit": view.limit,
        "offset": offset,
    }
    return "/?" + urlencode({name: value for name, value in query.items() if value is not None})


def _welcome(api_url: str) -> Markup:
    command = f"curl -X POST {TEST_CREDENTIALS} \\\n  {api_url}/api/v1/merchants/webhook/test"
    return tag("div", tag("p", "Nothing has arrived yet. Ask the gateway for a test webhook:"), tag("pre", command))


# ── One delivery ──


def _facts(delivery: Delivery) -> Markup:
    facts = delivery.facts
    at = datetime.fromtimestamp(delivery.received_at_s, UTC)
    attempt = f", delivery {delivery.attempt} of this id" if delivery.attempt else ""
    rows: list[tuple[str, Child]] = [
        ("Received", f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"),
        ("Webhook id", f"{delivery.webhook_id or '–'}{attempt}"),
    ]
    if facts:
        rows += [
            ("Event id", facts.event_id),
            ("Object", f"{facts.object_id or '–'}, sequence {facts.sequence}"),
            ("Latency", _latency(delivery)),
        ]
    if facts and facts.payment_id:
        rows.append(("Payment", tag("a", facts.payment_id, href=f"/?{urlencode({'payment_id': facts.payment_id})}")))
    rows += [
        ("X-Webhook-Signature", _badge(CHECK_LABELS[delivery.body_signature], delivery.body_signature)),
        ("Standard Webhooks", _badge(CHECK_LABELS[delivery.standard_signature], delivery.standard_signature)),
        ("Contract", _badge(CHECK_LABELS[delivery.contract], delivery.contract)),
        ("Answer", _answer(delivery)),
    ]
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows), class_="facts")


def _api_hint(payment_id: str, api_url: str) -> Markup:
    command = f"curl {TEST_CREDENTIALS} \\\n  {api_url}/api/v1/payments/{payment_id}"
    return tag("section", tag("h2", "What the API says now"), tag("pre", command), class_="card")


def _body(delivery: Delivery) -> tuple[Markup, ...]:
    exact = delivery.body.decode("utf-8", "replace")
    kept = "" if len(delivery.body) == delivery.body_bytes else f", of which the first {len(delivery.body):,} are kept"
    as_sent = join(
        tag("p", f"As it came, {delivery.body_bytes:,} bytes{kept}:", class_="note"), tag("pre", exact, class_="wrap")
    )
    try:
        pretty = orjson.dumps(orjson.loads(delivery.body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return (as_sent,)
    return tag("pre", pretty), as_sent


def _headers(delivery: Delivery) -> Markup:
    return tag(
        "table",
        *(
            tag(
                "tr",
                tag("th", name.decode("utf-8", "replace"), scope="row"),
                tag("td", value.decode("utf-8", "replace")),
            )
            for name, value in delivery.headers
        ),
        class_="headers",
    )
