"""When a rush begins, when it is over, and for how long anything stands back for it."""

from collections.abc import Iterable
from itertools import pairwise

from chassis.rush import AFTER_S, Rush

LOOK_S = 0.02
MANY = 24


class Scene:
    """Somebody who looks every LOOK_S."""

    def __init__(self, *, many: int = MANY, most_s: float = 25.0) -> None:
        self.rush = Rush(many=many, most_s=most_s)
        self.now_s = 1000.0

    def look(self, waiting: int, seconds: float) -> list[bool]:
        """What each look tells while so many wait."""
        told = []
        for _ in range(round(seconds / LOOK_S)):
            self.now_s += LOOK_S
            told.append(self.rush.look(self.now_s, waiting))
        return told


def standing_s(told: Iterable[bool]) -> float:
    return sum(told) * LOOK_S


def test_a_few_who_wait_are_no_rush_however_long() -> None:
    assert not any(Scene().look(MANY - 1, 100))


def test_many_at_once_are_no_rush_when_they_are_soon_answered() -> None:
    scene = Scene()
    for _ in range(20):
        assert not any(scene.look(500, AFTER_S * 0.5) + scene.look(0, 0.5))


def test_many_for_a_while_are_a_rush_until_half_as_many_wait() -> None:
    scene = Scene()
    told = scene.look(2 * MANY, 5)
    assert abs(standing_s(told) - (5 - AFTER_S)) < 0.2
    assert all(later >= earlier for earlier, later in pairwise(told)), "it begins once"
    assert all(scene.look(MANY // 2 + 1, 5))
    assert not any(scene.look(MANY // 2 - 1, 5)[10:])
    assert not any(scene.look(MANY - 1, 5))


def test_a_moment_in_which_nobody_waits_does_not_end_a_rush() -> None:
    scene = Scene()
    scene.look(2 * MANY, 2)
    assert all(all(scene.look(0, 3 * LOOK_S) + scene.look(2 * MANY, 0.2)) for _ in range(20))


def test_a_rush_without_an_end_is_worked_off_as_it_comes_after_a_while() -> None:
    scene = Scene(most_s=10)
    told = scene.look(2 * MANY, 600)
    assert abs(standing_s(told) - 10) < 0.1
    assert not any(told[-1000:])


def test_as_much_comes_back_as_there_was_calm() -> None:
    scene = Scene(most_s=10)
    scene.look(2 * MANY, 20)
    scene.look(0, 4)
    assert 3.5 < standing_s(scene.look(2 * MANY, 20)) < 4.1
    scene.look(0, 1000)
    assert abs(standing_s(scene.look(2 * MANY, 20)) - 10) < 0.1


def test_a_process_that_was_stopped_in_a_rush_stands_back_again_in_the_next_one() -> None:
    scene = Scene(most_s=10)
    scene.look(2 * MANY, 2)
    scene.now_s += 3600
    scene.look(0, 5)
    assert 4.5 < standing_s(scene.look(2 * MANY, 20)) < 5.1


def test_with_zero_there_is_never_a_rush() -> None:
    assert not any(Scene(many=0).look(1000, 10) + Scene(most_s=0).look(1000, 10))
