"""The simulated UPI app: its link, the code that stands for it, and its page. Plain HTML and forms, no script.

A real UPI link begins with `upi://`. This one has the same parameters (the UPI linking specification's) at an
address of ours, so that a phone opens the simulation and never an app that could move money.
"""

import base64
import hashlib
import io
import secrets
from html import escape
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

import segno

from chassis.http import Answer
from contracts.money import written
from services.checkout.orders import PaymentTold, Refused
from services.checkout.page import HTML, PLAIN
from services.checkout.state import Order

Choice = Literal["pay", "decline"]

CURRENCY: Final = "INR"
"""UPI moves nothing else."""

PAYEE: Final = "paygate@upi"
PAYEE_NAME_MAX_CHARS: Final = 60
"""In the link, so that a code can hold it in any script."""

PAYERS: Final[dict[Choice, str]] = {"pay": "success@upi", "decline": "failure@upi"}
"""The test addresses that do what the buyer chose."""

STYLE: Final = Path(__file__).with_name("upi.css").read_text(encoding="utf-8")
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
REFRESH_S: Final = 1
ICON: Final = '<link rel="icon" href="data:,">'
BACK: Final = "You can go back to the shop now; its page knows already."
ENDS: Final = {
    "success": ("Paid", BACK),
    "failed": ("Not paid", "The payment was declined. Nothing was taken; you can try again on the shop's page."),
    "canceled": ("Not paid", "The payment was canceled."),
    "expired": ("Not paid", "The payment was not completed in time."),
    "requires_action": ("More to do", "Go on in the shop's page."),
}
"""A payment's status to headline and sentence."""


class UpiApp:
    """The app, where buyers reach the checkout."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def takes(self, order: Order) -> bool:
        """Whether it can pay this order."""
        return order.currency == CURRENCY

    def link(self, order: Order, merchant: str) -> str:
        """What the code says."""
        whole, part = divmod(order.amount_minor, 100)
        told = {
            "pa": PAYEE,
            "pn": merchant[:PAYEE_NAME_MAX_CHARS],
            "am": f"{whole}.{part:02}",
            "cu": order.currency,
            "tr": order.id,
        }
        return f"{self._public_url}/upi/{order.id}?{urlencode(told)}"

    def code(self, order: Order, merchant: str) -> bytes:
        """The link as a QR code: an SVG that fits any size, with the light margin that scanners need."""
        drawn = io.BytesIO()
        segno.make(self.link(order, merchant), error="m", micro=False).save(
            drawn,
            kind="svg",
            xmldecl=False,
            border=4,
            dark="#000",
            light="#fff",
            omitsize=True,
            svgclass=None,
            lineclass=None,
        )
        return drawn.getvalue()

    def offer(self, order: Order, merchant: str, why_not: str | None) -> Answer:
        """The page that asks, with an attempt's name of its own: pressed twice, it pays once."""
        attempt = secrets.token_hex(16)
        buttons = "" if why_not else "".join(_button(order, choice, attempt) for choice in PAYERS)
        lead = why_not or "Check the amount before you pay."
        return _page(200, _headed(merchant, lead) + _facts(order, merchant) + buttons + NOTE, "ask")

    def told(self, order: Order, merchant: str, payment: PaymentTold | Refused) -> Answer:
        """The page that says what became of it; while nobody knows it looks again by itself."""
        if isinstance(payment, Refused):
            return _page(400, _headed("Not paid", payment.description) + _facts(order, merchant), "failed")
        if payment.status == "pending":
            content = _headed("Paying…", "Your bank is being asked.") + _facts(order, merchant)
            return _page(200, content, "waiting", {"Refresh": str(REFRESH_S)})
        title, sentence = ENDS[payment.status]
        return _page(200, _headed(title, sentence) + _facts(order, merchant), payment.status)


def problem_page(status: int, title: str, sentence: str) -> Answer:
    """There is nothing to pay here, or not now."""
    return _page(status, _headed(title, sentence), "failed", {"Retry-After": "2"} if status == 503 else {})


NOTE: Final = '<p class="note">This is a simulation: no bank is asked, and no money moves.</p>'


def _button(order: Order, choice: Choice, attempt: str) -> str:
    action = f"/upi/{escape(order.id)}?{escape(urlencode({'choice': choice, 'attempt': attempt}))}"
    word = f"Pay {written(order.amount_minor, order.currency)}" if choice == "pay" else "Decline"
    return f'<form method="post" action="{action}"><button class="{choice}">{escape(word)}</button></form>'


def _headed(title: str, sentence: str) -> str:
    return f'<h1>{escape(title)}</h1><p class="lead">{escape(sentence)}</p>'


def _facts(order: Order, merchant: str) -> str:
    rows = {"To": f"{merchant} ({PAYEE})", "Order": order.id}
    told = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows.items())
    return f'<p class="amount">{escape(written(order.amount_minor, order.currency))}</p><dl>{told}</dl>'


def _page(status: int, content: str, class_: str, extra: dict[str, str] | None = None) -> Answer:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>UPI</title>{ICON}<style>{STYLE}</style></head>"
        f'<body><main class="{class_}"><p class="app"><strong>Test UPI</strong><span>Simulated app</span></p>'
        f"{content}</main></body></html>"
    )
    headers = {**PLAIN, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", **(extra or {})}
    return Answer(status, html.encode(), headers, HTML)
