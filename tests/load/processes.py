"""What processes cost, from /proc: CPU by part of a stack, memory, and what the rest of the machine does meanwhile."""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
PROC: Final = Path("/proc")
SERVERS: Final = "postgres"
"""The part whose children are told apart, by the role that each of them works for."""

BACKGROUND: Final = "background"
OTHERS: Final = "others"
"""What the rest of the machine does meanwhile: no part of a cost, but of how far to trust it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What has been used until now, in s: by pid with its part, of the parts' ended children, of the whole machine."""

    running: Mapping[int, tuple[str, float]]
    ended: Mapping[str, float]
    machine_s: float


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    cpu_s: float
    ended_s: float


def snapshot(roots: Mapping[str, int]) -> Snapshot:
    """Of each part's process and everything below it; 10 ms is the least that the kernel tells."""
    found = _processes()
    parts = {pid: name for name, pid in roots.items()}
    running: dict[int, tuple[str, float]] = {}
    for pid, process in found.items():
        part = _part_of(pid, found, parts)
        if part is not None:
            running[pid] = (_told_apart(part, pid, pid == roots[part]), process.cpu_s)
    ended = {_told_apart(name, pid, True): found[pid].ended_s for name, pid in roots.items() if pid in found}
    return Snapshot(running, ended, _machine_s())


def spent_s(before: Snapshot, after: Snapshot) -> dict[str, float]:
    """CPU of each part between the two; `others` is what the rest of the machine used."""
    spent: dict[str, float] = defaultdict(float)
    for pid, (part, cpu_s) in after.running.items():
        spent[part] += cpu_s - (before.running[pid][1] if pid in before.running else 0.0)
    for part, ended_s in after.ended.items():
        spent[part] += ended_s - before.ended.get(part, ended_s)
    for pid, (part, cpu_s) in before.running.items():
        if pid not in after.running and part.startswith(SERVERS):
            spent[_named(BACKGROUND)] -= cpu_s  # its parent has all of it now, also what it spent before
    spent[OTHERS] = max(0.0, after.machine_s - before.machine_s - sum(spent.values()))
    return dict(spent)


def total(spent: Mapping[str, float]) -> float:
    """Of all parts, without what the rest of the machine did."""
    return sum(amount for part, amount in spent.items() if part != OTHERS)


def memory_mb(pid: int) -> float:
    """What it holds in memory now (VmRSS)."""
    return _status_mb(pid, "VmRSS")


def peak_memory_mb(pid: int) -> float:
    """The most that it has held (VmHWM)."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, name: str) -> float:
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _processes() -> dict[int, _Process]:
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        own, ended = (sum(map(int, pair)) / TICKS_PER_S for pair in (fields[11:13], fields[13:15]))
        found[int(folder.name)] = _Process(int(fields[1]), own, ended)
    return found


def _part_of(pid: int, found: Mapping[int, _Process], parts: Mapping[int, str]) -> str | None:
    """The part that it, or whoever started it, is."""
    while pid in found:
        if pid in parts:
            return parts[pid]
        pid = found[pid].parent
    return None


def _told_apart(part: str, pid: int, is_root: bool) -> str:
    """Of a Postgres backend its role, which its title names; everything else of Postgres is its background."""
    if part != SERVERS:
        return part
    try:
        title = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")[0].decode().split()
    except OSError:
        title = []
    # postgres: api paygate 127.0.0.1(59424) idle
    is_backend = not is_root and len(title) > 3 and title[0] == "postgres:" and "(" in title[3]
    return _named(title[1] if is_backend else BACKGROUND)


def _named(whose: str) -> str:
    return f"{SERVERS} ({whose})"


def _machine_s() -> float:
    """Everything but idleness and waiting for disks; guests count as user time already."""
    user, nice, system, _idle, _wait, irq, softirq, steal = map(
        int, (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_S
