"""The merchant's side of a sale: orders, the page that sells them, and what the gateway holds afterwards."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Locator, expect

from deploy.embedded.stack import Stack
from tests.browser.buyer import PATIENCE_MS, Buyer
from tests.browser.site import Site
from tests.merchant import Merchant, Object


@dataclass(slots=True)
class Till:
    """One merchant with one web site; `checkout` is the checkout's origin."""

    merchant: Merchant
    site: Site
    checkout: str

    def page(self, *orders: Object, path: str = "/", **options: Any) -> str:
        """The URL of the shop's page that sells these orders through the SDK."""
        ids = [order["id"] for order in orders]
        return self.site.put_shop(self.checkout, ids, path=path, key=self.merchant.key, **options)

    def hosted(self, order: Object, **query: str) -> str:
        """The URL of the checkout itself."""
        return f"{self.checkout}/checkout?{urlencode({'order_id': order['id'], 'key': self.merchant.key, **query})}"

    async def payments(self, order: Object) -> list[Object]:
        """Of an order, the oldest first."""
        found: list[Object] = (await self.merchant.get(f"/payments?order_id={order['id']}&limit=100"))["data"]
        return found[::-1]

    async def statuses(self, order: Object) -> list[str]:
        """Of its payments, the oldest first."""
        return [payment["status"] for payment in await self.payments(order)]

    async def took(self, order: Object, told: Object) -> Object:
        """The order's one success: what `onSuccess` was told, with a signature that the shop's server believes."""
        (payment,) = [one for one in await self.payments(order) if one["status"] == "success"]
        assert (told["paymentId"], told["orderId"]) == (payment["id"], order["id"])
        assert told["signature"] == self.signature(order, payment)
        return payment

    def signature(self, order: Object, payment: Object) -> str:
        """As the shop's server computes it."""
        message = f"{order['id']}|{payment['id']}".encode()
        return hmac.new(self.merchant.secret.encode(), message, hashlib.sha256).hexdigest()


def public_origin(stack: Stack) -> str:
    """The checkout's origin, as browsers know it: for them, the shops at 127.0.0.1 are other sites."""
    return f"http://localhost:{stack.config.port('checkout')}"


async def told(lines: Locator, count: int = 1) -> list[Any]:
    """What a callback of the shop's page was given, each time; waits until it came so often."""
    await expect(lines).to_have_count(count, timeout=PATIENCE_MS)
    return [json.loads(text)["data"] for text in await lines.all_inner_texts()]


async def told_success(buyer: Buyer) -> Object:
    """What `onSuccess` was given, once."""
    (given,) = await told(buyer.said("success"))
    found: Object = given
    return found
