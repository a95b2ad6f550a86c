"""HTTP in, for buyers: the shelf, the cart, the order that the gateway makes of it, and how it gets paid."""

import time
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from examples.shop import order_page, shop_page
from examples.shop.answers import html_response, iso, json_response, paying_policy
from examples.shop.cart import COOKIE, MAX_QUANTITY, Cart
from examples.shop.catalogue import BY_ID, CURRENCY
from examples.shop.gateway import GatewayFailure
from examples.shop.guard import refuse_other_sites
from examples.shop.layout import Paying
from examples.shop.orders import Order, Stage
from examples.shop.settings import ShopSettings
from examples.shop.shop import SHOP, Shop
from examples.shop.signature import is_from_the_gateway

COOKIE_LIFE_S: Final = 30 * 24 * 3600
ID_MAX_CHARS: Final = 64
SIGNATURE_MAX_CHARS: Final = 128


class CameBack(BaseModel):
    """What the browser brings back: as JSON from pay.js, or in the query of the gateway's own page."""

    model_config = ConfigDict(extra="ignore")

    payment_id: Annotated[str, Field(min_length=1, max_length=ID_MAX_CHARS)]
    signature: Annotated[str, Field(min_length=1, max_length=SIGNATURE_MAX_CHARS)]


class _CartForm(BaseModel):
    product: str
    quantity: Annotated[int, Field(ge=0, le=MAX_QUANTITY)]


def buying_routes() -> list[web.RouteDef]:
    """Every route that a buyer needs."""
    return [
        web.get("/", show_shop),
        web.post("/cart", change_cart),
        web.post("/orders", make_order),
        web.get("/orders", show_orders),
        web.get("/orders/{id}", show_order),
        web.get("/orders/{id}/state", show_state),
        web.post("/orders/{id}/pay", pay_order),
        web.post("/orders/{id}/return", come_back),
        web.get("/orders/{id}/return", come_back_from_page),
        web.post("/orders/{id}/settle", settle_order),
        web.post("/orders/{id}/refund", refund_order),
    ]


# ── The shelf and the cart ──


async def show_shop(request: web.Request) -> web.Response:
    """GET /: what there is to buy, and the cart."""
    return _shop_page(request, _cart(request))


def _shop_page(request: web.Request, cart: Cart, problem: str | None = None, status: int = 200) -> web.Response:
    settings = request.app[SHOP].settings
    view = shop_page.Storefront(cart, _paying(settings), problem)
    return html_response(shop_page.storefront(view), status, paying_policy(settings.checkout_origin))


def _paying(settings: ShopSettings) -> Paying:
    return Paying(settings.checkout_script, settings.api_key)


def _cart(request: web.Request) -> Cart:
    """The buyer's cart; a new one when what was in it is paid."""
    cart = Cart.from_cookie(request.cookies.get(COOKIE))
    return Cart() if request.app[SHOP].orders.is_bought(cart.id) else cart


async def change_cart(request: web.Request) -> web.Response:
    """POST /cart: how many of one product there are to be in it."""
    refuse_other_sites(request)
    form = _CartForm.model_validate(dict(await request.post()))
    product = BY_ID.get(form.product)
    if product is None:
        raise web.HTTPNotFound(text="This shop has no such product: choose one from the shelf.")
    cart = _cart(request).with_quantity(product, form.quantity)
    response = web.Response(status=303, headers={"Location": "/"})
    response.set_cookie(COOKIE, cart.to_cookie(), max_age=COOKIE_LIFE_S, httponly=True, samesite="Lax")
    return response


# ── The order ──


async def make_order(request: web.Request) -> web.Response:
    """POST /orders: the gateway makes an order of the cart. pay.js takes its id as JSON and opens the dialog; a plain
    form is sent on to the gateway's own page."""
    refuse_other_sites(request)
    shop, cart = request.app[SHOP], _cart(request)
    wants_json = "application/json" in request.headers.get("Accept", "")
    if not cart.lines:
        raise web.HTTPBadRequest(text="The cart is empty: put something in it first.")
    try:
        order = await _order_of(shop, cart)
        if wants_json:
            return json_response({"id": order.id, "amount": order.amount_minor})
        return await _to_the_payment_page(request, order)
    except GatewayFailure as failure:
        if wants_json:
            raise
        return _shop_page(request, cart, str(failure), failure.status)


async def _order_of(shop: Shop, cart: Cart) -> Order:
    made = await shop.gateway.create_order(cart)
    return shop.orders.add(
        Order(
            id=made["id"],
            cart_id=cart.id,
            lines=cart.lines,
            amount_minor=cart.amount_minor,
            currency=CURRENCY,
            receipt=made["receipt"],
            made_at_s=time.time(),
        )
    )


