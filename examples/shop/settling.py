"""What the shop does by itself once a webhook told of a success: see that both proofs are there, take the money."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from examples.shop.deliveries import Delivery
from examples.shop.gateway import Gateway, GatewayFailure
from examples.shop.orders import Order, Orders, Proof


class Settling:
    """Hears webhooks that the shop accepted, and works in the background, so that no webhook waits for its work."""

    def __init__(self, orders: Orders, gateway: Gateway, return_grace_s: float) -> None:
        self._orders = orders
        self._gateway = gateway
        self._grace_s = return_grace_s
        self._running: dict[str, asyncio.Task[None]] = {}

    def hear(self, delivery: Delivery) -> None:
        """A webhook was accepted. Most are of orders that other clients of this merchant made."""
        facts = delivery.facts
        if facts is None or facts.payment is None:
            return
        order = self._orders.find(facts.payment.order_id)
        if order is not None and order.hear(facts.event, facts.payment, facts.refund, delivery):
            self.go_on(order)

    def go_on(self, order: Order) -> None:
        """Begin, or begin again after a problem; once at a time."""
        if order.id not in self._running:
            self._start(order.id, self._settle(order))

    async def close(self) -> None:
        """Stop what is under way: the gateway keeps what is decided, and captures are made with a key."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, order_id: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running[order_id] = task
        task.add_done_callback(lambda _: self._running.pop(order_id, None))

    async def _settle(self, order: Order) -> None:
        order.problem = None
        try:
            if not order.is_paid:
                await self._second_proof(order)
            if order.is_paid and order.captured_at_s is None and order.payment_id:
                captured = await self._gateway.capture(order.payment_id)
                order.was_captured(int(captured["amount_captured"]), time.time())
        except GatewayFailure as failure:
            order.problem = str(failure)

    async def _second_proof(self, order: Order) -> None:
        """The browser's signature comes at about the same time. A buyer who closed the window has paid all the same:
        then the shop asks the api, as whoever holds the secret may."""
        try:
            async with asyncio.timeout(self._grace_s):
                await order.came_back.wait()
        except TimeoutError:
            pass
        if order.is_paid or order.told is None:
            return
        payment = await self._gateway.payment(order.told.payment_id)
        same = (payment.get("order_id"), payment.get("amount")) == (order.id, order.amount_minor)
        if payment.get("status") == "success" and same:
            order.asked = Proof(order.told.payment_id, time.time())
            order.returned = None
        else:
            order.problem = (
                f"The gateway says that {order.told.payment_id} is {payment.get('status')}: look at it there."
            )
