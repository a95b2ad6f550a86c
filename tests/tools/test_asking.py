"""What the demo prints can be pasted, and what goes wrong is said in a sentence."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from deploy.embedded.ports import free_base
from tools.asking import Merchant, Request
from tools.place import Place, ToolFailure

SEEN_HEADERS = ("authorization", "content-type", "idempotency-key")


@contextmanager
def server(answer: bytes = b"{}", status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """A server that gives one answer and keeps what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers[name] for name in SEEN_HEADERS if name in self.headers}
            asked.append((self.command, self.path, headers, body))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def merchant_at(url: str) -> Merchant:
    return Merchant(Place(url, url, "127.0.0.1:9092"))


REQUESTS = [
    ("GET", "/payments?limit=1&status=success", None, None),
    ("POST", "/orders", {"amount": 50_000, "receipt": "It's ₹ 'quoted' \"twice\" \\ $HOME `id`"}, "demo-1"),
    ("POST", "/webhooks/whd_1/retry", None, None),
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize(("method", "path", "body", "key"), REQUESTS)
def test_the_printed_command_sends_the_same_request(
    method: str, path: str, body: dict[str, Any] | None, key: str | None
) -> None:
    with server() as (url, asked):
        request = merchant_at(url).api(method, path, body, key=key)
        request.send().expect(200)
        subprocess.run(["sh", "-c", request.curl() + " --noproxy '*'"], check=True, capture_output=True, timeout=20)
        sent, pasted = asked
    assert pasted == sent
    assert sent[1] == "/api/v1" + path


def test_a_stack_that_is_not_running_is_said_in_a_sentence() -> None:
    with pytest.raises(ToolFailure, match="run `make up` first"):
        merchant_at(f"http://127.0.0.1:{free_base()}").api("GET", "/orders").send()


def test_another_program_on_the_port_is_told_from_a_gateway() -> None:
    with server(b"<html>") as (url, _), pytest.raises(ToolFailure, match="is another program listening"):
        Request("GET", url).send()


def test_a_refusal_is_told_with_its_reason() -> None:
    with (
        server(b'{"error":{"description":"amount must be at least 100"}}', 400) as (url, _),
        pytest.raises(ToolFailure, match=r"answered 400 instead of 201 \(amount must be at least 100\)"),
    ):
        merchant_at(url).api("POST", "/orders", {"amount": 1}).send().expect(201)
