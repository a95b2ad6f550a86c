"""Who may embed a checkout, how a session goes and when it ends: decisions that need nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.checkout.state import (
    LOCAL_ORIGINS,
    Life,
    Order,
    Session,
    Status,
    effective_origins,
    returning,
    status_of,
    why_not_end_at,
    why_not_expire,
    why_not_pay,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIFE = Life(timedelta(days=1), timedelta(days=30))
SESSION = Session(
    id="cs_0VxKb1QmZ8aT4RfL",
    merchant_id="m",
    order_id="order_0VxKb1QmZ8aT4RfL",
    amount_minor=100,
    currency="INR",
    success_url=None,
    cancel_url=None,
    locale=None,
    theme=None,
    prefill={},
    expires_at=NOW + HOUR,
    created_at=NOW - HOUR,
)
ORDER = Order("order_0VxKb1QmZ8aT4RfL", "m", "Shop", 100, "INR", "created", None, None, None)


@pytest.mark.parametrize(
    ("allowed", "test_mode", "effective"),
    [
        (None, True, LOCAL_ORIGINS),
        (None, False, ()),
        ((), True, ()),
        (("https://shop.example",), True, ("https://shop.example",)),
        (("https://shop.example",), False, ("https://shop.example",)),
    ],
)
def test_a_merchants_word_is_the_whole_list(
    allowed: tuple[str, ...] | None, test_mode: bool, effective: tuple[str, ...]
) -> None:
    assert effective_origins(allowed, test_mode=test_mode) == effective


@pytest.mark.parametrize(
    ("paid_after", "ended_after", "looked_at_after", "status"),
    [
        (None, None, 0.0, "open"),
        (None, None, 0.999, "open"),
        (None, None, 1.0, "expired"),
        (0.5, None, 0.6, "complete"),
        (0.5, None, 9.0, "complete"),
        (1.0, None, 9.0, "complete"),
        (1.1, None, 9.0, "expired"),
        (None, 0.5, 0.5, "expired"),
        (0.4, 0.5, 0.6, "complete"),
        (0.6, 0.5, 0.6, "expired"),
        (1.5, 2.0, 2.5, "expired"),
    ],
)
def test_a_session_is_complete_if_its_order_was_paid_before_its_end(
    paid_after: float | None, ended_after: float | None, looked_at_after: float, status: Status
) -> None:
    ended = replace(SESSION, expired_at=None if ended_after is None else NOW + ended_after * HOUR)
    paid_at = None if paid_after is None else NOW + paid_after * HOUR
    assert status_of(ended, paid_at, NOW + looked_at_after * HOUR) == status


def test_what_has_ended_stays_ended() -> None:
    instants = [NOW + part * HOUR for part in (0.0, 0.3, 0.6, 1.0, 1.3, 5.0)]
    for ended in (SESSION, replace(SESSION, expired_at=NOW + 0.5 * HOUR)):
        for paid_at in (None, *instants):
            # Nobody knows of a payment before it was made.
            told = [
                status_of(ended, paid_at if paid_at is not None and paid_at <= now else None, now) for now in instants
            ]
            later = told[next((i for i, status in enumerate(told) if status != "open"), len(told)) :]
            assert len(set(later)) <= 1, (paid_at, told)


def test_an_order_is_paid_once_and_in_time() -> None:
    assert why_not_pay(ORDER, NOW) is None
    assert why_not_pay(replace(ORDER, status="attempted", expires_at=NOW + HOUR), NOW) is None
    assert why_not_pay(replace(ORDER, status="paid"), NOW) == "The order is paid already"
    assert why_not_pay(replace(ORDER, expires_at=NOW), NOW) == "The order has expired"


def test_a_session_ends_in_the_future_and_not_too_far_in_it() -> None:
    assert why_not_end_at(NOW + HOUR, NOW, LIFE) is None
    assert why_not_end_at(NOW + LIFE.longest, NOW, LIFE) is None
    assert why_not_end_at(NOW, NOW, LIFE) == "expires_at must be in the future"
    assert why_not_end_at(NOW + LIFE.longest + HOUR, NOW, LIFE) == "expires_at must be within 30 days"


def test_a_complete_session_is_not_ended_again() -> None:
    assert why_not_expire("complete") == "The session is complete: its order is paid"
    assert why_not_expire("open") is None
    assert why_not_expire("expired") is None


def test_the_sessions_id_takes_the_place_that_the_merchant_left_for_it() -> None:
    template = "https://shop.example/{CHECKOUT_SESSION_ID}?a={CHECKOUT_SESSION_ID}&b={OTHER}"
    assert returning(template, "cs_1") == "https://shop.example/cs_1?a=cs_1&b={OTHER}"
    assert returning(None, "cs_1") is None