async def _to_the_payment_page(request: web.Request, order: Order) -> web.Response:
    here = f"{request.url.origin()}/orders/{order.id}"
    session = await request.app[SHOP].gateway.open_session(order.id, f"{here}/return", here)
    return web.Response(status=303, headers={"Location": session["url"]})


async def pay_order(request: web.Request) -> web.Response:
    """POST /orders/{id}/pay: the same for an order that is there already, from its page."""
    refuse_other_sites(request)
    order = _order(request)
    if "application/json" in request.headers.get("Accept", ""):
        return json_response({"id": order.id, "amount": order.amount_minor})
    return await _to_the_payment_page(request, order)


def _order(request: web.Request) -> Order:
    order = request.app[SHOP].orders.find(request.match_info["id"])
    if order is None:
        raise web.HTTPNotFound(
            text="This shop does not remember such an order: it keeps them in memory, so a restart forgets them. "
            "The gateway still has it."
        )
    return order


# ── How it gets paid ──


async def come_back(request: web.Request) -> web.Response:
    """POST /orders/{id}/return: pay.js was told of a success. Nothing of it is believed but what is signed."""
    refuse_other_sites(request)
    order = _verified(request, CameBack.model_validate_json(await request.read()))
    return json_response(_state(order))


async def come_back_from_page(request: web.Request) -> web.Response:
    """GET /orders/{id}/return: the same from the gateway's own page, which adds it to the success URL."""
    order = _verified(request, CameBack.model_validate(dict(request.query)))
    raise web.HTTPSeeOther(f"/orders/{order.id}")


def _verified(request: web.Request, came: CameBack) -> Order:
    shop, order = request.app[SHOP], _order(request)
    secret = shop.settings.api_secret.get_secret_value()
    if not is_from_the_gateway(secret, order.id, came.payment_id, came.signature):
        raise web.HTTPBadRequest(
            text="The signature does not fit this order and payment, so nothing is believed. If you did not change it, "
            "check that API_SECRET belongs to API_KEY."
        )
    order.came_back_with(came.payment_id, time.time())
    if order.told is not None:
        shop.settling.go_on(order)
    return order


async def settle_order(request: web.Request) -> web.Response:
    """POST /orders/{id}/settle: go on after a problem, such as a gateway that was away."""
    refuse_other_sites(request)
    order = _order(request)
    if order.told is not None:
        request.app[SHOP].settling.go_on(order)
    raise web.HTTPSeeOther(f"/orders/{order.id}")


async def refund_order(request: web.Request) -> web.Response:
    """POST /orders/{id}/refund: give all of it back; pressed twice, once."""
    refuse_other_sites(request)
    shop, order = request.app[SHOP], _order(request)
    if order.stage is Stage.CAPTURED and order.payment_id:
        # A refund that failed may be tried anew, so how many there were is part of the key.
        refund = await shop.gateway.refund(order.payment_id, f"refund-{order.payment_id}-{len(order.refunds)}")
        order.was_refunded(refund["id"], refund["status"], refund["amount"])
    raise web.HTTPSeeOther(f"/orders/{order.id}")


# ── What there is to see ──


async def show_order(request: web.Request) -> web.Response:
    """GET /orders/{id}: the order and both of its proofs, for people."""
    shop, order = request.app[SHOP], _order(request)
    settings = shop.settings
    view = order_page.OrderView(order, shop.deliveries.of_order(order.id), shop.switch.current, _paying(settings))
    return html_response(order_page.order_page(view), policy=paying_policy(settings.checkout_origin))


async def show_orders(request: web.Request) -> web.Response:
    """GET /orders: every order, for the shopkeeper."""
    return html_response(order_page.orders_page(request.app[SHOP].orders.newest()))


async def show_state(request: web.Request) -> web.Response:
    """GET /orders/{id}/state: the same as JSON, for tools."""
    return json_response(_state(_order(request)))


def _state(order: Order) -> dict[str, object]:
    paid_at = order.paid_at_s
    return {
        "id": order.id,
        "stage": order.stage,
        "paid": order.is_paid,
        "paid_at": iso(paid_at) if paid_at else None,
        "payment_id": order.payment_id,
        "signature_verified": order.returned is not None,
        "asked_the_api": order.asked is not None,
        "webhook_verified": order.told is not None,
        "amount": order.amount_minor,
        "amount_captured": order.captured_minor,
        "declines": list(order.declines.values()),
        "problem": order.problem,
    }
