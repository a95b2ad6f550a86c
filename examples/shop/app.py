"""The composition root: one aiohttp application around one shop."""

from pathlib import Path
from typing import Final

from aiohttp import web

from examples.shop.answers import errors_as_json
from examples.shop.routes import routes
from examples.shop.settings import ShopSettings
from examples.shop.shop import SHOP, open_shop

STATIC: Final = Path(__file__).parent / "static"


def build_app(settings: ShopSettings) -> web.Application:
    """The application, ready to run."""
    app = web.Application(client_max_size=settings.max_body_bytes, middlewares=[errors_as_json])
    app[SHOP] = open_shop(settings)
    app.add_routes(routes())
    app.router.add_static("/static", STATIC)
    return app
