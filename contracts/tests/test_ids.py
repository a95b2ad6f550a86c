"""Ids: their form, their order, and how little one says about the next."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from contracts import ids


def test_an_id_is_its_prefix_and_sixteen_characters_of_base_62() -> None:
    made = ids.new_id(ids.PAYMENT)
    assert made.startswith("pay_")
    assert len(made) == len("pay_") + 16
    assert made.isascii()
    assert ids.is_id(made, ids.PAYMENT)


def test_ids_of_one_process_are_unique_and_sorted_by_creation() -> None:
    made = [ids.new_id(ids.EVENT) for _ in range(20_000)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_made_while_the_clock_stands_still_or_goes_back_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp() * 1e9)
    times_ns = iter([now_ns] * 500 + [now_ns - 60_000_000_000] * 500 + [now_ns + 1_000_000] * 500)
    monkeypatch.setattr("time.time_ns", lambda: next(times_ns))
    monkeypatch.setattr(ids, "_maker", ids._Maker())
    made = [ids.new_id(ids.EVENT) for _ in range(1500)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_the_next_id_of_the_same_millisecond_can_not_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_900_000_000_000_000_000)
    monkeypatch.setattr(ids, "_maker", ids._Maker())
    bodies = [_number(ids.new_id(ids.PAYMENT)) for _ in range(1000)]
    steps = [later - earlier for earlier, later in pairwise(bodies)]
    # Uniform over 2^40: a thousand steps are distinct, and their mean is near the middle.
    assert len(set(steps)) == len(steps)
    assert 0.4 < sum(steps) / len(steps) / (1 << 40) < 0.6


def _number(made: str) -> int:
    value = 0
    for char in made.partition("_")[2]:
        value = value * 62 + ids.ALPHABET.index(char)
    return value


def test_the_alphabet_is_sorted_as_postgres_sorts_it_under_collate_c() -> None:
    assert list(ids.ALPHABET) == sorted(ids.ALPHABET)
    assert len(set(ids.ALPHABET)) == 62


def test_the_floor_of_an_instant_is_not_above_any_id_made_from_then_on() -> None:
    before = datetime.now(UTC)
    made = ids.new_id(ids.ORDER)
    assert ids.id_floor(ids.ORDER, before) <= made < ids.id_floor(ids.ORDER, before + timedelta(hours=1))


def test_an_id_tells_when_it_was_made_to_the_millisecond() -> None:
    at = datetime(2026, 1, 31, 10, 20, 30, 456_000, tzinfo=UTC)
    assert ids.instant_of(ids.id_floor(ids.PAYMENT, at)) == at
    assert abs(ids.instant_of(ids.new_id(ids.REFUND)) - datetime.now(UTC)) < timedelta(seconds=10)


def test_ids_keep_their_length_until_2081() -> None:
    last = datetime(2080, 12, 31, tzinfo=UTC)
    assert len(ids.id_floor(ids.PAYMENT, last)) == len("pay_") + 16
    assert ids.id_floor(ids.PAYMENT, last) > ids.id_floor(ids.PAYMENT, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    ["", "pay_", "pay_123", "order_0VxKb3QmZ8aT4RfL", "pay_0VxKb3QmZ8aT4Rf!", "pay_0VxKb3QmZ8aT4RfL\n",
     "pay_0VxKb3QmZ8aT4RfLL",
     "PAY_0VxKb3QmZ8aT4RfL", "pay_0VxKb3QmZ8aT4Rfé", "pay_" + "\x00" * 16, "pay_0VxKb3QmZ8aT4\ud800RfL"],
    ids=ascii,
)  # fmt: skip
def test_what_does_not_have_the_form_of_a_payments_id_is_not_one(text: str) -> None:
    assert not ids.is_id(text, ids.PAYMENT)
