"""Payments whose time matters, through api, processor and acquirer by a clock that is moved: challenges, lost answers,
disputes, and authorisations that nobody captures."""

import random
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import pytest

from acquirer.port import ChallengeAnswer
from deploy.databases import Database
from tests.clockwork import DISPUTE_DELAY_S, POLL_S, Clockwork, clockwork

WALKS: Final = [pytest.param(12, id="small"), pytest.param(300, id="full", marks=pytest.mark.prove)]
STEPS: Final = 14


def card(number: str) -> dict[str, Any]:
    return {"method": "card", "card": {"number": number, "expiry_month": 12, "expiry_year": 2030, "cvv": "123"}}


CHALLENGE_SUCCESS: Final = card("4000002760003184")
CHALLENGE_DECLINE: Final = card("4000008400001629")


@pytest.fixture(params=[False, True], ids=["in-process", "over HTTP"])
async def home(request: pytest.FixtureRequest, fresh_database: Callable[..., Database]) -> AsyncIterator[Clockwork]:
    """The acquirer in the processor's process, and in one of its own."""
    async with clockwork(fresh_database(migrated=True), over_http=request.param) as made:
        yield made


async def challenged(home: Clockwork, how: dict[str, Any] = CHALLENGE_SUCCESS) -> dict[str, Any]:
    payment = await home.gateway.new_payment(50_000, **how)
    await home.settle()
    seen = await home.look(payment)
    assert seen["status"] == "requires_action"
    assert seen["next_action"]["url"].startswith("http://localhost:8010/challenge/")
    return payment


@pytest.mark.parametrize(
    ("how", "answer", "status", "code"),
    [
        (CHALLENGE_SUCCESS, "completed", "success", None),
        (CHALLENGE_SUCCESS, "failed", "failed", "authentication_failed"),
        (CHALLENGE_DECLINE, "completed", "failed", "authentication_failed"),
    ],
)
async def test_a_challenge_to_its_end(
    home: Clockwork, how: dict[str, Any], answer: ChallengeAnswer, status: str, code: str | None
) -> None:
    payment = await challenged(home, how)
    await home.answer(payment, answer)
    await home.settle()
    seen = await home.look(payment)
    assert (seen["status"], seen["decline_code"]) == (status, code)
    assert await home.events(payment) == [
        "payment.created",
        "payment.pending",
        "payment.requires_action",
        "payment.pending",
        f"payment.{status}",
    ]
    assert [operation for operation, _ in await home.calls(payment)] == ["authorise", "authorise"]


async def test_an_abandoned_challenge_ends_with_its_own_time(home: Clockwork) -> None:
    payment = await challenged(home)
    for _ in range(20):
        home.wait(POLL_S)
        await home.settle()
    seen = await home.look(payment)
    assert (seen["status"], seen["error_code"], seen["decline_code"]) == (
        "failed",
        "PAYMENT_FAILED",
        "authentication_timeout",
    )
    assert await home.events(payment) == [
        "payment.created",
        "payment.pending",
        "payment.requires_action",
        "payment.failed",
    ]


@pytest.mark.parametrize("answered_before_the_void", [True, False])
async def test_an_answer_after_the_pending_timeout_never_makes_a_success(
    home: Clockwork, answered_before_the_void: bool
) -> None:
    payment = await challenged(home)
    # The deadline passes although the challenge would run on: the buyer's answer meets a payment that has ended.
    await home.gateway.admin.execute("UPDATE api.payments SET deadline_at = $1", home.clock.now())
    await home.gateway.pass_deadlines()
    assert (await home.look(payment))["decline_code"] == "authentication_timeout"
    if not answered_before_the_void:
        await home.settle()
    await home.answer(payment, "completed")
    home.wait(POLL_S)
    await home.settle()
    seen, held = await home.look(payment), await home.held(payment)
    assert seen["status"] == "failed"
    assert held["voided"]
    assert "payment.success" not in await home.events(payment)


async def test_a_card_that_times_out_at_the_acquirer_says_so_in_its_timeline(home: Clockwork) -> None:
    payment = await home.gateway.new_payment(50_000, method="upi", vpa="timeout@bank")
    await home.settle()
    assert (await home.look(payment))["status"] == "success"
    _, expanded = await home.gateway.get(f"/payments/{payment['id']}?expand=timeline")
    last = expanded["timeline"][-1]
    assert last["cause"] == (
        "payment.authorisation.approved (found with the same key after 1 question without an answer)"
    )
    held = await home.held(payment)
    assert held["authorised_minor"] == 50_000, "charged once"
    assert await home.calls(payment) == [("authorise", "answer_lost"), ("inquire", "approved")]


