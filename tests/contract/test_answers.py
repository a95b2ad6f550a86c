"""What the gateway answers is what the reference says that it answers; the examples of the reference work."""

import pytest

from services.api.reference.examples import EXAMPLES
from tests.contract.gateway import Exchange
from tests.contract.schemas import Contract

NEED_EVERY_SERVICE = ("getHealth", "getAudit", "listAcquirerCalls", "listQueues")
"""See test_whole_stack.py."""

pytestmark = pytest.mark.postgres


async def test_every_example_is_answered_with_its_operations_own_status(
    conversation: list[Exchange], contract: Contract
) -> None:
    for exchange in conversation[: len(EXAMPLES)]:
        first = next(iter(contract.operations()[exchange.operation][2]["responses"]))
        assert str(exchange.status) == first, f"{exchange.what} was answered {exchange.status}: {exchange.body[:300]!r}"


async def test_every_operation_has_been_answered_well(conversation: list[Exchange], contract: Contract) -> None:
    answered = {exchange.operation for exchange in conversation if exchange.status < 300}
    missing = set(contract.operations()) - answered - set(NEED_EVERY_SERVICE)
    assert not missing, (
        f"{sorted(missing)}: add an example that works to services/api/reference/examples.py "
        "(what it needs must be made by the examples before it)"
    )


async def test_every_status_is_told_of(conversation: list[Exchange], contract: Contract) -> None:
    untold = {
        f"{one.what} → {one.status} {one.body[:200]!r}"
        for one in conversation
        if contract.response(one.operation, one.status) is None
    }
    assert not untold


async def test_every_answer_is_what_its_schema_says_and_no_more(
    conversation: list[Exchange], contract: Contract
) -> None:
    faults = {}
    for one in conversation:
        told = contract.response(one.operation, one.status)
        assert told is not None, one
        content = told.get("content", {})
        assert one.content_type in content or not one.body, f"{one.what} was answered as {one.content_type}"
        if one.body and one.content_type.endswith("json"):
            found = contract.faults(content[one.content_type]["schema"], one.json)
            if found:
                faults[f"{one.what} → {one.status}"] = found
    assert not faults


async def test_every_answer_has_the_headers_that_are_promised(conversation: list[Exchange], contract: Contract) -> None:
    for one in conversation:
        assert one.headers["Request-Id"]
        if one.status in (429, 503):
            assert one.operation == "getHealth" or "Retry-After" in one.headers, one.what
        told = contract.response(one.operation, one.status)
        assert told is not None
        if one.status < 300:
            promised = {name for name in told["headers"] if name != "Idempotent-Replayed"}
            assert not promised - set(one.headers), one.what
        if one.status == 401:
            assert "WWW-Authenticate" in told["headers"]
            assert "WWW-Authenticate" in one.headers


async def test_the_refusals_of_a_payment_are_told_each_by_its_code(conversation: list[Exchange]) -> None:
    told = {one.json.get("code") for one in conversation if one.operation == "createPayment" and one.status >= 400}
    assert {"NOT_FOUND_ERROR", "INVALID_VPA", "INVALID_CARD", "EXPIRED_CARD"} <= told


async def test_a_refusal_of_the_notifier_is_a_problem_for_who_asks_for_one(conversation: list[Exchange]) -> None:
    told = {one.content_type for one in conversation if (one.operation, one.status) == ("getWebhook", 404)}
    assert told == {"application/json", "application/problem+json"}


async def test_a_refusal_is_told_in_both_forms(conversation: list[Exchange]) -> None:
    kinds = {one.content_type for one in conversation if one.status >= 400}
    assert kinds == {"application/json", "application/problem+json"}
