"""Slots, windows, breakers and what becomes of what waits."""

import random
from collections import Counter

import pytest

from services.notifier.breaker import BreakerRules, Breakers
from services.notifier.lanes import WINDOW_FIRST, Lanes
from services.notifier.state import Endpoint, Job


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def lanes_of(*, slots: int, window_max: int = 128, claims_max: int = 100, opens_after: int = 3) -> tuple[Lanes, Time]:
    time_s = Time()
    breakers = Breakers(BreakerRules(opens_after, cooldown_first_s=1, cooldown_max_s=30))
    return Lanes(slots=slots, window_max=window_max, claims_max=claims_max, breakers=breakers, time_s=time_s), time_s


def send(lanes: Lanes, name: str, endpoint_id: str = "we_a", *, there: bool = True, quick: bool = True) -> None:
    """One attempt from claim to record."""
    assert lanes.take(endpoint_id) == 1
    assert lanes.enter(job(name, endpoint_id))
    assert lanes.leave(endpoint_id, there=there, quick=quick) == (None, [])
    lanes.settle()


def job(name: str, endpoint_id: str = "we_a") -> Job:
    return Job(name, 1, 1, "auto", Endpoint(endpoint_id, "m", "http://shop", True, b""), "evt_1", b"{}")


def test_an_unproven_endpoint_gets_few_claims_at_first_and_never_more_than_slots() -> None:
    lanes, _ = lanes_of(slots=2)
    assert lanes.take("we_a", 5) == 2
    assert lanes.take("we_a") == 0
    assert lanes.take("we_b") == 1
    many, _ = lanes_of(slots=50)
    assert many.take("we_a", 50) == WINDOW_FIRST


def test_quick_answers_widen_the_window_but_never_the_slots() -> None:
    lanes, _ = lanes_of(slots=1, window_max=4)
    lanes.note_backlog("we_a")
    send(lanes, "1")
    assert lanes.take("we_a", 9) == 2
    assert lanes.enter(job("2"))
    assert not lanes.enter(job("3"))
    following, sent_back = lanes.leave("we_a", there=True, quick=True)
    assert (following, sent_back) == (job("3"), [])
    assert lanes.take("we_a", 9) == 3


def test_a_slow_answer_sends_back_what_waits_and_narrows_the_window() -> None:
    lanes, _ = lanes_of(slots=1, window_max=4)
    lanes.note_backlog("we_a")
    for name in ("1", "2"):
        send(lanes, name)
    assert lanes.take("we_a", 3) == 3
    assert [lanes.enter(job(name)) for name in ("3", "4", "5")] == [True, False, False]
    following, sent_back = lanes.leave("we_a", there=True, quick=False)
    assert (following, sent_back) == (None, [job("4"), job("5")])
    assert lanes.take("we_a", 9) == 1


def test_an_endpoint_that_hangs_holds_less_each_time() -> None:
    lanes, _ = lanes_of(slots=4, opens_after=20)
    lanes.note_backlog("we_a")
    held = []
    for _ in range(3):
        held.append(lanes.take("we_a", 9))
        for number in range(held[-1]):
            lanes.enter(job(str(number)))
        for _ in range(held[-1]):
            lanes.leave("we_a", there=False, quick=False)
            lanes.settle()
    assert held == [4, 1, 1]
    send(lanes, "5")
    assert lanes.take("we_a", 9) == 2


def test_the_process_has_a_bound_until_outcomes_are_recorded() -> None:
    lanes, _ = lanes_of(slots=8, claims_max=3)
    assert lanes.take("we_a", 2) == 2
    assert lanes.take("we_b", 2) == 1
    assert lanes.take("we_c") == 0
    lanes.enter(job("1"))
    lanes.leave("we_a", there=True, quick=True)
    assert lanes.take("we_c") == 0
    lanes.settle()
    assert lanes.take("we_c") == 1


def test_wide_windows_leave_room_for_the_slots_of_others() -> None:
    lanes, _ = lanes_of(slots=2, window_max=100, claims_max=20)
    lanes.note_backlog("we_a")
    for _ in range(6):
        send(lanes, "1")
    assert lanes.take("we_a", 100) == 12
    assert lanes.take("we_a", 100) == 0
    assert [lanes.take(f"we_{number}", 100) for number in range(6)] == [2, 2, 1, 1, 1, 1]
    assert lanes.take("we_last", 100) == 0


def test_one_merchants_endpoints_that_hang_all_at_once_leave_room_for_everybody_else() -> None:
    lanes, _ = lanes_of(slots=8, claims_max=160, opens_after=20)
    hanging = [f"we_{number}" for number in range(50)]
    held = [lanes.take(name, 100) for name in hanging]
    assert sum(held) <= 160 - 40 + len(hanging)
    assert held.count(1) > 10
    quiet = [f"we_quiet_{number}" for number in range(160 - sum(held))]
    assert [lanes.take(name) for name in quiet] == [1] * len(quiet)
    for name, count in zip(hanging, held, strict=True):
        for number in range(count):
            lanes.enter(job(str(number), name))
        for _ in range(count):
            lanes.leave(name, there=False, quick=False)
            lanes.settle()
    # Now they are known to hang, and have a quarter between them.
    assert sum(lanes.take(name, 100) for name in hanging) == 40


