"""The test card numbers of the family and what each one does.

The api turns a number into a name and forgets the number; the acquirer's simulator acts on the name.
"""

from typing import Final, Literal

TestCard = Literal[
    "success",
    "generic_decline",
    "insufficient_funds",
    "lost_card",
    "stolen_card",
    "expired_card",
    "incorrect_cvc",
    "processing_error",
    "fraudulent",
    "challenge_success",
    "challenge_decline",
    "refund_fails",
    "disputed",
]

TEST_CARDS: Final[dict[str, TestCard]] = {
    "4242424242424242": "success",
    "4111111111111111": "success",
    "5555555555554444": "success",
    "378282246310005": "success",
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4100000000000019": "fraudulent",
    "4000002760003184": "challenge_success",
    "4000008400001629": "challenge_decline",
    "4000000000005126": "refund_fails",
    "4000000000000259": "disputed",
}

CHALLENGES: Final[frozenset[TestCard]] = frozenset({"challenge_success", "challenge_decline"})
"""Nothing is decided before their buyer has answered a 3-D Secure challenge."""

DECLINES: Final[dict[TestCard, tuple[str, str]]] = {
    "generic_decline": ("generic_decline", "The card was declined"),
    "insufficient_funds": ("insufficient_funds", "The card has insufficient funds"),
    "lost_card": ("lost_card", "The card was reported lost"),
    "stolen_card": ("stolen_card", "The card was reported stolen"),
    "expired_card": ("expired_card", "The card has expired"),
    "incorrect_cvc": ("incorrect_cvc", "The card's security code is incorrect"),
    "processing_error": ("processing_error", "The card's issuer could not process the payment"),
    "fraudulent": ("fraudulent", "The payment was blocked as fraudulent"),
    "challenge_decline": ("authentication_failed", "The cardholder failed authentication"),
}
"""Test card to (decline code, sentence)."""
