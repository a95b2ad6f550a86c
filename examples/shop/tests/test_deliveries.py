"""The memory is bounded, and tells distinct webhooks, retries and duplicates apart."""

from examples.shop.deliveries import Deliveries, Delivery, Filter, percentile
from examples.shop.tests import samples
from examples.shop.webhooks import Finding, read_payload


def take(deliveries: Deliveries, webhook_id: str, status: int | None = 200, body: bytes | None = None) -> Delivery:
    delivery = Delivery(
        number=deliveries.next_number(),
        received_at_s=0,
        webhook_id=webhook_id,
        headers=(),
        body=b"",
        body_bytes=0,
        body_signature=Finding.VALID,
        standard_signature=Finding.VALID,
        facts=read_payload(body or samples.payment_body()),
    )
    deliveries.record(delivery)
    if status is not None:
        deliveries.answered(delivery, status)
    return delivery


def test_retries_follow_a_failure_and_duplicates_an_acceptance() -> None:
    deliveries = Deliveries(10, 10)
    attempts = [take(deliveries, "evt_1", status).attempt for status in (500, None, 200, 200)]
    take(deliveries, "evt_2")
    counters = deliveries.counters
    assert attempts == [1, 2, 3, 4]
    assert (counters.distinct, counters.retries, counters.duplicates) == (2, 2, 1)
    assert counters.received == counters.distinct + counters.retries + counters.duplicates
    assert counters.accepted == 3


def test_the_oldest_deliveries_go_first() -> None:
    deliveries = Deliveries(kept_deliveries=3, kept_webhook_ids=10)
    for number in range(1, 6):
        take(deliveries, f"evt_{number}")
    found, total = deliveries.newest(Filter(), limit=10, offset=0)
    assert [delivery.number for delivery in found] == [5, 4, 3]
    assert total == deliveries.remembered == 3
    assert deliveries.find(2) is None
    assert deliveries.counters.received == 5


def test_the_oldest_webhook_ids_go_first() -> None:
    deliveries = Deliveries(kept_deliveries=10, kept_webhook_ids=2)
    for webhook_id in ("evt_1", "evt_2", "evt_3", "evt_2", "evt_1"):
        take(deliveries, webhook_id)
    assert [webhook_id for webhook_id, _ in deliveries.webhooks(10, 0)] == ["evt_3", "evt_1"]
    assert deliveries.counters.duplicates == 1
    assert deliveries.counters.distinct == 4


def test_filters_and_pages() -> None:
    deliveries = Deliveries(10, 10)
    for body in (samples.payment_body("pay_1"), samples.refund_body("rfnd_1", "pay_1"), samples.payment_body("pay_2")):
        take(deliveries, "evt", body=body)

    def numbers(wanted: Filter, limit: int = 10, offset: int = 0) -> list[int]:
        return [delivery.number for delivery in deliveries.newest(wanted, limit, offset)[0]]

    assert numbers(Filter(object_id="pay_1")) == [1]
    assert numbers(Filter(payment_id="pay_1")) == [2, 1]
    assert numbers(Filter(event="payment.success")) == [3, 1]
    assert numbers(Filter(event="payment.success", webhook_id="other")) == []
    assert numbers(Filter(), limit=1, offset=1) == [2]


def test_forgetting_starts_anew_but_never_reuses_a_number() -> None:
    deliveries = Deliveries(10, 10)
    take(deliveries, "evt_1")
    assert deliveries.forget() == 1
    assert deliveries.remembered == deliveries.remembered_webhook_ids == deliveries.counters.received == 0
    assert take(deliveries, "evt_1").number == 2
    assert deliveries.counters.distinct == 1


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([], 0.5) is None
    assert percentile([1, 2, 3, 4], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.99) == 99
    assert percentile([7], 0.99) == 7
