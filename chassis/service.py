"""A running service: its pool, its HTTP server and its workers, started in order, watched, and ended gracefully.

`app.py` of a service builds one and calls `run`. A worker that fails ends the process: whoever supervises
starts it anew, since a half-alive service is worse than none.
"""

import asyncio
import contextlib
import gc
import resource
import signal
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from chassis.progress import Worker

log = structlog.get_logger()

BACKLOG = 1024
KEEPALIVE_S = 75.0
OPEN_FILES_MAX = 65_536
GARBAGE_LOOKED_FOR_EVERY = (20_000, 20, 20)
"""New objects, collections of the young, collections of the middle-aged. Python's own 700 objects are a part of one
batch, all of which is freed without it: looking so often took a sixth of the CPU of an accepted payment, and doubled
its p99."""


async def run_service(
    *,
    name: str,
    app: web.Application | None,
    host: str,
    ports: Sequence[int],
    workers: Sequence[Worker],
    grace_s: float,
    drain: Callable[[], Awaitable[None]],
) -> None:
    """Serve and work until SIGTERM or SIGINT. Raises what a failed worker raised, after stopping the others.

    The end has an order: no new requests, running ones finish (`drain`), then the workers stop, so that what the last
    requests committed is still published.
    """
    _raise_open_files_limit()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    gc.collect()
    gc.freeze()  # what is here by now stays: modules, models, routes
    gc.set_threshold(*GARBAGE_LOOKED_FOR_EVERY)
    runner = await _listen(app, host, ports, grace_s) if app is not None else None
    tasks = [asyncio.create_task(worker.run(), name=worker.name) for worker in workers]
    log.info("service.started", name=name, ports=ports, workers=[worker.name for worker in workers])
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        if runner is not None:
            await runner.cleanup()
        await drain()
        await _stop_workers(workers, tasks, grace_s)
        log.info("service.stopped", name=name)
    for task in done - {stopped}:
        task.result()
        raise RuntimeError(f"worker {task.get_name()} ended by itself")


def _raise_open_files_limit() -> None:
    """Every stream, and every webhook under way, is a socket, and a shell's usual limit is 1024: take what this process
    may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES_MAX)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _listen(app: web.Application, host: str, ports: Sequence[int], grace_s: float) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEPALIVE_S, shutdown_timeout=grace_s)
    await runner.setup()
    for port in ports:
        await web.TCPSite(runner, host, port, backlog=BACKLOG, reuse_port=True).start()
    return runner


async def _stop_workers(workers: Sequence[Worker], tasks: Sequence["asyncio.Task[None]"], grace_s: float) -> None:
    for worker in workers:
        worker.stop()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=grace_s)
        for task in late:
            log.warning("worker.late", worker=task.get_name())
            task.cancel()
        if late:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*late, return_exceptions=True), 1.0)
