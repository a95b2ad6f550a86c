"""For whom a request is forwarded, and the answer to a merchant's POST: one per Idempotency-Key."""

from collections.abc import Callable

from chassis.http import Answer, Call
from chassis.internal import tenant_of
from chassis.once import Decide, Once


class OncePerKey:
    """Runs a merchant's decision once per Idempotency-Key. `published` wakes the relay after a commit that may have
    written to the outbox."""

    def __init__(self, once: Once, *, published: Callable[[], None]) -> None:
        self._once = once
        self._published = published

    async def __call__(self, call: Call, decide: Decide) -> Answer:
        """The decision's answer, or the one that this key got before. Raises ApiError."""
        answer = await self._once.answer(call, merchant_of(call), decide)
        self._published()
        return answer


def merchant_of(call: Call) -> str:
    """The merchant that the api forwards for. Raises 400 when it names none."""
    return tenant_of(call, "X-Merchant-Id")
