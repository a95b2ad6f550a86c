"""The page of the webhooks: what came in, what the checks found, and the switch that makes the shop misbehave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args
from urllib.parse import urlencode

from contracts.events.webhook import WebhookEventType
from examples.shop.behaviour import MAX_DELAY_S, MAX_TIMES, Behaviour, Mode
from examples.shop.deliveries import Counters, Delivery, Filter
from examples.shop.layout import clock, document, live, problem
from examples.shop.markup import Markup, tag
from examples.shop.webhooks import Finding

HOME: Final = "/webhooks"
LIVE_MS: Final = 1500
MODE_LABELS: Final[dict[Mode, str]] = {"ok": "Answer 200", "fail": "Answer 500", "slow": "Be slow", "hang": "Hang"}
CHECK_LABELS: Final[dict[Finding, str]] = {
    Finding.VALID: "valid",
    Finding.MISSING: "missing",
    Finding.MALFORMED: "malformed",
    Finding.STALE: "too old or too new",
    Finding.WRONG: "wrong",
    Finding.UNCHECKED: "not checked",
}
CHECKS: Final = {"body": "X-Webhook-Signature", "standard": "Standard Webhooks"}
TEST_CREDENTIALS: Final = "-H 'X-Api-Key: key_test_abc123' -H 'X-Api-Secret: secret_test_xyz789'"
COLUMNS: Final = ("Received, UTC", "Event", "Object", "Seq", "Attempt", "Checks", "Answer", "Latency")
ORDINALS: Final = ("", "1st", "2nd", "3rd")


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows."""

    webhook_url: str
    api_url: str
    behaviour: Behaviour
    counters: Counters
    found: list[Delivery]
    attempts: Mapping[str, list[Delivery]]
    """Webhook id to its remembered deliveries, for those found, the oldest first."""
    total: int
    wanted: Filter
    limit: int
    offset: int
    problem: str | None


def overview(view: Overview) -> str:
    """The page."""
    now = _now(view.behaviour)
    return document(
        "Webhooks",
        HOME,
        tag(
            "div",
            tag("h1", "Webhooks"),
            tag(
                "p",
                "What the gateway tells this shop’s server at ",
                tag("code", "POST ", view.webhook_url),
                ". Both signatures of each delivery are checked over its exact bytes (",
                tag("code", "X-Webhook-Signature"),
                ": body; ",
                tag("code", "webhook-signature"),
                ": standard), and its payload against the contract.",
            ),
            class_="hero",
        ),
        problem(view.problem),
        _switch(view.behaviour),
        live(
            tag("p", tag("span", "", class_="dot"), now, class_=f"now {view.behaviour.mode}"),
            _counters(view.counters),
            _listing(view),
            every_ms=LIVE_MS,
            said=now,
        ),
        style="webhooks",
    )


def signatures(delivery: Delivery) -> Markup:
    """What the two signature checks found."""
    named = (("body", delivery.body_signature), ("standard", delivery.standard_signature))
    return tag("span", *(badge(name, finding) for name, finding in named), class_="badges")


def badge(name: str, finding: Finding) -> Markup:
    """A check and what it found."""
    mark, kind = {Finding.VALID: ("✓", "good"), Finding.UNCHECKED: ("·", "idle")}.get(finding, ("✗", "bad"))
    return tag(
        "span", f"{mark} {name}", class_=f"badge {kind}", title=f"{CHECKS.get(name, name)}: {CHECK_LABELS[finding]}"
    )


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th; there are no more than a handful of attempts."""
    return ORDINALS[number] if 0 < number < len(ORDINALS) else f"{number}th"


# ── The switch ──


def _switch(behaviour: Behaviour) -> Markup:
    """Outside of the part that refreshes itself, so that nobody's typing is lost."""
    buttons = [
        tag("button", label, name="mode", value=mode, type="submit", class_=mode) for mode, label in MODE_LABELS.items()
    ]
    fields = tag(
        "div",
        _field("Error status", "status", behaviour.status, "300", "599"),
        _field("Slow by (s)", "delay_s", f"{behaviour.delay_s:g}", "0", f"{MAX_DELAY_S:g}", step="any"),
        _field("Only the next", "times", "", "1", str(MAX_TIMES), placeholder="all"),
        class_="fields",
    )
    forget = tag("button", "Forget all", type="submit", form="forget", class_="quiet", title="Forget all deliveries")
    return tag(
        "section",
        tag("h2", "How to answer the next deliveries"),
        tag("form", tag("div", *buttons, forget, class_="buttons"), fields, method="post", action="/control"),
        tag("form", id="forget", method="post", action="/forget"),
        _how_it_is_retried(),
        class_="card",
    )


