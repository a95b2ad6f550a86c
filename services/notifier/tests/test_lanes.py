"""Slots, windows and what becomes of what waits."""

from services.notifier.lanes import Lanes
from services.notifier.state import Endpoint, Job


def job(name: str, endpoint_id: str = "we_a") -> Job:
    return Job(name, 1, 1, "auto", Endpoint(endpoint_id, "m", "http://shop", True, b""), "evt_1", b"{}")


def test_an_unproven_endpoint_gets_no_more_claims_than_slots() -> None:
    lanes = Lanes(slots=2, window_max=8, claims_max=100)
    assert lanes.take("we_a", 5) == 2
    assert lanes.take("we_a") == 0
    assert lanes.take("we_b") == 1


def test_quick_answers_widen_the_window_but_never_the_slots() -> None:
    lanes = Lanes(slots=1, window_max=4, claims_max=100)
    assert lanes.take("we_a") == 1
    assert lanes.enter(job("1"))
    lanes.note_backlog("we_a")
    lanes.leave("we_a", quick=True)
    assert lanes.take("we_a", 9) == 2
    assert lanes.enter(job("2"))
    assert not lanes.enter(job("3"))
    following, sent_back = lanes.leave("we_a", quick=True)
    assert (following, sent_back) == (job("3"), [])
    assert lanes.take("we_a", 9) == 3


def test_a_slow_answer_sends_back_what_waits_and_narrows_the_window() -> None:
    lanes = Lanes(slots=1, window_max=4, claims_max=100)
    lanes.note_backlog("we_a")
    for name in ("1", "2"):
        lanes.take("we_a")
        lanes.enter(job(name))
        lanes.leave("we_a", quick=True)
    assert lanes.take("we_a", 3) == 3
    assert [lanes.enter(job(name)) for name in ("3", "4", "5")] == [True, False, False]
    following, sent_back = lanes.leave("we_a", quick=False)
    assert (following, sent_back) == (None, [job("4"), job("5")])
    assert lanes.take("we_a", 9) == 1


def test_the_process_has_a_bound_until_outcomes_are_recorded() -> None:
    lanes = Lanes(slots=8, window_max=8, claims_max=3)
    assert lanes.take("we_a", 2) == 2
    assert lanes.take("we_b", 2) == 1
    assert lanes.take("we_c") == 0
    lanes.enter(job("1"))
    lanes.leave("we_a", quick=True)
    assert lanes.take("we_c") == 0
    lanes.settle()
    assert lanes.take("we_c") == 1


def test_wide_windows_leave_room_for_the_slots_of_others() -> None:
    lanes = Lanes(slots=2, window_max=100, claims_max=20)
    lanes.note_backlog("we_a")
    for _ in range(6):
        lanes.take("we_a")
        lanes.enter(job("1"))
        lanes.leave("we_a", quick=True)
        lanes.settle()
    assert lanes.take("we_a", 100) == 12
    assert lanes.take("we_a", 100) == 0
    assert [lanes.take(f"we_{number}", 100) for number in range(5)] == [2, 2, 2, 2, 0]


def test_room_for_backlogs_is_reserved_once() -> None:
    lanes = Lanes(slots=2, window_max=2, claims_max=3)
    lanes.note_backlog("we_a")
    lanes.note_backlog("we_b")
    assert lanes.take_for_backlogs() == {"we_a": 2, "we_b": 1}
    assert lanes.take_for_backlogs() == {}
    lanes.give_back("we_a", 2)
    assert lanes.take_for_backlogs() == {"we_a": 2}


def test_closing_gives_back_what_waits_and_takes_nothing_new() -> None:
    lanes = Lanes(slots=1, window_max=4, claims_max=100)
    lanes.note_backlog("we_a")
    lanes.take("we_a")
    lanes.enter(job("1"))
    lanes.leave("we_a", quick=True)
    lanes.take("we_a", 2)
    lanes.enter(job("2"))
    lanes.enter(job("3"))
    assert lanes.close() == [job("3")]
    assert lanes.take("we_b") == 0
    assert lanes.leave("we_a", quick=True) == (None, [])
