"""The application's page under every address that it draws, its files, and what browsers report about the policy."""

import time
from typing import Final

import structlog
from pydantic import ValidationError

from chassis.errors import ApiError, bad_request
from chassis.files import FOR_EVER, answer
from chassis.http import Answer, Call, Route
from chassis.metrics import Metrics
from services.dashboard.assets import Assets
from services.dashboard.page import CSP_REPORT_PATH, page
from services.dashboard.schemas import CspReport

log = structlog.get_logger()

API: Final = "/dashboard/api/"
REPORT_FIELDS: Final = ("document-uri", "violated-directive", "blocked-uri", "source-file", "line-number")
REPORT_MAX_CHARS: Final = 500
LOGGED_EVERY_S: Final = 1.0


class PageRoutes:
    """The handlers."""

    def __init__(self, assets: Assets, metrics: Metrics) -> None:
        self._assets = assets
        self._quiet_until_s = 0.0
        self._reports = metrics.counter("csp_reports", "What browsers reported that the page's policy forbade")

    async def home(self, call: Call) -> Answer:
        """GET /"""
        return Answer(302, b"", {"Location": "/dashboard", "Cache-Control": "no-store"})

    async def page(self, call: Call) -> Answer:
        """GET /login, /dashboard and everything below it but the routes of `/dashboard/api`"""
        if call.request.path.startswith(API):
            raise ApiError(404, "NOT_FOUND_ERROR", "There is nothing at this path")
        return page(self._assets.build())

    async def file(self, call: Call) -> Answer:
        """GET /dashboard-assets/{file}: a name with a hash in it never means something else."""
        build = self._assets.build()
        file = None if build is None else build.files.get(call.path["file"])
        if file is None:
            raise ApiError(404, "NOT_FOUND_ERROR", "There is no such file", headers={"Cache-Control": "no-store"})
        return answer(call, file, {"Cache-Control": FOR_EVER, "Cross-Origin-Resource-Policy": "same-origin"})

    async def report(self, call: Call) -> Answer:
        """POST /dashboard/api/csp-report: counted, since each is an attack or a mistake of ours; one in a second is
        logged, whoever sends them."""
        try:
            told = CspReport.model_validate_json(await call.request.read()).report
        except ValidationError:
            raise bad_request("This is no report of a browser") from None
        self._reports.add()
        now_s = time.monotonic()
        if now_s >= self._quiet_until_s:
            self._quiet_until_s = now_s + LOGGED_EVERY_S
            fields = {name: str(told.get(name))[:REPORT_MAX_CHARS] for name in REPORT_FIELDS}
            log.warning("page.policy_violated", **fields)
        return Answer(204, b"")


def page_routes(handlers: PageRoutes) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/", handlers.home, "To the dashboard"),
        Route("GET", "/login", handlers.page, "The page"),
        Route("GET", "/dashboard", handlers.page, "The page"),
        Route("GET", "/dashboard/{path:.*}", handlers.page, "The page"),
        Route("GET", "/dashboard-assets/{file}", handlers.file, "A file of the page"),
        # Browsers send it under a type of its own, from no page that it names: it changes nothing, so anybody may.
        Route("POST", CSP_REPORT_PATH, handlers.report, "What the page's policy forbade", forwarded=True),
    ]
