"""The models: frozen, tolerant of what is added later, strict about money."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.events import EVENT_TYPES
from contracts.events.base import Event
from contracts.events.payment import PaymentSuccess
from contracts.events.payment_command import AuthorisePayment, CapturePayment
from contracts.events.webhook import WebhookPayload, parse_webhook

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(type_: str, case: str) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads((EXAMPLES / type_ / f"{case}.json").read_bytes())
    return value


def test_every_concrete_event_is_registered_under_its_own_type() -> None:
    assert set(EVENT_TYPES.values()) == {model for model in all_models(Event) if "TYPE" in vars(model)}
    assert all(type_ == model.TYPE for type_, model in EVENT_TYPES.items())


def all_models(model: type[Event]) -> set[type[Event]]:
    return {model}.union(*(all_models(child) for child in model.__subclasses__()))


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_types_are_lower_case_words_with_dots(type_: str) -> None:
    assert all(word.replace("_", "").isalpha() and word.islower() for word in type_.split("."))


@pytest.mark.parametrize("model", EVENT_TYPES.values(), ids=lambda model: model.TYPE)
def test_an_event_is_frozen_and_ignores_fields_it_does_not_know(model: type[Event]) -> None:
    path = next((EXAMPLES / model.TYPE).glob("*.json"))
    data = orjson.loads(path.read_bytes())
    event = TypeAdapter(model).validate_json(orjson.dumps(data | {"added_in_2031": {"a": 1}}))
    assert event == TypeAdapter(model).validate_json(path.read_bytes())
    with pytest.raises(ValidationError):
        setattr(event, next(iter(model.model_fields)), "changed")


@pytest.mark.parametrize("amount", [100.0, 100.5, "100", True, -1, 10**12 + 1, 10**30, None])
def test_an_amount_is_a_whole_number_within_bounds(amount: object) -> None:
    event = example("payment.success", "upi")
    event["payment"]["amount"] = amount
    with pytest.raises(ValidationError):
        PaymentSuccess.model_validate_json(orjson.dumps(event) if amount != 10**30 else _with_huge(event))


def _with_huge(event: dict[str, Any]) -> bytes:
    event["payment"]["amount"] = 0
    return orjson.dumps(event).replace(b'"amount":0', b'"amount":1' + b"0" * 30)


@pytest.mark.parametrize("currency", ["inr", "RUPEE", "", "IN", "IN1", "INR\n"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    command = example("payment.capture", "all") | {"currency": currency}
    with pytest.raises(ValidationError):
        CapturePayment.model_validate_json(orjson.dumps(command))


@pytest.mark.parametrize("sequence", [0, -1])
def test_a_sequence_counts_from_one(sequence: int) -> None:
    with pytest.raises(ValidationError):
        PaymentSuccess.model_validate_json(orjson.dumps(example("payment.success", "upi") | {"sequence": sequence}))


def test_a_command_has_no_room_for_a_card_number_or_cvv() -> None:
    command = example("payment.authorise", "test-card")
    command["card"] |= {"number": "4242424242424242", "cvv": "123"}
    read = AuthorisePayment.model_validate_json(orjson.dumps(command))
    assert "4242424242424242" not in read.model_dump_json()
    assert "cvv" not in read.model_dump_json()


def test_a_webhook_body_is_read_back_as_it_was_written() -> None:
    payload = parse_webhook((EXAMPLES / "webhook-body" / "refund-processed.json").read_bytes())
    assert parse_webhook(payload.model_dump_json(exclude_unset=True).encode()) == payload
    assert list(WebhookPayload.model_fields) == ["id", "event", "timestamp", "sequence", "data"]


@pytest.mark.parametrize(
    "change",
    [
        {"event": "payment.invented"},
        {"timestamp": 1795428931.5},
        {"timestamp": 1795428931.0},
        {"timestamp": "1795428931"},
        {"sequence": "1"},
        {"extra": 1},
        {"data": {"order": {}}},
        {"id": None},
    ],
    ids=str,
)
def test_a_webhook_body_that_breaks_the_contract_is_refused(change: dict[str, Any]) -> None:
    body = example("webhook-body", "payment-success")
    parse_webhook(orjson.dumps(body))
    with pytest.raises(ValidationError):
        parse_webhook(orjson.dumps(body | change))


@pytest.mark.parametrize("missing", ["id", "event", "timestamp", "sequence", "data"])
def test_a_webhook_body_that_lacks_a_field_is_refused(missing: str) -> None:
    body = example("webhook-body", "payment-success")
    del body[missing]
    with pytest.raises(ValidationError):
        parse_webhook(orjson.dumps(body))
