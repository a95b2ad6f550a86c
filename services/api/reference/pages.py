"""The pages that people read: the viewer of the reference, every error code, every topic. Made from the code."""

import re
from html import escape
from typing import Any, Final

import orjson

from acquirer.rules import AUTHENTICATION_TIMEOUT, UPI_DECLINED
from chassis.errors import ApiError
from chassis.openapi import SAMPLE_REQUEST_ID, PlainSchemas
from chassis.refusals import error_body
from contracts.events.base import Event
from contracts.test_cards import DECLINES, TEST_CARDS
from contracts.topics import Topic
from services.api.error_codes import ERROR_CODES, REASONS, ErrorCode
from services.api.reference.asyncapi import HEADERS, ordered
from services.api.reference.fields import fields_of
from services.api.reference.golden import golden
from services.api.seed import SEED_KEY, SEED_SECRET

CODE: Final = re.compile("`([^`]+)`")
LINKS: Final = (("/docs", "API"), ("/docs/errors", "Errors"), ("/docs/events", "Events"))
VIEWER: Final = {
    "spec-url": "/openapi.json",
    "render-style": "read",
    "schema-style": "tree",
    "load-fonts": "false",
    "regular-font": "system-ui, sans-serif",
    "mono-font": "ui-monospace, monospace",
    "show-header": "false",
    "allow-server-selection": "false",
    "allow-spec-file-load": "false",
    "allow-spec-url-load": "false",
    "show-method-in-nav-bar": "as-colored-text",
    "nav-item-spacing": "compact",
    "sort-endpoints-by": "none",
    "persist-auth": "false",
    "fill-request-fields-with-example": "true",
    "default-schema-tab": "example",
}


def viewer_page(viewer: str, *, test_mode: bool) -> bytes:
    """The reference. `viewer` is the script's address; in test mode requests carry the test merchant's credentials."""
    told = VIEWER | ({"data-key": SEED_KEY, "data-secret": SEED_SECRET} if test_mode else {})
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in told.items())
    head = (
        f'<script type="module" src="{viewer}"></script><script type="module" src="/docs/static/reference.js"></script>'
    )
    return _document(
        "Paygate API",
        f'<rapi-doc {attributes}><p slot="nav-logo" class="nav">{_links("/docs")}</p></rapi-doc>'
        '<noscript>The reference needs JavaScript; <a href="/openapi.json">openapi.json</a> does not.</noscript>',
        head,
    )


def errors_page(docs_url: str) -> bytes:
    """Every code, with an example; and the decline codes of a payment that failed."""
    answers = [code for code in ERROR_CODES if code.status is not None]
    carried = [code for code in ERROR_CODES if code.status is None]
    return _page(
        "/docs/errors",
        "Error codes",
        "<p>Every refusal is <code>{error: {code, description, field?, reason?, request_id, doc_url}}</code>; for "
        "<code>Accept: application/problem+json</code> it is a problem of RFC 9457. Programs go by <code>code</code> "
        "(and <code>reason</code>, where there is one), people by <code>description</code>. Codes may be added: treat "
        "one that you do not know by its status.</p>"
        f"<h2>Answers</h2>{''.join(_error(code, docs_url) for code in answers)}"
        f'<h2 id="reasons">Reasons</h2><p>In <code>reason</code>, where a program may want to tell them apart.</p>'
        f"{_reasons()}"
        "<h2>Carried by payments and refunds</h2><p>In <code>error_code</code> of what failed or was voided.</p>"
        f"{''.join(_error(code, docs_url) for code in carried)}"
        f'<h2 id="declines">Decline codes</h2><p>In <code>decline_code</code> of a payment with the error code '
        f"<code>PAYMENT_FAILED</code>.</p>{_declines()}",
    )


def events_page() -> bytes:
    """Every topic with its messages."""
    public = [topic for topic in ordered() if topic.public]
    own = [topic for topic in ordered() if not topic.public]
    headers = _table(
        ("Header", "What it says"),
        [
            (f"<code>{escape(name)}</code>", _prose(told.get("description") or f"`{told['const']}`"))
            for name, told in HEADERS["properties"].items()
        ],
    )
    return _page(
        "/docs/events",
        "Events on Kafka",
        "<p>Messages are CloudEvents 1.0 in Kafka's binary mode: the value is the data as JSON, the attributes are "
        "headers. A message may arrive twice: act once per <code>ce_id</code>. Ignore fields that you do not know. "
        f'In AsyncAPI: <a href="/asyncapi.json">asyncapi.json</a>.</p>{headers}'
        f"<h2>Public topics</h2>{''.join(map(_topic, public))}"
        f"<h2>The gateway's own topics</h2><p>They may change without notice.</p>{''.join(map(_topic, own))}",
    )


