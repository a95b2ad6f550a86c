"""Random interleavings of everything, each step foretold by the book. First shown to find planted bugs."""

import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import asyncpg
import pytest

from deploy.databases import Databases
from services.api import state
from tests.figures import Figures
from tests.model.gateway import Gateway, opened
from tests.model.machine import STEPS, Play, Program, drawn


@dataclass(frozen=True, slots=True)
class Size:
    """How many programs, and of how many steps each. `least`: so many steps at least do something."""

    programs: int
    steps: int
    least: int = 0


SIZES = [
    pytest.param(Size(6, 50), id="small"),
    pytest.param(Size(240, 60, least=10_000), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(3600)]),
]
FAILURES = (AssertionError, asyncpg.PostgresError)
"""However it shows: in an answer, in the audit, or because a CHECK holds."""


@pytest.fixture(scope="module")
async def gateway(databases: Databases) -> AsyncIterator[Gateway]:
    """A gateway of this module's own."""
    database = databases.make(migrated=True)
    async with opened(database) as made:
        yield made
    databases.drop(database)


async def failing(gateway: Gateway, size: Size, seed: int, steps: Counter[str]) -> Program | None:
    """The first program of that seed that fails."""
    for number in range(size.programs):
        program = drawn(random.Random(f"{seed} {number}"), size.steps)
        try:
            await Play(gateway, steps).run(program)
        except FAILURES:
            return program
    return None


async def smaller(gateway: Gateway, program: Program) -> Program:
    """A program without the steps that it fails without, too."""
    for step in reversed(program):
        shorter = [one for one in program if one is not step]
        with contextlib.suppress(*FAILURES):
            await Play(gateway, Counter()).run(shorter)
            continue
        program = shorter
    return program


@pytest.mark.parametrize("size", SIZES)
async def test_every_step_is_as_foretold_and_every_program_ends_in_a_clean_audit(
    gateway: Gateway, size: Size, seed: int, figures: Figures
) -> None:
    steps: Counter[str] = Counter()
    if found := await failing(gateway, size, seed, steps):
        small = await smaller(gateway, found)
        try:
            await Play(gateway, Counter()).run(small)
        except FAILURES as error:
            error.add_note("\n".join(map(str, small)))
            raise
        raise AssertionError(f"failed once, and then no more: {small}")
    assert steps[STEPS] >= size.least
    figures(f"seed {seed}: {size.programs} programs, {steps.pop(STEPS)} steps; done: {dict(sorted(steps.items()))}")


def captures_what_is_being_reversed(patch: pytest.MonkeyPatch) -> None:
    """`capture` and refunds forget the reversals that are under way."""
    patch.setattr(state.Payment, "capturable_minor", property(lambda p: p.amount_minor - p.amount_reversed_minor))


def refunds_what_is_being_refunded(patch: pytest.MonkeyPatch) -> None:
    """A refund forgets the room of those that are under way."""
    room = property(lambda payment: payment.amount_captured_minor - payment.amount_refunded_minor)
    patch.setattr(state.Payment, "refundable_minor", room)


def applies_a_result_twice(patch: pytest.MonkeyPatch) -> None:
    """A refund's result counts each time that it comes."""
    finish = state.finish_refund
    patch.setattr(state, "finish_refund", lambda p, r, now: finish(p, r._replace(status="pending"), now))


def lets_two_payments_pay_one_order(patch: pytest.MonkeyPatch) -> None:
    """An approval does not look whether the order is paid."""
    approve = state.approve
    patch.setattr(state, "approve", lambda o, p, now, terms: approve(o._replace(status="attempted"), p, now, terms))


def captures_until_a_timer_fires(patch: pytest.MonkeyPatch) -> None:
    """A deadline counts only once the sweeper has seen it."""
    capturable = state._is_capturable
    patch.setattr(state, "_is_capturable", lambda p, now, least_minor=1: capturable(p, p.created_at, least_minor))


BUGS = [
    captures_what_is_being_reversed,
    refunds_what_is_being_refunded,
    applies_a_result_twice,
    lets_two_payments_pay_one_order,
    captures_until_a_timer_fires,
]


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
async def test_a_planted_bug_is_found(
    gateway: Gateway, plant: Callable[[pytest.MonkeyPatch], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    found = await failing(gateway, Size(100, 50), seed, Counter())
    assert found is not None
    monkeypatch.undo()
    await Play(gateway, Counter()).run(found)
