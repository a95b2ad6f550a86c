"""The shop's first page: the shelf, the cart, what to pay with, and what happens behind."""

from dataclasses import dataclass
from typing import Final

from examples.shop.cart import MAX_QUANTITY, Cart, Line
from examples.shop.catalogue import PRODUCTS, Product, rupees
from examples.shop.layout import Content, Paying, document, live, problem
from examples.shop.markup import Markup, tag

TO_PAY_WITH: Final = (
    ("UPI", "success@upi", "succeeds"),
    ("UPI", "failure@upi", "is declined; try again with another"),
    ("Card", "4242 4242 4242 4242", "succeeds"),
    ("Card", "4000 0027 6000 3184", "asks for 3-D Secure, then succeeds"),
    ("Card", "4000 0000 0000 9995", "is declined: insufficient funds"),
)
STEPS: Final = (
    (
        "Order",
        "This shop’s server tells the gateway what is to be paid: its own prices, with a secret that stays there.",
        "POST /api/v1/orders",
    ),
    (
        "Payment",
        "checkout.js opens the gateway’s own page in a dialog. Card numbers go there, and never through this shop.",
        "new PaymentGateway({…}).open()",
    ),
    (
        "Signature",
        "The browser comes back with a signature. The shop’s server checks that the gateway made it.",
        "HMAC-SHA256(order_id|payment_id)",
    ),
    (
        "Webhook",
        "The gateway tells the server itself, signed, and again until it is heard. Only now the shop says “paid”.",
        "payment.success",
    ),
)


@dataclass(frozen=True, slots=True)
class Storefront:
    """What the page needs to know."""

    cart: Cart
    paying: Paying
    problem: str | None = None


def storefront(view: Storefront) -> str:
    """The page."""
    return document(
        "A test shop that really pays",
        "/",
        tag(
            "div",
            tag("h1", "Things for a quiet morning"),
            tag(
                "p",
                "Put something in the cart and pay for it: the test shop of Paygate, from the order to the webhook.",
            ),
            class_="hero",
        ),
        problem(view.problem),
        tag("p", "", class_="problem", id="problem", role="alert", hidden=True),
        tag("div", tag("div", _shelf(view.cart), _behind()), _aside(view), class_="store"),
        style="buy",
        paying=view.paying,
    )


def picture(product: Product, alt: str | None = None) -> Markup:
    """The product's picture; decoration unless it is given a text."""
    return tag("img", src=f"/static/{product.id}.svg", alt=alt or "", width=240, height=200)


def lines(bought: tuple[Line, ...]) -> Markup:
    """What was bought, for a receipt."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                picture(line.product),
                tag("span", line.product.name, tag("small", f"{line.quantity} × {rupees(line.product.price_minor)}")),
                tag("b", rupees(line.amount_minor)),
            )
            for line in bought
        ),
        class_="lines",
    )


def what_to_pay_with() -> Markup:
    """The test values, each with a button that copies it."""
    rows = [
        tag(
            "li",
            tag("span", kind, class_="kind"),
            tag("code", value),
            tag("button", "Copy", type="button", class_="copy", data_copy=value, aria_label=f"Copy {value}"),
            tag("small", does),
        )
        for kind, value, does in TO_PAY_WITH
    ]
    return tag(
        "details",
        tag("summary", "What to pay with"),
        tag("ul", *rows, class_="values"),
        tag("p", "Any expiry to come, any CVV, any name.", class_="note"),
        open=True,
    )


def _shelf(cart: Cart) -> Markup:
    cards = [_card(product, cart.quantities.get(product.id, 0)) for product in PRODUCTS]
    return tag("section", *cards, id="shelf", data_part=True, class_="shelf", aria_label="Products")


def _card(product: Product, quantity: int) -> Markup:
    return tag(
        "article",
        picture(product, product.picture_of),
        tag("div", tag("h2", product.name), tag("p", product.about), class_="words"),
        tag("b", rupees(product.price_minor), class_="price"),
        _quantity_form(
            product,
            quantity + 1,
            "Add to cart",
            id=f"add-{product.id}",
            class_="button",
            aria_label=f"Add to cart: {product.name}",
            disabled=quantity >= MAX_QUANTITY,
        ),
        class_="card product",
    )


def _quantity_form(product: Product, quantity: int, label: str, **attributes: str | bool) -> Markup:
    """Says how many there are to be, not how many more: pressed twice, it means the same."""
    return tag(
        "form",
        tag("input", type="hidden", name="product", value=product.id),
        tag("button", label, type="submit", name="quantity", value=quantity, **attributes),
        method="post",
        action="/cart",
        data_swap=True,
    )


def _aside(view: Storefront) -> Markup:
    cart = view.cart
    said = f"{sum(line.quantity for line in cart.lines)} in the cart, {rupees(cart.amount_minor)}"
    content: list[Content] = [_full(view)] if cart.lines else [_empty()]
    return tag(
        "aside", live(*content, every_ms=0, said=said), what_to_pay_with(), class_="card cart", aria_label="Cart"
    )


def _empty() -> Markup:
    return tag(
        "div",
        tag("h2", "Your cart"),
        tag("p", "Nothing in it yet. Add something from the shelf: a mug does for a first payment."),
        class_="empty",
    )


def _full(view: Storefront) -> Markup:
    cart = view.cart
    return tag(
        "div",
        tag("h2", "Your cart"),
        tag("ul", *map(_cart_line, cart.lines), class_="lines"),
        tag("p", tag("span", "Total"), tag("b", rupees(cart.amount_minor)), class_="total"),
        pay_form("/orders", f"Pay {rupees(cart.amount_minor)}"),
    )


def pay_form(action: str, label: str) -> Markup:
    """The pay button. With JavaScript pay.js takes the form over and opens the dialog; without, the form leads to the
    gateway's own page, as its second button does."""
    return tag(
        "form",
        tag("button", label, type="submit", class_="button pay", id="pay"),
        tag(
            "button",
            "or pay on the gateway’s own page",
            type="submit",
            name="on",
            value="page",
            class_="link",
        ),
        method="post",
        action=action,
        class_="paying",
    )


def _cart_line(line: Line) -> Markup:
    product, quantity = line
    return tag(
        "li",
        picture(product),
        tag("span", product.name, tag("small", rupees(line.amount_minor))),
        tag(
            "div",
            _quantity_form(product, quantity - 1, "−", id=f"less-{product.id}", aria_label=f"One {product.name} less"),
            tag("output", quantity),
            _quantity_form(
                product,
                quantity + 1,
                "+",
                id=f"more-{product.id}",
                aria_label=f"One {product.name} more",
                disabled=quantity >= MAX_QUANTITY,
            ),
            class_="stepper",
        ),
    )


def _behind() -> Markup:
    steps = [tag("li", tag("h3", title), tag("p", text), tag("code", call)) for title, text, call in STEPS]
    return tag("section", tag("h2", "What happens behind"), tag("ol", *steps, class_="steps"), class_="behind")
