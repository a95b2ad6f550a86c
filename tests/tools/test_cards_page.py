"""The page of test values says what the acquirer's rules do."""

import pytest

from acquirer.port import Approved, Declined, Pending
from contracts.test_cards import TEST_CARDS
from tools.cards_table import ADDRESSES, asked, grouped, page


@pytest.mark.parametrize(
    ("address", "outcome"),
    [("success@bank", Approved), ("failure@bank", Declined), ("pending@bank", Pending), ("timeout@bank", Approved)],
)
def test_an_address_does_what_the_page_says(address: str, outcome: type[object]) -> None:
    assert address in ADDRESSES
    assert isinstance(asked(address), outcome)


def test_every_card_is_on_the_page_as_it_is_printed() -> None:
    assert grouped("378282246310005") == "3782 822463 10005"
    assert not [number for number in TEST_CARDS if f"| `{grouped(number)}` |" not in page()]
