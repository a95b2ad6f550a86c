"""The SDK that shops load, its hash, and the page's own files."""

from chassis.errors import ApiError, unavailable
from chassis.files import FOR_EVER, answer
from chassis.http import Answer, Call, Route, json_answer
from services.checkout.assets import Assets, Build
from services.checkout.page import NOT_BUILT

SDK_PATH = "/v1/checkout.js"


class FileRoutes:
    """The handlers. `sdk_max_age_s`: how long a browser may use its copy of the SDK without asking again."""

    def __init__(self, assets: Assets, *, sdk_max_age_s: int) -> None:
        self._assets = assets
        self._sdk_caching = f"public, max-age={sdk_max_age_s}"

    async def sdk(self, call: Call) -> Answer:
        """GET /checkout.js and /v1/checkout.js"""
        headers = {"Cache-Control": self._sdk_caching, "Cross-Origin-Resource-Policy": "cross-origin"}
        return answer(call, self._build().sdk, headers)

    async def integrity(self, call: Call) -> Answer:
        """GET /v1/integrity.json: for a script tag's attribute `integrity`."""
        return json_answer(
            200,
            {SDK_PATH: self._build().sdk_integrity},
            {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"},
        )

    async def asset(self, call: Call) -> Answer:
        """GET /assets/{file}: a name with a hash in it never means something else."""
        file = self._build().assets.get(call.path["file"])
        if file is None:
            raise ApiError(404, "NOT_FOUND_ERROR", "There is no such file", headers={"Cache-Control": "no-store"})
        return answer(call, file, {"Cache-Control": FOR_EVER, "Cross-Origin-Resource-Policy": "same-origin"})

    def _build(self) -> Build:
        build = self._assets.build()
        if build is None:
            raise unavailable("SERVICE_UNAVAILABLE", NOT_BUILT)
        return build


def file_routes(handlers: FileRoutes) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/checkout.js", handlers.sdk, "The SDK that shops load", cross_origin=True),
        Route("GET", SDK_PATH, handlers.sdk, "The SDK, by its version", cross_origin=True),
        Route("GET", "/v1/integrity.json", handlers.integrity, "The SDK's hash", cross_origin=True),
        Route("GET", "/assets/{file}", handlers.asset, "A file of the page"),
    ]
