"""The merchants' API in OpenAPI 3.1: the words that the routes don't know, and the document."""

from collections.abc import Sequence
from typing import Any, Final

from chassis.http import Route
from chassis.openapi import Reference, Tag, document
from contracts import ids
from services.api.error_codes import ERROR_CODES
from services.api.reference.examples import EXAMPLES, samples
from services.api.reference.webhooks import WEBHOOK_MODELS, webhooks
from services.api.seed import SEED_KEY, SEED_SECRET

VERSION: Final = "1.0.0"
BASE: Final = "/api/v1"

DESCRIPTION: Final = f"""\
Take card and UPI payments, capture, refund, and be told of every outcome by a signed webhook.

**Amounts** are integers in minor units (paise, cents). **Instants** are ISO 8601 in UTC. **Unknown fields** of a
request are ignored by the routes that the gateway family shares and refused
by the others; expect new fields in answers.

**Try it** on a stack of your own with the seeded test merchant: key `{SEED_KEY}`, secret `{SEED_SECRET}`.
`success@bank` succeeds, `failure@bank` fails, `4242 4242 4242 4242` succeeds, `4000 0000 0000 0002` is declined.

**Retry safely**: send an `Idempotency-Key` with any POST. The first answer is kept for 24 h and given again, byte for
byte.

**Errors** come in one envelope, `{{"error": {{"code", "description", "field", "reason", "request_id", "doc_url"}}}}`,
or as RFC 9457 problems for `Accept: application/problem+json`. [Every error code](/docs/errors).

**Events** also go out on Kafka: [topics and payloads](/docs/events).
"""

TAGS: Final = (
    Tag("Orders", "What is to be paid. `created → attempted → paid`; a paid order stays paid.", ("orders",)),
    Tag(
        "Payments",
        "An attempt to pay an order. `pending` at once; `success` means authorised, and stays `success` when it is "
        "captured or refunded.",
        ("payments",),
    ),
    Tag(
        "Refunds",
        "Money given back. Before capture it is a reversal: it lowers what can still be captured.",
        ("refunds",),
    ),
    Tag(
        "Checkout",
        "Where buyers pay: what their page asks without credentials, hosted pages that are a link, and the sites that "
        "may show the checkout in a frame.",
        ("checkout", "public", "public/payments", "public/stream"),
    ),
    Tag(
        "Webhooks",
        "Where events are sent, what was sent, and how it went. Five attempts; a retry starts afresh.",
        ("webhooks", "webhook", "webhook_endpoints"),
    ),
    Tag("Events", "Everything that happened, in order.", ("events", "stream")),
    Tag(
        "Balance",
        "What you have and why: a double-entry ledger; and what happened, by the hour.",
        ("balance", "ledger_entries", "stats"),
    ),
    Tag("Merchant", "Who you are, and the keys of your API.", ("merchants", "api_keys")),
    Tag("Requests", "What was asked, and what came of it.", ("request_logs",)),
    Tag("Audit", "Prove that no money is wrong and nothing was lost.", ("audit",)),
    Tag(
        "Gateway",
        "The state of the gateway, and what is there in test mode only.",
        ("health", "jobs", "merchant", "queues"),
    ),
)


def _id(prefix: str, noun: str) -> dict[str, Any]:
    sample = {ids.ORDER: "0VxKb3QmZ8aT4RfL", ids.PAYMENT: "0VxKb4M9sJq2NnBv", ids.REFUND: "0VxKb9Tq6LmW3sPd"}
    body = sample.get(prefix, "0VxKb3RfLm7SbNq8")
    schema = {"type": "string", "pattern": f"^{prefix}_[0-9A-Za-z]{{16}}$", "examples": [f"{prefix}_{body}"]}
    return {"description": f"The {noun}'s id.", "schema": schema}


PARAMETERS: Final = {
    "orders": _id(ids.ORDER, "order"),
    "payments": _id(ids.PAYMENT, "payment"),
    "refunds": _id(ids.REFUND, "refund"),
    "webhooks": _id(ids.DELIVERY, "delivery"),
    "webhook_endpoints": _id(ids.ENDPOINT, "endpoint"),
    "events": _id(ids.EVENT, "event"),
    "sessions": _id(ids.CHECKOUT_SESSION, "checkout session"),
    "merchants": _id(ids.MERCHANT, "merchant"),
    "api_keys": {
        "description": "The key's id: its public part.",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z_]{1,64}$", "examples": ["key_test_0VxKb3RfLm7SbNq8"]},
    },
}
LIMITS: Final = {
    "RateLimit-Limit": {
        "description": "How many requests a key (or a buyer's address) may send at once.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Remaining": {"description": "How many of them are left now.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "In how many seconds all of them are back.", "schema": {"type": "integer"}},
}
SECURITY_SCHEMES: Final = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "The key, with its secret."},
    "ApiSecret": {"type": "apiKey", "in": "header", "name": "X-Api-Secret", "description": "The key's secret."},
    "Basic": {"type": "http", "scheme": "basic", "description": "The key as the user, the secret as the password."},
    "AdminKey": {"type": "apiKey", "in": "header", "name": "X-Admin-Key", "description": "The operator's key."},
    "Bearer": {"type": "http", "scheme": "bearer", "description": "The secret alone."},
}


def openapi(routes: Sequence[Route], public_url: str) -> dict[str, Any]:
    """The document of these routes, for a gateway that is reached there."""
    return document(
        routes,
        Reference(
            title="Paygate",
            version=VERSION,
            description=DESCRIPTION,
            servers=[{"url": public_url, "description": "This gateway"}],
            base=BASE,
            docs_url=f"{public_url}/docs/errors",
            tags=TAGS,
            codes=ERROR_CODES,
            security_schemes=SECURITY_SCHEMES,
            security=[("ApiKey", "ApiSecret"), ("Basic",), ("Bearer",)],
            parameters=PARAMETERS,
            limits=LIMITS,
            examples=EXAMPLES,
            samples=samples(),
            webhooks=webhooks(),
            models=WEBHOOK_MODELS,
            names={"Payment": "PaymentSnapshot", "Refund": "RefundSnapshot"},
        ),
    )
