"""Who may call a service's internal HTTP: the other services, which share INTERNAL_TOKEN."""

import hmac

from aiohttp import web
from pydantic import SecretStr

from chassis.errors import ApiError
from chassis.http import Authenticator

PRINCIPAL = "internal"


def internal_only(token: SecretStr) -> Authenticator:
    """For `Route(authenticate=…)`: lets `Authorization: Bearer <INTERNAL_TOKEN>` in and nobody else."""
    expected = f"Bearer {token.get_secret_value()}".encode()

    async def authenticate(request: web.Request) -> str:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            raise ApiError(401, "AUTHENTICATION_ERROR", "This path is for the gateway's own services")
        return PRINCIPAL

    return authenticate
