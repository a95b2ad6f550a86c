"""The page on which a buyer answers a 3-D Secure challenge: what a real issuer would show. Plain HTML and forms.

Who knows a challenge's id is its buyer; there is no other credential, and no script.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Final

from acquirer.port import AcquirerUnavailable, Challenge, ChallengeAnswer
from chassis.http import Answer, Call, Route
from contracts.money import written

Find = Callable[[str], Awaitable[Challenge | None]]
Record = Callable[[str, ChallengeAnswer], Awaitable[Challenge | None]]

STYLE: Final = Path(__file__).with_name("challenge.css").read_text(encoding="utf-8")
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
NETWORKS: Final = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "rupay": "RuPay"}
CLOSING: Final = "You can close this window."
TITLES: Final = {
    "open": ("Confirm your payment", "Your bank wants to be sure that it is you who pays."),
    "completed": ("Authentication completed", CLOSING),
    "failed": ("Authentication failed", CLOSING),
    "closed": ("This authentication has ended", f"It was not answered in time. {CLOSING}"),
}
"""Status to headline and sentence."""


class ChallengePages:
    """The page and its two buttons. `frame_ancestors`: who may show it in a frame, as in a Content-Security-Policy."""

    def __init__(self, find: Find, record: Record, *, frame_ancestors: str) -> None:
        self._find = find
        self._record = record
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
                f"frame-ancestors {frame_ancestors}"
            ),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }

    def routes(self) -> list[Route]:
        """The table."""
        one = "/challenge/{id}"
        return [
            Route("GET", one, self.show, "Show a 3-D Secure challenge"),
            Route("POST", f"{one}/complete", self.complete, "The buyer completes the authentication"),
            Route("POST", f"{one}/fail", self.fail, "The buyer fails the authentication"),
        ]

    async def show(self, call: Call) -> Answer:
        """GET /challenge/{id}"""
        try:
            challenge = await self._find(call.path["id"])
        except AcquirerUnavailable:
            return self._unavailable()
        return self._missing() if challenge is None else self._page(200, _challenge(challenge), challenge.status)

    async def complete(self, call: Call) -> Answer:
        """POST /challenge/{id}/complete"""
        return await self._answer(call, "completed")

    async def fail(self, call: Call) -> Answer:
        """POST /challenge/{id}/fail"""
        return await self._answer(call, "failed")

    async def _answer(self, call: Call, answer: ChallengeAnswer) -> Answer:
        """Back to the page, which shows the answer that stands: the first one."""
        try:
            challenge = await self._record(call.path["id"], answer)
        except AcquirerUnavailable:
            return self._unavailable()
        if challenge is None:
            return self._missing()
        return Answer(303, b"", {**self._headers, "Location": f"/challenge/{challenge.id}"})

    def _missing(self) -> Answer:
        return self._page(404, _headed("There is no such authentication", "Check the address, or start again."))

    def _unavailable(self) -> Answer:
        return self._page(503, _headed("The bank does not answer", "Nothing is lost. Try again in a moment."))

    def _page(self, status: int, content: str, class_: str = "missing") -> Answer:
        retry = {"Retry-After": "2"} if status == 503 else {}
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>3-D Secure</title><style>{STYLE}</style>"
            f'<main class="{class_}"><p class="bank"><strong>Test Bank</strong><span>3-D Secure</span></p>'
            f"{content}</main>"
        )
        return Answer(status, page.encode(), {**self._headers, **retry}, "text/html; charset=utf-8")


def _headed(title: str, sentence: str) -> str:
    return f'<h1>{title}</h1><p class="lead">{sentence}</p>'


def _challenge(challenge: Challenge) -> str:
    network = NETWORKS.get(challenge.network or "", "Card")
    facts = {
        "Merchant": challenge.merchant_name or challenge.merchant_id,
        "Card": f"{network} •••• {challenge.last4}" if challenge.last4 else network,
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    amount = f'<p class="amount">{written(challenge.amount_minor, challenge.currency)}</p>'
    return f"{_headed(*TITLES[challenge.status])}{amount}<dl>{rows}</dl>{_buttons(challenge)}"


def _buttons(challenge: Challenge) -> str:
    if challenge.status != "open":
        return ""
    path = f"/challenge/{escape(challenge.id)}"
    return (
        f'<form method="post" action="{path}/complete"><button class="complete">Complete authentication</button></form>'
        f'<form method="post" action="{path}/fail"><button class="fail">Fail authentication</button></form>'
        '<p class="note">This is a simulation: no bank is asked, and no money moves.</p>'
    )
