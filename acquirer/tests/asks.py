"""Requests for tests: what every request says, filled in."""

from typing import Any

from acquirer.port import Authorise, Capture, Inquiry, Refund, Reverse, Void
from contracts import ids


class Payment:
    """Makes the requests of one payment, each with a key of its own unless one is given."""

    def __init__(self, amount_minor: int = 1000) -> None:
        self.id = ids.new_id(ids.PAYMENT)
        self.amount_minor = amount_minor

    def _told(self, prefix: str, key: str | None, amount_minor: int | None) -> dict[str, Any]:
        return {
            "key": key or ids.new_id(prefix),
            "payment_id": self.id,
            "merchant_id": "merchant-1",
            "amount_minor": self.amount_minor if amount_minor is None else amount_minor,
            "currency": "INR",
        }

    def authorise(self, vpa: str = "success@bank", *, key: str | None = None, card: str | None = None) -> Authorise:
        """By UPI, or with a test card."""
        told = self._told(ids.ATTEMPT, key, None)
        if card is not None:
            shown = {"method": "card", "test_card": card, "network": "visa", "last4": "3184", "merchant_name": "A Shop"}
            return Authorise.model_validate({**told, **shown})
        return Authorise.model_validate({**told, "method": "upi", "vpa": vpa})

    def capture(self, amount_minor: int | None = None, *, key: str | None = None) -> Capture:
        """All unless an amount is given."""
        return Capture(**self._told(ids.ATTEMPT, key, amount_minor))

    def void(self, *, key: str | None = None) -> Void:
        """The whole payment."""
        return Void(**self._told(ids.ATTEMPT, key, None))

    def refund(self, amount_minor: int | None = None, *, key: str | None = None, card: str | None = None) -> Refund:
        """All unless an amount is given."""
        return Refund.model_validate({**self._told(ids.REFUND, key, amount_minor), "test_card": card})

    def reverse(self, amount_minor: int | None = None, *, key: str | None = None) -> Reverse:
        """All unless an amount is given."""
        return Reverse(**self._told(ids.REFUND, key, amount_minor))

    def inquiry(self, key: str) -> Inquiry:
        """After this key."""
        return Inquiry(**self._told(ids.ATTEMPT, key, None))
