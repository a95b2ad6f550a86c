"""The SDK that shops load, its hash, and the page's own files."""

from chassis.errors import ApiError, unavailable
from chassis.http import Answer, Call, Route, json_answer
from services.checkout.assets import Assets, Build, File
from services.checkout.page import NOT_BUILT

FOR_EVER = "public, max-age=31536000, immutable"
SDK_PATH = "/v1/checkout.js"


class FileRoutes:
    """The handlers. `sdk_max_age_s`: how long a browser may use its copy of the SDK without asking again."""

    def __init__(self, assets: Assets, *, sdk_max_age_s: int) -> None:
        self._assets = assets
        self._sdk_caching = f"public, max-age={sdk_max_age_s}"

    async def sdk(self, call: Call) -> Answer:
        """GET /checkout.js and /v1/checkout.js"""
        headers = {"Cache-Control": self._sdk_caching, "Cross-Origin-Resource-Policy": "cross-origin"}
        return _file(call, self._build().sdk, headers)

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
        return _file(call, file, {"Cache-Control": FOR_EVER, "Cross-Origin-Resource-Policy": "same-origin"})

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


def _file(call: Call, file: File, headers: dict[str, str]) -> Answer:
    """The bytes, compressed for who takes that; 304 for who has them."""
    gzipped = file.gzipped if _takes_gzip(call.request.headers.get("Accept-Encoding", "")) else None
    tag = f'"{file.tag}"' if gzipped is None else f'"{file.tag}-gzip"'
    told = {**headers, "ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    known = [one.strip().removeprefix("W/") for one in call.request.headers.get("If-None-Match", "").split(",")]
    if tag in known or known == ["*"]:
        return Answer(304, b"", told, file.content_type)
    if gzipped is None:
        return Answer(200, file.body, told, file.content_type)
    return Answer(200, gzipped, {**told, "Content-Encoding": "gzip"}, file.content_type)


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip without refusing it."""
    for entry in accept_encoding.lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
