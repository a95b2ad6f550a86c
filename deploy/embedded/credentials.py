"""The stack's own secrets: made once per state folder, kept in secrets.json, readable by its owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.schemas import ROLES


def _password() -> str:
    return secrets.token_hex(16)


def _key() -> str:
    return secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hexadecimal throughout, so that none needs quoting in a URL or in SQL."""

    postgres: str = field(default_factory=_password)
    roles: dict[str, str] = field(default_factory=lambda: {role: _password() for role in ROLES})
    internal_token: str = field(default_factory=_key)
    fingerprint_key: str = field(default_factory=_key)
    encryption_key: str = field(default_factory=_key)
    admin_api_key: str = field(default_factory=_key)


def load_or_make(state_dir: Path) -> Credentials:
    """The secrets of this state folder; one that an older file lacks is added to it."""
    path = state_dir / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    new = Credentials()
    made = Credentials(**asdict(new) | kept | {"roles": new.roles | kept.get("roles", {})})
    if asdict(made) == kept:
        return made
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=2)
    unfinished.replace(path)
    return made
