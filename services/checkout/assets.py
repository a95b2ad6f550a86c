"""What `ui/` was built into, kept in memory: the page's files under names with their hash, and the SDK.

A file is served because the build made it, never because a path leads to it.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ValidationError

from chassis.files import File, read, read_one

log = structlog.get_logger()

ASSETS_PATH: Final = "/assets/"


@dataclass(frozen=True, slots=True)
class Build:
    """One build. `script`, `styles` and `preload` are the addresses that the page names."""

    script: str
    styles: tuple[str, ...]
    preload: tuple[str, ...]
    assets: dict[str, File]
    sdk: File
    sdk_integrity: str


class _Manifest(BaseModel):
    script: str
    styles: list[str]
    preload: list[str]


class Assets:
    """The build in a folder, read again when it was built anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._build: Build | None = None
        self._read_at: tuple[int, ...] | None = None

    def build(self) -> Build | None:
        """The present build; None when there is none. While a new one takes the place of another, still the other."""
        made_at = self._made_at()
        if made_at is not None and made_at != self._read_at:
            try:
                self._build = _read(self._folder)
                self._read_at = made_at
            except (OSError, ValueError, ValidationError) as error:
                log.warning("assets.unreadable", folder=str(self._folder), error=str(error))
        return self._build

    def _made_at(self) -> tuple[int, ...] | None:
        """Another value after each build, for the price of two looks at the file system."""
        try:
            looks = [path.stat() for path in (_manifest_of(self._folder), _sdk_of(self._folder))]
        except OSError:
            return None
        return tuple(number for look in looks for number in (look.st_mtime_ns, look.st_ino, look.st_size))


def integrity_of(body: bytes) -> str:
    """For a script tag's attribute `integrity`."""
    return f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"


def _read(folder: Path) -> Build:
    manifest = _Manifest.model_validate_json(_manifest_of(folder).read_bytes())
    assets = read(folder / "checkout" / "assets")
    for named in (manifest.script, *manifest.styles, *manifest.preload):
        if named.removeprefix(ASSETS_PATH) not in assets or not named.startswith(ASSETS_PATH):
            raise ValueError(f"the manifest names {named}, which is not there")
    sdk = read_one(_sdk_of(folder))
    return Build(
        script=manifest.script,
        styles=tuple(manifest.styles),
        preload=tuple(manifest.preload),
        assets=assets,
        sdk=sdk,
        sdk_integrity=integrity_of(sdk.body),
    )


def _manifest_of(folder: Path) -> Path:
    return folder / "checkout" / "manifest.json"


def _sdk_of(folder: Path) -> Path:
    return folder / "sdk" / "checkout.js"
