"""The one way in which starting the stack fails: a sentence for a person that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, ENOSPC, EPERM, EROFS
from pathlib import Path


class StackFailure(Exception):
    """`sentence` says what is wrong and what to do; `detail` holds the lines of a log that explain it."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(f"{sentence}\n{detail}" if detail else sentence)
        self.sentence = sentence
        self.detail = detail


def from_os_error(error: OSError, folder: Path) -> StackFailure:
    """What a failed file operation under `folder` means to a person."""
    place = error.filename or folder
    if error.errno == ENOSPC:
        return StackFailure(f"The disk that holds {folder} is full: free some space, then run the same command again.")
    if error.errno in (EACCES, EPERM, EROFS):
        return StackFailure(
            f"{place} cannot be written by this user: give yourself the right (chown), or name other folders with "
            "PAYGATE_STATE_DIR and PAYGATE_CACHE_DIR."
        )
    return StackFailure(f"{place}: {error.strerror or error}; mend that, then run the same command again.")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an OSError of the block into its sentence."""
    try:
        yield
    except OSError as error:
        raise from_os_error(error, folder) from error


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file, for the person who has to find out why something did not start."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
