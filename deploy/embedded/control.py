"""How a running supervisor is spoken to: one JSON line asked, one answered, over a Unix socket in its state folder."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

ANSWER_TIMEOUT_S: Final = 90.0
CONNECT_TIMEOUT_S: Final = 2.0

Handler = Callable[[str, str], Awaitable[Any]]


class NotRunningError(Exception):
    """No supervisor listens for this state folder."""


class RefusedError(Exception):
    """The supervisor could not do what it was asked."""


async def serve(path: Path, handle: Handler) -> asyncio.AbstractServer:
    """Listen; `handle(verb, name)` answers with something that JSON can say, or raises a LookupError."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await reader.readline())
            try:
                answer = {"answer": await handle(question["verb"], question["name"])}
            except LookupError as error:
                answer = {"refused": str(error.args[0])}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (ValueError, OSError):
            pass  # who asked went away
        finally:
            writer.close()

    return await asyncio.start_unix_server(converse, sock=await asyncio.to_thread(_listen, path))


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    return listener


def ask(path: Path, verb: str, name: str = "") -> Any:
    """Ask the supervisor and wait for its answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(CONNECT_TIMEOUT_S)
        try:
            connection.connect(str(path))
            connection.settimeout(ANSWER_TIMEOUT_S)
            connection.sendall(json.dumps({"verb": verb, "name": name}).encode() + b"\n")
            with connection.makefile() as lines:
                line = lines.readline()
        except (FileNotFoundError, NotADirectoryError, ConnectionError) as error:
            raise NotRunningError from error
    if not line:
        raise NotRunningError
    answer = json.loads(line)
    if "refused" in answer:
        raise RefusedError(answer["refused"])
    return answer["answer"]


def is_listening(path: Path) -> bool:
    """Whether a supervisor is there."""
    with contextlib.suppress(NotRunningError, TimeoutError):
        ask(path, "ping")
        return True
    return False
