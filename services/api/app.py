"""The api's composition root."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chassis import counts
from chassis.cipher import Cipher
from chassis.http import Route
from chassis.idempotency import forget_expired
from chassis.internal import internal_only
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.once import Once
from chassis.partitions import PartitionedTable
from chassis.places import Places
from chassis.progress import Worker
from chassis.runtime import Runtime
from chassis.rush import Rush
from chassis.sse import Streams
from chassis.sweep import Sweep
from chassis.tail import Tail
from contracts import ids
from contracts.topics import PAYMENT_RESULTS, REFUND_RESULTS, TOPICS, dead_letter_name
from services.api.answers import Answers
from services.api.api_keys import ApiKeys, KeyMaker
from services.api.audit.run import Auditor
from services.api.auth import AdminOnly, Authenticator
from services.api.handlers import handlers
from services.api.key_uses import KeyUses
from services.api.lists import Lists
from services.api.merchants import Announcements, Merchants
from services.api.order_watch import OrderWatch
from services.api.peers import Peers
from services.api.rate_limits import RateLimits
from services.api.reference.openapi import openapi
from services.api.request_log import RequestLog, forget_requests
from services.api.routes.acquirer_calls import AcquirerCallRoutes, acquirer_call_routes
from services.api.routes.api_keys import ApiKeyRoutes, api_key_routes
from services.api.routes.audit import AuditRoutes, OperatorOr, audit_routes
from services.api.routes.buyers import BuyerRoutes, buyer_order_routes
from services.api.routes.checkout import checkout_routes
from services.api.routes.checkout_orders import CheckoutOrderRoutes, checkout_order_routes
from services.api.routes.docs import docs_routes
from services.api.routes.events import EventRoutes, event_routes, shown
from services.api.routes.exports import ExportRoutes, export_routes
from services.api.routes.forwarding import Forwarding
from services.api.routes.health import HealthRoutes, health_routes
from services.api.routes.ledger import LedgerRoutes, ledger_routes
from services.api.routes.merchants import MerchantRoutes, merchant_routes
from services.api.routes.orders import OrderRoutes, order_routes
from services.api.routes.payments import PaymentRoutes, buyer_routes, payment_routes
from services.api.routes.queues import QueueRoutes, queue_routes
from services.api.routes.refunds import RefundRoutes, refund_routes
from services.api.routes.requests import RequestRoutes, request_routes
from services.api.routes.stats import StatsRoutes, stats_routes
from services.api.routes.webhook_endpoints import webhook_endpoint_routes
from services.api.routes.webhooks import WebhookRoutes, webhook_routes
from services.api.settings import PORT, Settings
from services.api.signatures import Signatures
from services.api.sweeper import Timers
from services.api.writes import Writer

AUDITS_EACH_MAX = 1
"""At once, of a merchant: an audit reads every row of it, over connections that everybody's requests share."""

MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (
    PartitionedTable("orders", lambda at: ids.id_floor(ids.ORDER, at)),
    PartitionedTable("payments", lambda at: ids.id_floor(ids.PAYMENT, at)),
    PartitionedTable("refunds", lambda at: ids.id_floor(ids.REFUND, at)),
    PartitionedTable("request_log", lambda at: ids.id_floor(ids.REQUEST, at)),
    PartitionedTable("ledger_entries", lambda at: ids.id_floor(ids.LEDGER_ENTRY, at), append_only_for="api"),
)


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service="api", folder=MIGRATIONS, partitioned=PARTITIONED
    )


def make_writer(runtime: Runtime[Settings]) -> Writer:
    """Where this process writes for merchants. In a rush its relay stands back."""
    settings = runtime.settings
    writer = Writer(runtime.pool, runtime.clock, docs_url=settings.docs_url, published=runtime.relay.wake)
    writer.batcher = runtime.batcher("writes", writer.execute, lanes_max=settings.write_lanes_max)
    rush, now_s = Rush(many=settings.rush_requests, most_s=settings.rush_max_s), asyncio.get_running_loop().time
    runtime.relay.stand_back(lambda: rush.look(now_s(), writer.batcher.mean_unanswered()))
    return writer


