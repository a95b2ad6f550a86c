"""Kafka's jars: the committed lock, and the per-user cache that `maven` fills."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.config import ROOT

LOCK: Final = ROOT / "deploy/kafka/jars.lock"


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: its Maven coordinates and the SHA-256 of the file."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name under which the cache holds it."""
        return f"{self.artifact}-{self.version}.jar"

    def is_at(self, path: Path) -> bool:
        """Whether this file is there and is the one that the lock names."""
        return path.exists() and sha256_of(path) == self.sha256


def sha256_of(path: Path) -> str:
    """In hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_lock() -> list[Jar]:
    """The jars of the lock, in the order of the class path."""
    lines = [line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return [_parsed(*line) for line in lines]


def _parsed(coordinates: str, sha256: str) -> Jar:
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def folder_in(cache_dir: Path) -> Path:
    """Where the cache keeps them."""
    return cache_dir / "jars"


def missing(cache_dir: Path) -> list[Jar]:
    """What has to be fetched. Every jar is read and compared at every start, so a damaged one heals itself."""
    folder = folder_in(cache_dir)
    return [jar for jar in read_lock() if not jar.is_at(folder / jar.file_name)]


def class_path(cache_dir: Path) -> tuple[Path, ...]:
    """Kafka's."""
    return tuple(folder_in(cache_dir) / jar.file_name for jar in read_lock())
