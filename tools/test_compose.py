"""`make test-compose`: starts docker-compose.yml under a name and ports of its own and takes a payment through it.

Needs a container engine; where none answers it says so and that is no failure.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.asking import Request
from tools.place import TEST_KEY, TEST_SECRET, ToolFailure
from tools.screen import complain

ROOT: Final = Path(__file__).resolve().parents[1]
SERVICES: Final = ("api", "processor", "refunder", "notifier", "checkout", "dashboard", "shop")
IMAGE: Final = "paygate:test-compose"
"""Not the one that a developer's own `docker compose up` runs."""

OVERHEAD_LIMIT_MS: Final = 5000
"""Of the demo; the first payment after a cold start, on a machine that may be busy with other tests."""

ENGINE_TIMEOUT_S: Final = 30
BUILD_TIMEOUT_S: Final = 1200
READY_TIMEOUT_S: Final = 300
DEMO_TIMEOUT_S: Final = 180
ASK_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 180


@dataclass(frozen=True, slots=True)
class Compose:
    """One project of its own."""

    project: str
    api_port: int
    shop_port: int
    processor_port: int
    checkout_port: int
    dashboard_port: int

    @property
    def environment(self) -> dict[str, str]:
        """Of docker compose."""
        ports = {
            "API_PORT": str(self.api_port),
            "SHOP_PORT": str(self.shop_port),
            "PROCESSOR_PORT": str(self.processor_port),
            "CHECKOUT_PORT": str(self.checkout_port),
            "DASHBOARD_PORT": str(self.dashboard_port),
        }
        return {**os.environ, **ports, "PAYGATE_IMAGE": IMAGE}

    def run(self, *arguments: str, timeout_s: float) -> None:
        """`docker compose …`, with its output shown. Raises ToolFailure."""
        command = ["docker", "compose", "--project-name", self.project, *arguments]
        ended = subprocess.run(command, cwd=ROOT, env=self.environment, timeout=timeout_s, check=False)
        if ended.returncode != 0:
            raise ToolFailure(f"`docker compose {' '.join(arguments)}` failed: read what it says above.")

    def read(self, *arguments: str) -> str:
        """What `docker compose …` prints. Raises ToolFailure."""
        return read("docker", "compose", "--project-name", self.project, *arguments, env=self.environment)


def read(*command: str, env: dict[str, str] | None = None) -> str:
    """What a command prints. Raises ToolFailure."""
    ended = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=False
    )
    if ended.returncode != 0:
        raise ToolFailure(f"`{' '.join(command)}` failed: {ended.stderr.strip() or ended.stdout.strip()}")
    return ended.stdout.strip()


def missing_engine() -> str | None:
    """Why no containers can be started here; None when they can."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    for command in (["docker", "info", "--format", "{{.ServerVersion}}"], ["docker", "compose", "version"]):
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=ENGINE_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return f"`{' '.join(command)}` does not answer"
        if ended.returncode != 0:
            return (ended.stderr.strip().splitlines() or ["it does not say why"])[-1]
    return None


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(compose: Compose) -> Iterator[None]:
    """Everything built, started and healthy; removed with its data afterwards, whatever happens."""
    with timed("built"):
        compose.run("build", "--quiet", timeout_s=BUILD_TIMEOUT_S)
    try:
        with timed("started and healthy"):
            compose.run("up", "--detach", "--wait", timeout_s=READY_TIMEOUT_S)
        yield
    except BaseException:
        subprocess.run(
            ["docker", "compose", "--project-name", compose.project, "logs", "--tail", "30"],
            cwd=ROOT, env=compose.environment, timeout=ASK_TIMEOUT_S, check=False,
        )  # fmt: skip
        raise
    finally:
        compose.run("down", "--volumes", "--remove-orphans", timeout_s=STOP_TIMEOUT_S)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say when it is done, and after how long."""
    began_s = time.monotonic()
    yield
    print(f"  ✓ {what}, after {time.monotonic() - began_s:.1f} s", flush=True)


def check_containers(compose: Compose) -> None:
    """Not root, on a file system that cannot be written, without what an intruder would like."""
    for service in SERVICES:
        user = compose.read("exec", "--no-TTY", service, "id", "-u")
        if user == "0":
            raise ToolFailure(f"The container of {service} runs as root: see USER in deploy/Dockerfile.")
        tools = compose.read("exec", "--no-TTY", service, "sh", "-c", "command -v pip gcc make node npm || true")
        writable = compose.read("exec", "--no-TTY", service, "sh", "-c", "test -w /app && echo yes || echo no")
        if tools or writable != "no":
            raise ToolFailure(f"The container of {service} is not closed (tools: {tools}; /app writable: {writable}).")
    print(f"  ✓ {len(SERVICES)} containers run without root, without build tools, on a read-only file system")


