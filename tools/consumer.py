"""`make consumer`: runs examples/consumer at the running stack, with a database of its own on the stack's Postgres."""

import os
import sys
from typing import Final, NoReturn
from urllib.parse import urlsplit, urlunsplit

from deploy.embedded.config import ROOT
from deploy.embedded.failure import StackFailure
from deploy.embedded.stack import Stack
from tools.place import Place, ToolFailure
from tools.screen import complain

PROGRAM: Final = ROOT / "examples/consumer/consumer.py"
DATABASE: Final = "consumer_example"


def environment() -> dict[str, str]:
    """What the example asks for; what the caller has set stays. Raises ToolFailure."""
    named = {"KAFKA_BOOTSTRAP_SERVERS": Place.find().kafka_bootstrap_servers, **os.environ}
    if "DATABASE_URL" not in named:
        try:
            admin = urlsplit(Stack.attach().admin_url)
        except StackFailure as failure:
            raise ToolFailure(f"{failure.sentence} Or name a database of your own with DATABASE_URL.") from failure
        named["DATABASE_URL"] = urlunsplit(admin._replace(path=f"/{DATABASE}"))
    return named


def main() -> NoReturn:
    """This process becomes the example's."""
    try:
        given = environment()
    except ToolFailure as failure:
        sys.exit(complain(str(failure)))
    database = urlsplit(given["DATABASE_URL"])
    print(f"Keeps what it takes at {database.hostname}:{database.port}{database.path}, in the table payment_event.")
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, str(PROGRAM)], given)


if __name__ == "__main__":
    main()
