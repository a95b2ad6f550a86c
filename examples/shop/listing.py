"""What was received, as JSON: the routes that tests, the demo and other tools read."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from examples.shop.answers import iso, json_list, json_response
from examples.shop.deliveries import Delivery, Filter, SeenWebhook, percentile
from examples.shop.shop import SHOP

MAX_LISTED: Final = 1_000
MAX_IDS_LISTED: Final = 10_000
MAX_OFFSET: Final = 10**9


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class ListQuery(_Query):
    """The query of `GET /deliveries`, and of the page."""

    limit: Annotated[int, Field(ge=1, le=MAX_LISTED)] = 50
    event: str | None = None
    object_id: str | None = None
    payment_id: str | None = None
    webhook_id: str | None = None

    def filter(self) -> Filter:
        """A field left empty in the page's form does not filter."""
        return Filter(self.event or None, self.object_id or None, self.payment_id or None, self.webhook_id or None)


class IdsQuery(_Query):
    """The query of `GET /deliveries/ids`."""

    limit: Annotated[int, Field(ge=1, le=MAX_IDS_LISTED)] = 1_000


async def list_deliveries(request: web.Request) -> web.Response:
    """GET /deliveries: newest first."""
    query = ListQuery.model_validate(dict(request.query))
    found, total = request.app[SHOP].deliveries.newest(query.filter(), query.limit, query.offset)
    return json_list([_summary(delivery) for delivery in found], total, query.limit, query.offset)


async def list_webhook_ids(request: web.Request) -> web.Response:
    """GET /deliveries/ids: every distinct webhook id, oldest first; many more than whole deliveries are kept."""
    query = IdsQuery.model_validate(dict(request.query))
    deliveries = request.app[SHOP].deliveries
    found = [_seen(webhook_id, seen) for webhook_id, seen in deliveries.webhooks(query.limit, query.offset)]
    return json_list(found, deliveries.remembered_webhook_ids, query.limit, query.offset)


async def show_delivery(request: web.Request) -> web.Response:
    """GET /deliveries/{number}: one delivery with its headers and body."""
    delivery = find_delivery(request)
    return json_response(
        _summary(delivery)
        | {
            "headers": [[_text(name), _text(value)] for name, value in delivery.headers],
            "body": _text(delivery.body),
            "body_truncated": len(delivery.body) < delivery.body_bytes,
        }
    )


async def show_stats(request: web.Request) -> web.Response:
    """GET /deliveries/stats: the counters."""
    shop = request.app[SHOP]
    deliveries, counters = shop.deliveries, shop.deliveries.counters
    latencies = deliveries.first_attempt_latencies_ms()
    return json_response(
        {
            "received": counters.received,
            "accepted": counters.accepted,
            "distinct_webhook_ids": counters.distinct,
            "retries": counters.retries,
            "duplicates": counters.duplicates,
            "bad_signatures": counters.bad_signatures,
            "bad_payloads": counters.bad_payloads,
            "by_event": dict(sorted(deliveries.by_event.items())),
            "by_status": {str(status): count for status, count in sorted(deliveries.by_status.items())},
            "latency_ms": {
                "samples": len(latencies),
                "p50": percentile(latencies, 0.5),
                "p99": percentile(latencies, 0.99),
                "max": percentile(latencies, 1),
            },
            "remembered_deliveries": deliveries.remembered,
            "remembered_webhook_ids": deliveries.remembered_webhook_ids,
            "since": iso(deliveries.since_s),
            "behaviour": shop.switch.current.model_dump(),
        }
    )


def find_delivery(request: web.Request) -> Delivery:
    """The delivery that the path names; 404 when it is not remembered."""
    number = request.match_info["number"]
    delivery = request.app[SHOP].deliveries.find(int(number))
    if delivery is None:
        raise web.HTTPNotFound(text=f"Delivery {number} is not remembered (any more): list the others.")
    return delivery


def _summary(delivery: Delivery) -> dict[str, Any]:
    facts = delivery.facts
    return {
        "number": delivery.number,
        "received_at": iso(delivery.received_at_s),
        "webhook_id": delivery.webhook_id,
        "attempt": delivery.attempt,
        "event_id": facts.event_id if facts else None,
        "event": facts.event if facts else None,
        "object_id": facts.object_id if facts else None,
        "payment_id": facts.payment_id if facts else None,
        "sequence": facts.sequence if facts else None,
        "timestamp": facts.timestamp if facts else None,
        "verified": delivery.verified,
        "checks": {
            "body_signature": delivery.body_signature,
            "standard_signature": delivery.standard_signature,
            "contract": delivery.contract,
        },
        "problem": delivery.problem,
        "status": delivery.status,
        "latency_ms": delivery.latency_ms,
        "since_update_ms": delivery.since_update_ms,
        "body_bytes": delivery.body_bytes,
    }


def _seen(webhook_id: str, seen: SeenWebhook) -> dict[str, Any]:
    return {
        "webhook_id": webhook_id,
        "event": seen.event,
        "object_id": seen.object_id,
        "sequence": seen.sequence,
        "attempts": seen.attempts,
        "accepted": seen.accepted,
    }


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
