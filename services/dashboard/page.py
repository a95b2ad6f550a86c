"""The page's HTML and the headers that guard it: whatever a merchant or a buyer wrote, no script but ours runs."""

import secrets
from typing import Final

from chassis.http import Answer
from services.dashboard.assets import NONCE, Build

HTML: Final = "text/html; charset=utf-8"
NONCE_BYTES: Final = 16
CSP_REPORT_PATH: Final = "/dashboard/api/csp-report"
GUARDED: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=()",
}
NOT_BUILT: Final = (
    "The dashboard's pages have not been built yet: run `make ui` (`make up` does so by itself), then load it again."
)


def page(build: Build | None) -> Answer:
    """The one page of the application, which itself draws what each address means."""
    if build is None:
        return _not_built()
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src-elem 'self' 'nonce-{nonce}'; "
        "style-src-attr 'none'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        f"base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        f"trusted-types default; report-uri {CSP_REPORT_PATH}"
    )
    return Answer(200, build.index.replace(NONCE, nonce.encode()), {**GUARDED, "Content-Security-Policy": policy}, HTML)


def _not_built() -> Answer:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Not built yet</title></head>'
        f"<body><main><h1>Not built yet</h1><p>{NOT_BUILT}</p></main></body></html>"
    )
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return Answer(503, html.encode(), {**GUARDED, "Content-Security-Policy": policy, "Retry-After": "2"}, HTML)