@pytest.mark.parametrize("losses", [1, 2, 3, 4])
async def test_whatever_answer_is_lost_on_the_way_each_effect_happens_once(
    fresh_database: Callable[..., Database], losses: int
) -> None:
    """The acquirer commits and so many answers are lost, of the inquiries, too: at each step of two payments' lives."""
    async with clockwork(fresh_database(migrated=True), over_http=True) as home:
        payment = await home.gateway.new_payment(50_000, **CHALLENGE_SUCCESS)
        await _patiently(home, payment, "requires_action", losses)
        await home.answer(payment, "completed")
        await _patiently(home, payment, "success", losses)
        for verb, amount in (("refunds", 5_000), ("capture", 30_000), ("refunds", 10_000)):
            status, _ = await home.gateway.post(f"/payments/{payment['id']}/{verb}", {"amount": amount})
            assert status in (200, 201)
            await _patiently(home, payment, "success", losses)
        seen, held = await home.look(payment), await home.held(payment)
        assert (held["authorised_minor"], held["captured_minor"]) == (50_000, 30_000)
        assert (held["reversed_minor"], held["refunded_minor"]) == (5_000, 10_000)
        assert (seen["amount_captured"], seen["amount_reversed"], seen["amount_refunded"]) == (30_000, 5_000, 10_000)
        canceled = await home.gateway.new_payment(50_000, method="upi", vpa="success@bank")
        await _patiently(home, canceled, "success", losses)
        assert (await home.gateway.post(f"/payments/{canceled['id']}/cancel", {}))[0] == 200
        await _patiently(home, canceled, "canceled", losses)
        rows = await home.gateway.admin.fetch("SELECT operation, count(*) FROM acquirer.effect GROUP BY 1")
        assert {row["operation"]: row["count"] for row in rows} == {
            "authorise": 2,
            "capture": 1,
            "refund": 1,
            "reverse": 1,
            "void": 1,
        }
        assert await home.count("acquirer.call WHERE replay OR operation = 'inquire'") >= 6


async def _patiently(home: Clockwork, payment: dict[str, Any], status: str, losses: int) -> None:
    """Lose answers, and ask again after each pause until there is nothing left to ask."""
    await home.lose_answers(losses)
    for _ in range(10):
        await home.settle()
        home.wait(2)
    assert (await home.look(payment))["status"] == status
    assert await home.count("api.open_commands WHERE type <> 'payment.authorise'") == 0, "what was decided is accepted"


async def test_a_disputed_card_is_disputed_after_its_capture(home: Clockwork) -> None:
    payment = await home.gateway.new_payment(50_000, **card("4000000000000259"), capture="automatic")
    await home.settle()
    assert (await home.look(payment))["disputed"] is False
    home.wait(DISPUTE_DELAY_S)
    await home.settle()
    seen = await home.look(payment)
    assert (seen["status"], seen["captured"], seen["disputed"]) == ("success", True, True)
    assert (await home.events(payment))[-1] == "payment.disputed"


async def test_what_nobody_captured_expires_at_its_instant_and_is_voided(home: Clockwork) -> None:
    payment = await home.gateway.new_payment(50_000, method="upi", vpa="success@bank")
    await home.settle()
    window_s = home.gateway.api.settings.capture_window_h * 3600
    home.wait(window_s)
    for verb, body in (("capture", {}), ("cancel", {}), ("refunds", {"amount": 100})):
        status, refused = await home.gateway.post(f"/payments/{payment['id']}/{verb}", body)
        assert (status, refused["error"]["code"]) == (400, "BAD_REQUEST_ERROR"), "no timer has fired yet"
    assert (await home.look(payment))["status"] == "success"
    await home.gateway.pass_deadlines()
    assert (await home.look(payment))["status"] == "expired"
    assert (await home.events(payment))[-1] == "payment.expired"
    held = await home.held(payment)
    assert not held["voided"]
    await home.settle()
    held = await home.held(payment)
    assert held["voided"]
    assert await home.count("api.open_commands") == 0


