"""The processor's decisions, without a database."""

from datetime import UTC, datetime

import pytest

from acquirer.port import Approved, Authorise, Capture, Declined, NotYet, Pending, Void
from contracts.events.payment_result import (
    AuthorisationApproved,
    AuthorisationDeclined,
    CaptureAccepted,
    PaymentResult,
    VoidAccepted,
)
from services.processor.state import Attempt, attempt_of, ended, request_of, result_of
from services.processor.tests.conftest import PaymentCommands

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NO = Declined(decline_code="some_reason", description="A sentence")


def attempts() -> dict[str, Attempt]:
    commands = PaymentCommands()
    made = (commands.authorise_card("success"), commands.capture(), commands.void())
    return {attempt.action: attempt for attempt in (attempt_of(command, None) for command in made)}


def test_the_attempts_id_is_the_acquirers_key() -> None:
    kinds = {"authorise": Authorise, "capture": Capture, "void": Void}
    for action, attempt in attempts().items():
        request = request_of(attempt)
        assert isinstance(request, kinds[action])
        assert request.key == attempt.id


def test_the_acquirer_gets_the_test_cards_name() -> None:
    request = request_of(attempts()["authorise"])
    assert isinstance(request, Authorise)
    assert request.test_card == "success"


@pytest.mark.parametrize(
    ("action", "kind"), [("authorise", AuthorisationApproved), ("capture", CaptureAccepted), ("void", VoidAccepted)]
)
def test_an_approval_is_told(action: str, kind: type[PaymentResult]) -> None:
    attempt = ended(attempts()[action], Approved(), NOW)
    assert attempt is not None
    result = result_of(attempt)
    assert isinstance(result, kind)
    assert (result.attempt_id, result.occurred_at) == (attempt.id, NOW)


def test_a_decline_is_told_for_an_authorisation_only() -> None:
    told = {}
    for action, attempt in attempts().items():
        declined = ended(attempt, NO, NOW)
        assert declined is not None
        told[action] = result_of(declined)
    assert isinstance(told["authorise"], AuthorisationDeclined)
    assert told["authorise"].decline_code == "some_reason"
    assert (told["capture"], told["void"]) == (None, None)


@pytest.mark.parametrize("outcome", [NotYet(reason="too early"), Pending()])
def test_what_is_not_decided_has_no_result(outcome: NotYet | Pending) -> None:
    attempt = attempts()["authorise"]
    assert ended(attempt, outcome, NOW) is None
    assert result_of(attempt) is None
