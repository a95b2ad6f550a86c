"""`python -m examples.shop`: runs the shop until SIGTERM or Ctrl-C."""

import errno
import sys

import uvloop
from aiohttp import web
from pydantic import ValidationError

from examples.shop.app import build_app
from examples.shop.settings import ShopSettings


def main() -> int:
    """The exit code; 1 after one sentence about what to do."""
    try:
        settings = ShopSettings()
    except ValidationError as error:
        for problem in error.errors(include_input=False):
            print(f"The setting {str(problem['loc'][0]).upper()} is not usable: {problem['msg']}.", file=sys.stderr)
        return 1
    try:
        run(settings)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"Port {settings.port} is taken: stop what uses it, or set PORT to another.", file=sys.stderr)
        return 1
    return 0


def run(settings: ShopSettings) -> None:
    """Serve until a signal ends it."""
    web.run_app(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=None,
        # A sender that gives up must not leave a slow or hanging delivery behind.
        handler_cancellation=True,
        shutdown_timeout=settings.shutdown_timeout_s,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    sys.exit(main())
