"""Who may call a service's internal HTTP: the other services, which share INTERNAL_TOKEN."""

import hmac

from aiohttp import web
from pydantic import SecretStr

from chassis.errors import ApiError, bad_request
from chassis.http import Authenticator, Call

PRINCIPAL = "internal"
TENANT_MAX_CHARS = 64


def internal_only(token: SecretStr) -> Authenticator:
    """For `Route(authenticate=…)`: lets `Authorization: Bearer <INTERNAL_TOKEN>` in and nobody else."""
    expected = f"Bearer {token.get_secret_value()}".encode()

    async def authenticate(request: web.Request) -> str:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            raise ApiError(401, "AUTHENTICATION_ERROR", "This path is for the gateway's own services")
        return PRINCIPAL

    return authenticate


def tenant_of(call: Call, header: str) -> str:
    """Whom another service asks for: what this header says. Raises 400 when it names nobody."""
    tenant = call.request.headers.get(header, "")
    if not 0 < len(tenant) <= TENANT_MAX_CHARS or not tenant.isprintable():
        raise bad_request(f"The header {header} must say for whom this is", field=header)
    return tenant
