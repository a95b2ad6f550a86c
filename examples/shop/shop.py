"""One running shop: its settings, memory, switch and gateway, and how it examines a webhook. Every route uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from examples.shop.behaviour import Switch
from examples.shop.deliveries import Deliveries, Delivery, RawHeaders
from examples.shop.gateway import Gateway
from examples.shop.orders import Orders
from examples.shop.settings import ShopSettings
from examples.shop.settling import Settling
from examples.shop.webhooks import (
    ID_HEADER,
    BrokenContract,
    Finding,
    Keys,
    check_body_signature,
    check_standard_signature,
    keys_of,
    read_payload,
)


@dataclass(frozen=True, slots=True)
class Shop:
    """All state there is; it lives and ends with the process."""

    settings: ShopSettings
    keys: Keys
    deliveries: Deliveries
    switch: Switch
    gateway: Gateway
    orders: Orders
    settling: Settling


SHOP: Final = web.AppKey("shop", Shop)


def open_shop(settings: ShopSettings) -> Shop:
    """A shop that has received nothing yet, and sold nothing."""
    gateway, orders = Gateway(settings), Orders(settings.kept_orders)
    return Shop(
        settings,
        keys_of(settings.webhook_secret.get_secret_value()),
        Deliveries(settings.kept_deliveries, settings.kept_webhook_ids),
        Switch(),
        gateway,
        orders,
        Settling(orders, gateway, settings.return_grace_s),
    )


def examine(shop: Shop, headers: Mapping[str, str], raw_headers: RawHeaders, body: bytes, now_s: float) -> Delivery:
    """All checks on one webhook. The payload of one that is not signed right is not even looked at."""
    settings = shop.settings
    delivery = Delivery(
        number=shop.deliveries.next_number(),
        received_at_s=now_s,
        webhook_id=_clean(headers.get(ID_HEADER)),
        headers=raw_headers,
        body=body[: settings.kept_body_bytes],
        body_bytes=len(body),
        body_signature=check_body_signature(shop.keys, headers, body),
        standard_signature=check_standard_signature(shop.keys, headers, body, now_s, settings.timestamp_tolerance_s),
    )
    if not delivery.verified:
        delivery.problem = _signature_problem(delivery, settings.timestamp_tolerance_s)
        return delivery
    try:
        delivery.facts = read_payload(body)
        delivery.contract = Finding.VALID
    except BrokenContract as broken:
        delivery.contract = Finding.WRONG
        delivery.problem = f"The payload breaks the contract at {broken}"
    return delivery


def _clean(header: str | None) -> str | None:
    """Without the lone surrogates that stand for bytes that are not UTF-8: JSON has no way to say them."""
    return header and header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _signature_problem(delivery: Delivery, tolerance_s: float) -> str:
    secret = "check that WEBHOOK_SECRET of this shop is the merchant's webhook secret"
    match delivery.body_signature:
        case Finding.MISSING:
            return "X-Webhook-Signature is missing: send the hex HMAC-SHA256 of the exact body."
        case Finding.WRONG:
            return f"X-Webhook-Signature does not fit the body: {secret}, and that the exact bytes were signed."
    match delivery.standard_signature:
        case Finding.MISSING:
            return "webhook-id, webhook-timestamp or webhook-signature is missing: send all three."
        case Finding.MALFORMED:
            return "webhook-timestamp is not a whole number: send Unix seconds."
        case Finding.STALE:
            return (
                f"webhook-timestamp is more than {tolerance_s:g} s from now: "
                "sign each attempt anew, and check both clocks."
            )
    return f"No entry of webhook-signature fits id.timestamp.body: {secret}."
