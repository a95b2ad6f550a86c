"""The embedded stack's decisions that need no process: ports, pauses, the jar lock, progress lines, environments."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.embedded.child import LONGEST_PAUSE_S, next_pause_s
from deploy.embedded.config import StackConfig
from deploy.embedded.credentials import Credentials, load_or_make
from deploy.embedded.failure import StackFailure
from deploy.embedded.jars import Jar, read_lock, sha256_of
from deploy.embedded.logs import tail_of
from deploy.embedded.ports import ports_from
from deploy.embedded.postgres import INSTALL, copy_programs
from deploy.embedded.processes import service_processes, verb_environments
from deploy.embedded.report import Progress, from_line, to_line
from deploy.schemas import SCHEMAS


def config(tmp_path: Path, base: int | None = 18_000, **more: object) -> StackConfig:
    return StackConfig(state_dir=tmp_path, ports=ports_from(base), cache_dir=tmp_path, **more)  # type: ignore[arg-type]


def test_a_base_moves_every_port() -> None:
    assert ports_from(18_000) == {
        "api": 18_000,
        "processor": 18_010,
        "refunder": 18_020,
        "notifier": 18_030,
        "acquirer": 18_040,
        "shop": 18_050,
        "postgres": 18_060,
        "kafka": 18_070,
        "kafka-controller": 18_071,
        "checkout": 18_080,
        "dashboard": 18_090,
    }
    assert ports_from(None)["shop"] == 4000


def test_restarts_pause_only_after_quick_exits() -> None:
    assert next_pause_s(0.0, lived_s=5.0) == 0.0
    assert next_pause_s(4.0, lived_s=3600.0) == 0.0
    pauses = [0.0]
    for _ in range(8):
        pauses.append(next_pause_s(pauses[-1], lived_s=0.1))
    assert pauses[1:] == sorted(pauses[1:])
    assert 0 < pauses[1] < 1
    assert pauses[-1] == LONGEST_PAUSE_S


def test_the_jar_lock_names_each_jar_once_with_a_whole_hash() -> None:
    jars = read_lock()
    assert len({jar.file_name for jar in jars}) == len(jars) > 40
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
    assert "log4j-slf4j-impl" in {jar.artifact for jar in jars}


def test_a_damaged_jar_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "a-1.jar"
    path.write_bytes(b"whole")
    jar = Jar("g", "a", "1", sha256_of(path))
    assert jar.is_at(path)
    path.write_bytes(b"half")
    assert not jar.is_at(path)
    assert not jar.is_at(tmp_path / "missing.jar")


def test_a_config_survives_its_way_to_the_supervisor(tmp_path: Path) -> None:
    whole = config(tmp_path, services=("api", "shop"), replicas={"api": 2}, environment={"api": {"A": "b"}})
    assert StackConfig.from_json(whole.to_json()) == whole


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    made = load_or_make(tmp_path)
    assert load_or_make(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_stack_from_before_a_service_gets_a_login_for_it_and_keeps_the_others(tmp_path: Path) -> None:
    made = asdict(load_or_make(tmp_path))
    former = made | {"roles": {role: word for role, word in made["roles"].items() if "checkout" not in role}}
    (tmp_path / "secrets.json").write_text(json.dumps(former))
    now = asdict(load_or_make(tmp_path))
    assert now["roles"].keys() == made["roles"].keys()
    assert former["roles"].items() <= now["roles"].items()
    assert now | {"roles": former["roles"]} == former
    assert asdict(load_or_make(tmp_path)) == now


def test_a_replica_has_its_own_port_and_slot(tmp_path: Path) -> None:
    two = config(tmp_path, services=("api",), replicas={"api": 2}, environment={"*": {"X": "1"}, "api-1": {"X": "2"}})
    first, second = service_processes(two, Credentials())
    assert (first.name, first.environment["PORT"], first.environment["SLOT_ID"]) == ("api", "18000", "api-0")
    assert (second.name, second.environment["PORT"], second.environment["SLOT_ID"]) == ("api-1", "18001", "api-1")
    assert (first.environment["X"], second.environment["X"]) == ("1", "2")


def test_replicas_may_serve_the_first_ones_port_together(tmp_path: Path) -> None:
    two = config(tmp_path, services=("api",), replicas={"api": 2}, share_ports=True)
    assert [one.environment["SHARED_PORT"] for one in service_processes(two, Credentials())] == ["18000", "18000"]
    alone = config(tmp_path, services=("api",), replicas={"api": 2})
    assert all("SHARED_PORT" not in one.environment for one in service_processes(alone, Credentials()))


def test_only_the_verbs_get_the_owners_login(tmp_path: Path) -> None:
    whole = config(tmp_path)
    made = Credentials()
    assert made.roles["api_owner"] in verb_environments(whole, made)["api"]["MIGRATE_DATABASE_URL"]
    values = [value for process in service_processes(whole, made) for value in process.environment.values()]
    assert not any(made.roles[f"{schema}_owner"] in value for schema in SCHEMAS for value in values)


def test_the_caller_overrides_a_default_but_not_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PROCESSING_DELAY", "5")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    api = service_processes(config(tmp_path, services=("api",)), Credentials())[0].environment
    assert api["TEST_PROCESSING_DELAY"] == "5"
    assert api["TEST_MODE"] == "true"
    assert "127.0.0.1:18060" in api["DATABASE_URL"]


def test_webhooks_may_not_be_sent_to_the_stack_itself_but_to_the_shop(tmp_path: Path) -> None:
    whole = config(tmp_path, services=("notifier",), replicas={"api": 2})
    blocked = service_processes(whole, Credentials())[0].environment["WEBHOOK_BLOCKED_PORTS"].split(",")
    assert {"18000", "18001", "18060", "18070", "18071", "18080"} <= set(blocked)
    assert "18050" not in blocked


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PAYGATE_PORT_BASE", "high"), ("PAYGATE_PORT_BASE", "80"), ("API_REPLICAS", "0"), ("PAYGATE_SERVICES", "apii")],
)
def test_a_setting_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, setting: str, value: str) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(StackFailure, match=setting):
        StackConfig.from_environment()


def test_progress_survives_the_pipe() -> None:
    told = Progress("done", "Kafka's jars", "46 jars", 1.5)
    assert from_line(to_line(told)) == told


def test_a_tail_begins_at_a_whole_line_and_lives_through_an_emptied_file(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("one\ntwo\nthree\nhalf")
    tail = tail_of(log, past_bytes=12)
    assert list(tail.new_lines()) == ["three"]
    with log.open("a") as file:
        file.write(" a line\n")
    assert list(tail.new_lines()) == ["half a line"]
    log.write_text("anew\n")
    assert list(tail.new_lines()) == ["anew"]


def test_a_copy_of_postgres_runs_without_the_wheel(tmp_path: Path) -> None:
    copy_programs(tmp_path / "copy")
    command = [str(tmp_path / "copy" / INSTALL / "bin/initdb"), "--version"]
    assert "PostgreSQL" in subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
