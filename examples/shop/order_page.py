"""The order's page: what was bought, and live how the shop comes to say that it is paid; and the list of all orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from examples.shop.behaviour import Behaviour
from examples.shop.catalogue import rupees
from examples.shop.deliveries import Delivery
from examples.shop.layout import Content, Paying, button_form, clock, document, live, problem
from examples.shop.markup import Child, Markup, join, tag
from examples.shop.orders import Order, Stage
from examples.shop.shop_page import lines, pay_form, what_to_pay_with
from examples.shop.webhook_page import answer, ordinal, signatures

LIVE_MS: Final = 700
SETTLED_MS: Final = 5_000
"""Nothing is waited for any more, but a refund may still come from elsewhere."""
HEADLINES: Final[dict[Stage, tuple[str, str]]] = {
    Stage.OPEN: ("Not paid yet", "The order waits at the gateway. Nothing is taken before you pay."),
    Stage.CONFIRMING: (
        "Confirming your payment…",
        "One of the two proofs is here. The shop says “paid” when both are.",
    ),
    Stage.PAID: ("Paid", "Both proofs are here; the shop is taking the money."),
    Stage.CAPTURED: ("Paid. Thank you!", "Both proofs were right, and the money is taken."),
    Stage.REFUNDING: ("Giving your money back…", "The gateway has the refund; a webhook tells how it ends."),
    Stage.REFUNDED: ("Money given back", "The refund is processed."),
}
LABELS: Final[dict[Stage, tuple[str, str]]] = {
    Stage.OPEN: ("not paid", "idle"),
    Stage.CONFIRMING: ("confirming", "warn"),
    Stage.PAID: ("paid", "good"),
    Stage.CAPTURED: ("paid, captured", "good"),
    Stage.REFUNDING: ("refund pending", "warn"),
    Stage.REFUNDED: ("refunded", "idle"),
}


@dataclass(frozen=True, slots=True)
class OrderView:
    """What the page needs to know."""

    order: Order
    deliveries: list[Delivery]
    """Of this order's payments, the newest first."""
    behaviour: Behaviour
    paying: Paying


def order_page(view: OrderView) -> str:
    """The page of one order."""
    order = view.order
    headline, _ = HEADLINES[order.stage]
    return document(
        f"Order {order.receipt}",
        "/orders",
        tag("p", "", class_="problem", id="problem", role="alert", hidden=True),
        live(
            _head(order),
            _columns(view),
            every_ms=SETTLED_MS if order.stage in (Stage.CAPTURED, Stage.REFUNDED) else LIVE_MS,
            said=headline,
        ),
        style="buy",
        paying=view.paying,
    )


def orders_page(orders: Iterable[Order]) -> str:
    """Every order that the shop remembers."""
    rows = [_row(order) for order in orders]
    listing = (
        tag("ul", *rows, class_="orders")
        if rows
        else tag(
            "p", "No orders yet. ", tag("a", "Put something in the cart", href="/"), " and pay for it.", class_="empty"
        )
    )
    return document(
        "Orders",
        "/orders",
        tag(
            "div",
            tag("h1", "Orders"),
            tag("p", "What this shop sold since it was started. It keeps them in memory only."),
            class_="hero",
        ),
        live(tag("section", listing, class_="card"), every_ms=2 * LIVE_MS, said=f"{len(rows)} orders"),
        style="buy",
    )


def _row(order: Order) -> Markup:
    label, kind = LABELS[order.stage]
    return tag(
        "li",
        tag("a", order.receipt, href=f"/orders/{order.id}"),
        clock(order.made_at_s),
        tag("span", ", ".join(f"{line.quantity} × {line.product.name}" for line in order.lines), class_="soft"),
        tag("b", rupees(order.amount_minor)),
        tag("span", label, class_=f"badge {kind}"),
    )


def _head(order: Order) -> Markup:
    headline, text = HEADLINES[order.stage]
    return tag("div", tag("h1", headline), tag("p", text), class_=f"hero {order.stage}")


def _columns(view: OrderView) -> Markup:
    return tag("div", tag("div", _steps(view), _webhooks(view)), _receipt(view), class_="store order")


# ── The steps ──


def _steps(view: OrderView) -> Markup:
    order = view.order
    steps = [_made(order), _returned(view), _told(view), _captured(view), _refunded(order)]
    return tag(
        "section",
        tag("h2", "What happened"),
        problem(order.problem),
        button_form(f"/orders/{order.id}/settle", "Try again", class_="button")
        if order.problem and order.told
        else None,
        tag("ol", *(step for step in steps if step), class_="timeline"),
        class_="card",
    )


def _step(state: str, title: str, at_s: float | None, *content: Child) -> Markup:
    """`state`: done, now (what is waited for), or later."""
    head = tag("h3", title, tag("small", " ", clock(at_s)) if at_s else None)
    return tag("li", head, tag("p", *content), class_=state, aria_current="step" if state == "now" else None)


def _made(order: Order) -> Markup:
    return _step(
        "done",
        "The order is at the gateway",
        order.made_at_s,
        "This shop’s server asked for ",
        tag("code", "POST /api/v1/orders"),
        f" over {rupees(order.amount_minor)}, at its own prices, and got ",
        tag("code", order.id),
        ".",
    )


