"""The merchant API as this shop's server calls it: with the key and the secret, which never leave the server."""

from typing import Any, Final
from urllib.parse import quote

import aiohttp
import orjson

from examples.shop.cart import Cart
from examples.shop.catalogue import CURRENCY
from examples.shop.settings import ShopSettings

AWAY: Final = 503
REFUSED: Final = 502

Object = dict[str, Any]


class GatewayFailure(Exception):
    """The gateway did not do it. The text says what to do; `status` is what the shop answers then."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Gateway:
    """One HTTP session to the api. Every call has a timeout, and every POST a key, so that it may be made again."""

    def __init__(self, settings: ShopSettings) -> None:
        self._url = str(settings.api_url).rstrip("/")
        self._credentials = {"X-Api-Key": settings.api_key, "X-Api-Secret": settings.api_secret.get_secret_value()}
        self._timeout = aiohttp.ClientTimeout(total=settings.api_timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the session, if there was one."""
        if self._session is not None:
            await self._session.close()

    async def create_order(self, cart: Cart) -> Object:
        """An order over what is in the cart, at this shop's prices; the same one for the same cart."""
        described = ", ".join(f"{line.quantity} × {line.product.name}" for line in cart.lines)
        body = {
            "amount": cart.amount_minor,
            "currency": CURRENCY,
            "receipt": f"shop-{cart.id}",
            "notes": {"description": described},
        }
        return await self._call("POST", "/orders", body, cart.order_key)

    async def payment(self, payment_id: str) -> Object:
        """The payment as the gateway sees it now."""
        return await self._call("GET", f"/payments/{quote(payment_id, safe='')}")

    async def capture(self, payment_id: str) -> Object:
        """Take the whole amount that the buyer's payment reserved."""
        return await self._call("POST", f"/payments/{quote(payment_id, safe='')}/capture", {}, f"capture-{payment_id}")

    async def refund(self, payment_id: str, key: str) -> Object:
        """Give all of it back."""
        body = {"reason": "Sent back to the shop"}
        return await self._call("POST", f"/payments/{quote(payment_id, safe='')}/refunds", body, key)

    async def open_session(self, order_id: str, success_url: str, cancel_url: str) -> Object:
        """A payment page of its own at the gateway, for a browser without JavaScript or with the dialog blocked."""
        body = {"order_id": order_id, "success_url": success_url, "cancel_url": cancel_url}
        return await self._call("POST", "/checkout/sessions", body)

    async def _call(self, method: str, path: str, body: Object | None = None, key: str | None = None) -> Object:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, headers=self._credentials, trust_env=False)
        headers = {"Idempotency-Key": key} if key else {}
        try:
            async with self._session.request(
                method, f"{self._url}/api/v1{path}", json=body, headers=headers
            ) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GatewayFailure(
                f"The gateway does not answer at {self._url}: start it with `make up`, or set API_URL, and try again.",
                AWAY,
            ) from error
        return _read(status, answer)


def _read(status: int, answer: bytes) -> Object:
    try:
        told = orjson.loads(answer)
    except orjson.JSONDecodeError:
        told = None
    if status < 300 and isinstance(told, dict):
        return told
    if status == 401:
        raise GatewayFailure(
            "The gateway does not know this shop: set API_KEY and API_SECRET to a key of the merchant.", REFUSED
        )
    error = told.get("error") if isinstance(told, dict) else None
    said = error.get("description") if isinstance(error, dict) else None
    raise GatewayFailure(f"The gateway answered {status}: {said or 'nothing that a gateway says'}.", REFUSED)
