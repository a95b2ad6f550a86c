"""Web sites of others on real sockets: the merchant's, whose pages embed the checkout, and those of attackers."""

import html
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

SHOP_SCRIPT: Final = """"use strict";
const {sdk, ...options} = JSON.parse(document.getElementById("options").textContent);
const said = document.getElementById("said");
const say = (what, data) => {
  const line = document.createElement("li");
  line.textContent = JSON.stringify({what, data: data ?? null});
  said.append(line);
};
window.gateways = {};
const gatewayOf = (orderId) => window.gateways[orderId] ??= new PaymentGateway({
  ...options,
  orderId,
  onSuccess: (data) => say("success", data),
  onFailure: (data) => say("failure", data),
  onClose: () => say("close"),
});
for (const button of document.querySelectorAll("button[data-order]")) {
  button.addEventListener("click", () => gatewayOf(button.dataset.order).open());
}
"""

SHOP_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title>
<script src="{sdk}"></script><script src="/shop.js" defer></script>
<script type="application/json" id="options">{options}</script>
</head>
<body>
<main><h1>A shop</h1><p><a href="#terms">Terms</a></p>{buttons}<div id="here"></div><ol id="said"></ol></main>
</body>
</html>
"""


@dataclass(slots=True)
class Page:
    """What is answered to a GET."""

    text: str
    headers: dict[str, str]
    content_type: str


@dataclass(slots=True)
class Site:
    """Pages by their path; the same site is at 127.0.0.1, at localhost, and at every name below `.test`."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def origin(self, host: str = "127.0.0.1") -> str:
        """The site under one of its names."""
        return f"http://{host}:{self.port}"

    def put(
        self, path: str, text: str, *, headers: Mapping[str, str] | None = None, content_type: str = "text/html"
    ) -> str:
        """Serve it from now on; returns its URL."""
        self.pages[path] = Page(text, dict(headers or {}), content_type)
        return self.origin() + path

    def put_shop(self, checkout: str, orders: Sequence[str], *, path: str = "/", **options: Any) -> str:
        """A shop's page with a button for each order, under the policy that the embed guide documents."""
        buttons = "".join(f'<button data-order="{order}">Pay {order}</button>' for order in orders)
        told = json.dumps(options).replace("<", "\\\\u003c")
        text = SHOP_PAGE.format(sdk=html.escape(f"{checkout}/checkout.js"), options=told, buttons=buttons)
        return self.put(path, text, headers={"Content-Security-Policy": merchant_policy(checkout)})

    async def answer(self, request: web.Request) -> web.Response:
        """Any GET."""
        self.asked.append(request.path_qs)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=204 if request.path == "/favicon.ico" else 404)
        return web.Response(text=page.text, headers=page.headers, content_type=page.content_type)


def merchant_policy(checkout: str) -> str:
    """The strictest policy of a shop that embeds the checkout."""
    return f"default-src 'self'; script-src 'self' {checkout}; frame-src {checkout}"


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """A site on a free port."""
    site = Site()
    site.put("/shop.js", SHOP_SCRIPT, content_type="text/javascript")
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.port = runner.addresses[0][1]
        yield site
    finally:
        await runner.cleanup()
