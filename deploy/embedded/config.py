"""What one embedded stack is: its folder, its ports, how many of each process."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from deploy.embedded.failure import StackFailure
from deploy.embedded.ports import ports_from

ROOT: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ("api", "processor", "refunder", "notifier", "checkout", "dashboard", "shop")
"""What runs unless PAYGATE_SERVICES names others (the acquirer as a process of its own is one of them)."""

REPLICATED: Final = ("api", "processor", "refunder", "notifier", "checkout", "dashboard")
"""<NAME>_REPLICAS says how many processes of each."""

LIVE_FAILURES: Final = 5
"""So many polls of /live in a row must fail before a process that runs is ended and started anew."""

SOCKET_PATH_LIMIT: Final = 100
"""Bytes; a longer path of a Unix socket is refused by the system."""

PORT_BASES: Final = range(1024, 65_001)
REPLICAS: Final = range(1, 10)
NO_OR_YES: Final = range(2)


@dataclass(frozen=True, slots=True)
class StackSetting:
    """A variable that this module reads, as docs/settings.md shows it; the default is empty when there is none."""

    name: str
    default: str
    description: str
    allowed: range | None = None


SETTINGS: Final = (
    StackSetting("PAYGATE_STATE_DIR", ".run", "Folder of everything that the stack keeps: data, logs, credentials"),
    StackSetting(
        "PAYGATE_PORT_BASE",
        "",
        "Moves the whole stack: the api to this port, the others to fixed distances above it; unset: the usual ports",
        PORT_BASES,
    ),
    StackSetting(
        "PAYGATE_CACHE_DIR", "~/.cache/paygate", "Folder of downloads; every checkout of this machine may share it"
    ),
    StackSetting("PAYGATE_SERVICES", " ".join(SERVICES), "What is started; `acquirer` may be added"),
    *(
        StackSetting(f"{name.upper()}_REPLICAS", "1", f"How many processes of the {name} run", REPLICAS)
        for name in REPLICATED
    ),
    StackSetting(
        "SHARE_PORTS",
        "0",
        "1: the port of a service is served by all its replicas together, beside each one's own; the kernel deals out "
        "connections",
        NO_OR_YES,
    ),
)


def default_cache_dir() -> Path:
    """Where downloads are kept, so that a second checkout finds them."""
    named = os.environ.get("PAYGATE_CACHE_DIR")
    if named:
        return Path(named).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paygate"


def _number(setting: str, allowed: range) -> int | None:
    text = os.environ.get(setting)
    if not text:
        return None
    if not text.isdecimal() or int(text) not in allowed:
        raise StackFailure(
            f"{setting} is '{text}' and must be a number from {allowed[0]} to {allowed[-1]}: change it or unset it."
        )
    return int(text)


def _services() -> tuple[str, ...]:
    named = tuple(os.environ.get("PAYGATE_SERVICES", " ".join(SERVICES)).split())
    known = ("acquirer", *SERVICES)
    if unknown := set(named) - set(known):
        raise StackFailure(
            f"PAYGATE_SERVICES names {' and '.join(sorted(unknown))}: choose from {' '.join(known)}, or unset it."
        )
    return named


@dataclass(frozen=True, slots=True)
class StackConfig:
    """`services` are started in this order of the table; an empty tuple means Postgres and Kafka alone."""

    state_dir: Path
    ports: Mapping[str, int]
    services: tuple[str, ...] = SERVICES
    postgres: bool = True
    kafka: bool = True
    replicas: Mapping[str, int] = field(default_factory=dict)
    share_ports: bool = False
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Extra environment per service name ("api"), or for all of them under "*"."""
    postgres_settings: Mapping[str, str] = field(default_factory=dict)
    """Postgres' own, instead of those that every stack has: for tests."""
    live_failures: int = LIVE_FAILURES
    end_with_parent: bool = False
    """End when the process that started the supervisor is gone: for tests."""
    cache_dir: Path = field(default_factory=default_cache_dir)

    @classmethod
    def from_environment(cls) -> Self:
        """The stack that `make up` means."""
        environ = os.environ
        return cls(
            state_dir=Path(environ.get("PAYGATE_STATE_DIR") or ROOT / ".run").absolute(),
            ports=ports_from(_number("PAYGATE_PORT_BASE", PORT_BASES)),
            services=_services(),
            replicas={name: _number(f"{name.upper()}_REPLICAS", REPLICAS) or 1 for name in REPLICATED},
            share_ports=bool(_number("SHARE_PORTS", NO_OR_YES)),
        )

    @property
    def logs_dir(self) -> Path:
        """One file per process."""
        return self.state_dir / "logs"

    @property
    def control_socket(self) -> Path:
        """Where the supervisor listens for commands."""
        path = self.state_dir / "control.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        return Path(tempfile.gettempdir()) / f"paygate-{self.digest}.sock"

    @property
    def digest(self) -> str:
        """A short name of this state folder, for what has to live outside of it."""
        return hashlib.sha256(os.fsencode(self.state_dir)).hexdigest()[:12]

    def replica_count(self, service: str) -> int:
        """How many processes of a service run."""
        return self.replicas.get(service, 1)

    def url(self, name: str) -> str:
        """The base URL of a service, or of a replica such as 'api-1'."""
        return f"http://127.0.0.1:{self.port(name)}"

    def port(self, name: str) -> int:
        """The port of a process; 'api-1' is the port after 'api'."""
        if name in self.ports:
            return self.ports[name]
        service, _, index = name.rpartition("-")
        return self.ports[service] + int(index)

    def to_json(self) -> str:
        """For the supervisor process."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        fields = json.loads(text)
        fields["state_dir"] = Path(fields["state_dir"])
        fields["cache_dir"] = Path(fields["cache_dir"])
        fields["services"] = tuple(fields["services"])
        return cls(**fields)
