"""The switch counts down and falls back to a good answer."""

from examples.shop.behaviour import OK, Behaviour, Switch


def test_times_counts_deliveries() -> None:
    switch = Switch()
    switch.set(Behaviour(mode="hang", times=2))
    assert [switch.take().mode for _ in range(3)] == ["hang", "hang", "ok"]
    assert switch.current is OK


def test_without_times_it_stays() -> None:
    switch = Switch()
    switch.set(Behaviour(mode="slow", delay_s=1))
    assert {switch.take().mode for _ in range(10)} == {"slow"}
