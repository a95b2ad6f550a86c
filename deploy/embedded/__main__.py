"""The commands behind `make up`, `make down`, `make status`, `make logs`, `make restart` and both resets."""

import argparse
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from deploy.embedded import control, ui
from deploy.embedded.config import StackConfig
from deploy.embedded.failure import StackFailure, from_os_error
from deploy.embedded.logs import POLL_S, LogView, follow
from deploy.embedded.report import Progress, Screen, to_line
from deploy.embedded.stack import ProcessStatus, Stack
from deploy.embedded.supervisor import supervise

SHOWN: Final = {
    "api": "the merchants' API",
    "checkout": "where buyers pay: checkout.js, its page, hosted sessions",
    "dashboard": "everything about a payment on one screen",
    "shop": "the test merchant, which shows its webhooks",
}
"""What people open, by service."""

API_KEY: Final = "key_test_abc123"
API_SECRET: Final = "secret_test_xyz789"
DASHBOARD_USER: Final = "test@example.com"
DASHBOARD_PASSWORD: Final = "paygate-test"
"""The seeded test merchant's; printed in the documentation, so none of it is a secret."""


def up(arguments: argparse.Namespace) -> int:
    """Start the stack, in the background unless told otherwise."""
    config = StackConfig.from_environment()
    stack = Stack(config)
    if stack.is_running():
        print("Paygate is running already.")
        return show_urls(Stack.attach(config.state_dir).config)
    print(f"Starting Paygate (state in {shown(config.state_dir)}, logs in {shown(config.logs_dir)})")
    screen = Screen()
    began_s = time.monotonic()
    if arguments.foreground:
        return _foreground(config, screen)
    try:
        stack.start(screen.tell)
    finally:
        screen.clear()
    print(f"\nPaygate is up, after {time.monotonic() - began_s:.1f} s.")
    return show_urls(config)


def _foreground(config: StackConfig, screen: Screen) -> int:
    """The supervisor in this very process: Ctrl-C ends everything."""

    def tell(progress: Progress) -> None:
        screen.tell(progress)
        if progress.kind == "up":
            show_urls(config)
            print("\nCtrl-C ends it all. What the processes say:\n")
            threading.Thread(target=_show_logs, args=(config.logs_dir,), daemon=True).start()
        elif progress.kind == "failed":
            screen.clear()
            say_failure(StackFailure(progress.step, progress.text))

    return supervise(config, tell)


def _show_logs(folder: Path) -> None:
    view = LogView(folder, past_bytes=0)
    while True:
        view.show_new()
        time.sleep(POLL_S)


def show_urls(config: StackConfig) -> int:
    """What to do with a stack that is up."""
    for name, what in SHOWN.items():
        if name in config.services:
            print(f"  {name:<10} {_shown_url(config, name)}   {what}")
    if "api" in config.services:
        print(f"  {'docs':<10} {config.url('api')}/docs   the API; /docs/errors every error, /docs/events every topic")
    if "dashboard" in config.services:
        password = os.environ.get("DASHBOARD_TEST_PASSWORD", DASHBOARD_PASSWORD)
        print(f"  {'sign in':<10} at the dashboard as {DASHBOARD_USER} with the password {password}")
    print(f"  {'key':<10} X-Api-Key: {API_KEY}   X-Api-Secret: {API_SECRET}")
    print(
        "\nNext: make demo     a payment through everything, with the curl command of each step"
        "\n      make audit    prove that no money is wrong"
        "\n      make status   every process; make logs s=api; make down ends it"
    )
    return 0


def _shown_url(config: StackConfig, name: str) -> str:
    """As people open it: a browser keeps what it knows of `localhost` apart from what it knows of 127.0.0.1."""
    return config.url(name) if name == "api" else f"http://localhost:{config.port(name)}"


def down(_: argparse.Namespace) -> int:
    """End the stack; its data stays."""
    if Stack(StackConfig.from_environment()).stop():
        print("Paygate is down; its data is kept (make reset removes it).")
    else:
        print("Paygate was not running.")
    return 0


def status(_: argparse.Namespace) -> int:
    """A table of the processes; exit code 1 when one of them is not ready."""
    rows = Stack.attach().status()
    print(f"{'name':<12} {'pid':>8}  {'state':<10} {'restarts':>8}  {'up':>8}  where")
    for row in rows:
        print(_row(row))
    return 0 if all(row.state == "ready" for row in rows) else 1


def _row(row: ProcessStatus) -> str:
    hours, seconds = divmod(int(row.uptime_s), 3600)
    uptime = f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return f"{row.name:<12} {row.pid or '-':>8}  {row.state:<10} {row.restarts:>8}  {uptime:>8}  {row.url}"


def logs(arguments: argparse.Namespace) -> int:
    """Follow the logs of all, or of one."""
    folder = StackConfig.from_environment().logs_dir
    if not folder.exists():
        raise StackFailure("There are no logs yet: start Paygate with `make up`.")
    follow(folder, arguments.name)
    return 0