def _topic(topic: Topic) -> str:
    kind = '<span class="label public">public</span>' if topic.public else '<span class="label">internal</span>'
    facts = _table(
        ("Key", "Partitions", "Kept for", "Written by", "Read by"),
        [
            (
                escape(topic.key),
                str(topic.partitions),
                f"{topic.retention_h // 24} days",
                escape(", ".join(topic.producers)),
                escape(", ".join(topic.consumers)) or "nobody of ours",
            )
        ],
    )
    messages = "".join(map(_message, topic.events)) if topic.consumers else ""
    return (
        f'<article id="{escape(topic.name)}"><header><h3>{escape(topic.name)}</h3>{kind}</header>'
        f"<p>{_prose(topic.description)}</p>{facts}{messages}</article>"
    )


def _message(event: type[Event]) -> str:
    schema = event.model_json_schema(schema_generator=PlainSchemas)
    fields = _table(
        ("Field", "Type", ""),
        [(f"<code>{escape(path)}</code>", escape(kind), _prose(words)) for path, kind, words in fields_of(schema)],
    )
    examples = "".join(
        f"<p>Example: {escape(name.replace('-', ' '))}</p>{_json(orjson.loads(body))}"
        for name, body in golden(event.TYPE).items()
    )
    words = _prose(event.__doc__ or "")
    return f"<details><summary><code>{escape(event.TYPE)}</code> {words}</summary>{fields}{examples}</details>"


def _error(error: ErrorCode, docs_url: str) -> str:
    where = f"HTTP {error.status}" if error.status else "error_code"
    example = ""
    if error.status:
        refusal = ApiError(error.status, error.code, error.meaning.removesuffix("."))
        example = _json(orjson.loads(error_body(refusal, SAMPLE_REQUEST_ID, docs_url)))
        example = f"<details><summary>Example</summary>{example}</details>"
    return (
        f'<article id="{escape(error.code)}"><header><h3><a href="#{escape(error.code)}">{escape(error.code)}</a></h3>'
        f'<span class="label">{where}</span></header><p>{_prose(error.meaning)}</p><p>{_prose(error.remedy)}</p>'
        f"{example}</article>"
    )


def _reasons() -> str:
    return _table(
        ("Reason", "Meaning"),
        [(f'<code id="{escape(name)}">{escape(name)}</code>', _prose(words)) for name, words in REASONS.items()],
    )


def _declines() -> str:
    numbers = {name: number for number, name in TEST_CARDS.items()}
    rows = [
        (code, escape(words), " ".join(re.findall(r"\d{1,4}", numbers[name])))
        for name, (code, words) in DECLINES.items()
    ]
    unanswered = f"{rows[-1][2]}, when nobody answers"
    rows.append((AUTHENTICATION_TIMEOUT.decline_code, escape(AUTHENTICATION_TIMEOUT.description), unanswered))
    rows.append((UPI_DECLINED.decline_code, escape(UPI_DECLINED.description), "failure@bank"))
    return _table(
        ("Code", "Meaning", "Test card or VPA"),
        [
            (f'<code id="{escape(code)}">{escape(code)}</code>', words, f"<code>{how}</code>")
            for code, words, how in rows
        ],
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{title}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>'


def _json(value: Any) -> str:
    return f"<pre>{escape(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())}</pre>"


def _prose(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(text))


def _links(here: str) -> str:
    current = ' aria-current="page"'
    return " ".join(f'<a href="{path}"{current if path == here else ""}>{title}</a>' for path, title in LINKS)


def _page(path: str, title: str, body: str) -> bytes:
    return _document(
        f"Paygate: {title}",
        f"<header><strong>Paygate</strong>{_links(path)}</header><main><h1>{title}</h1>{body}</main>",
    )


def _document(title: str, body: str, head: str = "") -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/docs/static/docs.css">{head}</head>'
        f"<body>{body}</body></html>"
    ).encode()
