"""The tools find the stack that the environment names, and else the documented ports."""

from pathlib import Path

import pytest

from tools.place import Place, ToolFailure


@pytest.fixture(autouse=True)
def _no_stack_is_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYGATE_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("PAYGATE_PORT_BASE", raising=False)


def test_without_a_stack_the_documented_ports_are_taken() -> None:
    place = Place.find({})
    assert (place.api_url, place.shop_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:4000")
    assert place.kafka_bootstrap_servers == "127.0.0.1:9092"
    assert place.internal_token is None


def test_the_environment_names_another_stack() -> None:
    named = {
        "API_URL": "http://gateway:1/",
        "SHOP_URL": "http://shop:2",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:3",
        "INTERNAL_TOKEN": "token",
    }
    assert Place.find(named) == Place("http://gateway:1", "http://shop:2", "kafka:3", internal_token="token")


def test_what_an_ended_stack_left_behind_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{")
    assert Place.find({}).api_url == "http://127.0.0.1:8000"


def test_a_bad_setting_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYGATE_PORT_BASE", "many")
    with pytest.raises(ToolFailure, match="PAYGATE_PORT_BASE is 'many'"):
        Place.find({})
