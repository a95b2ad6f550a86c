"""Checks what the buyer's browser brings back from the checkout. There to be copied.

The browser belongs to the buyer, so "it is paid" is believed only with a signature that nobody but the gateway and this
server can make: hex HMAC-SHA256 of `order_id|payment_id` with the API secret as key.
"""

import hmac


def sign_payment(secret: str, order_id: str, payment_id: str) -> str:
    """The signature that the gateway gives to the browser after a successful payment."""
    return hmac.digest(secret.encode(), f"{order_id}|{payment_id}".encode(), "sha256").hex()


def is_from_the_gateway(secret: str, order_id: str, payment_id: str, signature: str) -> bool:
    """Whether the signature fits. `order_id` is this server's own, never one that the browser names."""
    expected = sign_payment(secret, order_id, payment_id)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
