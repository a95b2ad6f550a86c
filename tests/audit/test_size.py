"""The audit of very many payments: the memory it takes does not grow with them, and the time in proportion."""

import time
from pathlib import Path
from typing import Final

import pytest

from deploy.databases import Databases
from tests.audit.conftest import FEES, play
from tests.audit.multiplied import multiply
from tests.figures import Figures
from tests.gateway import in_process

SIZES: Final = [
    pytest.param(2_000, id="few"),
    pytest.param(1_000_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)], id="all"),
]
MEMORY_MAX_MIB: Final = 96


def _memory_mib(which: str) -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(which))
    return int(line.split()[1]) / 1024


def _forget_the_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@pytest.mark.parametrize("payments", SIZES)
async def test_the_audit_takes_bounded_memory(databases: Databases, figures: Figures, payments: int) -> None:
    """Of api, processor, refunder and notifier together, which are one process here."""
    database = databases.make(migrated=True)
    async with in_process(database, **FEES) as gateway:
        await play(gateway)
        await gateway.admin.execute("SET statement_timeout = 0")
        began_s = time.monotonic()
        await multiply(gateway.admin, payments // 10 - 1)
        filled_s = time.monotonic() - began_s
        _forget_the_peak()
        before_mib, began_s = _memory_mib("VmRSS"), time.monotonic()
        report = await gateway.audit()
        took_s, peak_mib = time.monotonic() - began_s, _memory_mib("VmHWM")
    databases.drop(database)
    assert report["ok"], report
    assert report["checked"]["payments"] == payments
    figures(
        f"{payments:,} payments, {sum(report['checked'].values()):,} rows in {took_s:.1f} s, "
        f"{peak_mib - before_mib:.0f} MiB more than the {before_mib:.0f} before (filled in {filled_s:.0f} s)"
    )
    assert peak_mib - before_mib < MEMORY_MAX_MIB