async def test_a_moment_before_that_it_can_be_captured(home: Clockwork) -> None:
    payment = await home.gateway.new_payment(50_000, method="upi", vpa="success@bank")
    await home.settle()
    home.wait(home.gateway.api.settings.capture_window_h * 3600 - 0.001)
    status, captured = await home.gateway.post(f"/payments/{payment['id']}/capture", {})
    assert (status, captured["captured"]) == (200, True)
    home.wait(1)
    await home.gateway.pass_deadlines()
    await home.settle()
    held = await home.held(payment)
    assert (held["captured"], held["voided"]) == (True, False)


async def test_what_stays_pending_fails_at_its_timeout_and_is_voided(home: Clockwork) -> None:
    payment = await home.gateway.new_payment(50_000, method="upi", vpa="pending@razorpay")
    await home.settle()
    home.wait(home.gateway.api.settings.payment_pending_timeout_s)
    await home.settle()
    assert (await home.look(payment))["status"] == "pending"
    await home.gateway.pass_deadlines()
    await home.settle()
    seen, held = await home.look(payment), await home.held(payment)
    assert (seen["status"], seen["error_code"]) == ("failed", "PAYMENT_TIMEOUT")
    assert held["voided"]
    assert await home.count("api.open_commands") == 0


@pytest.mark.parametrize("walks", WALKS)
async def test_in_whatever_order_the_hands_move_a_success_is_charged_and_nothing_else_is(
    fresh_database: Callable[..., Database], seed: int, walks: int
) -> None:
    """The relay, the consumers, the workers, the buyer and the clock move at random; results come double and again."""
    async with clockwork(fresh_database(migrated=True)) as home:
        ends = set()
        for walk in range(walks):
            choose = random.Random(f"{seed}/{walk}")
            payment = await home.gateway.new_payment(
                50_000, **choose.choice([CHALLENGE_SUCCESS, CHALLENGE_SUCCESS, CHALLENGE_DECLINE])
            )
            moves = [await _move(home, payment, choose) for _ in range(STEPS)]
            # In the end the deadline has passed and everybody has done what was left to do.
            home.wait(home.gateway.api.settings.payment_pending_timeout_s)
            for _ in range(3):
                await home.gateway.pass_deadlines()
                await home.settle()
                home.wait(POLL_S)
            ends.add(await _judge(home, payment, moves))
        report = await home.gateway.audit()
        assert report["ok"], report
        assert walks < 100 or ends == {"success", "PAYMENT_FAILED", "PAYMENT_TIMEOUT", "LATE_SUCCESS"}, ends


async def _move(home: Clockwork, payment: dict[str, Any], choose: random.Random) -> str:
    moves = ["commands", "process", "results", "again", "answer", "sweep", "little", "poll", "timeout"]
    move = choose.choices(moves, [6, 6, 6, 2, 3, 2, 3, 2, 1])[0]
    match move:
        case "commands":
            await home.commands()
        case "process":
            await home.process()
        case "results":
            await home.results()
        case "again":
            await home.tell_again(payment)
        case "answer" if (await home.look(payment))["status"] == "requires_action":
            await home.answer(payment, choose.choice(["completed", "completed", "failed"]))
        case "sweep":
            await home.gateway.pass_deadlines()
        case "little":
            home.wait(1)
        case "poll":
            home.wait(POLL_S)
        case "timeout":
            home.wait(home.gateway.api.settings.payment_pending_timeout_s / 2)
    return move


async def _judge(home: Clockwork, payment: dict[str, Any], moves: list[str]) -> str:
    seen, held, events = await home.look(payment), await home.held(payment), await home.events(payment)
    charged = held["authorised_minor"] and not held["voided"]
    assert (seen["status"] == "success") == bool(charged), (moves, seen, events)
    assert seen["status"] in ("success", "failed"), moves
    assert held["authorised_minor"] in (0, seen["amount"]), moves
    assert events.count("payment.requires_action") <= 1, moves
    assert events.count("payment.success") + events.count("payment.failed") == 1, moves
    sequence = await home.gateway.admin.fetchval("SELECT sequence FROM api.payments WHERE id = $1", payment["id"])
    assert sequence == len(events), moves
    assert await home.count("api.open_commands") == 0, moves
    return str(seen["error_code"] or seen["status"])
