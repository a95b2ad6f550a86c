"""The api's routes without anything that runs: for the documents that are committed."""

import asyncio
from typing import Any, cast

from chassis.http import Route
from chassis.pg import Pool
from chassis.runtime import Runtime
from services.api.app import make_followers, make_routes, make_writer
from services.api.peers import Peers
from services.api.reference.openapi import openapi
from services.api.settings import Settings

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


def committed_openapi() -> dict[str, Any]:
    """The document of a gateway with the default settings."""
    settings = default_settings()
    return openapi(routes_of(settings), settings.public_url)


def default_settings() -> Settings:
    """Every setting that has a default at it, whatever the environment says."""
    needed = {
        "database_url": NOWHERE,
        "internal_token": "no-token",
        "fingerprint_key": "00" * 32,
        "encryption_key": "00" * 32,
    }
    defaults = {name: field.get_default() for name, field in Settings.model_fields.items() if not field.is_required()}
    return Settings(**{**defaults, **needed})


def routes_of(settings: Settings) -> list[Route]:
    """The routes, connected to nothing."""

    async def make() -> list[Route]:
        runtime: Runtime[Settings] = Runtime("api", settings, cast(Pool, None), topics=[])
        peers = Peers(settings)
        try:
            return make_routes(runtime, make_writer(runtime), peers, make_followers(runtime))
        finally:
            await peers.close()

    loop = asyncio.new_event_loop()  # beside whichever loop the caller's thread has
    try:
        return loop.run_until_complete(make())
    finally:
        loop.close()
