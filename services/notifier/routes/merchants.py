"""For whom a request is forwarded, and the answer to a merchant's POST: one per Idempotency-Key."""

from collections.abc import Callable
from typing import Final

from chassis.errors import bad_request
from chassis.http import Answer, Call
from chassis.once import Decide, Once

MERCHANT_ID_MAX_CHARS: Final = 64


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
    merchant_id = call.request.headers.get("X-Merchant-Id", "")
    if not 0 < len(merchant_id) <= MERCHANT_ID_MAX_CHARS or not merchant_id.isprintable():
        raise bad_request("The header X-Merchant-Id must name a merchant", field="X-Merchant-Id")
    return merchant_id
