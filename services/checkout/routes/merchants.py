"""For whom a request is forwarded."""

from chassis.http import Call
from chassis.internal import tenant_of


def merchant_of(call: Call) -> str:
    """The merchant that the api forwards for. Raises 400 when it names none."""
    return tenant_of(call, "X-Merchant-Id")
