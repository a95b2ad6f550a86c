"""3-D Secure, disputes and deadlines in the api: which order of news leads where, and what a merchant sees of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, Final

import orjson
import pytest

from chassis import pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from contracts.events.payment import Payment as PaymentContract
from contracts.events.payment_result import (
    AuthorisationAnswered,
    AuthorisationChallenged,
    AuthorisationDeclined,
    CaptureAccepted,
    DisputeOpened,
)
from services.api import state
from services.api.answers import Answers
from services.api.settings import Settings
from services.api.state import Decision, Order, Payment, Terms
from services.api.sweeper import Timers
from services.api.tests.test_payments import (
    Client,
    apply_payment_results,
    approved,
    get,
    ledger,
    new_payment,
    paid,
    post,
)

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
TERMS: Final = Terms(timedelta(minutes=15), timedelta(days=7))
URL: Final = "http://localhost:8010/challenge/att_x.0123"
CARD: Final = {"number": "4000002760003184", "expiry_month": "12", "expiry_year": "30", "cvv": "123"}
LEGAL: Final = {
    "pending": {"requires_action", "success", "failed"},
    "requires_action": {"pending", "failed"},
    "success": {"canceled", "expired"},
}
"""DESIGN: what may follow upon what."""


class Told:
    """One payment of an order, as news of it come in; `statuses` are those that its events showed."""

    def __init__(self) -> None:
        self.now = NOW
        self.order = Order("o", "m", 1000, "INR", None, {}, "attempted", 0, 1, NOW, NOW)
        self.payment = Payment(
            id="p",
            merchant_id="m",
            order_id="o",
            attempt_id="a",
            amount_minor=1000,
            currency="INR",
            method="card",
            vpa=None,
            card=None,
            status="pending",
            capture_mode="manual",
            metadata={},
            created_at=NOW,
            updated_at=NOW,
            deadline_at=NOW + TERMS.pending_timeout,
        )
        self.statuses = ["pending"]
        self.events: list[str] = []
        self.voids = 0

    def hear(self, news: str) -> None:
        """A piece of news, as `payments.apply_results` and the sweeper take it."""
        self.now += timedelta(seconds=1)
        match news:
            case "challenged":
                self._apply(state.challenge(self.payment, URL, self.now))
            case "answered":
                self._apply(state.resume(self.payment, self.now))
            case "approved":
                self._apply(state.resume(self.payment, self.now))
                self._apply(state.approve(self.order, self.payment, self.now, TERMS))
            case "declined":
                self._apply(state.decline(self.payment, "authentication_failed", "no", self.now))
            case "timeout" if self.payment.status in state.OPEN_STATUSES:
                self.now = NOW + TERMS.pending_timeout
                self._apply(state.pass_deadline(self.payment, self.now))
            case "timeout unnoticed":
                self.now = NOW + TERMS.pending_timeout

    def _apply(self, decision: Decision) -> None:
        self.order = decision.order or self.order
        self.voids += decision.command == "void"
        self.events += decision.events
        if decision.payment is None:
            return
        if decision.payment.status != self.payment.status:
            assert decision.payment.status in LEGAL.get(self.payment.status, ()), (
                self.payment.status,
                decision.payment.status,
            )
            self.statuses.append(decision.payment.status)
        self.payment = decision.payment


NEWS: Final = ("challenged", "answered", "timeout", "approved", "declined", "voided")
"""That a void was accepted changes nothing of a payment: it is among them to show it."""


def test_no_order_of_news_breaks_the_state_machine_or_lets_a_late_answer_succeed() -> None:
    for order in permutations(NEWS):
        told = Told()
        for news in order:
            told.hear(news)
        first = min(order.index(one) for one in ("approved", "declined", "timeout"))
        ended = {"approved": "success", "declined": "failed", "timeout": "failed"}[order[first]]
        assert told.payment.status == ended, order
        assert told.order.status == ("paid" if ended == "success" else "attempted"), order
        assert told.statuses.count("requires_action") <= 1, order
        assert len(told.events) == len(told.statuses) - 1, order
        if order[first] == "timeout":
            assert told.payment.error_code == "LATE_SUCCESS", order
            assert told.voids == 2, "of the timeout, and of the approval that came after it"


@pytest.mark.parametrize(
    ("news", "statuses"),
    [
        (["challenged", "answered", "approved"], ["pending", "requires_action", "pending", "success"]),
        (["challenged", "approved"], ["pending", "requires_action", "pending", "success"]),
        (["challenged", "answered", "declined"], ["pending", "requires_action", "pending", "failed"]),
        (["challenged", "declined"], ["pending", "requires_action", "failed"]),
        (["challenged", "timeout"], ["pending", "requires_action", "failed"]),
        (["challenged", "challenged", "answered", "challenged"], ["pending", "requires_action", "pending"]),
        (["challenged", "answered", "answered"], ["pending", "requires_action", "pending"]),
        (["answered", "challenged"], ["pending", "requires_action"]),
        (["approved", "challenged", "answered"], ["pending", "success"]),
        (["declined", "challenged", "answered", "approved"], ["pending", "failed"]),
        (["timeout", "challenged", "answered", "approved"], ["pending", "failed"]),
        (["challenged", "timeout", "answered", "approved"], ["pending", "requires_action", "failed"]),
        (["timeout unnoticed", "approved"], ["pending", "failed"]),
        (["challenged", "timeout unnoticed", "approved"], ["pending", "requires_action", "pending", "failed"]),
    ],
)
def test_where_news_lead(news: Sequence[str], statuses: list[str]) -> None:
    told = Told()
    for one in news:
        told.hear(one)
    assert told.statuses == statuses


def test_a_deadline_that_no_timer_has_told_of_counts_all_the_same() -> None:
    told = Told()
    told.hear("timeout unnoticed")
    told.hear("approved")
    assert (told.payment.error_code, told.voids, told.events) == ("LATE_SUCCESS", 1, ["payment.failed"])


def test_an_approval_for_an_order_that_was_paid_meanwhile_is_voided_out_of_a_challenge_too() -> None:
    told = Told()
    told.hear("challenged")
    told.order = told.order._replace(status="paid")
    told.hear("approved")
    assert told.statuses == ["pending", "requires_action", "pending", "failed"]
    assert (told.payment.error_code, told.voids) == ("ORDER_ALREADY_PAID", 1)


async def challenged_payment(client: Client, runtime: Runtime[Settings], db: pg.Connection, **fields: Any) -> Any:
    payment = await new_payment(client, method="card", card=CARD, **fields)
    await apply_payment_results(runtime, await news(db, payment["id"], AuthorisationChallenged))
    return payment


async def news(db: pg.Connection, payment_id: str, model: type[Any], **more: Any) -> Any:
    """A result about the payment's authorisation."""
    told = (await approved(db, payment_id)).model_dump()
    challenge = {"challenge_url": URL, "expires_at": datetime.now(UTC)} if model is AuthorisationChallenged else {}
    return model(**{**told, **challenge, **more})


