"""npm packages out of the cache: installed once from a lock, and a sentence for a person when that can't be done."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy.embedded import node
from deploy.embedded.failure import StackFailure


def folder_of(tmp_path: Path, packages: dict[str, object]) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    wanted = {name.removeprefix("node_modules/"): one["version"] for name, one in packages.items()}  # type: ignore[index]
    about = {"name": "project", "dependencies": wanted}
    (folder / "package.json").write_text(json.dumps(about))
    lock = {"name": "project", "lockfileVersion": 3, "packages": {"": about, **packages}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def test_node_runs_from_its_package() -> None:
    done = subprocess.run([node.program(), "--version"], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.startswith("v24.")


def test_a_lock_is_installed_once(tmp_path: Path) -> None:
    folder, cache = folder_of(tmp_path, {}), tmp_path / "cache"
    first = node.packages(folder, cache)
    made = first.parent.stat().st_ino
    assert node.packages(folder, cache) == first
    assert first.parent.stat().st_ino == made
    assert [path.name for path in (cache / "npm").iterdir()] == [first.parent.name], "nothing half done is left there"


def test_without_a_registry_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, {"node_modules/svix": {"version": "2.5.0", "integrity": "sha512-AAAA"}})
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(StackFailure, match=r"could not be installed: .* then run the same command again") as failure:
        node.packages(folder, tmp_path / "cache")
    assert "ECONNREFUSED" in failure.value.detail
    assert list((tmp_path / "cache" / "npm").iterdir()) == []