def test_endpoints_that_found_nobody_hold_a_part_of_the_process_between_them() -> None:
    lanes, _ = lanes_of(slots=4, claims_max=40, opens_after=20)
    sick = [f"we_{number}" for number in range(30)]
    for name in sick:
        lanes.note_backlog(name)
        send(lanes, "1", name, there=False, quick=False)
    assert sum(lanes.take(name, 9) for name in sick) == 10
    assert lanes.take("we_new", 9) == WINDOW_FIRST
    assert sum(lanes.take(f"we_fine_{number}") for number in range(20)) == 20


def test_room_for_backlogs_is_reserved_once_and_in_turn() -> None:
    lanes, _ = lanes_of(slots=2, claims_max=3)
    lanes.note_backlog("we_a")
    lanes.note_backlog("we_b")
    assert lanes.take_for_backlogs() == {"we_a": 2, "we_b": 1}
    assert lanes.take_for_backlogs() == {}
    lanes.give_back("we_a", 2)
    assert lanes.take_for_backlogs() == {}
    for name in ("we_c", "we_a"):
        lanes.note_backlog(name)
    assert lanes.take_for_backlogs() == {"we_c": 2}
    assert not lanes.may_claim
    lanes.give_back("we_b")
    assert lanes.may_claim
    assert lanes.take_for_backlogs() == {"we_a": 1}


def test_an_open_breaker_sends_back_what_waits_and_lets_one_through_after_its_cool_down() -> None:
    lanes, time_s = lanes_of(slots=1, window_max=8)
    lanes.note_backlog("we_a")
    for name in ("1", "2", "3"):
        send(lanes, name)
    assert lanes.take("we_a", 9) == 8
    assert [lanes.enter(job(str(number))) for number in range(8)] == [True] + [False] * 7
    assert lanes.leave("we_a", there=False, quick=True) == (job("1"), [])
    assert lanes.leave("we_a", there=False, quick=True) == (job("2"), [])
    following, sent_back = lanes.leave("we_a", there=False, quick=True)
    assert (following, len(sent_back)) == (None, 5)
    for _ in range(8):
        lanes.settle()
    assert (lanes.breakers_open, lanes.take("we_a"), lanes.take_for_backlogs()) == (1, 0, {})
    assert lanes.wait_s(5) == 1
    time_s.s += 1
    assert lanes.take_for_backlogs() == {"we_a": 1}
    lanes.note_backlog("we_a")
    assert lanes.take_for_backlogs() == {}
    assert lanes.take("we_a") == 0
    lanes.enter(job("9"))
    lanes.leave("we_a", there=False, quick=True)
    lanes.settle()
    assert lanes.wait_s(5) == 2
    time_s.s += 2
    assert lanes.take_for_backlogs() == {"we_a": 1}
    lanes.note_backlog("we_a")
    lanes.enter(job("9"))
    lanes.leave("we_a", there=True, quick=True)
    lanes.settle()
    assert (lanes.breakers_open, lanes.take_for_backlogs()) == (0, {"we_a": 2})


def test_what_somebody_waits_for_does_not_ask_the_breaker() -> None:
    lanes, _ = lanes_of(slots=2, opens_after=1)
    lanes.note_backlog("we_a")
    send(lanes, "1", there=False)
    assert lanes.take("we_a") == 0
    assert [lanes.take("we_a", urgent=True) for _ in range(3)] == [1, 1, 0]


def test_a_limit_holds_what_is_claimed_to_the_slots_and_opens_by_itself() -> None:
    lanes, time_s = lanes_of(slots=2, window_max=8)
    lanes.note_backlog("we_a")
    for number in range(3):
        send(lanes, str(number))
    assert lanes.take("we_a") == 1
    lanes.limit("we_a", 0.5)
    assert (lanes.take("we_a", 9), lanes.take_for_backlogs(), lanes.wait_s(5)) == (0, {}, 0.5)
    time_s.s += 0.5
    assert lanes.take_for_backlogs() == {"we_a": 1}
    lanes.limit("we_a", None)
    assert lanes.take("we_a", 9) == 6


def test_an_endpoint_that_listens_no_more_begins_anew() -> None:
    lanes, _ = lanes_of(slots=2, opens_after=1)
    lanes.note_backlog("we_a")
    send(lanes, "1", there=False)
    lanes.forget_failures("we_a")
    lanes.forget_failures("we_unknown")
    assert (lanes.breakers_open, lanes.take_for_backlogs()) == (0, {"we_a": 1})
    assert lanes._suspected == 0


