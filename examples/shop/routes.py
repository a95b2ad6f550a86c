"""HTTP in: the webhook, the control, their pages, the probes. JSON lists are in `listing`; `buying` is for buyers."""

import asyncio
import time
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import ValidationError

from examples.shop import delivery_page, listing, webhook_page
from examples.shop.answers import JSON, error_response, html_response, iso, json_response, problems_of
from examples.shop.behaviour import Behaviour
from examples.shop.deliveries import Delivery
from examples.shop.guard import refuse_other_sites
from examples.shop.shop import SHOP, examine
from examples.shop.webhook_page import HOME

RECEIVED: Final = b'{"received":true}'
FORM: Final = "application/x-www-form-urlencoded"


def routes() -> list[web.RouteDef]:
    """The routes of the merchant whose webhooks are looked at."""
    return [
        web.post("/webhook", take_webhook),
        web.get("/control", show_control),
        web.post("/control", set_control),
        web.get("/deliveries", listing.list_deliveries),
        web.delete("/deliveries", forget_deliveries),
        web.get("/deliveries/stats", listing.show_stats),
        web.get("/deliveries/ids", listing.list_webhook_ids),
        web.get(r"/deliveries/{number:\d{1,15}}", listing.show_delivery),
        web.get(HOME, show_overview),
        web.get(rf"{HOME}/{{number:\d{{1,15}}}}", show_details),
        web.post("/forget", forget_by_form),
        web.get("/live", show_live),
        web.get("/ready", show_live),
        web.get("/health", show_health),
    ]


# ── The webhook ──


async def take_webhook(request: web.Request) -> web.StreamResponse:
    """POST /webhook. The hot path: one read, two HMACs, one validation, one append."""
    body = await request.read()
    shop = request.app[SHOP]
    deliveries = shop.deliveries
    delivery = examine(shop, request.headers, request.raw_headers, body, time.time())
    deliveries.record(delivery)
    if not delivery.verified:
        deliveries.answered(delivery, 401)
        return error_response(401, "INVALID_SIGNATURE", delivery.problem or "")
    if delivery.facts is None:
        deliveries.answered(delivery, 422)
        return error_response(422, "INVALID_PAYLOAD", delivery.problem or "")
    behaviour = shop.switch.take()
    if behaviour.mode != "ok":
        return await _misbehave(request, delivery, behaviour)
    deliveries.answered(delivery, 200)
    shop.settling.hear(delivery)
    return web.Response(body=RECEIVED, content_type=JSON)


async def _misbehave(request: web.Request, delivery: Delivery, behaviour: Behaviour) -> web.StreamResponse:
    """As the switch says. When the sender gives up meanwhile, aiohttp cancels us and there is no answer."""
    shop = request.app[SHOP]
    if behaviour.mode == "fail":
        shop.deliveries.answered(delivery, behaviour.status)
        description = "The shop was told to fail: set its mode to ok to end that."
        response = error_response(behaviour.status, "FAILING_ON_PURPOSE", description)
        if behaviour.retry_after_s is not None:
            response.headers["Retry-After"] = str(behaviour.retry_after_s)
        return response
    if behaviour.mode == "hang":
        await asyncio.sleep(shop.settings.hang_limit_s)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    await asyncio.sleep(behaviour.delay_s)
    shop.deliveries.answered(delivery, 200)
    shop.settling.hear(delivery)
    return web.Response(body=RECEIVED, content_type=JSON)


# ── The control ──


async def show_control(request: web.Request) -> web.Response:
    """GET /control: the behaviour in force."""
    return json_response(request.app[SHOP].switch.current.model_dump())


async def set_control(request: web.Request) -> web.Response:
    """POST /control: JSON from tools (answered with the behaviour), or the page's form (sent back to the page)."""
    refuse_other_sites(request)
    body = await request.read()
    # `curl -d '{…}'` calls its JSON a form.
    from_form = request.content_type == FORM and not body.lstrip().startswith(b"{")
    try:
        behaviour = _behaviour_of_form(body) if from_form else Behaviour.model_validate_json(body)
    except ValidationError as error:
        problem = f"The behaviour was not changed: {problems_of(error)}."
        if from_form:
            return _overview(request, listing.ListQuery(), problem)
        return error_response(400, "BAD_REQUEST_ERROR", problem)
    request.app[SHOP].switch.set(behaviour)
    if from_form:
        raise web.HTTPSeeOther(HOME)
    return json_response(behaviour.model_dump())


def _behaviour_of_form(body: bytes) -> Behaviour:
    """A field that was left empty is left out, so it has its default."""
    return Behaviour.model_validate(dict(parse_qsl(body.decode("utf-8", "replace"))))


async def forget_deliveries(request: web.Request) -> web.Response:
    """DELETE /deliveries: forget deliveries, ids and counters; the behaviour stays."""
    refuse_other_sites(request)
    return json_response({"forgotten": request.app[SHOP].deliveries.forget()})


async def forget_by_form(request: web.Request) -> web.Response:
    """POST /forget: the same for the page, whose forms cannot send DELETE."""
    refuse_other_sites(request)
    request.app[SHOP].deliveries.forget()
    raise web.HTTPSeeOther(HOME)


# ── Pages and probes ──


async def show_overview(request: web.Request) -> web.Response:
    """GET /webhooks: what happened, for people."""
    return _overview(request, listing.ListQuery.model_validate(dict(request.query)), problem=None)


def _overview(request: web.Request, query: listing.ListQuery, problem: str | None) -> web.Response:
    shop, wanted = request.app[SHOP], query.filter()
    found, total = shop.deliveries.newest(wanted, query.limit, query.offset)
    view = webhook_page.Overview(
        webhook_url=str(request.url.with_path("/webhook").with_query(None)),
        api_url=_api_url(request),
        behaviour=shop.switch.current,
        counters=shop.deliveries.counters,
        found=found,
        attempts=shop.deliveries.attempts_of({delivery.webhook_id for delivery in found}),
        total=total,
        wanted=wanted,
        limit=query.limit,
        offset=query.offset,
        problem=problem,
    )
    return html_response(webhook_page.overview(view), status=400 if problem else 200)


async def show_details(request: web.Request) -> web.Response:
    """GET /webhooks/{number}: one delivery, for people."""
    delivery = listing.find_delivery(request)
    attempts = request.app[SHOP].deliveries.attempts_of({delivery.webhook_id}).get(delivery.webhook_id or "", [])
    return html_response(delivery_page.details(delivery, attempts, _api_url(request)))


def _api_url(request: web.Request) -> str:
    return str(request.app[SHOP].settings.public_url).rstrip("/")


async def show_live(request: web.Request) -> web.Response:
    """GET /live and /ready: the shop depends on nothing, so it is ready when it answers."""
    return json_response({"status": "ok"})


async def show_health(request: web.Request) -> web.Response:
    """GET /health, for people."""
    shop = request.app[SHOP]
    return json_response(
        {
            "status": "healthy",
            "mode": shop.switch.current.mode,
            "received": shop.deliveries.counters.received,
            "timestamp": iso(time.time()),
        }
    )
