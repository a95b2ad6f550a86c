"""The daemon behind `make up`: starts the stack in order, keeps every process running, ends them all.

Run by `deploy.embedded.__main__` and by `stack.Stack`; spoken to through `control`.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
from aiokafka.errors import KafkaError

from deploy.embedded import control, jars, ui
from deploy.embedded.checks import check
from deploy.embedded.child import Child, ProcessSpec
from deploy.embedded.config import ROOT, StackConfig
from deploy.embedded.credentials import Credentials, load_or_make
from deploy.embedded.failure import StackFailure, explained, last_lines
from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import DATABASE, Postgres
from deploy.embedded.processes import service_processes, verb_environments
from deploy.embedded.report import Progress, Tell, from_line, step
from deploy.embedded.watch import HTTP_TIMEOUT_S, Watch, http_ok
from deploy.provision import ProvisionError, migrate_and_seed, provision_database, provision_topics

log = logging.getLogger("paygate.supervisor")

READY_TIMEOUT_S: Final = 60.0
READY_RESTARTS: Final = 3
"""A process that ended so often before it was ready will not come up by waiting."""

SERVES_UI: Final = {"checkout", "dashboard"}
"""Services that serve what `ui/` is built into."""

POLL_S: Final = 0.05
HOUSEKEEPING_S: Final = 1.0
LOG_LIMIT_BYTES: Final = 32 * 2**20


class Supervisor:
    """Owns every process of one stack."""

    def __init__(self, config: StackConfig, tell: Tell) -> None:
        self.config = config
        self.children: dict[str, Child] = {}
        self.ending = asyncio.Event()
        self._tell = tell
        self._watches: dict[str, Watch] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._credentials: Credentials
        self._http: aiohttp.ClientSession

    async def run(self) -> int:
        """Start, keep running until told to end, end. The answer is the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.ending.set)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HTTP_TIMEOUT_S)) as self._http:
            try:
                await self._start_unless_ending()
                await self.ending.wait()
            except StackFailure as failure:
                log.error("%s", failure.sentence)
                await self._end_all()
                self._tell(Progress("failed", failure.sentence, failure.detail))
                return 1
            finally:
                await self._end_all()
        return 0

    async def _start_unless_ending(self) -> None:
        start = asyncio.create_task(self._start())
        ending = asyncio.create_task(self.ending.wait())
        await asyncio.wait({start, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not start.done():
            start.cancel()
            await asyncio.wait({start})
            return
        start.result()
        self._tell(Progress("up", ""))

    async def _start(self) -> None:
        async with step("ports and folders", self._tell):
            await asyncio.to_thread(check, self.config)
            with explained(self.config.state_dir):
                self._credentials = load_or_make(self.config.state_dir)
                (self.config.state_dir / "stack.json").write_text(self.config.to_json())
            server = await control.serve(self.config.control_socket, self._obey)
        self._in_background(self._keep_house(server))
        parts = []
        if self.config.postgres:
            parts.append(self._start_postgres())
        if self.config.kafka:
            parts.append(self._start_kafka())
        if SERVES_UI & set(self.config.services):
            parts.append(self._build_ui())
        await side_by_side(*parts)
        await self._start_services()

    async def _start_postgres(self) -> None:
        postgres = Postgres(self.config, self._credentials)
        async with step("Postgres", self._tell) as under_way:
            await asyncio.to_thread(postgres.prepare)
            if postgres.data_dir.parent != self.config.state_dir:
                under_way.note(f"its user cannot enter the state folder: data in {postgres.data_dir}")
            child = self._add(await asyncio.to_thread(postgres.process))
            await self._until_ready(child, Watch(child, postgres.answers))
        if self.config.services:
            async with step("roles, schemas and migrations", self._tell) as under_way:
                under_way.note(await self._migrate(postgres))

    async def _migrate(self, postgres: Postgres) -> str:
        """Skipped when the database says that this very code has done it already."""
        stamp = await asyncio.to_thread(_code_digest)
        if await _database_stamp(postgres) == stamp:
            return "nothing new"
        await provision_database(postgres.admin_url, self._credentials.roles)
        try:
            await migrate_and_seed(verb_environments(self.config, self._credentials))
        except ProvisionError as error:
            sentence = (
                "The database could not be brought up to date: read what the step says, mend it, then start again."
            )
            raise StackFailure(sentence, str(error)) from error
        await _stamp_database(postgres, stamp)
        return ""

    async def _start_kafka(self) -> None:
        async with step("Kafka's jars", self._tell) as under_way:
            await self._fetch_jars()
            class_path = jars.class_path(self.config.cache_dir)
            under_way.text = f"{len(class_path)} jars, each as the lock says"
        async with step("Kafka", self._tell):
            kafka = Kafka(self.config, class_path)
            child = self._add(kafka.process(), kafka.prepare)
            topics = partial(_topics_are_there, kafka.bootstrap_servers)
            await self._until_ready(child, Watch(child, kafka.answers, on_ready=topics))

    async def _fetch_jars(self) -> None:
        if await asyncio.to_thread(jars.missing, self.config.cache_dir):
            failure = f"Kafka's jars could not be fetched: read {self.config.logs_dir}/supervisor.log."
            await self._run_apart(failure, "deploy.embedded.maven", "fetch", str(self.config.cache_dir))

    async def _build_ui(self) -> None:
        async with step(ui.STEP, self._tell) as under_way:
            if await asyncio.to_thread(ui.is_built):
                under_way.text = "nothing new"
                return
            failure = f"What runs in the browser could not be built: read {self.config.logs_dir}/supervisor.log."
            await self._run_apart(failure, "deploy.embedded.ui")

    async def _run_apart(self, failure: str, *module: str) -> None:
        """A module of ours as a process of its own, which tells how far it is; it ends with us."""
        command = (sys.executable, "-W", "ignore", "-m", *module)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                progress = from_line(line.decode())
                if progress.kind == "failed":
                    raise StackFailure(progress.step, progress.text)
                self._tell(progress)
            if await process.wait() != 0:
                raise StackFailure(failure)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()

    async def _start_services(self) -> None:
        specs = service_processes(self.config, self._credentials)
        await side_by_side(*(self._start_service(spec) for spec in specs))

    async def _start_service(self, spec: ProcessSpec) -> None:
        async with step(spec.name, self._tell) as under_way:
            child = self._add(spec)
            ready = partial(http_ok, self._http, spec.port, "/ready")
            live = partial(http_ok, self._http, spec.port, "/live")
            watch = Watch(child, ready, live, live_failures=self.config.live_failures)
            await self._until_ready(child, watch)
            under_way.text = self.config.url(spec.name)

    def _add(self, spec: ProcessSpec, prepare: Callable[[], None] | None = None) -> Child:
        child = Child(spec, ROOT, self.config.logs_dir / f"{spec.name}.log", prepare)
        self.children[spec.name] = child
        return child

    async def _until_ready(self, child: Child, watch: Watch) -> None:
        self._watches[child.spec.name] = watch
        watching = self._in_background(watch.run())
        child.start()
        deadline_s = asyncio.get_running_loop().time() + READY_TIMEOUT_S
        while not child.is_ready:
            if watching.done():
                watching.result()
            if child.failure:
                raise child.failure
            if child.restarts >= READY_RESTARTS:
                raise _not_ready(child, "ends again and again")
            if asyncio.get_running_loop().time() > deadline_s:
                raise _not_ready(child, f"was not ready within {READY_TIMEOUT_S:.0f} s")
            await asyncio.sleep(POLL_S)

    async def _obey(self, verb: str, name: str) -> Any:
        """What `control` is asked. A LookupError becomes a refusal."""
        match verb:
            case "ping":
                return os.getpid()
            case "down":
                self.ending.set()
                return os.getpid()
            case "status":
                return await asyncio.gather(*map(self._status_of, self.children.values()))
        child = self.children.get(name)
        if child is None:
            raise LookupError(f"There is no process '{name}'; there are: {', '.join(self.children)}.")
        match verb:
            case "start":
                child.start()
            case "stop":
                await child.stop()
            case "restart":
                await child.restart()
            case _:
                raise LookupError(f"There is no command '{verb}'.")
        return None

    async def _status_of(self, child: Child) -> dict[str, Any]:
        ready = child.is_ready and await self._watches[child.spec.name].ready()
        return {
            "name": child.spec.name,
            "pid": child.pid,
            "state": "not ready" if child.is_ready and not ready else child.state,
            "restarts": child.restarts,
            "uptime_s": child.uptime_s,
            "port": child.spec.port,
            "http": child.spec.serves_http,
        }

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        return task

    async def _keep_house(self, server: asyncio.AbstractServer) -> None:
        """Cap the logs; end when the test that started us is gone; take the control socket away at the end."""
        parent = os.getppid()
        try:
            while True:
                await asyncio.sleep(HOUSEKEEPING_S)
                for path in self.config.logs_dir.glob("*.log"):
                    _cap(path)
                if self.config.end_with_parent and os.getppid() != parent:
                    self.ending.set()
        finally:
            server.close()
            self.config.control_socket.unlink(missing_ok=True)

    async def _end_all(self) -> None:
        """The services first, so that they can finish what they do; then what they stand on."""
        children, self.children = self.children, {}
        base = [child for name, child in children.items() if name in ("postgres", "kafka")]
        await asyncio.gather(*(child.stop() for child in children.values() if child not in base))
        await asyncio.gather(*(child.stop() for child in base))
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._background.clear()


async def side_by_side(*parts: Coroutine[Any, Any, None]) -> None:
    """Run them together; the first failure ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _topics_are_there(bootstrap_servers: str) -> bool:
    """After each start of the broker, since its data may have been wiped."""
    try:
        await provision_topics(bootstrap_servers)
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("the topics could not be checked (%s); trying again", error)
        return False
    return True


def _not_ready(child: Child, why: str) -> StackFailure:
    return StackFailure(
        f"{child.spec.name} {why}: read {child.log_file}, mend what it says, then run the same command again.",
        last_lines(child.log_file),
    )


def _code_digest() -> str:
    """Changes with every file and setting that a migration or a seed could depend on."""
    digest = hashlib.sha256(os.environ.get("DASHBOARD_TEST_PASSWORD", "").encode())
    for folder in ("acquirer", "chassis", "contracts", "deploy", "services"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


async def _database_stamp(postgres: Postgres) -> str | None:
    """Kept in the database itself, so that it goes where the data goes."""
    try:
        connection = await asyncpg.connect(postgres.admin_url, timeout=HTTP_TIMEOUT_S)
    except asyncpg.InvalidCatalogNameError:
        return None
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    stamp: str | None = await connection.fetchval(query)
    await connection.close()
    return stamp


async def _stamp_database(postgres: Postgres, stamp: str) -> None:
    connection = await asyncpg.connect(postgres.admin_url, timeout=HTTP_TIMEOUT_S)
    await connection.execute(f"COMMENT ON DATABASE {DATABASE} IS '{stamp}'")
    await connection.close()


def _cap(path: Path) -> None:
    """Keep a log and one predecessor. Its process appends, so emptying the file under it is safe."""
    if path.stat().st_size > LOG_LIMIT_BYTES:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def supervise(config: StackConfig, tell: Tell) -> int:
    """The whole life of a supervisor. One per state folder: the lock is the proof that it runs."""
    with explained(config.state_dir):
        config.logs_dir.mkdir(parents=True, exist_ok=True)
        lock = (config.state_dir / "supervisor.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = (
                f"A stack with the state folder {config.state_dir} is being started or ended right now: wait for it."
            )
            tell(Progress("failed", sentence))
            return 1
        # A broker that is not up yet is what we wait for; aiokafka would call each try an error.
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        return asyncio.run(Supervisor(config, tell).run())
