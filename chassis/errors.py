"""Refusals with a code and a status (HTTP), and the fates of a message (Kafka)."""

from collections.abc import Mapping


class ApiError(Exception):
    """A refusal that the caller is told: rendered as the error envelope by `chassis.http`.

    `storable` says whether the answer is a decision that an idempotency key keeps and replays
    (a business refusal), or one that a retry may turn round (a validation error, a lock, an outage).
    """

    def __init__(
        self,
        status: int,
        code: str,
        description: str,
        *,
        field: str | None = None,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
        storable: bool = False,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.field = field
        self.reason = reason
        self.headers = dict(headers or {})
        self.storable = storable


def bad_request(description: str, *, field: str | None = None, code: str = "BAD_REQUEST_ERROR") -> ApiError:
    """400 for input that can never be right; not kept by an idempotency key."""
    return ApiError(400, code, description, field=field)


def unavailable(code: str, description: str, *, retry_after_s: int = 1) -> ApiError:
    """503 with Retry-After: nothing is known to be wrong with the request."""
    return ApiError(503, code, description, headers={"Retry-After": str(retry_after_s)})


class Retry(Exception):
    """A message can't be handled yet: the consumer backs off and takes it again."""


class Reject(Exception):
    """A message can never be handled: it goes to the dead-letter topic with this reason."""
