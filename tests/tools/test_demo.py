"""What the demo concludes from what it saw, and the demo itself on the whole stack."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.stack import Stack
from tools.asking import Request
from tools.demo import Figures, delay_ms_of, delivery_table, summary, unhealthy_parts, verified
from tools.place import ToolFailure

ROOT = Path(__file__).resolve().parents[2]
GOOD = Figures(
    delay_ms=1000, settled_ms=1030, webhook_ms=25, answer_ms=5, deliveries=7, checked={"payments": 1, "refunds": 0}
)
DELIVERY: dict[str, Any] = {
    "event": "payment.success",
    "object_id": "pay_1",
    "webhook_id": "whd_1",
    "sequence": 3,
    "attempt": 1,
    "verified": True,
    "status": 200,
    "problem": None,
    "since_update_ms": 21,
}


def test_the_simulators_delay_is_not_ours() -> None:
    assert GOOD.overhead_ms == 60
    assert GOOD.problem() is None


@pytest.mark.parametrize(
    ("figures", "complaint"),
    [
        (replace(GOOD, webhook_ms=1200), "1235 ms after the simulator's own delay"),
        (replace(GOOD, settled_ms=210), "sooner than the simulator's delay of 1000 ms"),
    ],
)
def test_a_time_that_is_off_is_a_sentence(figures: Figures, complaint: str) -> None:
    assert complaint in (figures.problem() or "")


def test_the_summary_names_every_figure() -> None:
    text = "\n".join(summary(GOOD))
    for figure in ("1030 ms", "1000 ms", "25 ms", "60 ms beyond", "7 received", "ok: 1 payments"):
        assert figure in text
    assert "refunds" not in text


def test_a_refused_webhook_ends_the_demo() -> None:
    assert verified([DELIVERY]) == [DELIVERY]
    with pytest.raises(ToolFailure, match="whd_1"):
        verified([DELIVERY, DELIVERY | {"verified": False, "status": 401, "problem": "wrong"}])
    with pytest.raises(ToolFailure, match="500"):
        verified([DELIVERY | {"status": 500}])


def test_deliveries_are_shown_in_a_table() -> None:
    assert delivery_table([DELIVERY])[1] == "payment.success  pay_1   3    1    both valid  200     21 ms"


def test_what_is_missing_of_an_unhealthy_stack_is_named() -> None:
    health = {"database": "connected", "kafka": "disconnected", "services": {"notifier": "stopped"}}
    assert unhealthy_parts(health) == "kafka disconnected, notifier stopped"


def test_the_delay_is_the_environments() -> None:
    assert delay_ms_of({}) == 1000
    assert delay_ms_of({"TEST_PROCESSING_DELAY": "250"}) == 250
    with pytest.raises(ToolFailure, match="must be a number"):
        delay_ms_of({"TEST_PROCESSING_DELAY": "soon"})


def run_tool(stack: Stack, *command: str) -> "subprocess.CompletedProcess[str]":
    """As `make` runs it, for the stack of this state folder."""
    environ = {name: value for name, value in os.environ.items() if name not in ("API_URL", "SHOP_URL", "NO_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT), "PAYGATE_STATE_DIR": str(stack.config.state_dir)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.stack
def test_the_demo_and_the_audit_on_the_whole_stack(stack: Stack) -> None:
    demo = run_tool(stack, "tools.demo", "--limit-ms", "10000")
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "All is well." in demo.stdout
    assert "\x1b" not in demo.stdout
    audit = run_tool(stack, "tools.audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "for every merchant" in audit.stdout


@pytest.mark.stack
def test_a_failing_shop_is_noticed_before_the_demo_begins(stack: Stack) -> None:
    switch = f"{stack.url('shop')}/control"
    Request("POST", switch, body={"mode": "fail"}).send().expect(200)
    try:
        demo = run_tool(stack, "tools.demo")
    finally:
        Request("POST", switch, body={"mode": "ok"}).send().expect(200)
    assert demo.returncode == 1
    assert "The shop has been told to 'fail'" in demo.stderr
