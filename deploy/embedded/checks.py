"""What must hold before anything is started: free ports, a folder that can be written, room on the disk."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from deploy.embedded.config import StackConfig
from deploy.embedded.failure import StackFailure, explained
from deploy.embedded.ports import is_free, owner_of
from deploy.embedded.processes import replica_name

NEEDED_MIB: Final = 600
"""Kafka's jars, fresh data folders and some room to work."""


def check(config: StackConfig) -> None:
    """Raise the first sentence that applies."""
    check_folder(config.state_dir)
    for name, port in used_ports(config).items():
        check_port(name, port)


def check_folder(folder: Path) -> None:
    """Make the state folder; it must be ours to write and have room."""
    with explained(folder):
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    free_mib = shutil.disk_usage(folder).free // 2**20
    if free_mib < NEEDED_MIB:
        raise StackFailure(
            f"The disk that holds {folder} has {free_mib} MiB left and Paygate needs {NEEDED_MIB}: free some space, or "
            "name a folder on another disk with PAYGATE_STATE_DIR."
        )


def used_ports(config: StackConfig) -> dict[str, int]:
    """Every port that this stack will listen on."""
    names = [replica_name(name, i) for name in config.services for i in range(config.replica_count(name))]
    names += ["postgres"] * config.postgres + ["kafka", "kafka-controller"] * config.kafka
    return {name: config.port(name) for name in names}


def check_port(name: str, port: int) -> None:
    """Say who has it and how to move."""
    if is_free(port):
        return
    by = owner_of(port)
    raise StackFailure(
        f"Port {port}, which {name} needs, is taken{f' by {by}' if by else ''}: end that, or move the whole stack to "
        "other ports, such as PAYGATE_PORT_BASE=18000 make up."
    )
