"""The command line that every service shares: `python -m services.<name> migrate | seed | run [--only http|worker]`."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import uvloop
from pydantic import ValidationError

from chassis import log
from chassis.migrate import MigrationError
from chassis.settings import ServiceSettings

Settings = TypeVar("Settings", bound=ServiceSettings)


def main(
    name: str,
    settings_class: type[Settings],
    *,
    run: Callable[[Settings, str | None], Awaitable[None]],
    migrate: Callable[[Settings], Awaitable[object]],
    seed: Callable[[Settings], Awaitable[None]] | None = None,
) -> None:
    """Parse the verb, read the settings and do it; bad settings and migrations end in a sentence, not a trace."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("verb", choices=["run", "migrate", *(["seed"] if seed else [])])
    parser.add_argument("--only", choices=["http", "worker"], help="run one half of the service")
    arguments = parser.parse_args()
    try:
        settings = settings_class()
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        sys.exit(f"{name}: the environment is not right: {problems}. docs/settings.md lists every setting.")
    log.configure(service=name.rsplit(".", 1)[-1], level=settings.log_level, fmt=settings.log_format)
    if arguments.verb == "run":
        uvloop.run(_awaited(run(settings, arguments.only)))
        return
    if settings.migrate_database_url is None:
        sys.exit(f"{name} {arguments.verb}: set MIGRATE_DATABASE_URL to the DSN of the role that owns the schema.")
    try:
        uvloop.run(_awaited(migrate(settings) if arguments.verb == "migrate" or seed is None else seed(settings)))
    except MigrationError as error:
        sys.exit(f"{name}: {error}")


async def _awaited(awaitable: Awaitable[object]) -> None:
    await awaitable
