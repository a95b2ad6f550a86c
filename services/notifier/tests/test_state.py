"""The schedule, the ladder, and what an answer means."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.topics import DELAY_TIERS_S, WEBHOOK_DISPATCH, delay_topic_name
from services.notifier.state import (
    GAPS_S,
    JITTER_MAX_S,
    RETRY_AFTER_MAX_S,
    TEST_GAPS_S,
    Endpoint,
    ErrorClass,
    Exchange,
    Job,
    Schedule,
    after_exchange,
    found_somebody,
    parse_retry_after,
    to_ms,
    topic_towards,
    trigger_of,
)

NOW = datetime(2026, 11, 23, 10, 15, 30, 118204, tzinfo=UTC)
TIERS_S = {delay_topic_name(tier_s): tier_s for tier_s in DELAY_TIERS_S}
EXACT = Schedule(GAPS_S, jitter=lambda: 0.0)


def job(number: int = 1) -> Job:
    return Job("whd_1", 1, number, "auto", Endpoint("we_1", "m", "http://shop", True, b""), "evt_1", b"{}")


def answered(status: int, headers: dict[str, str] | None = None) -> Exchange:
    good = 200 <= status < 300
    return Exchange(NOW, 12.0, {}, status, headers or {}, b"", None if good else "status", None if good else "no")


@pytest.mark.parametrize("gaps_s", [GAPS_S, TEST_GAPS_S])
def test_five_attempts_with_the_gaps_and_no_sixth(gaps_s: tuple[int, ...]) -> None:
    schedule = Schedule(gaps_s, jitter=lambda: 0.0)
    waits = [schedule.next_at(number, NOW, None) for number in range(1, 6)]
    assert waits == [*(NOW + timedelta(seconds=gap_s) for gap_s in gaps_s), None]


@given(number=st.integers(1, 4), jitter=st.floats(0, 1))
def test_jitter_only_adds_and_little(number: int, jitter: float) -> None:
    at = Schedule(GAPS_S, jitter=lambda: jitter).next_at(number, NOW, None)
    assert at is not None
    late_s = (at - NOW).total_seconds() - GAPS_S[number - 1]
    assert 0 <= late_s <= JITTER_MAX_S


@given(wait_ms=st.integers(0, 3 * 86_400_000), latencies_ms=st.lists(st.integers(0, 900), min_size=1))
def test_a_record_hops_to_its_due_time_and_is_never_early_or_stuck(wait_ms: int, latencies_ms: list[int]) -> None:
    """Every hop waits its whole tier and loses some time on the way; what remains at the end is less than a tier."""
    due_ms = 1_000_000 + wait_ms
    now_ms = 1_000_000
    hops = 0
    while (topic := topic_towards(due_ms, now_ms)) != WEBHOOK_DISPATCH.name:
        now_ms += TIERS_S[topic] * 1000 + latencies_ms[hops % len(latencies_ms)]
        hops += 1
        assert hops <= 3 * 86_400 // 5
    late_ms = now_ms - due_ms
    assert late_ms <= max(latencies_ms)
    assert -late_ms < min(DELAY_TIERS_S) * 1000


def test_the_gaps_of_both_schedules_are_tiers() -> None:
    assert {*GAPS_S, *TEST_GAPS_S} == set(DELAY_TIERS_S)


@given(after_epoch=st.timedeltas(timedelta(days=18_000), timedelta(days=40_000)))
def test_milliseconds_round_up(after_epoch: timedelta) -> None:
    early = timedelta(milliseconds=to_ms(datetime(1970, 1, 1, tzinfo=UTC) + after_epoch)) - after_epoch
    assert timedelta(microseconds=-1) <= early <= timedelta(milliseconds=1)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_success(status: int) -> None:
    outcome = after_exchange(job(), answered(status), NOW, EXACT)
    assert (outcome.status, outcome.attempts, outcome.next_attempt_at) == ("success", 1, None)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int) -> None:
    outcome = after_exchange(job(2), answered(status), NOW, EXACT)
    assert (outcome.status, outcome.attempts) == ("pending", 2)
    assert outcome.next_attempt_at == NOW + timedelta(seconds=300)


def test_the_fifth_failure_is_the_last() -> None:
    outcome = after_exchange(job(5), answered(500), NOW, EXACT)
    assert (outcome.status, outcome.attempts, outcome.next_attempt_at) == ("failed", 5, None)


def test_410_ends_the_delivery_and_the_endpoint() -> None:
    outcome = after_exchange(job(), answered(410), NOW, EXACT)
    assert (outcome.status, outcome.endpoint_gone, outcome.next_attempt_at) == ("failed", True, None)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("10", 60),  # shorter than the gap: the gap counts
        ("90", 90),
        ("Mon, 23 Nov 2026 10:17:30 GMT", 119.881796),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 60),
        ("999999999999", RETRY_AFTER_MAX_S),
        ("-5", 60),
        ("soon", 60),
        ("²", 60),
    ],
)
def test_retry_after_is_honoured_upwards(value: str, wait_s: float) -> None:
    outcome = after_exchange(job(), answered(503, {"Retry-After": value}), NOW, EXACT)
    assert outcome.next_attempt_at == NOW + timedelta(seconds=wait_s)


def test_a_header_counts_however_its_name_is_written() -> None:
    outcome = after_exchange(job(), answered(429, {"rEtry-aFTER": "90"}), NOW, EXACT)
    assert outcome.next_attempt_at == NOW + timedelta(seconds=90)


@given(st.text(max_size=40) | st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} \d\d:\d\d:\d\d ([+-]\d{4,9}|GMT)"))
@example("Wed, 21 Oct 99999999999999999999 07:28:00 GMT")
@example("Wed, 21 Oct 2026 07:28:00 +99999999999999999999")
def test_no_retry_after_is_too_strange(value: str) -> None:
    wait_s = parse_retry_after(value, NOW)
    assert wait_s is None or wait_s >= 0


@pytest.mark.parametrize(
    ("error_class", "response_status", "found"),
    [
        (None, 200, True),
        ("status", 302, True),
        ("status", 400, True),
        ("status", 404, True),
        ("status", 410, True),
        ("status", 429, False),
        ("status", 500, False),
        ("status", 503, False),
        ("blocked", None, True),
        ("dns", None, False),
        ("connect", None, False),
        ("tls", None, False),
        ("timeout", None, False),
        ("timeout", 200, False),
        ("connect", 200, False),
    ],
)
def test_who_answers_is_there(error_class: ErrorClass | None, response_status: int | None, found: bool) -> None:
    exchange = Exchange(NOW, 12.0, {}, response_status, error_class=error_class)
    assert found_somebody(exchange) is found


def test_no_retry_after() -> None:
    assert parse_retry_after(None, NOW) is None


def test_triggers() -> None:
    assert trigger_of("auto", 1, None) == "auto"
    assert trigger_of("manual", 1, "sweeper") == "manual"
    assert trigger_of("bulk", 1, None) == "bulk"
    assert trigger_of("manual", 2, None) == "auto"
    assert trigger_of("auto", 3, "sweeper") == "sweeper"


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        (("*",), True),
        (("payment.*",), True),
        (("refund.*", "payment.success"), True),
        (("refund.*", "payment.failed"), False),
        ((), False),
    ],
)
def test_an_endpoint_wants_what_its_patterns_name(patterns: tuple[str, ...], wanted: bool) -> None:
    assert Endpoint("we_1", "m", "http://shop", True, b"", event_types=patterns).wants("payment.success") is wanted


def test_an_endpoint_may_have_gaps_of_its_own() -> None:
    own = EXACT.of(Endpoint("we_1", "m", "http://shop", True, b"", retry_gaps_s=(7, 9)))
    waits = [own.next_at(number, NOW, None) for number in range(1, 4)]
    assert waits == [NOW + timedelta(seconds=7), NOW + timedelta(seconds=9), None]
