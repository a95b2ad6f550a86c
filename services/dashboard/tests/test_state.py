"""The pure decisions: what roles may do, how long failures make somebody wait, what a good password is."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.state import (
    FORGIVEN_AFTER,
    PATIENCE,
    ROLES,
    SCOPES,
    Failures,
    failures_now,
    longest_wait,
    password_problem,
)

NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)


def test_nobody_but_an_admin_may_do_everything_and_everybody_may_look() -> None:
    for role in ROLES:
        assert SCOPES[role] <= SCOPES["admin"]
        assert {scope for scope in SCOPES["admin"] if scope.endswith(":read")} - SCOPES[role] <= {"api_keys:read"}
    assert not [scope for scope in SCOPES["read_only"] if scope.endswith(":write")]
    assert not SCOPES["developer"] & {"orders:write", "payments:write", "refunds:write", "balance:write"}
    assert not SCOPES["support"] & {"api_keys:read", "api_keys:write", "webhooks:write"}


@given(st.sampled_from(sorted(PATIENCE)), st.integers(0, 10_000), st.integers(0, 7200))
def test_a_wait_grows_with_failures_and_is_never_longer_than_its_longest(kind: str, failures: int, ago_s: int) -> None:
    known = Failures(failures, NOW - timedelta(seconds=ago_s))
    wait = longest_wait({kind: known}, NOW)
    assert wait <= PATIENCE[kind].longest
    more = longest_wait({kind: Failures(failures + 1, known.last_failed_at)}, NOW)
    assert max(more, timedelta(0)) >= max(wait, timedelta(0))
    if failures < PATIENCE[kind].free or ago_s > FORGIVEN_AFTER.total_seconds():
        assert wait <= timedelta(0)


def test_many_machines_never_keep_a_person_out_for_long() -> None:
    assert PATIENCE["email"].longest <= timedelta(seconds=30)
    assert PATIENCE["email"].free > PATIENCE["address"].free > PATIENCE["both"].free


def test_failures_count_for_half_an_hour() -> None:
    assert failures_now(Failures(9, NOW - FORGIVEN_AFTER), NOW).failures == 9
    assert failures_now(Failures(9, NOW - FORGIVEN_AFTER - timedelta(seconds=1)), NOW).failures == 0


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("correct horse battery", None),
        ("пароль из слов", None),
        ("eleven char", "at least 12"),
        ("abcabcabcabcabc", "over and over"),
        ("abcd" * 65, "at most 256"),
    ],
)
def test_a_password_is_judged_by_its_length_alone(password: str, problem: str | None) -> None:
    told = password_problem(password, 12, 256)
    assert (told is None) if problem is None else problem in str(told)
