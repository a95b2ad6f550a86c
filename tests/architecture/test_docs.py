"""What is written about the code says what the code says, and what is committed runs on anybody's machine."""

import re
from pathlib import Path
from typing import Final

import pytest

from chassis.settings import ServiceSettings
from contracts.topics import TOPICS
from tests.architecture.source import ROOT, files, shipped
from tools import docs, settings_table

DECISIONS: Final = sorted(path for path in (ROOT / "docs/decisions").iterdir() if path.suffix == ".md")
LOCKS: Final = [*sorted(ROOT.glob("requirements*")), ROOT / "deploy/kafka/jars.lock"]
DEVELOPER_PATH: Final = re.compile(rb"(?<![\w.])/(home|Users|root|work)/[\w.]+")
PAGES: Final = [path for path in files() if path.suffix == ".md"]
LINK: Final = re.compile(r"\]\((?!https?:)([^)#]*)[^)]*\)")
COMMAND: Final = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)
TARGET: Final = re.compile(r"^([a-z-]+):", re.MULTILINE)
TYPE: Final = re.compile(r"^export (?:interface|declare class) (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
MEMBER: Final = re.compile(r"^  (?:static |readonly )*(\w+)[?:(<]", re.MULTILINE)
STACK_VARIABLE: Final = re.compile(r"PAYGATE_[A-Z_]+")


def test_the_generated_pages_are_fresh() -> None:
    assert docs.stale() == [], "run `make docs` and commit what it writes"


def test_every_variable_of_the_stack_is_documented() -> None:
    named = {name for module in shipped("deploy", "tools") for name in STACK_VARIABLE.findall(module.text)}
    assert not named - settings_table.documented()


def test_every_variable_of_the_containers_is_documented() -> None:
    assert not set(settings_table.compose_variables()) - settings_table.documented()
    assert not set(settings_table.CONTAINERS) - set(settings_table.compose_variables()), "listed, but gone"


def test_decisions_are_numbered_without_a_gap() -> None:
    for number, path in enumerate(DECISIONS, start=1):
        assert re.fullmatch(rf"{number:04}-[a-z0-9-]+\.md", path.name)
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. ")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_packages_and_no_place_to_get_them_from(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.findall(r"^.*(?:https?:|file:|--(?:extra-)?index-url|--find-links).*$", text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = [path for path in LINK.findall(text) if path]
    assert not [path for path in paths if not (page.parent / path).exists()], "links that lead nowhere"
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    assert not set(COMMAND.findall(text)) - targets, "no such make target"


def test_the_guide_for_integrations_says_what_the_topics_are() -> None:
    guide = (ROOT / "docs/integrations.md").read_text(encoding="utf-8")
    for topic in TOPICS:
        traits = (
            rf"\| `{topic.name}` \| [^|]+ \| {topic.key} \| {topic.partitions} \| {topic.retention_h // 24} days \|"
        )
        assert bool(re.search(traits, guide)) == topic.public
    hours = ServiceSettings.model_fields["outbox_republish_h"].default
    assert f"the events of the last {hours} hours again" in guide


def test_the_embed_guide_names_every_option_method_and_event_of_the_sdk() -> None:
    guide = (ROOT / "docs/checkout.md").read_text(encoding="utf-8").partition("## Options")[2]
    declared = (ROOT / "ui/sdk/checkout.d.ts").read_text(encoding="utf-8")
    blocks = {name: body for name, body in TYPE.findall(declared) if name.startswith("PaymentGateway")}
    options, methods, events = (
        MEMBER.findall(blocks[name]) for name in ("PaymentGatewayOptions", "PaymentGateway", "PaymentGatewayEvents")
    )
    assert set(options) == set(re.findall(r"^\| `(\w+)` \|", guide.partition("\n| |")[0], re.MULTILINE))
    assert not [
        name for name in {*methods, *events} - {"constructor"} if not re.search(rf"`[\w., ()]*\b{name}\b", guide)
    ]


def test_no_file_names_a_folder_of_a_developer() -> None:
    places = {path.relative_to(ROOT).as_posix(): DEVELOPER_PATH.search(path.read_bytes()) for path in files()}
    assert not {name: found[0] for name, found in places.items() if found}
