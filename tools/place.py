"""Where the running stack is: what the environment names, else what `make up` started, else the documented ports."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deploy.embedded import control
from deploy.embedded.config import StackConfig
from deploy.embedded.credentials import load_or_make
from deploy.embedded.failure import StackFailure
from deploy.embedded.ports import HOST

TEST_KEY: Final = "key_test_abc123"
TEST_SECRET: Final = "secret_test_xyz789"
"""The seeded test merchant's; printed in the documentation, so no secret."""


class ToolFailure(Exception):
    """What went wrong, in one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one stack, and whose credentials to use."""

    api_url: str
    shop_url: str
    kafka_bootstrap_servers: str
    key: str = TEST_KEY
    secret: str = TEST_SECRET
    internal_token: str | None = None
    """The operator's, when we hold it."""
    admin_key: str | None = None
    """The operator's key of the API, when we hold it."""
    dashboard_url: str = "http://localhost:3002"

    @classmethod
    def find(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Raises ToolFailure when the environment is not usable."""
        try:
            config = StackConfig.from_environment()
        except StackFailure as failure:
            raise ToolFailure(failure.sentence) from failure
        started = _started(config.state_dir)
        ports = (started or config).ports
        token, admin_key = environ.get("INTERNAL_TOKEN"), environ.get("ADMIN_API_KEY")
        if started and "API_URL" not in environ:
            credentials = load_or_make(config.state_dir)
            token = token or credentials.internal_token
            admin_key = admin_key or credentials.admin_api_key
        return cls(
            api_url=environ.get("API_URL", f"http://{HOST}:{ports['api']}").rstrip("/"),
            shop_url=environ.get("SHOP_URL", f"http://{HOST}:{ports['shop']}").rstrip("/"),
            kafka_bootstrap_servers=environ.get("KAFKA_BOOTSTRAP_SERVERS", f"{HOST}:{ports['kafka']}"),
            key=environ.get("API_KEY", TEST_KEY),
            secret=environ.get("API_SECRET", TEST_SECRET),
            internal_token=token,
            admin_key=admin_key,
            dashboard_url=environ.get("DASHBOARD_URL", f"http://localhost:{ports['dashboard']}").rstrip("/"),
        )


def _started(state_dir: Path) -> StackConfig | None:
    """The stack that `make up` runs with this state folder; None when none does (there may be one in containers)."""
    try:
        config = StackConfig.from_json((state_dir / "stack.json").read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return config if control.is_listening(config.control_socket) else None