def _how_it_is_retried() -> Markup:
    return tag(
        "details",
        tag("summary", "What the gateway does then"),
        tag(
            "p",
            "Anything but a 2xx in time counts as failed, and the same webhook (same ",
            tag("code", "webhook-id"),
            ") comes again: five attempts in all, 5, 10, 15 and 20 s apart on a stack for developers (",
            tag("code", "WEBHOOK_RETRY_INTERVALS_TEST=true"),
            "), else 1 min, 5 min, 30 min and 2 h. An answer’s ",
            tag("code", "Retry-After"),
            " is waited for. The order stays unpaid on its page until one is accepted.",
        ),
    )


def _field(label: str, name: str, value: str | int, least: str, most: str, **attributes: str) -> Markup:
    box = tag("input", type="number", name=name, value=value, min=least, max=most, **attributes)
    return tag("label", tag("span", label), box)


def _now(behaviour: Behaviour) -> str:
    does = {
        "ok": "answers 200",
        "fail": f"answers {behaviour.status}",
        "slow": f"answers 200 after {behaviour.delay_s:g} s",
        "hang": "never answers",
    }[behaviour.mode]
    until = f", for the next {behaviour.times:,}" if behaviour.times is not None else ""
    return f"The shop {does}{until}."


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
            tag("tbody", *(_row(delivery, view.attempts) for delivery in view.found)),
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


def _row(delivery: Delivery, attempts: Mapping[str, list[Delivery]]) -> Markup:
    facts = delivery.facts
    same_object = f"{HOME}?{urlencode({'object_id': facts.object_id})}" if facts and facts.object_id else None
    cells = (
        tag("a", clock(delivery.received_at_s), href=f"{HOME}/{delivery.number}"),
        facts.event if facts else tag("span", "off contract" if delivery.verified else "not verified", class_="soft"),
        tag("a", facts.object_id, href=same_object) if facts and same_object else "–",
        facts.sequence if facts else "–",
        _attempt(delivery, attempts),
        _checks(delivery),
        answer(delivery),
        latency(delivery) or "–",
    )
    return tag(
        "tr",
        *(tag("td", cell, data_label=column) for column, cell in zip(COLUMNS, cells, strict=True)),
        id=f"d{delivery.number}",
    )


def _checks(delivery: Delivery) -> Markup:
    return tag("span", signatures(delivery), badge("contract", delivery.contract), class_="badges")


def _attempt(delivery: Delivery, attempts: Mapping[str, list[Delivery]]) -> Markup | str:
    """Which one it is, and how long after the one before."""
    if delivery.attempt is None:
        return "–"
    own = attempts.get(delivery.webhook_id or "", [])
    before = next((one for one in reversed(own) if one.number < delivery.number), None)
    gap = f" +{delivery.received_at_s - before.received_at_s:,.1f} s" if before else None
    link = tag("a", ordinal(delivery.attempt), href=f"{HOME}?{urlencode({'webhook_id': delivery.webhook_id})}")
    return tag("span", link, tag("small", gap) if gap else None)


def answer(delivery: Delivery) -> Markup:
    """What the shop answered."""
    if delivery.status is None:
        return tag("span", "none", class_="badge idle", title="No answer was given (yet)")
    return tag("span", delivery.status, class_=f"badge {'good' if delivery.status == 200 else 'bad'}")


def latency(delivery: Delivery) -> Markup | None:
    """The finer of the two, where there is one."""
    since_update = delivery.since_update_ms is not None
    took_ms = delivery.since_update_ms if since_update else delivery.latency_ms
    if took_ms is None:
        return None
    shown = f"{took_ms:,} ms" if took_ms < 10_000 else f"{took_ms / 1000:,.0f} s"
    return tag("span", shown, title="since the object changed" if since_update else "since the payload’s whole second")


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
        tag("a", "Show all", href=HOME) if wanted != Filter() else None,
        method="get",
        action=HOME,
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
        class_="pages",
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
    return f"{HOME}?" + urlencode({name: value for name, value in query.items() if value is not None})


def _welcome(api_url: str) -> Markup:
    command = f"curl -X POST {TEST_CREDENTIALS} \\\n  {api_url}/api/v1/merchants/webhook/test"
    return tag(
        "div",
        tag(
            "p",
            "Nothing has arrived yet. ",
            tag("a", "Buy something", href="/"),
            ", or ask the gateway for a test webhook:",
        ),
        tag("pre", command, tabindex=0),
    )
