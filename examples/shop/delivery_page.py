"""One delivery in full: what the checks found, how often it came, its body and headers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson

from examples.shop.deliveries import Delivery
from examples.shop.layout import document, problem
from examples.shop.markup import Child, Markup, join, tag
from examples.shop.webhook_page import CHECK_LABELS, HOME, TEST_CREDENTIALS, answer, badge, latency, ordinal


def details(delivery: Delivery, attempts: Sequence[Delivery], api_url: str) -> str:
    """One delivery: its checks, the other attempts of the same webhook, headers and body."""
    facts = delivery.facts
    return document(
        f"Delivery {delivery.number}",
        HOME,
        tag(
            "div",
            tag("p", tag("a", "← All deliveries", href=HOME)),
            tag("h1", facts.event if facts else "Delivery", tag("small", f" #{delivery.number}")),
            class_="hero",
        ),
        problem(delivery.problem),
        tag("section", _facts(delivery), class_="card"),
        _attempts(delivery, attempts) if len(attempts) > 1 else None,
        _api_hint(facts.payment_id, api_url) if facts and facts.payment_id else None,
        tag("section", tag("h2", "Body"), *_body(delivery), class_="card"),
        tag("section", tag("h2", "Headers"), _headers(delivery), class_="card"),
        style="webhooks",
    )


def _attempts(shown: Delivery, attempts: Sequence[Delivery]) -> Markup:
    """How the gateway came again, and what it was answered."""
    first = attempts[0].received_at_s
    rows = [
        tag(
            "li",
            tag(
                "a",
                f"{ordinal(one.attempt or 0)} attempt",
                href=f"{HOME}/{one.number}",
                aria_current="true" if one is shown else None,
            ),
            tag("span", f"+{one.received_at_s - first:,.1f} s"),
            answer(one),
        )
        for one in attempts
    ]
    return tag("section", tag("h2", "Attempts of this webhook"), tag("ol", *rows, class_="trail"), class_="card")


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
            ("Latency", latency(delivery)),
        ]
    if facts and facts.payment_id:
        rows.append(
            ("Payment", tag("a", facts.payment_id, href=f"{HOME}?{urlencode({'payment_id': facts.payment_id})}"))
        )
    rows += [
        ("X-Webhook-Signature", badge(CHECK_LABELS[delivery.body_signature], delivery.body_signature)),
        ("Standard Webhooks", badge(CHECK_LABELS[delivery.standard_signature], delivery.standard_signature)),
        ("Contract", badge(CHECK_LABELS[delivery.contract], delivery.contract)),
        ("Answer", answer(delivery)),
    ]
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows), class_="facts")


def _api_hint(payment_id: str, api_url: str) -> Markup:
    command = f"curl {TEST_CREDENTIALS} \\\n  {api_url}/api/v1/payments/{payment_id}"
    return tag("section", tag("h2", "What the API says now"), tag("pre", command, tabindex=0), class_="card")


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
    return tag("pre", pretty, tabindex=0), as_sent


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