def _returned(view: OrderView) -> Markup:
    order = view.order
    if order.returned:
        return _step(
            "done",
            "The browser came back, and its signature is right",
            order.returned.at_s,
            tag("code", "HMAC-SHA256(order_id|payment_id)"),
            " with the API secret fits ",
            tag("code", order.returned.payment_id),
            ": the gateway made it, and no buyer could have.",
        )
    if order.asked:
        return _step(
            "done",
            "The browser did not come back, so the shop asked the gateway",
            order.asked.at_s,
            tag("code", f"GET /api/v1/payments/{order.asked.payment_id}"),
            " says that it is a success: a window that was closed too early loses no order.",
        )
    if order.told:
        return _step(
            "now", "Waiting for the browser to come back with the signature", None, "It is verified here when it does."
        )
    if not order.declines:
        return _step("now", "Waiting for the payment", None, "The gateway’s dialog takes it; press Pay to open it.")
    told = dict.fromkeys(order.declines.values())
    why = tag("span", *(tag("span", text, class_="badge bad") for text in told), class_="badges")
    return _step("now", "Waiting for another attempt", None, "So far: ", why, " The same order may be tried again.")


def _told(view: OrderView) -> Markup:
    order = view.order
    if order.told:
        return _step(
            "done",
            "The gateway’s webhook said the same",
            order.told.at_s,
            tag("code", "payment.success"),
            f" came to this shop’s server, signed twice, accepted at the {ordinal(order.told.attempt or 1)} attempt: ",
            tag("a", "look at it", href=f"/webhooks/{order.told.delivery}"),
            ".",
        )
    if view.behaviour.mode != "ok":
        return _step(
            "now",
            "No webhook is accepted at the moment",
            None,
            "The shop was told to misbehave, so the gateway tries again later. ",
            tag("a", "Let it answer 200", href="/webhooks"),
            " and watch the next attempt come.",
        )
    return _step(
        "now" if order.returned else "later",
        "The gateway’s webhook",
        None,
        tag("code", "payment.success"),
        " tells this shop’s server directly: a browser can be closed, or lie; a signed webhook can do neither.",
    )


def _captured(view: OrderView) -> Markup:
    order = view.order
    if order.captured_at_s is not None:
        return _step(
            "done",
            f"{rupees(order.captured_minor)} captured",
            order.captured_at_s,
            "Paying only reserved the money (manual capture, the gateway’s default). A shop takes it when it sends the "
            "things; this one at once, with ",
            tag("code", "POST …/capture"),
            ".",
        )
    return _step(
        "now" if order.is_paid else "later",
        "Capture",
        None,
        "Paying only reserves the money (manual capture, the gateway’s default): the shop takes it once the order "
        "is paid.",
    )


def _refunded(order: Order) -> Markup | None:
    if not order.refunds:
        return None
    refund_id, refund = next(reversed(order.refunds.items()))
    titles = {
        "pending": "The refund is under way",
        "processed": "The refund is processed",
        "failed": "The refund failed",
    }
    return _step(
        "now" if refund.status == "pending" else "done",
        titles.get(refund.status, f"The refund is {refund.status}"),
        None,
        tag("code", refund_id),
        f", {rupees(refund.amount_minor)}. The webhook ",
        tag("code", "refund.processed" if refund.status != "failed" else "refund.failed"),
        " tells how it ends." if refund.status == "pending" else " told so.",
    )


# ── The webhooks and the receipt ──


def _webhooks(view: OrderView) -> Content:
    if not view.deliveries:
        return None
    rows = [
        tag(
            "li",
            clock(delivery.received_at_s),
            tag("a", delivery.facts.event if delivery.facts else "webhook", href=f"/webhooks/{delivery.number}"),
            tag("span", f"{ordinal(delivery.attempt)} attempt" if delivery.attempt else "", class_="soft"),
            signatures(delivery),
            answer(delivery),
        )
        for delivery in view.deliveries
    ]
    return tag("section", tag("h2", "Webhooks of this order"), tag("ul", *rows, class_="heard"), class_="card")


def _receipt(view: OrderView) -> Markup:
    order = view.order
    return tag(
        "aside",
        tag("h2", "Your order"),
        lines(order.lines),
        tag("p", tag("span", "Total"), tag("b", rupees(order.amount_minor)), class_="total"),
        _to_do(view),
        class_="card cart",
        aria_label="Receipt",
    )


def _to_do(view: OrderView) -> Markup:
    order = view.order
    match order.stage:
        case Stage.OPEN:
            return join(
                pay_form(f"/orders/{order.id}/pay", f"Pay {rupees(order.amount_minor)}"),
                what_to_pay_with(),
            )
        case Stage.CAPTURED:
            return join(
                tag("a", "Buy something else", href="/", class_="button"),
                button_form(f"/orders/{order.id}/refund", "Give the money back", class_="link"),
            )
        case _:
            return tag("a", "Back to the shop", href="/", class_="link")
