"""Payments to read, capture or give back: those that are there already, and new ones when there are too few."""

import asyncio
import json
from pathlib import Path
from typing import Final

from services.api.seed import SEED_MERCHANT_ID
from tests.load.calls import Call
from tests.load.stage import ENDS, Stage

AUTHORISED: Final = "status = 'success' AND NOT captured AND deadline_at > now()"
CAPTURED: Final = "captured AND amount_refunded_minor + refund_pending_minor = 0"
LONG_S: Final = 3600.0
"""Longer than any number of payments takes: the plan ends when its values are used up."""


def captures(values: str) -> Call:
    """POST one for each payment."""
    return Call("POST a capture", "POST", "/api/v1/payments/{value}/capture", "{}", values=values, keyed=True)


def refunds(values: str) -> Call:
    """POST one of all that was captured for each payment."""
    return Call("POST a refund", "POST", "/api/v1/payments/{value}/refunds", "{}", values=values, keyed=True)


async def payments_that(stage: Stage, condition: str, count: int) -> list[str]:
    """So many ids, the newest first."""
    found = await _find(stage, condition, count)
    if len(found) < count:
        missing = count - len(found)
        if condition == CAPTURED:
            to_capture = await payments_that(stage, AUTHORISED, missing)
            await stage.run(stage.plan([captures(stage.file(to_capture))], LONG_S))
        else:
            await stage.listen(*ENDS)
            await stage.run(stage.plan([stage.payments(await stage.orders(missing))], LONG_S))
        await stage.until_idle()
        found = await _find(stage, condition, count)
    return found


async def _find(stage: Stage, condition: str, count: int) -> list[str]:
    query = f"SELECT id FROM api.payments WHERE merchant_id = $1 AND {condition} ORDER BY id DESC LIMIT $2"
    return [row["id"] for row in await stage.database.fetch(query, SEED_MERCHANT_ID, count)]


async def due_by_id(ids_file: str) -> dict[str, float]:
    """When the request for each payment was due, as a generator wrote it down."""
    return dict(json.loads(await asyncio.to_thread(Path(ids_file).read_text)))