async def told_events(db: pg.Connection, payment_id: str) -> list[tuple[str, Any]]:
    rows = await db.fetch("SELECT type, data FROM outbox WHERE key = $1 AND tenant IS NOT NULL ORDER BY id", payment_id)
    return [(row["type"], orjson.loads(row["data"])) for row in rows]


async def test_a_challenged_payment_shows_where_its_buyer_has_to_go_and_only_meanwhile(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await challenged_payment(client, runtime, db)
    assert "next_action" not in payment
    _, seen = await get(client, f"/payments/{payment['id']}")
    PaymentContract.model_validate(seen)
    assert (seen["status"], seen["next_action"]) == ("requires_action", {"type": "redirect_to_url", "url": URL})
    for verb in ("capture", "cancel", "refunds"):
        assert (await post(client, f"/payments/{payment['id']}/{verb}", {}))[0] == 400
    _, order = await get(client, f"/orders/{payment['order_id']}")
    assert (order["status"], order["amount_paid"]) == ("attempted", 0)
    assert await db.fetchval("SELECT count(*) FROM open_commands") == 1, "a challenge is no end"
    await apply_payment_results(runtime, await news(db, payment["id"], AuthorisationAnswered))
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], "next_action" in seen) == ("pending", False)
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], "next_action" in seen) == ("success", False)
    events = await told_events(db, payment["id"])
    assert [(type_, data["sequence"], data["payment"]["status"]) for type_, data in events] == [
        ("payment.created", 1, "pending"),
        ("payment.pending", 2, "pending"),
        ("payment.requires_action", 3, "requires_action"),
        ("payment.pending", 4, "pending"),
        ("payment.success", 5, "success"),
    ]
    assert events[2][1]["payment"]["next_action"]["url"] == URL
    assert [data["payment"].get("next_action") for type_, data in events if type_ != "payment.requires_action"] == [
        None
    ] * 4
    assert await db.fetchval("SELECT count(*) FROM open_commands") == 0


