"""Every error code that a merchant can meet, its status, meaning and remedy. `/docs/errors` shows this table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row. `status` is None for codes that a payment or refund carries instead of an answer."""

    code: str
    status: int | None
    meaning: str
    remedy: str


ERROR_CODES: Final = (
    ErrorCode("BAD_REQUEST_ERROR", 400, "The request can't be granted as it is.", "Read `description` and `field`."),
    ErrorCode("INVALID_VPA", 400, "The UPI address has not the form name@bank.", "Ask the buyer for it again."),
    ErrorCode("INVALID_CARD", 400, "A part of the card is not valid; `field` says which.", "Ask the buyer again."),
    ErrorCode("EXPIRED_CARD", 400, "The card's expiry has passed.", "Ask the buyer for another card."),
    ErrorCode("AUTHENTICATION_ERROR", 401, "Key or secret are missing or wrong.", "Send X-Api-Key and X-Api-Secret."),
    ErrorCode("PERMISSION_ERROR", 403, "The key is a good one, but not for this.", "Use a key that has the scope."),
    ErrorCode("NOT_FOUND_ERROR", 404, "There is no such object, or it is another merchant's.", "Check the id."),
    ErrorCode("METHOD_NOT_ALLOWED", 405, "The path does not take this method.", "See the `Allow` header."),
    ErrorCode("REQUEST_TIMEOUT", 408, "The request's body did not arrive in time.", "Send it again."),
    ErrorCode("CONFLICT", 409, "Others are changing the same object.", "Send it again after a moment."),
    ErrorCode("PAYLOAD_TOO_LARGE", 413, "The request's body is too large.", "Send less, in `notes` or `metadata`."),
    ErrorCode("UNSUPPORTED_MEDIA_TYPE", 415, "The body is not JSON.", "Set Content-Type: application/json."),
    ErrorCode(
        "IDEMPOTENCY_KEY_REUSED", 422, "The key was used for another request within 24 hours.", "Use a fresh key."
    ),
    ErrorCode(
        "RATE_LIMIT_ERROR",
        429,
        "The key is used too often, or too many streams or exports are open.",
        "Wait for `Retry-After` seconds.",
    ),
    ErrorCode("INTERNAL_ERROR", 500, "A fault of the gateway.", "Report the `request_id`."),
    ErrorCode("OVERLOADED", 503, "More requests wait than can be served soon.", "Try again after `Retry-After`."),
    ErrorCode("SERVICE_UNAVAILABLE", 503, "Something behind the gateway is away.", "Try again after `Retry-After`."),
    ErrorCode(
        "OUTCOME_UNKNOWN",
        503,
        "The answer of the database was lost while saving.",
        "Repeat the request with the same Idempotency-Key: it finds what happened.",
    ),
    ErrorCode("PAYMENT_FAILED", None, "The acquirer declined the payment.", "Read `decline_code`."),
    ErrorCode(
        "PAYMENT_TIMEOUT",
        None,
        "The payment stayed pending for too long; `authentication_timeout`: its buyer did not authenticate.",
        "Start another payment.",
    ),
    ErrorCode("LATE_SUCCESS", None, "The approval came after the timeout and was voided.", "Start another payment."),
    ErrorCode("REFUND_REFUSED", None, "The card's issuer refused the refund.", "Give the money back another way."),
    ErrorCode(
        "ORDER_ALREADY_PAID", None, "Another payment of the order succeeded first; this one was voided.", "Nothing."
    ),
)

REASONS: Final = {
    "order_already_paid": "Another payment of the order has succeeded.",
    "too_many_attempts": "Buyers have tried to pay the order too often (`BUYER_ATTEMPTS_MAX`); its merchant still can.",
    "order_expired": "The order's `expires_at` has passed.",
    "receipt_used": "Another order has this receipt, and one of them is to be the only one (`unique_receipt`).",
    "not_capturable": "The payment is not a success, is captured already, or its `capture_before` has passed.",
    "exceeds_capturable": "More than is authorised, less what is reversed.",
    "not_cancelable": "The payment is not a success, or is captured already.",
    "not_refundable": "The payment is not a success.",
    "exceeds_refundable": "More than is left, less what other refunds are to give back.",
    "busy": "Other requests hold the object; try again.",
}
"""What `reason` may say beside a code."""
