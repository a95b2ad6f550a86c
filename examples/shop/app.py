"""The composition root: one aiohttp application around one shop."""

from pathlib import Path
from typing import Final

from aiohttp import web

from examples.shop.answers import errors_told
from examples.shop.buying import buying_routes
from examples.shop.routes import routes
from examples.shop.settings import ShopSettings
from examples.shop.shop import SHOP, open_shop

STATIC: Final = Path(__file__).parent / "static"


def build_app(settings: ShopSettings) -> web.Application:
    """The application, ready to run."""
    app = web.Application(client_max_size=settings.max_body_bytes, middlewares=[errors_told])
    app[SHOP] = open_shop(settings)
    app.add_routes(routes())
    app.add_routes(buying_routes())
    app.router.add_static("/static", STATIC)
    app.on_cleanup.append(_close)
    return app


async def _close(app: web.Application) -> None:
    await app[SHOP].settling.close()
    await app[SHOP].gateway.close()
