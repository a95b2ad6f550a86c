"""What it takes to run: memory, how soon it is back after a crash, how soon `make up` is done."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp

from deploy.embedded.child import QUICK_EXIT_S
from deploy.embedded.config import ROOT
from deploy.embedded.ports import free_base
from deploy.embedded.stack import Stack
from tests.load import processes
from tests.load.options import Options
from tests.load.orders import make_orders
from tests.load.outcome import Bar, Outcome
from tests.load.stage import CREDENTIALS, ENDS, Stage

IDLE_MB: Final = Bar("at most", 80, 60)
LOADED_MB: Final = Bar("at most", 120, 90)
FIRST_201_S: Final = Bar("at most", 1.5, 0.6)
SECOND_UP_S: Final = Bar("at most", 10, 6)
UP_LONG_ENOUGH_S: Final = QUICK_EXIT_S + 1
"""A process that ends sooner after its start is not started again at once."""

TRY_EVERY_S: Final = 0.005
TRY_FOR_S: Final = 60.0
MAKE_TIMEOUT_S: Final = 300
OURS_TO_FORGET: Final = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


async def run_memory(stage: Stage, options: Options) -> Outcome:
    """Of each Python service: when the stack had just started, and now."""
    outcome = Outcome("memory", "Resident memory of each Python service")
    now_mb, loaded_s = await stage.memory_mb(), time.monotonic() - stage.began_s
    pids = await stage.roots()
    idle, loaded = (max(found, key=lambda name: found[name]) for found in (stage.idle_mb, now_mb))
    outcome.add("the largest, idle", stage.idle_mb[idle], "MB", IDLE_MB, idle)
    outcome.add("the largest, after the load", now_mb[loaded], "MB", LOADED_MB, f"{loaded}, {loaded_s:.0f} s of it")
    for name, held_mb in now_mb.items():
        peak = processes.peak_memory_mb(pids[name])
        outcome.add(f"{name}, after the load", held_mb, "MB", note=f"idle {stage.idle_mb[name]:.0f}, most {peak:.0f}")
    return outcome


async def run_kill(stage: Stage, options: Options) -> Outcome:
    """kill -9 of the api, again and again, until a payment is accepted."""
    outcome = Outcome("kill", "kill -9 of the api → first 201")
    await stage.listen(*ENDS)
    took_s = []
    for _ in range(options.kills):
        await _up_long_enough(stage)
        took_s.append(await _first_201_s(stage))
        await stage.ready("api")
    outcome.add("median", median(took_s), "s", FIRST_201_S, f"{options.kills} kills")
    outcome.add("longest", max(took_s), "s")
    return outcome


async def _up_long_enough(stage: Stage) -> None:
    rows = await asyncio.to_thread(stage.stack.status)
    uptime_s = next(row.uptime_s for row in rows if row.name == "api")
    await asyncio.sleep(max(0.0, UP_LONG_ENOUGH_S - uptime_s))


async def _first_201_s(stage: Stage) -> float:
    orders = iter(await make_orders(stage.database, round(TRY_FOR_S / TRY_EVERY_S)))
    url = f"{stage.stack.url('api')}/api/v1/payments"
    pid = await asyncio.to_thread(stage.stack.pid, "api")
    timeout = aiohttp.ClientTimeout(total=TRY_FOR_S)
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(headers=CREDENTIALS, timeout=timeout, connector=connector) as session:
        began_s = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        for number, order in enumerate(orders):
            body = {"order_id": order, "method": "upi", "vpa": "success@bank"}
            key = {"Idempotency-Key": f"kill-{began_s}-{number}"}
            try:
                async with session.post(url, json=body, headers=key) as response:
                    if response.status == 201:
                        return time.monotonic() - began_s
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(TRY_EVERY_S)
    raise TimeoutError("no payment was accepted after the api was killed")


async def run_up(options: Options) -> Outcome:
    """`make up` of a new stack, `make down`, and the second `make up`, by the clock of who typed it."""
    outcome = Outcome("up", "`make up`")
    folder = _open_folder()
    base = free_base()
    try:
        first_s = await _make("up", folder, base)
        down_s = await _make("down", folder, base)
        second_s = await _make("up", folder, base)
        outcome.add("the second time", second_s, "s", SECOND_UP_S)
        outcome.add("the first time", first_s, "s", note="a new database; what was downloaded and built is there")
        outcome.add("make down", down_s, "s")
    finally:
        await _make("down", folder, base)
        await asyncio.to_thread(Stack.attach(folder).remove)
    return outcome


def _open_folder() -> Path:
    """A new one that every user may enter, so that root's Postgres can."""
    folder = Path(tempfile.mkdtemp(prefix="paygate-bench-up-"))
    folder.chmod(0o711)
    return folder


async def _make(target: str, folder: Path, base: int) -> float:
    """How long it took, in s."""
    environment = {name: text for name, text in os.environ.items() if name not in OURS_TO_FORGET}
    environment |= {"PAYGATE_STATE_DIR": str(folder), "PAYGATE_PORT_BASE": str(base)}
    began_s = time.monotonic()
    done = await asyncio.to_thread(
        subprocess.run,
        ["make", target],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MAKE_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"make {target} failed:\n{done.stdout}\n{done.stderr}")
    return time.monotonic() - began_s
