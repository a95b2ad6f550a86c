"""Which port each process of the stack listens on, and whether a port is free."""

import random
import shutil
import socket
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

HOST = "127.0.0.1"

DEFAULT_PORTS = {
    "api": 8000,
    "processor": 8010,
    "refunder": 8020,
    "notifier": 8030,
    "checkout": 3001,
    "dashboard": 3002,
    "acquirer": 8040,
    "shop": 4000,
    "postgres": 5432,
    "kafka": 9092,
    "kafka-controller": 9093,
}

OFFSETS = {
    "api": 0,
    "processor": 10,
    "refunder": 20,
    "notifier": 30,
    "acquirer": 40,
    "shop": 50,
    "postgres": 60,
    "kafka": 70,
    "kafka-controller": 71,
    "checkout": 80,
    "dashboard": 90,
}
"""Where each process stands above PAYGATE_PORT_BASE; a second replica takes the next port."""

SPAN = 100
"""How many ports a moved stack may use, from its base on."""

BASES = range(10_000, 32_000, 100)
"""Where a stack without a place of its own may stand: below the range that the system hands out itself."""


def ports_from(base: int | None) -> dict[str, int]:
    """Every port of a stack; without a base the ports that the documentation names."""
    if base is None:
        return dict(DEFAULT_PORTS)
    return {name: base + offset for name, offset in OFFSETS.items()}


def is_free(port: int) -> bool:
    """Whether somebody could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_base(among: Sequence[int] = BASES) -> int:
    """A base above which every port of a stack is free now. Who may look at the same time looks among others."""
    chooser = random.SystemRandom()
    while True:
        base = chooser.choice(among)
        if all_free(base + offset for offset in (*OFFSETS.values(), 1, 11, 21, 31, 81, 91)):
            return base


def all_free(ports: Iterable[int]) -> bool:
    """Whether none of these ports is taken."""
    return all(is_free(port) for port in ports)


def owner_of(port: int) -> str | None:
    """Who listens on this port, as 'name (pid 12)', where the system lets us know."""
    if Path("/proc/net/tcp").exists():
        return _owner_by_proc(port)
    return _owner_by_lsof(port)


def _owner_by_proc(port: int) -> str | None:
    sockets = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _listening_inodes(table, port)}
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(handle.readlink()) in sockets:
                process = handle.parent.parent
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
        except OSError:  # ended meanwhile, or not ours to see
            continue
    return None


def _listening_inodes(table: str, port: int) -> list[str]:
    listen_state = "0A"
    rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return [row[9] for row in rows if row[3] == listen_state and int(row[1].rsplit(":", 1)[1], 16) == port]


def _owner_by_lsof(port: int) -> str | None:
    lsof = shutil.which("lsof")
    if lsof is None:
        return None
    command = [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    fields = {line[0]: line[1:] for line in answer.splitlines() if line}
    return f"{fields['c']} (pid {fields['p']})" if {"c", "p"} <= fields.keys() else None
