"""The page's data block: all that its script is told at first. Its other side is `ui/checkout/src/bootstrap.ts`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.checkout.locales import direction_of
from services.checkout.page import Look, Problem
from services.checkout.state import Order, Session, returning
from services.checkout.upi import UpiApp

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page is about. `merchant`: the name that the buyer sees. A problem stands in the place of the order."""

    look: Look
    now: datetime
    merchant: str | None = None
    order: Order | None = None
    session: Session | None = None
    key: str | None = None
    problem: Problem | None = None


class Bootstraps:
    """Makes data blocks. `upi` is None where there is no simulated UPI app."""

    def __init__(self, *, api_url: str, test_mode: bool, upi: UpiApp | None) -> None:
        self._api_url = api_url
        self._test_mode = test_mode
        self._upi = upi

    def of(self, scene: Scene) -> dict[str, Any]:
        """The data block's value."""
        look, order, session = scene.look, scene.order, scene.session
        return {
            "version": VERSION,
            "test_mode": self._test_mode,
            "api_url": self._api_url,
            "embedded": look.embedded,
            "key": scene.key,
            "error": None if scene.problem is None else _error(scene.problem),
            "merchant": None if scene.merchant is None else {"name": scene.merchant},
            "order": None if order is None else _order(order),
            "session": None if session is None else _session(session),
            "allowed_origins": list(look.origins),
            "upi": self._upi_of(order, scene.merchant),
            "locale": look.locale,
            "direction": direction_of(look.locale),
            "theme": look.theme,
            "prefill": {} if session is None else session.prefill,
            "now": scene.now,
        }

    def _upi_of(self, order: Order | None, merchant: str | None) -> dict[str, str] | None:
        if self._upi is None or order is None or not self._upi.takes(order):
            return None
        return {"link": self._upi.link(order, merchant or order.merchant_name), "qr": f"/qr/{order.id}.svg"}


def _error(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "description": problem.description}


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "amount": order.amount_minor,
        "currency": order.currency,
        "status": order.status,
        "receipt": order.receipt,
        "description": order.description,
        "expires_at": order.expires_at,
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "success_url": returning(session.success_url, session.id),
        "cancel_url": returning(session.cancel_url, session.id),
        "expires_at": session.ends_at,
    }