def restart(arguments: argparse.Namespace) -> int:
    """Restart a service with all its replicas, and wait until it is ready."""
    stack = Stack.attach()
    known = stack.names()
    names = [name for name in known if arguments.name in (name, name.rpartition("-")[0])]
    if not names:
        raise StackFailure(
            f"There is no process '{arguments.name}'; name one of: {', '.join(known)} (make restart s=api)."
        )
    for name in names:
        stack.restart(name)
        stack.wait_ready(name)
        print(f"{name} is ready again.")
    return 0


def reset(arguments: argparse.Namespace) -> int:
    """Remove all data of the stack, after asking."""
    config = StackConfig.from_environment()
    if not config.state_dir.exists():
        print("There is nothing to remove.")
        return 0
    if not arguments.yes and not _agreed(f"Remove every payment, log and key in {shown(config.state_dir)}?"):
        return 1
    stack = Stack(config)
    stack.stop()
    stack.remove()
    print("All data is removed; make up starts anew.")
    return 0


def _agreed(question: str) -> bool:
    print(f"{question} Type yes: ", end="", flush=True)
    if sys.stdin.readline().strip().lower() == "yes":
        return True
    print("Nothing was removed (yes=1 does not ask).")
    return False


def reset_kafka(arguments: argparse.Namespace) -> int:
    """Remove Kafka's data alone and start it again; asks a person at a terminal, and nobody else."""
    config = StackConfig.from_environment()
    stack = Stack(config)
    is_running = stack.is_running()
    if not is_running and not stack.kafka_data_dir.exists():
        print("There is nothing to remove.")
        return 0
    by_a_person = sys.stdin.isatty() and not os.environ.get("CI")
    if by_a_person and not arguments.yes and not _agreed(f"Remove every record in {shown(stack.kafka_data_dir)}?"):
        return 1
    if not is_running:
        stack.remove_kafka_data()
        print("Kafka's data is removed; make up starts an empty one.")
        return 0
    print("Stopping Kafka, removing its data, starting it as a new cluster; the services notice and start anew …")
    began_s = time.monotonic()
    names = Stack.attach(config.state_dir).reset_kafka()
    print(f"Kafka is up and empty, after {time.monotonic() - began_s:.1f} s. {_went_on(names)}")
    return 0


def _went_on(names: Sequence[str]) -> str:
    if not names:
        return "No service was running."
    return (
        f"Started anew: {', '.join(names)}. Nothing is lost, since Postgres is the truth: what was under way is asked "
        "for again, and the public events of the last hours (OUTBOX_REPUBLISH_H) are published again with their ids. "
        "Dead letters and older records are gone from the topics; make audit proves the rest."
    )


def supervise_piped(_: argparse.Namespace) -> int:
    """What `Stack.start` runs: the stack's description comes by standard input, progress goes to standard output."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    config = StackConfig.from_json(sys.stdin.read())
    return supervise(config, _pipe_progress)


def _pipe_progress(progress: Progress) -> None:
    try:
        sys.stdout.write(to_line(progress))
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        return  # nobody waits for the start any more
    if progress.kind == "up":
        sys.stdout.close()


def shown(path: Path) -> str:
    """Relative to where the person is, when that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def say_failure(failure: StackFailure) -> None:
    """The lines that explain it first, so that the sentence is the last thing read."""
    if failure.detail:
        print("\n" + "\n".join(f"    {line}" for line in failure.detail.splitlines()), file=sys.stderr)
    print(f"\n{failure.sentence}", file=sys.stderr)


def build_ui(arguments: argparse.Namespace) -> int:
    """Build what runs in the browser unless nothing has changed, or run a script of ui/package.json."""
    screen = Screen()
    began_s = time.monotonic()

    def note(text: str) -> None:
        screen.tell(Progress("running", ui.STEP, text))

    try:
        if arguments.script:
            ui.prepare(note=note)
        else:
            outcome = "nothing new" if ui.is_built() else ""
            ui.build(note=note)
    finally:
        screen.clear()
    if arguments.script:
        return ui.run(arguments.script)
    screen.tell(Progress("done", ui.STEP, outcome, time.monotonic() - began_s))
    return 0


COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "up": up,
    "down": down,
    "status": status,
    "logs": logs,
    "restart": restart,
    "reset": reset,
    "reset-kafka": reset_kafka,
    "ui": build_ui,
    "supervise": supervise_piped,
}


def main() -> int:
    """Parse and run one command."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=command.__doc__) for name, command in COMMANDS.items()}
    parsers["up"].add_argument("--foreground", action="store_true", help="stay here; Ctrl-C ends everything")
    parsers["logs"].add_argument("name", nargs="?", help="only this service")
    parsers["restart"].add_argument("name", help="the service")
    parsers["ui"].add_argument("script", nargs="?", help="lint, types, test, …")
    for name in ("reset", "reset-kafka"):
        parsers[name].add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args()
    try:
        return COMMANDS[arguments.command](arguments)
    except StackFailure as failure:
        say_failure(failure)
        return 1
    except control.NotRunningError:
        print("Paygate is not running: start it with `make up`.", file=sys.stderr)
        return 1
    except control.RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        say_failure(from_os_error(error, StackConfig.from_environment().state_dir))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
