"""What the shop sells, and for how much. The browser is never asked for a price: the server looks it up here."""

from dataclasses import dataclass
from typing import Final

CURRENCY: Final = "INR"


@dataclass(frozen=True, slots=True)
class Product:
    """A thing on the shelf; its picture is `static/<id>.svg`."""

    id: str
    name: str
    price_minor: int
    about: str
    picture_of: str
    """What the picture shows, for who does not see it."""


PRODUCTS: Final = (
    Product(
        "mug",
        "Clay mug",
        49_900,
        "Thrown by hand, glazed in the colour of monsoon clouds.",
        "A blue-grey mug, steaming",
    ),
    Product(
        "marigold", "Marigold in a pot", 34_900, "Likes sun, forgives everything.", "Two marigolds in a terracotta pot"
    ),
    Product(
        "lamp", "Reading lamp", 1_29_900, "Brass arm, warm light, no app needed.", "A brass lamp that is switched on"
    ),
)
BY_ID: Final = {product.id: product for product in PRODUCTS}


def rupees(amount_minor: int) -> str:
    """For people: `₹1,299.00`."""
    whole, part = divmod(amount_minor, 100)
    return f"₹{whole:,}.{part:02}"
