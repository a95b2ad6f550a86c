"""The functions of docs/verification.md, word for word, and what each says about cases in a language of its own."""

import base64
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.embedded import node
from deploy.embedded.config import ROOT

PAGE: Final = ROOT / "docs/verification.md"
JUDGES: Final = Path(__file__).parent / "judges"
SNIPPET: Final = re.compile(r"^```\w+ (verification\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
PYTHON: Final = "verification.py"
TIMEOUT_S: Final = 120
"""Go compiles its own library first where it was never used before."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a shop's server holds against each other; no signature at all is None."""

    order_id: str
    payment_id: str
    signature: str | None
    secret: str


@dataclass(frozen=True, slots=True)
class Language:
    """How a function is run beside its judge: both files, and commands of which the last one reads the cases."""

    snippet: str
    judge: str
    commands: tuple[tuple[str, ...], ...]
    snippet_goes_to: str = "."

    def missing(self) -> str | None:
        """The first program of it that this machine has not."""
        return next((program for program, *_ in self.commands if shutil.which(program) is None), None)


LANGUAGES: Final = {
    "node": Language("verification.mjs", "judge.mjs", ((str(node.program()), "judge.mjs"),)),
    "go": Language(
        "verification.go", "judge.go", (("go", "mod", "init", "judge"), ("go", "run", ".")), snippet_goes_to="checkout"
    ),
    "php": Language("verification.php", "judge.php", (("php", "judge.php"),)),
    "ruby": Language("verification.rb", "judge.rb", (("ruby", "judge.rb"),)),
    "java": Language(
        "Verification.java",
        "Judge.java",
        (("javac", "Verification.java", "Judge.java"), ("java", "-XX:TieredStopAtLevel=1", "Judge")),
    ),
}


def snippets() -> dict[str, str]:
    """The page's functions by their file."""
    return dict(SNIPPET.findall(PAGE.read_text(encoding="utf-8")))


def ask(language: Language, folder: Path, cases: Sequence[Case]) -> list[bool]:
    """What the function says to each case; `folder` is empty and the test's own."""
    (folder / language.snippet_goes_to).mkdir(exist_ok=True)
    (folder / language.snippet_goes_to / language.snippet).write_text(snippets()[language.snippet], encoding="utf-8")
    shutil.copy(JUDGES / language.judge, folder)
    said = ""
    for command in language.commands:
        said = _run(command, folder, "".join(map(_line, cases)))
    return [{"true": True, "false": False}[word] for word in said.split()]


def ask_python(cases: Sequence[Case]) -> list[bool]:
    """The same of the one function that needs no other program."""
    names: dict[str, Any] = {}
    exec(snippets()[PYTHON], names)  # the repository's own page
    return [names["verify"](one.order_id, one.payment_id, one.signature, one.secret) for one in cases]


def _run(command: Sequence[str], folder: Path, given: str) -> str:
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _line(case: Case) -> str:
    texts = (case.order_id, case.payment_id, case.signature, case.secret)
    return ",".join("-" if one is None else base64.b64encode(one.encode()).decode() for one in texts) + "\n"
