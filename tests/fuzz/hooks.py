"""Loaded by schemathesis: a check of its refusals, for what no schema can say."""

import re
from typing import Any, Final

import schemathesis

NO_SCHEMA_SAYS: Final = (
    # what the object's state, the clock or the test merchant's settings forbid
    r"^Payment not in \w+ state$",
    r"exceeds",
    r"^Order (is already paid|has expired)$",
    r"^Too many payments of this order were tried",
    r"^The (order is paid already|order has expired|session is complete)",
    r"^This key has ended",
    r"^There is no webhook (URL|endpoint)|^No webhook endpoint of yours|^The endpoint of this webhook",
    r"must be in the future$|^expires_at must be within",
    r"^Receipt is already used",
    r"^There can be at most \d+ (keys|webhook endpoints)",
    r"^The default endpoint can't be deleted",
    r"^The endpoint is disabled",
    r"^Nothing has this position yet",
    r"the id of one of your events$",
    # what two fields say together, or a field and what is saved
    r"^retry_gaps_s must add up",
    r"^headers must be at most \d+ headers$|stands for one that is saved$",
    r"can't be combined",
    r"not both$",
    r"^from (must be before to|and to may be at most)",
    r"is required with",
    r"^A publishable key has no scopes",
    # what is computed of a text: check digits, calendars, addresses, the name of an event
    r"^Card ",
    r"^(webhook_)?url |^(success|cancel)_url must|^allowed_origins must hold origins",
    r"the gateway sets it itself|^headers must not hold .* twice$",
    r"must lie within the calendar$",
    r"NUL|nested|64 bits|not valid JSON|at most \d+ (keys|KiB)|keys of at most",
    # 5.0 is an integer in JSON Schema, and a float that comes near money here
    r"must be an integer$",
)
"""What a request may be refused for although it fits the reference."""


@schemathesis.check  # type: ignore[untyped-decorator, unused-ignore]
def refused_only_for_what_no_schema_says(ctx: Any, response: Any, case: Any) -> None:
    """A request that fits the reference is granted, or refused for a reason that the reference can't hold. (What a walk
    carries along a link may be an id of another kind.)"""
    meta = case.meta
    if meta is None or meta.generation.mode.value != "positive" or meta.phase.name.value == "stateful":
        return
    if response.status_code in (400, 415):
        told = response.json()["error"]["description"]
        assert any(re.search(reason, told) for reason in NO_SCHEMA_SAYS), f"the reference allows it: {told}"
