"""The browser is found, or had by whatever way this machine offers, once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.failure import StackFailure
from tests.browser.chromium import Machine, find

APT_GET: Final = """#!/bin/sh
echo "$@" >> {log}
case "$*" in *install*) {install} ;; esac
"""
INSTALLS: Final = "printf '#!/bin/sh\\n' > {bin}/chromium; /bin/chmod +x {bin}/chromium"


def machine(tmp_path: Path, *, install: str = INSTALLS, playwright: str = "false", **environ: str) -> Machine:
    """A Debian machine whose root has no browser and an apt-get of the test's."""
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    script(programs / "apt-get", APT_GET.format(log=tmp_path / "log", install=install.format(bin=programs)))
    (tmp_path / "os-release").write_text('NAME="Debian"\nID=debian\n')
    return Machine(
        environ={"PATH": str(programs), **environ},
        applications=(),
        os_release=tmp_path / "os-release",
        is_root=True,
        lock_dir=tmp_path / "cache",
        playwright=(f"/bin/{playwright}",),
    )


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def asked(tmp_path: Path) -> list[str]:
    log = tmp_path / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_a_browser_that_is_there_is_taken(tmp_path: Path) -> None:
    on = machine(tmp_path)
    there = script(tmp_path / "bin/google-chrome", "#!/bin/sh\n")
    named = script(tmp_path / "mine", "#!/bin/sh\n")
    assert find(pytest.fail, on) == there
    assert find(pytest.fail, machine(tmp_path, CHROMIUM=str(named))) == named
    assert asked(tmp_path) == []
    with pytest.raises(StackFailure, match="name another one, or unset it"):
        find(pytest.fail, machine(tmp_path, CHROMIUM="/no/such"))


def test_four_who_need_it_at_once_install_debians_package_once(tmp_path: Path) -> None:
    on, told = machine(tmp_path), list[str]()
    with ThreadPoolExecutor(4) as four:
        found = [*four.map(lambda _: find(told.append, on), range(4))]
    assert found == [tmp_path / "bin/chromium"] * 4
    assert [line.split()[6] for line in asked(tmp_path)] == ["update", "install"]
    assert [line for line in told if "installing Debian's package" in line] == told
    assert len(told) == 1


def test_playwrights_own_is_taken_where_debians_cannot_be_had(tmp_path: Path) -> None:
    told: list[str] = []
    assert find(told.append, machine(tmp_path, install="exit 100", playwright="true")) is None
    assert len(told) == 2
    no_root = Machine(
        environ={"PATH": str(tmp_path)}, applications=(), is_root=False, lock_dir=tmp_path, playwright=("/bin/true",)
    )
    assert find(told.append, no_root) is None
    assert len(told) == 3


def test_a_machine_that_offers_no_way_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StackFailure, match="apt-get install chromium") as failure:
        find(lambda _: None, machine(tmp_path, install="echo no network; exit 100"))
    assert "no network" in failure.value.detail
    assert "/bin/false" in failure.value.detail
