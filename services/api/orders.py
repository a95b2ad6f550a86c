"""Orders: what is to be paid."""

from chassis.errors import ApiError
from chassis.http import Answer, json_answer
from contracts import ids
from services.api.schemas.orders import CreateOrder
from services.api.state import Order, Refused
from services.api.views import order_view
from services.api.workspace import Workspace


def not_found(noun: str) -> ApiError:
    """404, for what does not exist and for what is another merchant's alike; a decision that a key keeps."""
    return ApiError(404, "NOT_FOUND_ERROR", f"{noun} not found", storable=True)


def create_order(work: Workspace, merchant_id: str, request: CreateOrder) -> Answer:
    """201 with the new order."""
    if request.unique_receipt and not work.take_receipt((merchant_id, request.receipt or "")):
        raise Refused("Receipt is already used by another order", "receipt_used")
    order = Order(
        id=ids.new_id(ids.ORDER),
        merchant_id=merchant_id,
        amount_minor=request.amount,
        currency=request.currency,
        receipt=request.receipt,
        notes=request.notes or {},
        status="created",
        amount_paid_minor=0,
        attempts=0,
        created_at=work.now,
        updated_at=work.now,
        expires_at=request.expires_at,
    )
    work.add_order(order)
    return json_answer(201, order_view(order))
