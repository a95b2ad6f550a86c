"""Settings: read from the environment alone, refused in words, and secrets that do not print."""

import pytest
from pydantic import ValidationError

from chassis.settings import ServiceSettings

GOOD = {"DATABASE_URL": "postgresql://api:pass-word@127.0.0.1/paygate", "INTERNAL_TOKEN": "token-of-the-services"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_defaults_do_for_all_but_what_only_the_stack_knows() -> None:
    settings = ServiceSettings()
    assert settings.database_url.get_secret_value() == GOOD["DATABASE_URL"]
    assert settings.migrate_database_url is None


@pytest.mark.parametrize("name", GOOD)
def test_what_has_no_default_must_be_there(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match=name.lower()):
        ServiceSettings()


def test_secrets_do_not_print() -> None:
    printed = f"{ServiceSettings()!r} {ServiceSettings()} {ServiceSettings().model_dump()}"
    assert "pass-word" not in printed
    assert "token-of-the-services" not in printed


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        setattr(ServiceSettings(), "port", 1)  # noqa: B010  # the type checker refuses it, too


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "LOUD"),
        ("POOL_MAX_SIZE", "0"),
        ("OUTBOX_POLL_S", "0"),
        ("OUTBOX_POLL_S", "-1"),
        ("BATCH_MAX", "100000"),
        ("REQUEST_BODY_MAX_BYTES", "1"),
        ("CONSUMER_SLICE_MAX", "1.5"),
    ],
)
def test_a_value_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        ServiceSettings()


@pytest.mark.parametrize("value", ["debug", "Warning", "ERROR"])
def test_a_level_may_be_written_in_any_case(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LOG_LEVEL", value)
    assert ServiceSettings().log_level == value.upper()


def test_every_setting_has_a_description_and_every_limit_its_unit() -> None:
    units = ("_s", "_ms", "_h", "_bytes", "_max", "_size", "_minor")
    for name, field in ServiceSettings.model_fields.items():
        assert field.description, name
        if field.annotation in (int, float) and not name.endswith("port"):
            assert name.endswith(units), name
