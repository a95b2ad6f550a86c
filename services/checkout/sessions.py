"""Use cases of merchants: hosted sessions, and whose pages may embed their checkout. Each works in its caller's
transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.errors import ApiError, bad_request
from chassis.pg import Connection
from contracts import ids
from services.checkout import store
from services.checkout.schemas import CreateSession, SessionsQuery
from services.checkout.state import (
    Life,
    Order,
    Session,
    effective_origins,
    status_of,
    why_not_end_at,
    why_not_expire,
    why_not_pay,
)

View = dict[str, Any]


class Sessions:
    """Sessions are reached at `public_url`; `life` says how long they last."""

    def __init__(self, *, public_url: str, life: Life) -> None:
        self._public_url = public_url
        self._life = life

    async def create(
        self, connection: Connection, merchant_id: str, asked: CreateSession, order: Order | None, now: datetime
    ) -> View:
        """A new one for the merchant's order. Raises 404 when it has no such order, 400 when that can't be paid."""
        if order is None:
            raise ApiError(404, "NOT_FOUND_ERROR", "Order not found", field="order_id", storable=True)
        refusal = why_not_pay(order, now)
        if refusal is not None:
            raise ApiError(400, "BAD_REQUEST_ERROR", refusal, field="order_id", storable=True)
        expires_at = now + self._life.usual if asked.expires_at is None else asked.expires_at
        refusal = why_not_end_at(expires_at, now, self._life)
        if refusal is not None:
            raise bad_request(refusal, field="expires_at")
        session = Session(
            id=ids.new_id(ids.CHECKOUT_SESSION),
            merchant_id=merchant_id,
            order_id=order.id,
            amount_minor=order.amount_minor,
            currency=order.currency,
            success_url=asked.success_url,
            cancel_url=asked.cancel_url,
            locale=asked.locale,
            theme=asked.theme,
            prefill=asked.prefilled,
            expires_at=expires_at,
            created_at=now,
        )
        await store.insert_session(connection, session)
        return self.view(session, order, now)

    async def expire(
        self, connection: Connection, merchant_id: str, session_id: str, order: Order | None, now: datetime
    ) -> View:
        """End it: nobody can pay in it any more. One that has ended stays as it is. Raises 404; 400 when it is
        complete."""
        session = await store.lock_session(connection, session_id, merchant_id)
        if session is None:
            raise not_found()
        status = status_of(session, _paid_at(order), now)
        refusal = why_not_expire(status)
        if refusal is not None:
            raise ApiError(400, "BAD_REQUEST_ERROR", refusal, storable=True)
        if status == "open":
            await store.expire_session(connection, session_id, now)
            session = await store.find_session(connection, session_id)
            assert session is not None
        return self.view(session, order, now)

    def view(self, session: Session, order: Order | None, now: datetime) -> View:
        """A session as its merchant sees it. Without its order nothing tells that it is paid."""
        return {
            "id": session.id,
            "url": f"{self._public_url}/checkout/{session.id}",
            "order_id": session.order_id,
            "amount": session.amount_minor,
            "currency": session.currency,
            "status": status_of(session, _paid_at(order), now),
            "success_url": session.success_url,
            "cancel_url": session.cancel_url,
            "locale": session.locale,
            "theme": session.theme,
            "prefill": session.prefill,
            "expires_at": session.ends_at,
            "created_at": session.created_at,
        }

    def page_view(self, page: store.Page, orders: Mapping[str, Order], query: SessionsQuery, now: datetime) -> View:
        """A page of them, with the orders that the api knows."""
        shown = {
            "data": [self.view(session, orders.get(session.order_id), now) for session in page.sessions],
            "total": page.total,
            "limit": query.limit,
            "offset": query.offset,
            "has_more": page.next_cursor is not None,
        }
        if page.total_capped:
            shown["total_capped"] = True
        if page.next_cursor is not None:
            shown["next_cursor"] = page.next_cursor
        return shown


def settings_view(merchant: store.Merchant, *, test_mode: bool) -> View:
    """Whom a merchant allows, and whom that lets in."""
    allowed = merchant.allowed_origins
    return {
        "allowed_origins": None if allowed is None else list(allowed),
        "effective_origins": list(effective_origins(allowed, test_mode=test_mode)),
    }


def not_found() -> ApiError:
    """404, also for another merchant's session."""
    return ApiError(404, "NOT_FOUND_ERROR", "Checkout session not found", storable=True)


def _paid_at(order: Order | None) -> datetime | None:
    return None if order is None else order.paid_at
