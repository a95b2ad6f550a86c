"""Fetches Kafka's jars into the cache, side by side, each checked against the lock; `make lock` writes that lock here.

Run as a process of its own, so that only a start that lacks something pays for the downloader.
"""

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final, NoReturn

import jgo
from jgo.maven import MavenContext

from deploy.embedded.config import ROOT
from deploy.embedded.failure import StackFailure, explained
from deploy.embedded.jars import LOCK, Jar, folder_in, missing, sha256_of
from deploy.embedded.report import Progress, to_line

STEP: Final = "Kafka's jars"
WANTED: Final = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",  # without a binding Kafka logs nothing
)
DOWNLOADS_AT_ONCE: Final = 8
DOWNLOAD_TIMEOUT_S: Final = 60
DOWNLOAD_TRIES: Final = 3


def fetch(cache_dir: Path) -> None:
    """Download what the cache lacks; what was fetched is kept even when another jar fails."""
    folder = folder_in(cache_dir)
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _download_all(missing(cache_dir), folder)


def _download_all(jars: list[Jar], folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder) as incoming,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
    ):
        downloads = [pool.submit(_download, jar, Path(incoming), folder) for jar in jars]
        try:
            for done, download in enumerate(as_completed(downloads), start=1):
                download.result()
                tell(Progress("running", STEP, f"{done} of {len(jars)} fetched"))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _download(jar: Jar, incoming: Path, folder: Path) -> None:
    """Fetch into a folder of our own and move it over when it is whole and right: the cache never holds half a jar."""
    context = MavenContext(repo_cache=incoming, timeout=DOWNLOAD_TIMEOUT_S)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for tries_left in reversed(range(DOWNLOAD_TRIES)):
        try:
            path = artifact.resolve()
            break
        except OSError as error:  # requests' errors are OSErrors too; a full disk is not worth a second try
            if error.errno is not None or not tries_left:
                _explain_download(jar, error)
        except RuntimeError as error:
            if not tries_left:
                _explain_download(jar, error)
        if (half := artifact.cached_path) is not None:
            half.unlink(missing_ok=True)
    if not jar.is_at(path):
        raise StackFailure(
            f"{jar.file_name} is not the file that deploy/kafka/jars.lock names: something on the way changed it; "
            "check your proxy or mirror, then run the same command again."
        )
    path.replace(folder / jar.file_name)


def _explain_download(jar: Jar, error: Exception) -> NoReturn:
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    raise StackFailure(
        f"{jar.file_name} could not be downloaded ({type(error).__name__}): check the network and HTTPS_PROXY, then "
        "run the same command again; what is already fetched is kept.",
        str(error),
    ) from error


def write_lock() -> None:
    """Resolve Kafka's dependencies anew, download them and write their hashes."""
    found = {str(artifact): artifact for wanted in WANTED for artifact in jgo.resolve(wanted)}
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=DOWNLOAD_TIMEOUT_S)
        lines = []
        for artifact in found.values():
            path = (
                context.project(artifact.groupId, artifact.artifactId).at_version(artifact.version).artifact().resolve()
            )
            lines.append(f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {sha256_of(path)}\n")
    unfinished = LOCK.with_suffix(".new")
    unfinished.write_text(
        "# Kafka's class path, group:artifact:version sha256. Written by `make lock`.\n" + "".join(lines)
    )
    shutil.move(unfinished, LOCK)
    print(f"{LOCK.relative_to(ROOT)}: {len(lines)} jars")


def tell(progress: Progress) -> None:
    """To the supervisor, which runs this module as a process of its own."""
    print(to_line(progress), end="", flush=True)


def main() -> int:
    """`lock`, or `fetch` into a cache folder."""
    if sys.argv[1] == "lock":
        write_lock()
        return 0
    try:
        fetch(Path(sys.argv[2]))
    except StackFailure as failure:
        tell(Progress("failed", failure.sentence, failure.detail))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