async def test_only_who_may_be_asked_to_authenticate_is_told_the_merchants_name(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    await new_payment(client, method="card", card=CARD)
    await new_payment(client, method="card", card={**CARD, "number": "4242424242424242"})
    rows = await db.fetch("SELECT data FROM outbox WHERE type = 'payment.authorise' ORDER BY id")
    assert [orjson.loads(row["data"])["merchant_name"] for row in rows] == ["Test Merchant", None]


async def test_a_success_whose_answer_was_never_told_passes_through_pending(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await challenged_payment(client, runtime, db, capture="automatic")
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    events = await told_events(db, payment["id"])
    assert [(type_, data["payment"]["status"]) for type_, data in events[2:]] == [
        ("payment.requires_action", "requires_action"),
        ("payment.pending", "pending"),
        ("payment.success", "success"),
        ("payment.captured", "success"),
    ]


async def test_a_decline_after_the_challenge_carries_its_code(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await challenged_payment(client, runtime, db)
    answered = await news(db, payment["id"], AuthorisationAnswered)
    declined = await news(
        db, payment["id"], AuthorisationDeclined, decline_code="authentication_failed", description="no"
    )
    await apply_payment_results(runtime, answered, declined)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"], seen["decline_code"]) == (
        "failed",
        "PAYMENT_FAILED",
        "authentication_failed",
    )


async def test_the_timeline_says_who_did_what(client: Client, runtime: Runtime[Settings], db: pg.Connection) -> None:
    payment = await challenged_payment(client, runtime, db)
    answered = await news(db, payment["id"], AuthorisationAnswered)
    late = (await approved(db, payment["id"])).model_copy(update={"unanswered": 2})
    await apply_payment_results(runtime, answered, late)
    timeline = await db.fetchval("SELECT timeline FROM payments")
    assert [(entry["status"], entry["actor"], entry["cause"]) for entry in timeline[2:]] == [
        ("requires_action", "acquirer", "payment.authorisation.challenged"),
        ("pending", "buyer", "payment.authorisation.answered"),
        (
            "success",
            "acquirer",
            "payment.authorisation.approved (found with the same key after 2 questions without an answer)",
        ),
    ]


async def test_a_buyer_who_never_answers_lets_the_payment_time_out_and_be_voided(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await challenged_payment(client, runtime, db)
    clock = ManualClock(await db.fetchval("SELECT deadline_at FROM payments"))
    async with pg.transaction(runtime.pool) as connection:
        await Timers(clock, Answers(clock.now())).pass_deadlines(connection)
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"], seen["decline_code"]) == (
        "failed",
        "PAYMENT_TIMEOUT",
        "authentication_timeout",
    )
    assert "next_action" not in seen
    await apply_payment_results(
        runtime, await news(db, payment["id"], AuthorisationAnswered), await approved(db, payment["id"])
    )
    _, seen = await get(client, f"/payments/{payment['id']}")
    assert (seen["status"], seen["error_code"]) == ("failed", "LATE_SUCCESS")
    types = [row["type"] for row in await db.fetch("SELECT type FROM outbox")]
    assert "payment.success" not in types
    assert types.count("payment.void") == 2


async def test_a_disputed_payment_says_so_once_and_no_money_moves(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db, method="card", card={**CARD, "number": "4000000000000259"})
    _, before = await get(client, f"/payments/{payment['id']}")
    assert (before["disputed"], "dispute" in before) == (False, False)
    capture = DisputeOpened(
        payment_id=payment["id"], attempt_id="att_capture", occurred_at=datetime.now(UTC), reason="fraudulent"
    )
    await apply_payment_results(runtime, capture)
    assert (await get(client, f"/payments/{payment['id']}"))[1]["disputed"] is False, "nothing was taken"
    await post(client, f"/payments/{payment['id']}/capture", {"amount": 3000})
    balances = await ledger(db, payment["id"])
    accepted = CaptureAccepted(payment_id=payment["id"], attempt_id="att_capture", occurred_at=datetime.now(UTC))
    await apply_payment_results(runtime, accepted, capture, capture)
    await apply_payment_results(runtime, capture)
    _, seen = await get(client, f"/payments/{payment['id']}")
    PaymentContract.model_validate(seen)
    assert (seen["status"], seen["captured"], seen["disputed"]) == ("success", True, True)
    dispute = seen["dispute"]
    assert (dispute["amount"], dispute["currency"], dispute["reason"], dispute["status"]) == (
        3000,
        "INR",
        "fraudulent",
        "needs_response",
    )
    events = await told_events(db, payment["id"])
    assert [type_ for type_, _ in events].count("payment.disputed") == 1
    assert events[-1][1]["payment"] == seen
    assert await ledger(db, payment["id"]) == balances
    status, _ = await post(client, f"/payments/{payment['id']}/refunds", {"amount": 1000})
    assert status == 201, "a merchant may still give it back"


async def test_a_capture_command_says_which_test_card_it_is_about(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid(client, runtime, db, method="card", card={**CARD, "number": "4000000000000259"})
    await post(client, f"/payments/{payment['id']}/capture", {})
    command = orjson.loads(await db.fetchval("SELECT data FROM outbox WHERE type = 'payment.capture'"))
    assert command["card"]["test_card"] == "disputed"
