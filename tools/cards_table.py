"""docs/test-cards.md, made from the code that acts on them: every test card and UPI address, and what it does."""

import json
import re
from collections.abc import Iterator
from typing import Final

from acquirer.port import Authorise, Declined
from acquirer.rules import AUTHENTICATION_TIMEOUT, UPI_DECLINED, Authorisation, Odds, decide
from acquirer.settings import AcquirerSettings, SimulationSettings
from contracts.test_cards import DECLINES, TEST_CARDS, TestCard
from deploy.embedded.config import ROOT
from services.api.buyers import PLAIN_DECLINE, WITHHELD
from services.api.cards import network_of
from services.api.settings import Settings as ApiSettings
from services.processor.settings import Settings as ProcessorSettings

NETWORKS: Final = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "rupay": "RuPay"}
CHECKOUT: Final = ROOT / "ui/checkout/src"
REASON: Final = re.compile(r'^ +(\w+): "(f_\w+)",$', re.MULTILINE)
WORDS: Final = re.compile(r'^ +(f_\w+):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)
ODDS: Final = Odds(upi_success_rate=1, card_success_rate=1, fixed=None)


API: Final = {name: field.default for name, field in ApiSettings.model_fields.items()}
SIMULATION: Final = {name: field.default for name, field in SimulationSettings.model_fields.items()}
DISPUTED_AFTER: Final = f"{ProcessorSettings.model_fields['dispute_delay'].default / 1000:g} s"
CHALLENGE_MINUTES: Final = AcquirerSettings.model_fields["challenge_ttl_s"].default // 60

HAPPENS: Final[dict[TestCard, str]] = {
    "success": "succeeds",
    "generic_decline": "declined, without a reason",
    "insufficient_funds": "declined",
    "lost_card": "declined",
    "stolen_card": "declined",
    "expired_card": "declined, whatever expiry was typed",
    "incorrect_cvc": "declined, whatever CVV was typed",
    "processing_error": "declined",
    "fraudulent": "declined",
    "challenge_success": "3-D Secure: succeeds when the buyer completes the challenge",
    "challenge_decline": "3-D Secure: declined after the challenge, completed or not",
    "refund_fails": "succeeds; each refund of it fails later (`REFUND_REFUSED`), and its amount can be refunded again",
    "disputed": f"succeeds; {DISPUTED_AFTER} after its capture it is disputed (`payment.disputed`), and no money moves",
}
"""What each does, for people; what a decline says comes from the code."""

ADDRESSES: Final = {
    "success@bank": "succeeds",
    "failure@bank": "declined",
    "pending@bank": f"stays `pending`; after {API['payment_pending_timeout_s'] // 60} minutes "
    "(`PAYMENT_PENDING_TIMEOUT_S`) the gateway ends it as `failed` with `PAYMENT_TIMEOUT`",
    "timeout@bank": "the acquirer charges and its answer is lost; the gateway asks again with the same key and "
    "finds that it succeeded",
}
"""What the part before the @ decides; the bank behind it is any."""

HEAD: Final = """\
# Test cards and addresses

Nothing here is real: no bank is asked and no money moves. On the [checkout](checkout.md)'s page and over the API alike,
these numbers and addresses do what stands beside them, whatever the amount. This page is made from the code:
`make docs` writes it anew.

## Cards

"""


def page() -> str:
    """The page."""
    return HEAD + _table(("Number", "Network", "What happens", "`decline_code`"), _cards()) + _about_cards() + _upi()


def _cards() -> Iterator[tuple[str, ...]]:
    for number, card in TEST_CARDS.items():
        code = f"`{DECLINES[card][0]}`" if card in DECLINES else ""
        yield f"`{grouped(number)}`", NETWORKS[network_of(number)], HAPPENS[card], code


def _about_cards() -> str:
    rate, as_of = f"{SIMULATION['card_success_rate']:.0%}", API["test_card_expiry_as_of"]
    failed, unanswered = DECLINES["challenge_decline"][0], AUTHENTICATION_TIMEOUT.decline_code
    return f"""
- **Expiry**: in test mode any month from {as_of} on (`TEST_CARD_EXPIRY_AS_OF`), so that the `12/25` of old examples
  still pays; otherwise the gateway's clock decides. What is past is refused with `EXPIRED_CARD`.
- **CVV**: any three digits; three or four for American Express. **Name**: any.
- **Any other number** with a right check digit follows `CARD_SUCCESS_RATE` ({rate} succeed), or, in test mode,
  `TEST_PAYMENT_SUCCESS` where that is set. One with a wrong check digit (`4242 4242 4242 4241`) is refused with
  `INVALID_CARD`.

**3-D Secure.** The payment becomes `requires_action` and names a page, `next_action.url`. The checkout shows that page
inside itself; over the API you open it yourself. It has two buttons, "Complete authentication" and "Fail
authentication". Failed, or left in the checkout, either card is declined with `{failed}`; unanswered for
{CHALLENGE_MINUTES} minutes (`CHALLENGE_TTL_S`), with `{unanswered}`.
"""


def _upi() -> str:
    rate = f"{SIMULATION['upi_success_rate']:.0%}"
    withheld = ", ".join(f"`{code}`" for code in sorted(WITHHELD))
    takes = f"{SIMULATION['test_processing_delay'] / 1000:g} s"
    return f"""
## UPI addresses

{_table(("Address", "What happens", "`decline_code`"), _addresses())}
The part before the @ decides, in upper or lower case; behind it any bank will do. Any other address follows
`UPI_SUCCESS_RATE` ({rate} succeed), or, in test mode, `TEST_PAYMENT_SUCCESS` where that is set. What does not look like
`name@bank` is refused with `INVALID_VPA`.

The checkout's QR code leads to a simulated UPI app, on the phone that scans it or in another window: there "Pay" is
`success@upi`, "Decline" is `failure@upi`.

## What comes of a decline

The payment is `failed` with `error_code` `PAYMENT_FAILED`; `decline_code` and `error_description` are in
`GET /api/v1/payments/{{id}}`, in the webhook `payment.failed` and in the checkout's `onFailure`. The order stays open:
the buyer tries again on the same page, which is another payment of the same order.

{_table(("`decline_code`", "`error_description`, for the merchant", "The page, to the buyer"), _declines())}
The page and `onFailure` do not tell {withheld} apart from `{PLAIN_DECLINE[0]}`: who holds such a
card may not be its owner.

In test mode an answer takes {takes} (`TEST_PROCESSING_DELAY`, in ms). Every setting is in [settings.md](settings.md).
"""


def _declines() -> Iterator[tuple[str, ...]]:
    """Each code once, with the gateway's sentence and the page's own."""
    words = {key: json.loads(text) for key, text in WORDS.findall(_source("locales/en.ts"))}
    reasons = dict(REASON.findall(_source("views/Outcome.tsx")))
    ways = [
        *DECLINES.values(),
        *((one.decline_code, one.description) for one in (AUTHENTICATION_TIMEOUT, UPI_DECLINED)),
    ]
    for code, sentence in ways:
        yield f"`{code}`", sentence, words[reasons[code]]


def _source(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def _addresses() -> Iterator[tuple[str, ...]]:
    for address, happens in ADDRESSES.items():
        outcome = asked(address)
        code = f"`{outcome.decline_code}`" if isinstance(outcome, Declined) else ""
        yield f"`{_anywhere(address)}`", happens, code


def asked(address: str) -> object:
    """What the acquirer's rules answer to a payer's address."""
    asking = Authorise(
        key="att", payment_id="pay", merchant_id="m", amount_minor=100, currency="INR", method="upi", vpa=address
    )
    return decide(Authorisation(payment_id="pay", merchant_id="m", currency="INR"), asking, ODDS)[1]


def grouped(number: str) -> str:
    """As it is printed on a card: American Express in 4, 6 and 5 digits, others by four."""
    if network_of(number) == "amex":
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(re.findall(r"\d{1,4}", number))


def _anywhere(address: str) -> str:
    return f"{address.partition('@')[0]}@…"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)
