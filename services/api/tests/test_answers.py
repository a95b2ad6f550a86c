"""When a command is sent again: not while older ones are still being answered, and always in the end."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis import pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from contracts import ids
from contracts.topics import PAYMENT_COMMANDS
from services.api.answers import RESEND_AFTER, Answers
from services.api.settings import Settings
from services.api.sweeper import Timers
from services.api.tests.test_payments import Client, new_payment

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def attempt(at: datetime) -> str:
    return ids.id_floor(ids.ATTEMPT, at)


def test_without_answers_everything_is_overdue_in_its_time() -> None:
    assert Answers().overdue_at(AT) == AT


def test_what_was_due_after_the_newest_answered_command_was_made_waits_for_its_turn() -> None:
    answers = Answers()
    answers.note([attempt(AT - 60 * SECOND), attempt(AT - 40 * SECOND), attempt(AT - 50 * SECOND)], AT)
    assert answers.overdue_at(AT + SECOND) == AT - 40 * SECOND
    answers.note([attempt(AT - 55 * SECOND)], AT + SECOND)  # an older one, sent again perhaps
    assert answers.overdue_at(AT + SECOND) == AT - 40 * SECOND


def test_when_nothing_is_answered_any_more_everything_is_overdue() -> None:
    answers = Answers()
    answers.note([attempt(AT - 60 * SECOND)], AT)
    assert answers.overdue_at(AT + RESEND_AFTER) < AT
    assert answers.overdue_at(AT + RESEND_AFTER + SECOND) == AT + RESEND_AFTER + SECOND


@pytest.mark.parametrize("strange", ["", "att_", "att_!!!", "rfnd_0VnQ3kDabcdefghi", "x" * 1000])
def test_what_is_no_attempts_id_says_nothing_of_when_it_was_made(strange: str) -> None:
    answers = Answers()
    answers.note([attempt(AT - 40 * SECOND), strange], AT)
    assert answers.overdue_at(AT) == AT - 40 * SECOND


def test_a_clock_that_runs_ahead_makes_nothing_overdue_early() -> None:
    answers = Answers()
    answers.note([attempt(AT + 3600 * SECOND)], AT)
    assert answers.overdue_at(AT) == AT


async def test_the_sweeper_sends_what_is_overdue_and_leaves_what_waits_for_its_turn(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    await new_payment(client)
    asked = await db.fetchrow("DELETE FROM outbox WHERE topic = $1 RETURNING subject, data", PAYMENT_COMMANDS.name)
    assert asked is not None
    made_at = await db.fetchval("SELECT resend_at FROM open_commands") - RESEND_AFTER
    clock, answers = ManualClock(made_at + 2 * RESEND_AFTER), Answers()
    timers = Timers(clock, answers)

    async def sent() -> list[tuple[str, bytes]]:
        async with pg.transaction(runtime.pool) as connection:
            await timers.send_again(connection)
        rows = await db.fetch("SELECT subject, data FROM outbox WHERE topic = $1", PAYMENT_COMMANDS.name)
        return [(row["subject"], row["data"]) for row in rows]

    answers.note([attempt(made_at + RESEND_AFTER - SECOND)], clock.now())
    assert await sent() == [], "those around it are just being answered"
    answers.note([attempt(made_at + RESEND_AFTER + SECOND)], clock.now())
    assert await sent() == [tuple(asked)], "much later ones have been answered"
