"""When a breaker opens, what it lets through and when it closes."""

import pytest

from services.notifier.breaker import BreakerRules, Breakers

RULES = BreakerRules(opens_after=20, cooldown_first_s=1, cooldown_max_s=30)


def opened(now_s: float = 100.0) -> Breakers:
    breakers = Breakers(RULES)
    for _ in range(RULES.opens_after):
        breakers.failed("we_a", now_s)
    return breakers


def test_a_breaker_opens_with_the_last_failure_of_the_row() -> None:
    breakers = Breakers(RULES)
    for _ in range(19):
        breakers.failed("we_a", 100)
    assert breakers.state("we_a", 100) == "closed"
    breakers.failed("we_a", 100)
    assert (breakers.state("we_a", 100), breakers.tripped) == ("open", 1)
    assert breakers.state("we_b", 100) == "closed"


def test_an_answer_ends_the_row() -> None:
    breakers = Breakers(RULES)
    for _ in range(10):
        for _ in range(19):
            breakers.failed("we_a", 100)
        breakers.answered("we_a")
    assert (breakers.state("we_a", 100), breakers.tripped) == ("closed", 0)
    assert not breakers.failing("we_a")


def test_a_lone_delivery_never_opens_it() -> None:
    breakers = Breakers(RULES)
    for at_s in (0, 5, 15, 30, 50):
        breakers.failed("we_a", at_s)
    assert breakers.state("we_a", 50) == "closed"


def test_after_the_cool_down_it_is_half_open_until_somebody_answers() -> None:
    breakers = opened()
    assert breakers.state("we_a", 100.999) == "open"
    assert breakers.state("we_a", 101) == "half-open"
    assert breakers.state("we_a", 5000) == "half-open"
    breakers.answered("we_a")
    assert (breakers.state("we_a", 5000), breakers.tripped) == ("closed", 0)


def test_each_failed_probe_doubles_the_cool_down_to_its_most() -> None:
    breakers = opened()
    now_s, waits_s = 101.0, []
    for _ in range(7):
        breakers.failed("we_a", now_s)
        waits_s.append(breakers.open_until_s("we_a") - now_s)
        now_s = breakers.open_until_s("we_a")
    assert waits_s == [2, 4, 8, 16, 30, 30, 30]
    assert breakers.tripped == 1


def test_what_was_under_way_when_it_opened_makes_nothing_longer() -> None:
    breakers = opened()
    for _ in range(7):
        breakers.failed("we_a", 100.5)
    assert breakers.open_until_s("we_a") == pytest.approx(101)


def test_a_breaker_that_closed_begins_with_the_first_cool_down_again() -> None:
    breakers = opened()
    breakers.failed("we_a", 101)
    breakers.answered("we_a")
    for _ in range(RULES.opens_after):
        breakers.failed("we_a", 200)
    assert breakers.open_until_s("we_a") == pytest.approx(201)