def check_repeatable(compose: Compose) -> None:
    """A second `up` provisions again, changes nothing and disturbs nobody."""
    before = containers(compose)
    compose.run("up", "--detach", "--wait", timeout_s=READY_TIMEOUT_S)
    after = containers(compose)
    replaced = [name for name in SERVICES if before[name]["ID"] != after[name]["ID"]]
    if replaced:
        raise ToolFailure(f"A second `docker compose up` replaced {', '.join(replaced)}: it must find all as it is.")


def containers(compose: Compose) -> dict[str, dict[str, Any]]:
    """By service."""
    lines = compose.read("ps", "--all", "--format", "json").splitlines()
    rows = json.loads(lines[0]) if lines and lines[0].startswith("[") else [json.loads(line) for line in lines]
    return {row["Service"]: row for row in rows}


def check_demo(compose: Compose) -> None:
    """One payment, all the way."""
    places = {"API_URL": compose.api_port, "SHOP_URL": compose.shop_port}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in places.items()}
    command = [sys.executable, "-m", "tools.demo", "--limit-ms", str(OVERHEAD_LIMIT_MS)]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **urls}, timeout=DEMO_TIMEOUT_S, check=False)
    if ended.returncode != 0:
        raise ToolFailure("The demo failed on the containers: read what it says above.")


def check_checkout(compose: Compose) -> None:
    """A hosted session's page, its script and the SDK, as the image's own stage built them."""
    api, checkout = (f"http://127.0.0.1:{port}" for port in (compose.api_port, compose.checkout_port))
    credentials = f"{TEST_KEY}:{TEST_SECRET}"
    money = {"amount": 50_000, "currency": "INR"}
    order = Request("POST", f"{api}/api/v1/orders", credentials, money).send().expect(201)
    session_of = {"order_id": order["id"]}
    session = Request("POST", f"{api}/api/v1/checkout/sessions", credentials, session_of).send().expect(201)
    page = fetch(session["url"].replace("http://localhost:", "http://127.0.0.1:")).decode()
    for file in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page) or ["/assets/none-is-linked"]:
        fetch(checkout + file)
    digest = base64.b64encode(hashlib.sha384(fetch(f"{checkout}/checkout.js")).digest()).decode()
    told = json.loads(fetch(f"{checkout}/v1/integrity.json"))
    if told != {"/v1/checkout.js": f"sha384-{digest}"}:
        raise ToolFailure(f"The SDK is not what /v1/integrity.json says: sha384-{digest}, not {told}.")
    print("  ✓ the checkout's page, its files and checkout.js come from the image")


def fetch(url: str) -> bytes:
    """What is there. Raises ToolFailure for anything but a success."""
    try:
        with urllib.request.urlopen(url, timeout=ASK_TIMEOUT_S) as response:
            return bytes(response.read())
    except OSError as error:
        raise ToolFailure(f"{url} can't be had: {error}") from error


def check_audit(compose: Compose) -> None:
    """Over all merchants, from inside, as an operator would."""
    print(compose.read("exec", "--no-TTY", "api", "python", "-m", "tools.audit"))


def check_graceful_end(compose: Compose) -> None:
    """Every service ends by itself when it is told to, within its grace."""
    with timed("stopped"):
        compose.run("stop", timeout_s=STOP_TIMEOUT_S)
    codes = {name: row["ExitCode"] for name, row in containers(compose).items() if name in SERVICES}
    if killed := {name: code for name, code in codes.items() if code != 0}:
        raise ToolFailure(f"Not every service ended gracefully: {killed} (exit codes; 137 was killed).")


def main() -> int:
    """The exit code."""
    if reason := missing_engine():
        print(f"No container engine answers here ({reason}): skipped. `make up` and `make test` need none.")
        return 0
    compose = Compose(f"paygate-test-{os.getpid()}", *(free_port() for _ in range(5)))
    print(f"Starting docker-compose.yml as {compose.project}", flush=True)
    try:
        with started(compose):
            check_containers(compose)
            check_demo(compose)
            check_checkout(compose)
            check_repeatable(compose)
            check_audit(compose)
            check_graceful_end(compose)
    except ToolFailure as failure:
        return complain(str(failure))
    except subprocess.TimeoutExpired as late:
        return complain(f"`{' '.join(late.cmd[:4])} …` did not end within {late.timeout:.0f} s: is the machine busy?")
    except KeyboardInterrupt:
        return 130
    print("\nThe containers did all of it, and are removed with their data.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