def make_authenticator(runtime: Runtime[Settings]) -> Authenticator:
    """Who calls, how often, and when last."""
    settings = runtime.settings
    return Authenticator(
        runtime.pool,
        runtime.clock,
        cache_s=settings.api_key_cache_s,
        uses=KeyUses(runtime.pool, runtime.clock, every_s=settings.api_key_uses_every_s),
        limits=RateLimits(settings.rate_limit_per_s, settings.rate_limit_burst),
        anonymous=RateLimits(settings.rate_limit_anonymous_per_s, settings.rate_limit_anonymous_burst),
        internal_token=settings.internal_token,
    )


@dataclass(frozen=True, slots=True)
class Followers:
    """What looks out for news on behalf of the streams of this process: in the log of events, of orders."""

    tail: Tail
    orders: OrderWatch

    @property
    def workers(self) -> list[Worker]:
        """What must run for streams to be told."""
        return [self.tail, self.orders]


def make_followers(runtime: Runtime[Settings]) -> Followers:
    """Woken by this process's relay."""
    settings = runtime.settings
    tail = Tail(runtime.pool, shown, poll_s=settings.stream_poll_s)
    orders = OrderWatch(runtime.pool, poll_s=settings.order_stream_poll_s, pace_s=settings.order_stream_pace_s)
    runtime.relay.tell(tail.wake)
    runtime.relay.tell(orders.wake)
    return Followers(tail, orders)


def make_request_routes(runtime: Runtime[Settings]) -> RequestRoutes:
    """The log of requests, filled from now on."""
    settings = runtime.settings
    kept = RequestLog(
        runtime.pool,
        runtime.clock,
        runtime.metrics,
        every_s=settings.request_log_flush_s,
        batch_max=settings.request_log_batch_max,
    )
    runtime.http.tell(kept.note)
    return RequestRoutes(runtime.pool, scan_max_rows=settings.list_scan_max_rows)


def make_event_routes(runtime: Runtime[Settings], tail: Tail, merchant: Authenticator) -> EventRoutes:
    """Events as a list and as a stream; streams end when the server is to end."""
    settings = runtime.settings
    streams = Streams(tail, each_max=settings.streams_per_merchant_max, all_max=settings.streams_max)
    runtime.http.before_end(streams.end)
    return EventRoutes(runtime.pool, tail, streams, merchant, scan_max_rows=settings.list_scan_max_rows)


def make_buyer_routes(runtime: Runtime[Settings], orders: OrderWatch, signatures: Signatures) -> BuyerRoutes:
    """Orders as buyers see them, once and as a stream."""
    settings = runtime.settings
    streams = Streams(
        orders,
        each_max=settings.order_streams_per_order_max,
        all_max=settings.order_streams_max,
        address_max=settings.order_streams_per_address_max,
        age_max_s=settings.order_stream_max_s,
    )
    runtime.http.before_end(streams.end)
    return BuyerRoutes(runtime.pool, signatures, orders, streams)


