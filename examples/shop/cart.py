"""The cart: which things and how many, in a cookie of the buyer's own. No price is in it, so none can be forged."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from examples.shop.catalogue import BY_ID, PRODUCTS, Product

COOKIE: Final = "shop_cart"
MAX_QUANTITY: Final = 9
"""Of one product in a cart."""

_COOKIE_FORM: Final = re.compile(r"([0-9a-f]{16})((?:\.[a-z]+-[1-9])*)")


class Line(NamedTuple):
    """So many of one product."""

    product: Product
    quantity: int

    @property
    def amount_minor(self) -> int:
        """What they cost together."""
        return self.product.price_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart has one id from its first product until it is paid; then the buyer gets another one."""

    id: str = field(default_factory=lambda: secrets.token_hex(8))
    quantities: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_cookie(cls, text: str | None) -> "Cart":
        """What the cookie says; an empty cart for a cookie that is missing, broken, or of another shop on this host."""
        form = _COOKIE_FORM.fullmatch(text or "")
        if form is None:
            return cls()
        pairs = (line.split("-") for line in form[2].split(".")[1:])
        return cls(form[1], {product: int(quantity) for product, quantity in pairs if product in BY_ID})

    def to_cookie(self) -> str:
        """The cookie's value."""
        return ".".join([self.id, *(f"{line.product.id}-{line.quantity}" for line in self.lines)])

    def with_quantity(self, product: Product, quantity: int) -> "Cart":
        """The same cart with so many of this product; 0 takes it out."""
        kept = {name: count for name, count in self.quantities.items() if name != product.id}
        return Cart(self.id, kept | {product.id: min(quantity, MAX_QUANTITY)} if quantity > 0 else kept)

    @property
    def lines(self) -> tuple[Line, ...]:
        """In the order of the shelf."""
        return tuple(
            Line(product, self.quantities[product.id]) for product in PRODUCTS if product.id in self.quantities
        )

    @property
    def amount_minor(self) -> int:
        """What all of it costs."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def order_key(self) -> str:
        """The Idempotency-Key of this cart's order: however often its buyer presses Pay, the gateway makes one order.
        A cart with other things in it needs another order, so what is in it is part of the key."""
        return f"shop-{self.id}-{hashlib.sha256(self.to_cookie().encode()).hexdigest()[:16]}"
