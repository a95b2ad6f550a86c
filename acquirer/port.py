"""The port: what a gateway may ask of its acquirer, and what the acquirer may say. Used by processor and refunder.

Every request carries an idempotency key: the same key has one effect and one answer, however often it is asked.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from contracts.events.payment import PaymentMethod
from contracts.money import AmountMinor, Currency
from contracts.test_cards import TestCard

Key = Annotated[str, Field(min_length=1, max_length=100)]


class Value(BaseModel):
    """A value that crosses the port, in-process or as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(Value):
    """What every request says. `key` is the attempt's or the refund's id."""

    OPERATION: ClassVar[str]

    key: Key
    payment_id: Key
    merchant_id: Key
    amount_minor: AmountMinor
    currency: Currency


class Authorise(Request):
    """Reserve the amount."""

    OPERATION: ClassVar[str] = "authorise"

    method: PaymentMethod
    vpa: str | None = None
    test_card: TestCard | None = None
    network: str | None = None
    last4: str | None = None
    merchant_name: str | None = None


class Capture(Request):
    """Take the amount, once; the rest of the authorisation is released."""

    OPERATION: ClassVar[str] = "capture"


class Void(Request):
    """Release the whole authorisation, also one that has not arrived yet."""

    OPERATION: ClassVar[str] = "void"


class Refund(Request):
    """Give captured money back."""

    OPERATION: ClassVar[str] = "refund"

    test_card: TestCard | None = None


class Reverse(Request):
    """Lower what is reserved, by an amount that is not going to be captured."""

    OPERATION: ClassVar[str] = "reverse"

    test_card: TestCard | None = None


class Inquiry(Request):
    """What became of the request with this key?"""

    OPERATION: ClassVar[str] = "inquire"


class Approved(Value):
    """Done."""

    result: Literal["approved"] = "approved"


class Declined(Value):
    """Refused for good."""

    result: Literal["declined"] = "declined"
    decline_code: str
    description: str


class NotYet(Value):
    """Can't be decided as things are (a refund before its capture): nothing was done, ask again with the same key."""

    result: Literal["not_yet"] = "not_yet"
    reason: str


class Pending(Value):
    """The payer has not answered, and may never do: nothing was done. There is no use in asking again."""

    result: Literal["pending"] = "pending"


class Challenged(Value):
    """The payer must authenticate at `url`: nothing was done. Ask again with the same key when that has happened, or
    when it can't happen any more."""

    result: Literal["challenged"] = "challenged"
    url: str
    expires_at: datetime


class Unknown(Value):
    """To an inquiry: no request with this key had an effect."""

    result: Literal["unknown"] = "unknown"


Outcome = Approved | Declined | NotYet | Pending | Challenged
Finding = Approved | Declined | Unknown


ChallengeAnswer = Literal["completed", "failed"]
"""What the payer's bank found: the payer is who they say, or is not."""

ChallengeStatus = Literal["open", "completed", "failed", "closed"]


class Challenge(Value):
    """What a payer is asked to authenticate for. `key` is the authorisation's; `closed`: it was never answered, and
    can't be any more, since its time is over or the payment was voided."""

    id: str
    key: Key
    payment_id: Key
    merchant_id: Key
    amount_minor: AmountMinor
    currency: Currency
    network: str | None
    last4: str | None
    merchant_name: str | None
    expires_at: datetime
    status: ChallengeStatus


class FindChallenge(Value):
    """To an acquirer over HTTP: which challenge is this?"""

    challenge_id: str


class AnswerChallenge(FindChallenge):
    """To an acquirer over HTTP: what the payer's bank found."""

    answer: ChallengeAnswer


class AcquirerUnavailable(Exception):
    """There was no answer. Whether the request had its effect is unknown: inquire with the same key."""


class KeyReused(Exception):
    """The key was used before, for another request: a bug of the caller's."""


class Acquirer(Protocol):
    """Every method raises AcquirerUnavailable when there is no answer, and KeyReused."""

    async def authorise(self, request: Authorise) -> Outcome:
        """Reserve an amount."""

    async def capture(self, request: Capture) -> Outcome:
        """Take all or a part of what is reserved, once."""

    async def void(self, request: Void) -> Outcome:
        """Release everything."""

    async def refund(self, request: Refund) -> Outcome:
        """Give captured money back."""

    async def reverse(self, request: Reverse) -> Outcome:
        """Lower what is reserved."""

    async def inquire(self, request: Inquiry) -> Finding:
        """What became of an earlier request."""

    async def find_challenge(self, challenge_id: str) -> Challenge | None:
        """The challenge of that id. None: there is none."""

    async def answer_challenge(self, challenge_id: str, answer: ChallengeAnswer) -> Challenge | None:
        """Record the payer's answer, once: the first one stands. The challenge as it is then."""

    async def close(self) -> None:
        """Finish what is running and let go of connections."""
