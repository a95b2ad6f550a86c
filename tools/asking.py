"""HTTP as a person would do it with curl: each request can be shown as the command, and be sent."""

import base64
import json
import shlex
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode

from tools.place import Place, ToolFailure

TIMEOUT_S: Final = 20.0
CURL_WIDTH: Final = 100
"""Characters in a line of a command."""

_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The stack is here; a proxy of the environment knows nothing of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `credentials` is `key:secret`, sent with HTTP Basic; `bearer` a token instead; `service` is who is
    asked, by the name of its logs."""

    method: str
    url: str
    credentials: str | None = None
    body: dict[str, Any] | None = None
    idempotency_key: str | None = None
    bearer: str | None = None
    timeout_s: float = TIMEOUT_S
    service: str = "api"

    def curl(self) -> str:
        """The command that does the same; what would make a line too long goes on in the next."""
        method = "" if self.method == "GET" else f"X {self.method}"
        parts = [f"-u {shlex.quote(self.credentials)}"] if self.credentials else []
        if self.idempotency_key:
            parts.append(f"-H 'Idempotency-Key: {self.idempotency_key}'")
        if self.body is not None:
            parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(self.body))}"]
        lines = [f"curl -s{method} {shlex.quote(self.url)}"]
        for part in parts:
            if len(lines[-1]) + len(part) < CURL_WIDTH:
                lines[-1] += f" {part}"
            else:
                lines.append(f"    {part}")
        return " \\\n".join(lines)

    def send(self) -> "Response":
        """Its answer, whatever the status. Raises ToolFailure when there is none."""
        data = None if self.body is None else json.dumps(self.body).encode()
        outgoing = urllib.request.Request(self.url, data, self._headers(), method=self.method)
        began_s = time.perf_counter()
        try:
            with _DIRECT.open(outgoing, timeout=self.timeout_s) as response:
                status, raw = response.status, response.read()
        except urllib.error.HTTPError as refused:
            with refused:
                status, raw = refused.code, refused.read()
        except (OSError, HTTPException) as error:
            raise ToolFailure(self._no_answer(error)) from error
        return Response(self, status, _parsed(raw, self.url), time.perf_counter() - began_s)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.credentials:
            headers["Authorization"] = "Basic " + base64.b64encode(self.credentials.encode()).decode()
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        if self.idempotency_key:
            headers["Idempotency-Key"] = self.idempotency_key
        return headers

    def _no_answer(self, error: Exception) -> str:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ConnectionRefusedError):
            return (
                f"Nothing answers at {self.url}: run `make up` first, or say with API_URL and SHOP_URL where your "
                "stack is."
            )
        return f"{self.method} {self.url} got no answer ({reason}): see `make status` and `make logs`."


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, and after how long."""

    request: Request
    status: int
    body: dict[str, Any]
    took_s: float

    def expect(self, status: int) -> dict[str, Any]:
        """The body. Raises ToolFailure when the status is another one."""
        if self.status == status:
            return self.body
        error = self.body.get("error", {})
        said = error.get("description", "no reason given") if isinstance(error, dict) else error
        raise ToolFailure(
            f"{self.request.method} {self.request.url} answered {self.status} instead of {status} ({said}): "
            f"see `make logs s={self.request.service}`."
        )


def _parsed(raw: bytes, url: str) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ToolFailure(f"{url} did not answer with JSON: is another program listening on that port?")
    return body


@dataclass(frozen=True, slots=True)
class Merchant:
    """The test merchant: its requests to the gateway, and to its own shop."""

    place: Place

    def api(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Request:
        """A request to the merchant API; `key` is its Idempotency-Key."""
        credentials = f"{self.place.key}:{self.place.secret}"
        return Request(method, f"{self.place.api_url}/api/v1{path}", credentials, body, key, timeout_s=timeout_s)

    def shop(self, path: str, **query: str) -> Request:
        """A question to the test shop."""
        url = f"{self.place.shop_url}{path}" + (f"?{urlencode(query)}" if query else "")
        return Request("GET", url, service="shop")
