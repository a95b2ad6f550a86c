"""The services composed as their processes compose them, without what moves by itself."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

import services.checkout.app as checkout_app
import services.notifier.app as notifier_app
import services.notifier.settings
import services.processor.app as processor_app
import services.processor.settings
import services.refunder.app as refunder_app
import services.refunder.settings
from acquirer.asking import open_acquirer
from chassis import pg
from chassis.clock import ManualClock
from chassis.http import Route
from chassis.internal import internal_only
from chassis.jobs import JobQueue
from chassis.pg import Pool
from chassis.runtime import Runtime
from deploy.databases import Database
from services.api.app import make_followers, make_routes, make_writer
from services.api.peers import Peers
from services.api.settings import Settings as ApiSettings
from services.checkout.orders import Orders
from services.checkout.settings import Settings as CheckoutSettings
from services.notifier.deliveries import Lease
from services.notifier.handlers import Intake
from services.processor.attempts import Attempts
from services.processor.routes import ProcessorRoutes
from services.processor.routes import internal_routes as processor_routes
from services.refunder.executions import Executions
from services.refunder.routes import RefunderRoutes
from services.refunder.routes import internal_routes as refunder_routes


class Room:
    """One service's parts. `serve` gives it a URL."""

    def __init__(self, runtime: Runtime[Any]) -> None:
        self.runtime = runtime
        self.pool: Pool = runtime.pool
        self.jobs = JobQueue(runtime.pool, runtime.clock, slot_id=f"{runtime.service}-0", lease_s=60)
        self.url = ""


class House:
    """All services on one database; what is opened here is closed by `stack`."""

    def __init__(self, stack: contextlib.AsyncExitStack, database: Database, clock: ManualClock) -> None:
        self.clock = clock
        self._stack = stack
        self._environments = database.environments()

    async def processor(self) -> tuple[Attempts, Room]:
        """With the acquirer in-process."""
        room = await self._room("processor", services.processor.settings.Settings)
        acquirer, acquirer_pool = await self._acquirer(room)
        attempts = processor_app.make_attempts(room.runtime, room.jobs, acquirer)
        internal = internal_only(room.runtime.settings.internal_token)
        await self._serve(room, processor_routes(ProcessorRoutes(room.pool, acquirer_pool, room.jobs), internal))
        return attempts, room

    async def refunder(self) -> tuple[Executions, Room]:
        """With the acquirer in-process."""
        room = await self._room("refunder", services.refunder.settings.Settings)
        acquirer, _ = await self._acquirer(room)
        executions = refunder_app.make_executions(room.runtime, room.jobs, acquirer)
        internal = internal_only(room.runtime.settings.internal_token)
        await self._serve(room, refunder_routes(RefunderRoutes(room.pool, room.jobs), internal))
        return executions, room

    async def notifier(self) -> tuple[Intake, Room]:
        """What takes events in."""
        room = await self._room("notifier", services.notifier.settings.Settings)
        sender = notifier_app.make_sender(room.runtime)
        self._stack.push_async_callback(sender.close)
        lease = Lease("notifier-0#0", notifier_app.lease_length(room.runtime.settings))
        dispatcher = notifier_app.make_dispatcher(room.runtime, sender, lease)
        self._stack.push_async_callback(dispatcher.idle)
        await self._serve(room, notifier_app.make_routes(room.runtime))
        return notifier_app.make_intake(room.runtime, dispatcher, lease), room

    async def api(
        self, urls: Mapping[str, str], **given: str
    ) -> tuple[Runtime[ApiSettings], TestClient[Any, Any], Sequence[Route]]:
        """Over HTTP, with the others' internal HTTP at these URLs, and its table of routes."""
        room = await self._room("api", ApiSettings, **{f"{name}_url": url for name, url in urls.items()}, **given)
        peers = Peers(room.runtime.settings)
        self._stack.push_async_callback(peers.close)
        followers = make_followers(room.runtime)
        routes = make_routes(room.runtime, make_writer(room.runtime), peers, followers)
        following = [asyncio.create_task(worker.run()) for worker in followers.workers]
        self._stack.push_async_callback(asyncio.wait, following)
        server = TestServer(room.runtime.http.application(routes))
        client = await self._stack.enter_async_context(TestClient(server))
        peers.urls["checkout"] = await self._checkout(str(client.make_url("")).rstrip("/"))
        return room.runtime, client, routes

    async def _checkout(self, api_url: str) -> str:
        """What asks the api for orders; its URL."""
        room = await self._room("checkout", CheckoutSettings, api_url=api_url)
        orders = Orders(room.runtime.settings)
        self._stack.push_async_callback(orders.close)
        await self._serve(room, checkout_app.make_routes(room.runtime, orders))
        return room.url

    async def _room(self, service: str, kind: Callable[..., Any], **given: Any) -> Room:
        environment = {name.lower(): value for name, value in self._environments[service].items() if value}
        runtime: Runtime[Any] = await Runtime.start(service, kind(**{**environment, **given}), topics=[])
        runtime.clock = self.clock
        self._stack.push_async_callback(runtime.pool.close)
        return Room(runtime)

    async def _acquirer(self, room: Room) -> tuple[Any, Pool]:
        settings = room.runtime.settings
        pool = await pg.connect_pool(
            settings.acquirer_database_url.get_secret_value(), name=f"{room.runtime.service}-acquirer"
        )
        self._stack.push_async_callback(pool.close)
        token, metrics = settings.internal_token, room.runtime.metrics
        return open_acquirer(settings, pool, token=token, clock=self.clock, metrics=metrics), pool

    async def _serve(self, room: Room, routes: Sequence[Route]) -> None:
        server = await self._stack.enter_async_context(TestServer(room.runtime.http.application(routes)))
        room.url = str(server.make_url("")).rstrip("/")
