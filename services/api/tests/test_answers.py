"""When a command is sent again: not while older ones are still being answered, and always in the end."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from chassis import outbox, pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from chassis.tests import samples
from contracts import ids
from contracts.events.payment_result import AuthorisationApproved
from contracts.topics import PAYMENT_COMMANDS
from services.api.answers import HOLD_MAX, RESEND_AFTER, Answers
from services.api.handlers import handlers
from services.api.settings import Settings
from services.api.sweeper import Timers
from services.api.tests.test_payments import Client, approved, message, new_payment

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Scene:
    """A command that was published twice RESEND_AFTER ago, and who is to send it again."""

    runtime: Runtime[Settings]
    db: pg.Connection
    asked: tuple[str, bytes]
    made_at: datetime

    def __post_init__(self) -> None:
        self.clock = ManualClock(self.made_at + 2 * RESEND_AFTER)
        self.answers = Answers(self.made_at)
        self.timers = Timers(self.clock, self.answers)

    async def sent(self) -> list[tuple[str, bytes]]:
        """What waits to be published after a turn."""
        async with pg.transaction(self.runtime.pool) as connection:
            await self.timers.send_again(connection)
        rows = await self.db.fetch("SELECT subject, data FROM outbox WHERE topic = $1", PAYMENT_COMMANDS.name)
        return [(row["subject"], row["data"]) for row in rows]


def attempt(at: datetime) -> str:
    return ids.id_floor(ids.ATTEMPT, at)


@pytest.fixture
def answers() -> Answers:
    return Answers(AT - timedelta(hours=1))


def test_without_answers_everything_is_overdue_in_its_time(answers: Answers) -> None:
    assert answers.overdue_at(AT) == AT


def test_whoever_has_just_begun_to_listen_waits_for_what_is_under_way() -> None:
    answers = Answers(AT)
    assert answers.overdue_at(AT + RESEND_AFTER) == AT + RESEND_AFTER - HOLD_MAX
    assert answers.overdue_at(AT + RESEND_AFTER + SECOND) == AT + RESEND_AFTER + SECOND


def test_what_was_due_after_the_newest_answered_command_was_made_waits_for_its_turn(answers: Answers) -> None:
    answers.note([attempt(AT - 60 * SECOND), attempt(AT - 40 * SECOND), attempt(AT - 50 * SECOND)], AT)
    assert answers.overdue_at(AT + SECOND) == AT - 40 * SECOND
    answers.note([attempt(AT - 55 * SECOND)], AT + SECOND)  # an older one, sent again perhaps
    assert answers.overdue_at(AT + SECOND) == AT - 40 * SECOND


def test_when_nothing_is_answered_any_more_everything_is_overdue(answers: Answers) -> None:
    answers.note([attempt(AT - 60 * SECOND)], AT)
    assert answers.overdue_at(AT + RESEND_AFTER) < AT
    assert answers.overdue_at(AT + RESEND_AFTER + SECOND) == AT + RESEND_AFTER + SECOND


def test_answers_to_old_commands_hold_nothing_back_for_ever(answers: Answers) -> None:
    """Buyers go on answering challenges, and no new payment is made."""
    for passed in range(0, 1200, 20):
        now = AT + passed * SECOND
        answers.note([attempt(AT - 300 * SECOND)], now)
        assert answers.overdue_at(now) == max(now - HOLD_MAX, AT - 300 * SECOND)


def test_a_clock_that_was_put_back_holds_nothing_back(answers: Answers) -> None:
    answers.note([attempt(AT)], AT + 3600 * SECOND)
    assert answers.overdue_at(AT + SECOND) == AT + SECOND


@pytest.mark.parametrize("strange", ["", "att_", "att_!!!", "rfnd_0VnQ3kDabcdefghi", "x" * 1000])
def test_what_is_no_attempts_id_says_nothing_of_when_it_was_made(answers: Answers, strange: str) -> None:
    answers.note([attempt(AT - 40 * SECOND), strange], AT)
    assert answers.overdue_at(AT) == AT - 40 * SECOND


def test_a_clock_that_runs_ahead_makes_nothing_overdue_early(answers: Answers) -> None:
    answers.note([attempt(AT + 3600 * SECOND)], AT)
    assert answers.overdue_at(AT) == AT


class TestTimers:
    """What the sweeper makes of it, of one payment's command."""

    @pytest_asyncio.fixture
    async def scene(self, client: Client, runtime: Runtime[Settings], db: pg.Connection) -> "Scene":
        await new_payment(client)
        asked = await db.fetchrow("SELECT subject, data FROM outbox WHERE topic = $1", PAYMENT_COMMANDS.name)
        made_at = await db.fetchval("SELECT resend_at FROM open_commands") - RESEND_AFTER
        await db.execute("DELETE FROM outbox")  # published
        return Scene(runtime, db, tuple(asked or ()), made_at)

    async def test_what_is_overdue_is_sent_and_what_waits_for_its_turn_is_not(self, scene: "Scene") -> None:
        scene.answers.note([attempt(scene.made_at + RESEND_AFTER - SECOND)], scene.clock.now())
        assert await scene.sent() == [], "those around it are just being answered"
        scene.answers.note([attempt(scene.made_at + RESEND_AFTER + SECOND)], scene.clock.now())
        assert await scene.sent() == [scene.asked], "much later ones have been answered"

    async def test_nothing_is_sent_behind_what_has_waited_in_the_outbox_for_as_long(self, scene: "Scene") -> None:
        told = samples.message("some.topic", "k", 1)
        async with pg.transaction(scene.runtime.pool) as connection:
            await outbox.append(connection, [replace(told, occurred_at=scene.made_at + RESEND_AFTER - SECOND)])
        assert await scene.sent() == [], "Kafka is away: it may not have left yet"
        await scene.db.execute("UPDATE outbox SET occurred_at = $1", scene.made_at + RESEND_AFTER)
        assert await scene.sent() == [scene.asked], "what waits now was told much later"

    async def test_a_result_is_noted(self, scene: "Scene", settings: Settings) -> None:
        result = await approved(scene.db, scene.asked[0])
        handler = handlers(scene.clock, settings.terms, scene.answers)[AuthorisationApproved.TYPE]
        async with pg.transaction(scene.runtime.pool) as connection:
            await handler.apply(connection, [message(result)])
        assert scene.answers.overdue_at(scene.clock.now()) == ids.instant_of(result.attempt_id)