def make_routes(runtime: Runtime[Settings], writer: Writer, peers: Peers, followers: Followers) -> list[Route]:
    """All of the merchants' HTTP."""
    settings = runtime.settings
    lists = Lists(scan_max_rows=settings.list_scan_max_rows, export_max_rows=settings.export_max_rows)
    merchant = make_authenticator(runtime)
    key = bytes.fromhex(settings.fingerprint_key.get_secret_value())
    sealing = settings.encryption_key.get_secret_value()
    once = Once(runtime.pool, runtime.clock, Cipher(sealing), sealing, docs_url=settings.docs_url)
    maker = KeyMaker(Cipher(sealing), "test" if settings.test_mode else "live")
    keys = ApiKeys(runtime.pool, runtime.clock, maker)
    operator = AdminOnly(settings.admin_api_key, RateLimits(settings.rate_limit_per_s, settings.rate_limit_burst))
    internal = internal_only(settings.internal_token)
    signatures = Signatures(runtime.pool, runtime.clock, Cipher(sealing), cache_s=settings.api_key_cache_s)
    payments = PaymentRoutes(runtime.pool, writer, lists, runtime.clock, settings, signatures)
    notifier, checkout = Forwarding(peers, "notifier", merchant), Forwarding(peers, "checkout", merchant)
    places = Places("exports", each_max=settings.exports_per_merchant_max, all_max=settings.exports_max)
    audits = Places("audits", each_max=AUDITS_EACH_MAX, all_max=settings.audits_max)
    health = HealthRoutes(runtime, peers)
    routes = [
        *export_routes(ExportRoutes(runtime.pool, lists, runtime.clock, places, merchant), merchant),
        *order_routes(OrderRoutes(runtime.pool, writer, lists, runtime.clock, key), merchant),
        *payment_routes(payments, merchant),
        *buyer_routes(payments, merchant),
        *buyer_order_routes(make_buyer_routes(runtime, followers.orders, signatures), merchant),
        *checkout_order_routes(CheckoutOrderRoutes(runtime.pool, merchant), internal),
        *refund_routes(RefundRoutes(runtime.pool, writer, lists, key), merchant),
        *acquirer_call_routes(AcquirerCallRoutes(runtime.pool, peers), merchant),
        *stats_routes(StatsRoutes(runtime.pool, peers), merchant),
        *ledger_routes(LedgerRoutes(runtime.pool), merchant),
        *event_routes(make_event_routes(runtime, followers.tail, merchant), merchant),
        *webhook_routes(WebhookRoutes(runtime.pool, runtime.clock, notifier), notifier, merchant),
        *webhook_endpoint_routes(notifier, merchant),
        *checkout_routes(checkout, merchant),
        *request_routes(make_request_routes(runtime), merchant),
        *api_key_routes(ApiKeyRoutes(runtime.pool, runtime.clock, once, keys), merchant),
        *audit_routes(
            AuditRoutes(Auditor(runtime.pool, peers, runtime.clock), audits),
            OperatorOr(merchant.needs("audit:read"), internal, operator),
        ),
        *health_routes(health, test_mode=settings.test_mode),
        *queue_routes(QueueRoutes(runtime, peers, health), merchant),
    ]
    merchants = Merchants(runtime.clock, runtime.watch, maker)
    routes += merchant_routes(MerchantRoutes(runtime.pool, once, merchants, published=runtime.relay.wake), operator)
    return [*routes, *docs_routes(partial(openapi, routes, settings.public_url), settings)]


async def run(settings: Settings, only: str | None) -> None:
    """The verb `run`."""
    runtime = await Runtime.start(
        "api", settings, topics=[TopicSpec(topic.name, topic.partitions, topic.config) for topic in TOPICS]
    )
    answers = Answers(runtime.clock.now())
    consumer = runtime.consumer(
        [PAYMENT_RESULTS.name, REFUND_RESULTS.name],
        handlers(runtime.clock, settings.terms, answers),
        dead_letter_topic=dead_letter_name,
        new_event_id=lambda: ids.new_id(ids.EVENT),
    )
    timers = Timers(runtime.clock, answers)
    announcements = Announcements(runtime.clock, runtime.watch)
    steps = [
        timers.pass_deadlines,
        timers.send_again,
        announcements.tell_merchants,
        counts.fold,
        forget_expired(runtime.clock),
        forget_requests(runtime.clock, settings.request_log_days),
    ]
    sweep = Sweep(runtime.pool, steps, every_s=settings.sweep_every_s, after_commit=runtime.relay.wake)
    peers = Peers(settings)
    followers = make_followers(runtime)
    await runtime.run(
        routes=make_routes(runtime, make_writer(runtime), peers, followers),
        serving=followers.workers,
        workers=[consumer, sweep],
        only=only,
        default_port=PORT,
        cleanup=peers.close,
    )
