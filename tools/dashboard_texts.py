"""What the dashboard shows of the guides and of the test cards, as JSON beside its pages: from where it is tested."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from acquirer.port import Declined
from contracts.test_cards import CHALLENGES, DECLINES, TEST_CARDS
from deploy.embedded.config import ROOT
from services.api.cards import network_of
from tools import cards_table

GUIDES: Final = {
    "docs/quick-start.md": (
        *("create_order.sh", "create_order.mjs", "create_order.py", "pay_order.sh", "capture_payment.sh"),
        *("receive.mjs", "receive.py"),
    ),
    "docs/checkout.md": ("page.html", "pay.js"),
    "docs/verification.md": ("verification.mjs", "verification.py"),
    "docs/webhooks.md": ("verify_standardwebhooks.mjs", "verify_standardwebhooks.py"),
}
"""The pieces of each guide that the dashboard shows; tests run them as they stand there."""

EVENT: Final = "contracts/examples/webhook-body/payment-success.json"
PIECE: Final = re.compile(r"^```\w+ ([\w.]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK: Final = re.compile(r"`([^`]*)`")


def snippets() -> str:
    """Every piece by its file's name, and an event as a webhook tells it."""
    pieces = {name: text for guide, names in GUIDES.items() for name, text in _pieces(guide, names)}
    return _json({"pieces": pieces, "event": json.loads((ROOT / EVENT).read_text(encoding="utf-8"))})


def test_cards() -> str:
    """Cards and UPI addresses, and what each does."""
    return _json({"cards": list(_cards()), "addresses": list(_addresses())})


def _pieces(guide: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    found = dict(PIECE.findall((ROOT / guide).read_text(encoding="utf-8")))
    for name in names:
        yield name, found[name].rstrip("\n")


def _cards() -> Iterator[dict[str, Any]]:
    for number, card in TEST_CARDS.items():
        yield {
            "number": number,
            "shown": cards_table.grouped(number),
            "network": cards_table.NETWORKS[network_of(number)],
            "group": _group(card in DECLINES, card in CHALLENGES, card == "success"),
            "happens": _plain(cards_table.HAPPENS[card]),
            "decline_code": DECLINES[card][0] if card in DECLINES else None,
        }


def _addresses() -> Iterator[dict[str, Any]]:
    for address, happens in cards_table.ADDRESSES.items():
        outcome = cards_table.asked(address)
        code = outcome.decline_code if isinstance(outcome, Declined) else None
        yield {"address": address, "happens": _plain(happens), "decline_code": code}


def _group(declines: bool, challenges: bool, plain: bool) -> str:
    if challenges:
        return "challenge"
    if declines:
        return "decline"
    return "success" if plain else "later"


def _plain(text: str) -> str:
    return MARK.sub(r"\1", text)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
