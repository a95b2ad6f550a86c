"""What a buyer's browser says and sends: what must never happen is collected, and fails the test that owns it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

MARK: Final = "§"
LISTEN: Final = """(() => {
  const tell = (way, said) => {
    let text;
    const where = {way, at: location.origin, top: self === top};
    try { text = JSON.stringify({...where, ...said}); } catch { text = JSON.stringify(where); }
    console.debug("§" + (text.length < 100_000 ? text : JSON.stringify({...where, data: "too long to be told"})));
  };
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (data, ...rest) {
    tell("port", {data});
    return post.call(this, data, ...rest);
  };
  addEventListener("message", ({data, origin}) => tell("window", {data, origin}), true);
  addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, disposition}) =>
    tell("violation", {data: `${disposition} ${violatedDirective} ${blockedURI}`}), true);
})()"""
"""Runs first in every frame: notes what is posted to ports, what comes to windows, and violations of a policy."""

LOCAL: Final = ("127.0.0.1", "localhost")
OWN_SCHEMES: Final = ("data", "blob", "about")


@dataclass(frozen=True, slots=True)
class Message:
    """`way`: to a port or a window; `at`: the origin of the frame that posted to the port or that the window is of."""

    way: str
    at: str
    top: bool
    data: Any
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that left the browser."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(eq=False)
class Watch:
    """Of one context. Without slots: Playwright keeps its handlers in here."""

    troubles: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    requests: list[Sent] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    @classmethod
    async def of(cls, context: BrowserContext) -> Self:
        """Listen from now on."""
        watch = cls()
        await context.add_init_script(LISTEN)
        context.on("console", watch._heard)
        context.on("weberror", watch._failed)
        context.on("request", watch._sent)
        return watch

    def expect(self, *patterns: str) -> None:
        """What matches one of these is the test's own doing."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    @property
    def unexpected(self) -> list[str]:
        """Errors and warnings on the console, uncaught errors, violations of a policy, requests to third parties."""
        return [one for one in self.troubles if not any(pattern.search(one) for pattern in self._expected)]

    @property
    def violations(self) -> list[str]:
        """Of a Content-Security-Policy, in whatever frame."""
        return [one for one in self.troubles if one.startswith("violation")]

    def _heard(self, message: ConsoleMessage) -> None:
        text = message.text
        self.console.append(text)
        if message.type == "debug" and text.startswith(MARK):
            told = json.loads(text.removeprefix(MARK))
            if told["way"] == "violation":
                self.troubles.append(f"violation at {told['at']}: {told['data']}")
            else:
                self.messages.append(Message(**{"data": None, **told}))
        elif message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {text} ({message.location.get('url')})")

    def _failed(self, error: WebError) -> None:
        self.troubles.append(f"uncaught: {error.error.message}")

    def _sent(self, request: Request) -> None:
        self.requests.append(Sent(request.method, request.url, request.post_data_buffer or b"", dict(request.headers)))
        parts = urlsplit(request.url)
        if parts.scheme not in OWN_SCHEMES and parts.hostname not in LOCAL:
            self.troubles.append(f"third party: {request.url}")