def test_a_probe_that_was_not_made_is_given_back() -> None:
    lanes, time_s = lanes_of(slots=2, opens_after=1)
    send(lanes, "1", there=False)
    time_s.s += 1
    assert lanes.take("we_a", 5) == 1
    assert lanes.take("we_a") == 0
    lanes.give_back("we_a")
    assert lanes.take("we_a", 5) == 1


def test_idle_lanes_and_answered_breakers_take_no_memory() -> None:
    lanes, time_s = lanes_of(slots=2, opens_after=1)
    for number in range(1000):
        name = f"we_{number}"
        lanes.note_backlog(name)
        send(lanes, "1", name, there=False)
        time_s.s += 1
        assert lanes.take_for_backlogs() == {name: 1}
        lanes.enter(job("2", name))
        lanes.leave(name, there=True, quick=True)
        lanes.settle()
    assert (lanes.unsettled, lanes.breakers_open, lanes.wait_s(5)) == (0, 0, 5)
    assert not lanes._lanes
    assert not lanes._ready
    assert not lanes._breakers._breakers


def test_closing_gives_back_what_waits_and_takes_nothing_new() -> None:
    lanes, _ = lanes_of(slots=1, window_max=4)
    lanes.note_backlog("we_a")
    send(lanes, "1")
    lanes.take("we_a", 2)
    lanes.enter(job("2"))
    lanes.enter(job("3"))
    assert lanes.close() == [job("3")]
    assert lanes.take("we_b") == 0
    assert lanes.leave("we_a", there=True, quick=True) == (None, [])


class Walk:
    """Deliveries arrive, are answered, hang and fail in whatever order; five of twelve endpoints are mostly well."""

    def __init__(self, seed: int) -> None:
        self.moves = random.Random(seed)
        self.lanes, self.time_s = lanes_of(slots=3, window_max=9, claims_max=40, opens_after=4)
        self.names = [f"we_{number:02}" for number in range(12)]
        self.backlog: Counter[str] = Counter()
        self.running: list[str] = []
        self.waiting: Counter[str] = Counter()

    def move(self) -> None:
        """Any one thing."""
        match self.moves.randrange(4):
            case 0:
                self.arrive(self.moves.choice(self.names))
            case 1 if self.running:
                name = self.moves.choice(self.running)
                well = self.moves.random() < (0.9 if name < "we_05" else 0.1)
                self.end(name, there=well, quick=self.moves.random() < 0.7)
            case 2:
                self.time_s.s += self.moves.random()
            case _:
                self.claim(limits=True)

    def arrive(self, name: str) -> None:
        """A delivery: claimed at once or queued."""
        if self.lanes.take(name, urgent=self.moves.random() < 0.1):
            self.enter(name)
        else:
            self.queue(name)

    def queue(self, name: str) -> None:
        self.backlog[name] += 1
        self.lanes.note_backlog(name)

    def enter(self, name: str) -> None:
        if self.lanes.enter(job("1", name)):
            self.running.append(name)
        else:
            self.waiting[name] += 1

    def claim(self, *, limits: bool) -> None:
        """As the dispatcher does with what is queued."""
        for name, count in self.lanes.take_for_backlogs().items():
            found = min(count, self.backlog[name])
            self.backlog[name] -= found
            if limits and self.moves.random() < 0.2:
                self.lanes.limit(name, self.moves.random())
            if found < count:
                self.lanes.give_back(name, count - found)
            else:
                self.lanes.note_backlog(name)
            for _ in range(found):
                self.enter(name)

    def end(self, name: str, *, there: bool, quick: bool) -> None:
        """An attempt ended and is recorded."""
        self.running.remove(name)
        following, sent_back = self.lanes.leave(name, there=there, quick=quick)
        self.lanes.settle()
        if following:
            self.waiting[name] -= 1
            self.running.append(name)
        for _ in sent_back:
            self.waiting[name] -= 1
            self.lanes.settle()
            self.queue(name)


@pytest.mark.parametrize("seed", range(20))
def test_on_any_walk_the_bounds_hold_and_nothing_is_left_waiting(seed: int) -> None:
    walk = Walk(seed)
    lanes = walk.lanes
    for _ in range(1500):
        walk.move()
        assert lanes.unsettled == len(walk.running) + walk.waiting.total() <= 40
        assert max(Counter(walk.running).values(), default=0) <= 3
    for name in walk.names:
        walk.arrive(name)
    for _ in range(500):
        for name in list(walk.running):
            walk.end(name, there=True, quick=True)
        walk.time_s.s += lanes.wait_s(1)
        walk.claim(limits=False)
    assert (walk.backlog.total(), lanes.unsettled, lanes.breakers_open) == (0, 0, 0)
    assert not lanes._lanes
    assert lanes._suspected == 0
