"""The table of test cards."""

from typing import get_args

import pytest

from contracts.test_cards import DECLINES, TEST_CARDS, TestCard


@pytest.mark.parametrize("number", TEST_CARDS)
def test_a_test_card_has_a_number_that_passes_luhn(number: str) -> None:
    digits = [int(char) for char in reversed(number)]
    assert sum(digits[0::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def test_every_behaviour_has_a_card_and_every_card_a_known_behaviour() -> None:
    assert set(TEST_CARDS.values()) == set(get_args(TestCard))


def test_every_decline_has_a_code_and_a_sentence() -> None:
    for card, (code, sentence) in DECLINES.items():
        assert card in get_args(TestCard)
        assert code.replace("_", "").isalpha()
        assert sentence[0].isupper()
