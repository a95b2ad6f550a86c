"""Files of a built page, kept in memory and served with what makes a browser ask for each only once."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chassis.http import Answer, Call

TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""What is served, and as what; a file of another kind is not."""

COMPRESSED: Final = (".js", ".css", ".json", ".svg")
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For a name with a hash in it, which never means something else."""


@dataclass(frozen=True, slots=True)
class File:
    """A file's bytes as they are and, where that is shorter, compressed. `tag`: its ETag without quotes."""

    body: bytes
    gzipped: bytes | None
    content_type: str
    tag: str


def read_one(path: Path) -> File:
    """One file."""
    body = path.read_bytes()
    gzipped = gzip.compress(body, mtime=0) if path.suffix in COMPRESSED else None
    shorter = gzipped if gzipped is not None and len(gzipped) < len(body) else None
    return File(body, shorter, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:32])


def read(folder: Path) -> dict[str, File]:
    """The files of a folder that can be served, by name."""
    return {path.name: read_one(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES and path.is_file()}


def answer(call: Call, file: File, headers: dict[str, str]) -> Answer:
    """The bytes, compressed for who takes that; 304 for who has them."""
    gzipped = file.gzipped if _takes_gzip(call.request.headers.get("Accept-Encoding", "")) else None
    tag = f'"{file.tag}"' if gzipped is None else f'"{file.tag}-gzip"'
    told = {**headers, "ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    known = [one.strip().removeprefix("W/") for one in call.request.headers.get("If-None-Match", "").split(",")]
    if tag in known or known == ["*"]:
        return Answer(304, b"", told, file.content_type)
    if gzipped is None:
        return Answer(200, file.body, told, file.content_type)
    return Answer(200, gzipped, {**told, "Content-Encoding": "gzip"}, file.content_type)


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip without refusing it."""
    for entry in accept_encoding.lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
