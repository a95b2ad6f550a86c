"""The api as the checkout asks it: which order is to be paid and whose it is; for the simulated UPI app also to pay it.

Nothing that comes back is taken on trust: what is too long, is no JSON or has another shape counts as no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

import aiohttp
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from contracts import ids
from contracts.money import AMOUNT_MAX_MINOR, Currency
from services.checkout.settings import Settings
from services.checkout.state import Order

log = structlog.get_logger()

READY_TIMEOUT: Final = aiohttp.ClientTimeout(total=2.0)
"""Who asks for `/health` has not the patience of a buyer."""

DESCRIPTION_MAX_CHARS: Final = 500
KEY_MAX_CHARS: Final = 100

Told = TypeVar("Told", bound=BaseModel)


class ApiAway(Exception):
    """The api does not answer, or not as it should."""


class UnknownKey(Exception):
    """The api knows no such key."""


class _Told(BaseModel):
    """What the api may say more is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _OrderTold(_Told):
    id: str
    merchant_id: str
    amount: Annotated[int, Field(strict=True, ge=1, le=AMOUNT_MAX_MINOR)]
    currency: Currency
    status: Literal["created", "attempted", "paid"]
    receipt: str | None
    notes: dict[str, Any]
    expires_at: AwareDatetime | None
    updated_at: AwareDatetime


class _MerchantTold(_Told):
    id: str
    name: str


class _RowTold(_Told):
    order: _OrderTold
    merchant: _MerchantTold


class _OrdersTold(_Told):
    data: list[_RowTold]


class PaymentTold(_Told):
    """A payment as its buyer may see it."""

    id: str
    order_id: str
    status: Literal["pending", "requires_action", "success", "failed", "canceled", "expired"]
    error_description: str | None = None


class _RefusalTold(_Told):
    code: str
    description: str


class _EnvelopeTold(_Told):
    error: _RefusalTold


@dataclass(frozen=True, slots=True)
class Refused:
    """What the api says against a payment, for the buyer."""

    description: str


class Orders:
    """One HTTP session to the api."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.api_url
        self._answer_max_bytes = settings.api_answer_max_bytes
        self._internal = {"Authorization": f"Bearer {settings.internal_token.get_secret_value()}"}
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=settings.api_timeout_s),
            connector=aiohttp.TCPConnector(limit=settings.api_connections_max),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()

    async def is_ready(self) -> bool:
        """Whether the api says that it can serve."""
        try:
            async with self._session.get(f"{self._url}/ready", timeout=READY_TIMEOUT) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def find(
        self, order_ids: Sequence[str], *, merchant_id: str | None = None, key: str | None = None
    ) -> dict[str, Order]:
        """Orders by id, as far as there are such, of this merchant's and of the key's merchant. Raises ApiAway, and
        UnknownKey."""
        wanted = list(dict.fromkeys(order_ids))
        if not wanted:
            return {}
        asked = {"ids": ",".join(wanted), "merchant_id": merchant_id, "key": key}
        params = {name: value for name, value in asked.items() if value is not None}
        status, body = await self._ask("GET", "/internal/checkout/orders", params=params, headers=self._internal)
        if status == 401 and key is not None:
            raise UnknownKey
        if status != 200:
            raise self._astray("/internal/checkout/orders", f"status {status}")
        told = self._read(_OrdersTold, body, "/internal/checkout/orders")
        found = {row.order.id: _order(row) for row in told.data}
        return {
            id_: order for id_, order in found.items() if id_ in wanted and merchant_id in (None, order.merchant_id)
        }

    async def pay(self, order_id: str, vpa: str, *, idempotency_key: str) -> PaymentTold | Refused:
        """Pay as a buyer does, by UPI; or what there is against it. Raises ApiAway."""
        path = "/api/v1/payments/public"
        status, body = await self._ask(
            "POST",
            path,
            json={"order_id": order_id, "method": "upi", "vpa": vpa},
            headers={"Idempotency-Key": idempotency_key},
        )
        if status == 201:
            return self._of_order(self._read(PaymentTold, body, path), order_id, path)
        if 400 <= status < 500 and status != 429:
            return Refused(self._read(_EnvelopeTold, body, path).error.description)
        raise self._astray(path, f"status {status}")

    async def payment(self, payment_id: str, order_id: str) -> PaymentTold | None:
        """A payment of this order; None when there is none. Raises ApiAway."""
        path = f"/api/v1/payments/{payment_id}/public"
        status, body = await self._ask("GET", path)
        if status == 404:
            return None
        if status != 200:
            raise self._astray(path, f"status {status}")
        told = self._read(PaymentTold, body, path)
        return told if told.order_id == order_id else None

    async def _ask(self, method: str, path: str, **how: Any) -> tuple[int, bytes]:
        try:
            async with self._session.request(method, self._url + path, allow_redirects=False, **how) as response:
                body = await response.content.read(self._answer_max_bytes + 1)
                while len(body) <= self._answer_max_bytes and not response.content.at_eof():
                    body += await response.content.read(self._answer_max_bytes + 1 - len(body))
                if len(body) > self._answer_max_bytes:
                    raise self._astray(path, "a longer answer than can be read")
                return response.status, body
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiAway("the api does not answer") from error

    def _read(self, model: type[Told], body: bytes, path: str) -> Told:
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise self._astray(path, f"{error.error_count()} fields not as they should be") from None

    def _of_order(self, payment: PaymentTold, order_id: str, path: str) -> PaymentTold:
        if payment.order_id != order_id or not ids.is_id(payment.id, ids.PAYMENT):
            raise self._astray(path, "another order's payment")
        return payment

    def _astray(self, path: str, what: str) -> ApiAway:
        """Told in the log, too: such an answer is a bug of one of the two."""
        log.warning("api.answered_astray", path=path, what=what)
        return ApiAway(f"the api answered {path} with {what}")


def _order(row: _RowTold) -> Order:
    order = row.order
    return Order(
        id=order.id,
        merchant_id=order.merchant_id,
        merchant_name=row.merchant.name,
        amount_minor=order.amount,
        currency=order.currency,
        status=order.status,
        receipt=order.receipt,
        description=_description(order.notes),
        expires_at=order.expires_at,
        # Nothing changes an order that is paid.
        paid_at=order.updated_at if order.status == "paid" else None,
    )


def _description(notes: Mapping[str, Any]) -> str | None:
    """What the merchant has noted for its buyer to read; its other notes are its own."""
    told = notes.get("description")
    return told[:DESCRIPTION_MAX_CHARS] or None if isinstance(told, str) else None
