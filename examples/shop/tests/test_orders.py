"""When an order is paid: with both proofs, of the same payment, in any order, however often they are told."""

import itertools
import time

import pytest

from contracts.events.payment import Payment
from examples.shop.cart import Cart
from examples.shop.catalogue import BY_ID
from examples.shop.deliveries import Delivery
from examples.shop.orders import Order, Orders, Stage
from examples.shop.signature import is_from_the_gateway, sign_payment
from examples.shop.tests import samples
from examples.shop.webhooks import Finding

SECRET = "secret_test_xyz789"


def order(order_id: str = "order_1") -> Order:
    cart = Cart().with_quantity(BY_ID["mug"], 1)
    return Order(order_id, cart.id, cart.lines, cart.amount_minor, "INR", "shop-1", time.time())


def payment(**changes: object) -> Payment:
    return samples.payment("pay_1", order_id="order_1", amount=49_900, **changes)


def delivery(number: int = 1) -> Delivery:
    return Delivery(number, time.time(), "evt_1", (), b"", 0, Finding.VALID, Finding.VALID, attempt=1)


def test_one_proof_alone_does_not_make_an_order_paid() -> None:
    returned, told = order(), order()
    returned.came_back_with("pay_1", 1.0)
    assert told.hear("payment.success", payment(), None, delivery())
    for waiting in (returned, told):
        assert (waiting.is_paid, waiting.stage, waiting.payment_id) == (False, Stage.CONFIRMING, "pay_1")


@pytest.mark.parametrize("first", ["browser", "webhook"])
def test_both_proofs_do_in_either_order(first: str) -> None:
    paid = order()
    if first == "browser":
        paid.came_back_with("pay_1", 1.0)
    paid.hear("payment.success", payment(), None, delivery())
    if first == "webhook":
        paid.came_back_with("pay_1", 1.0)
    assert (paid.is_paid, paid.stage) == (True, Stage.PAID)


def test_proofs_of_two_payments_are_not_both_of_one() -> None:
    odd = order()
    odd.came_back_with("pay_2", 1.0)
    odd.hear("payment.success", payment(), None, delivery())
    assert not odd.is_paid


def test_a_webhook_of_another_amount_or_currency_proves_nothing() -> None:
    for changed in ({"amount": 100}, {"currency": "USD"}):
        cheated = order()
        cheated.came_back_with("pay_1", 1.0)
        assert not cheated.hear("payment.success", payment().model_copy(update=changed), None, delivery())
        assert not cheated.is_paid
        assert "not of this order's amount" in (cheated.problem or "")


def test_webhooks_may_come_twice_and_in_any_order() -> None:
    told = [
        ("payment.success", payment(), None),
        ("payment.captured", payment(captured=True, amount_captured=49_900), None),
        ("refund.created", payment(), samples.refund().model_copy(update={"status": "pending"})),
        ("refund.processed", payment(), samples.refund()),
    ]
    for sequence in itertools.permutations(told):
        heard = order()
        heard.came_back_with("pay_1", 1.0)
        for event, about, refund in sequence + sequence:
            heard.hear(event, about, refund, delivery())
        assert (heard.is_paid, heard.captured_minor, heard.stage) == (True, 49_900, Stage.REFUNDED)


def test_declines_are_remembered_and_the_order_stays_open() -> None:
    declined = order()
    declined.hear(
        "payment.failed", payment(status="failed", error_description="The card was declined"), None, delivery()
    )
    assert (declined.stage, list(declined.declines.values())) == (Stage.OPEN, ["The card was declined"])


@pytest.mark.parametrize("decline_code", ["lost_card", "stolen_card", "fraudulent"])
def test_who_pays_is_not_told_that_a_card_is_known_to_be_stolen(decline_code: str) -> None:
    told = order()
    failed = payment(status="failed", error_description="The card was reported stolen", decline_code=decline_code)
    told.hear("payment.failed", failed, None, delivery())
    assert list(told.declines.values()) == ["The payment was declined"]


def test_the_book_is_bounded_and_keeps_what_it_knows_of_an_order_that_is_made_again() -> None:
    book = Orders(2)
    first = book.add(order())
    first.came_back_with("pay_1", 1.0)
    assert book.add(order()) is first
    assert book.is_bought(first.cart_id)
    for number in (2, 3):
        book.add(order(f"order_{number}"))
    assert [one.id for one in book.newest()] == ["order_3", "order_2"]


def test_only_who_has_the_secret_signs_a_payment() -> None:
    signature = sign_payment(SECRET, "order_1", "pay_1")
    # As `printf 'order_1|pay_1' | openssl dgst -sha256 -hmac secret_test_xyz789` says.
    assert signature == "974008c57cea8628d54bf708881f068df5edb18392af8113538366698f2606e6"
    assert is_from_the_gateway(SECRET, "order_1", "pay_1", signature)
    for order_id, payment_id, given in (
        ("order_2", "pay_1", signature),
        ("order_1", "pay_2", signature),
        ("order_1", "pay_1", signature.upper()),
        ("order_1", "pay_1", signature[:-1]),
        ("order_1", "pay_1", "\udcff"),
    ):
        assert not is_from_the_gateway(SECRET, order_id, payment_id, given)
    assert not is_from_the_gateway("another", "order_1", "pay_1", signature)
