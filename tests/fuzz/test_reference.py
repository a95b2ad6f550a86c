"""schemathesis, with all of its checks, over every operation of the served /openapi.json."""

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from deploy.databases import Database, Databases
from deploy.embedded.config import ROOT
from services.api.routes import orders
from services.api.views import order_view
from tests.figures import Figures
from tests.model.gateway import ADMIN_KEY, CREDENTIALS, Gateway, opened

CARRY_EVERY_S: Final = 0.2
REVIVE: Final = f"""
    UPDATE api.api_keys SET revoked_at = NULL, expires_at = NULL WHERE key = '{CREDENTIALS["X-Api-Key"]}';
    UPDATE api.api_key_fences SET closed_at = NULL WHERE key = '{CREDENTIALS["X-Api-Key"]}'"""
NOUNS: Final = ("orders", "payments", "refunds")
GENERATED: Final = re.compile(r"(\d+) generated")
WALKED: Final = re.compile(r"Scenarios:\s+(\d+)\s+API Links:\s+(\d+) covered")
OVERLAPPING: Final = (
    *("webhooks/config", "webhooks/regenerate-secret", "webhooks/retry", "webhooks/test"),
    *("payments/public", "merchants/webhook"),
)
"""Paths that the family has beside `webhooks/{id}` and the like: a GET of one is a GET of an id that is none."""

CONFIG: Final = f"""\
hooks = "tests.fuzz.hooks"
[checks]
positive_data_acceptance.enabled = false
[[operations]]
include-path-regex = "^/api/v1/merchants(/[^/]*[}}])?$"
headers = {{ X-Admin-Key = "{ADMIN_KEY}" }}
[[operations]]
include-path-regex = "^/api/v1/api_keys/"
checks.use_after_free.enabled = false
""" + "".join(
    f"""\
[[operations]]
include-path = "/api/v1/{path}"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""
    for path in OVERLAPPING
)
"""Every check is on but the first; tests/fuzz/hooks.py has a sharper one in its place. A deleted key is a revoked one,
and is still shown."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many requests schemathesis makes up per operation, and how many walks along links at most; in which phases,
    and how many requests it sends in all at least. `turn` is for another seed."""

    per_operation: int
    walks: int
    phases: str
    least: int
    turn: int = 0

    @property
    def config(self) -> str:
        """For schemathesis."""
        return (
            f"{CONFIG}[phases.fuzzing]\ngeneration.max-examples = {self.per_operation}\n"
            f"[phases.stateful]\ngeneration.max-examples = {self.walks}\n"
        )


PROVE = [pytest.mark.prove, pytest.mark.timeout(3600)]
SIZES = [
    pytest.param(Size(2, 1, "examples,fuzzing", 200), id="small"),
    pytest.param(
        Size(40, 1000, "examples,coverage,fuzzing,stateful", 5000),
        id="full",
        marks=PROVE,
    ),
    *(pytest.param(Size(1, 1000, "stateful", 100, turn), id=f"walks {turn}", marks=PROVE) for turn in range(1, 5)),
]


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    made = databases.make(migrated=True)
    yield made
    databases.drop(made)


@pytest.mark.parametrize("size", SIZES)
async def test_the_api_keeps_its_contract_whatever_is_sent(
    database: Database, size: Size, seed: int, figures: Figures, tmp_path: Path
) -> None:
    async with opened(database) as gateway:
        code, told = await fuzzed(gateway, size, seed + size.turn, tmp_path)
        made = {noun: await gateway.owner.fetchval(f"SELECT count(*) FROM api.{noun}") for noun in NOUNS}
        report = await gateway.audit()
    assert code == 0, told
    generated = int(GENERATED.findall(told)[-1])
    assert generated >= size.least, told
    assert made["payments"] > 0 or "fuzzing" not in size.phases, "what is refused before anything is done proves little"
    assert (report["ok"], report["differences"], report["skipped"]) == (True, [], 0), report
    walks, links = (WALKED.findall(told) or [(0, 0)])[0]
    sent = f"{generated} requests, {walks} walks along {links} links"
    figures(f"seed {seed + size.turn}: {sent}, all checks, no breach, audit clean; they made {made}")


def tells_an_amount_as_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(orders, "order_view", lambda order: {**order_view(order), "amount": str(order.amount_minor)})


def breaks_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(orders, "order_view", lambda order: order_view(order)["nothing"])


@pytest.mark.prove
@pytest.mark.parametrize(
    ("plant", "complaint"),
    [(tells_an_amount_as_text, "is not of type"), (breaks_down, "Server error")],
    ids=["an amount as text", "a breakdown"],
)
async def test_a_planted_bug_is_found(
    database: Database,
    plant: Callable[[pytest.MonkeyPatch], None],
    complaint: str,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    plant(monkeypatch)
    async with opened(database) as gateway:
        await gateway.call("POST", "/orders", {"amount": 5000})
        code, told = await fuzzed(gateway, Size(5, 1, "fuzzing", 0), seed, tmp_path, "--include-path", "/api/v1/orders")
    assert (code, complaint in told) == (1, True), told


async def fuzzed(gateway: Gateway, size: Size, seed: int, folder: Path, *chosen: str) -> tuple[int, str]:
    """How schemathesis ends, and what it tells."""
    config = folder / "schemathesis.toml"
    config.write_text(size.config, encoding="utf-8")
    async with carrying(gateway):
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(config), "run", str(gateway.client.make_url("/openapi.json"))),
            # There is no Kafka here, which /health says, too.
            *(chosen or ("--exclude-path", "/health")),
            *("--seed", str(seed), "--phases", size.phases),
            *("--no-color", "--generation-database", "none", "--continue-on-failure"),
            *(part for name, value in CREDENTIALS.items() for part in ("-H", f"{name}:{value}")),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told = (await process.communicate())[0].decode()
    assert process.returncode is not None
    return process.returncode, told


@contextlib.asynccontextmanager
async def carrying(gateway: Gateway) -> AsyncIterator[None]:
    """Meanwhile everything under way arrives, and the caller's own key, should it be ended, lives again. In the end
    nothing is under way."""
    over = asyncio.Event()

    async def carry() -> None:
        while not over.is_set():
            await gateway.arrive()
            await gateway.owner.execute(REVIVE)
            await asyncio.sleep(CARRY_EVERY_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(carry())
        yield
        over.set()
    await gateway.arrive()
