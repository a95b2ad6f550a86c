"""Makes docs/settings.md from the settings classes, so that no setting is left out; run by `make docs`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import acquirer.app
import services.api.settings
import services.checkout.settings
import services.dashboard.settings
import services.notifier.settings
import services.processor.settings
import services.refunder.settings
from acquirer.settings import AcquirerSettings, SimulationSettings
from chassis.settings import ServiceSettings
from deploy.embedded.config import ROOT
from deploy.embedded.config import SETTINGS as STACK
from deploy.embedded.processes import DEFAULTS
from examples.shop.settings import ShopSettings
from services.notifier.state import GAPS_S, JITTER_MAX_S, JITTER_PART, TEST_GAPS_S

SERVICES: Final[Mapping[str, tuple[type[BaseSettings], int]]] = {
    "api": (services.api.settings.Settings, services.api.settings.PORT),
    "processor": (services.processor.settings.Settings, services.processor.settings.PORT),
    "refunder": (services.refunder.settings.Settings, services.refunder.settings.PORT),
    "notifier": (services.notifier.settings.Settings, services.notifier.settings.PORT),
    "checkout": (services.checkout.settings.Settings, services.checkout.settings.PORT),
    "dashboard": (services.dashboard.settings.Settings, services.dashboard.settings.PORT),
    "acquirer": (AcquirerSettings, acquirer.app.PORT),
}
CONTAINERS: Final = {
    "PAYGATE_IMAGE": "The image of the Python services",
    "PAYGATE_SUBNET": "Network of the containers, where no webhook may reach the stack's own ports",
    "API_PORT": "Port of this machine that the api is reached at",
    "PROCESSOR_PORT": "Port of this machine that the 3-D Secure challenges are reached at; CHALLENGE_BASE_URL names it",
    "CHECKOUT_PORT": "Port of this machine that the checkout is reached at; CHECKOUT_PUBLIC_URL names it",
    "DASHBOARD_PORT": "Port of this machine that the dashboard is reached at; DASHBOARD_PUBLIC_URL names it",
    "SHOP_PORT": "Port of this machine that the test shop is reached at",
    "KAFKA_HEAP_OPTS": "Memory of the broker",
    "POSTGRES_PASSWORD": "Password of Postgres' superuser",
    "OWNERS_DB_PASSWORD": "Password of the roles that own the schemas",
} | {f"{name.upper()}_DB_PASSWORD": f"Password of the role `{name}`" for name in SERVICES}
"""What docker-compose.yml asks for beyond the settings of the services."""

COMPOSE_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::-((?:[^{}]|\{[^{}]*\})*))?\}")
WORDS: Final = re.compile(r"(?:\(\?i\))?\^\(([\w|]+)\)\$")
SECRET_NAME: Final = re.compile(r"_(PASSWORD|KEY|TOKEN|SECRET)$")
HEAD: Final = """\
# Settings

Every setting is an environment variable, read once when its process starts. A wrong value ends the process with a
sentence that names it. Secrets have no default to rely on and are never logged. This page is made from the code:
`make docs` writes it anew.
"""

Row = tuple[str, str, str, str]


def page() -> str:
    """The text of docs/settings.md."""
    sections = [
        HEAD,
        _section("The stack", "Read by `make up` and its companions.", _stack()),
        _passed_on(),
        _section(
            "Every service",
            "The same in api, processor, refunder, notifier, checkout, dashboard and acquirer.",
            _rows(ServiceSettings),
        ),
        *(
            _section(name, f"Listens on port {port} unless PORT says otherwise.", _rows(settings, but=ServiceSettings))
            for name, (settings, port) in SERVICES.items()
        ),
        _section("shop", "The test merchant of `examples/shop`.", _rows(ShopSettings)),
        _section("Containers", "Read by `docker compose`, for the containers of `docker-compose.yml`.", _containers()),
        _side_by_side(),
    ]
    return "\n".join(sections)


def documented() -> set[str]:
    """The name of every setting on the page."""
    fields = {name for settings, _ in SERVICES.values() for name in settings.model_fields} | set(
        ShopSettings.model_fields
    )
    return {name.upper() for name in fields} | {setting.name for setting in STACK} | set(CONTAINERS)


def compose_variables() -> dict[str, str]:
    """What docker-compose.yml takes from the caller's environment, with its default."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(COMPOSE_VARIABLE.findall(text))


def _section(title: str, about: str, rows: Iterator[Row]) -> str:
    return f"## {title}\n\n{about}\n\n{_table(('Setting', 'Default', 'Limits', 'What it is'), list(rows))}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _rows(settings: type[BaseSettings], but: type[BaseSettings] | None = None) -> Iterator[Row]:
    schemas = settings.model_json_schema()["properties"]
    for name, field in settings.model_fields.items():
        if but is None or name not in but.model_fields:
            if not field.description:
                raise ValueError(f"{settings.__module__}.{settings.__name__}.{name}: give the field a description.")
            yield f"`{name.upper()}`", _default(field), _limits(schemas[name]), field.description


def _default(field: FieldInfo) -> str:
    secret = "SecretStr" in str(field.annotation) or isinstance(field.default, SecretStr)
    if field.is_required():
        return "**required**, secret" if secret else "**required**"
    if field.default is None:
        return "unset, secret" if secret else "unset"
    if secret:
        return "not shown, secret"
    return f"`{_written(field.default)}`" if field.default != "" else "empty"


def _written(value: object) -> str:
    """As the environment variable would be written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _limits(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{least:g} to {most:g}" if isinstance(least, float) else f"{least} to {most}"
    said = {"minimum": "≥ {:g}", "exclusiveMinimum": "> {:g}", "maximum": "≤ {:g}", "exclusiveMaximum": "< {:g}"}
    limits = [text.format(schema[key]) for key, text in said.items() if key in schema]
    if words := WORDS.fullmatch(schema.get("pattern", "")):
        limits.append(" or ".join(f"`{word}`" for word in words[1].split("|")))
    elif "pattern" in schema:
        limits.append(f"matches `{schema['pattern']}`")
    return ", ".join(limits)


def _stack() -> Iterator[Row]:
    for setting in STACK:
        limits = f"{setting.allowed[0]} to {setting.allowed[-1]}" if setting.allowed else ""
        yield f"`{setting.name}`", f"`{setting.default}`" if setting.default else "unset", limits, setting.description


def _passed_on() -> str:
    """What the stack says to the services when its caller says nothing."""
    defaults = "".join(f"- `{name}={value}`\n" for name, value in DEFAULTS.items())
    return (
        "The stack makes the secrets and the addresses itself, passes its caller's environment on to every service\n"
        f"(`TEST_PROCESSING_DELAY=0 make up`), and says where its caller says nothing:\n\n{defaults}"
    )


def _containers() -> Iterator[Row]:
    for name, default in compose_variables().items():
        if name in CONTAINERS:
            shown = "one for development" if SECRET_NAME.search(name) else f"`{default}`"
            yield f"`{name}`", shown, "", CONTAINERS[name]


def _side_by_side() -> str:
    simulation = SimulationSettings.model_fields
    processor, refunder = (SERVICES[name][0].model_fields for name in ("processor", "refunder"))
    api = SERVICES["api"][0].model_fields
    fixed = f"{simulation['test_processing_delay'].default} ms (`TEST_PROCESSING_DELAY`)"
    rates = " and ".join(
        f"{simulation[name].default:.0%} of {title} payments succeed (`{name.upper()}`)"
        for name, title in (("upi_success_rate", "UPI"), ("card_success_rate", "card"))
    )
    expiry = api["test_card_expiry_as_of"].default
    rows = [
        ("An authorisation takes", fixed, _between(processor, "processing_delay")),
        ("A refund takes", fixed, _between(refunder, "refund_delay")),
        ("Without a test value", "as `TEST_PAYMENT_SUCCESS` says; unset, as on the right", rates),
        ("A card's expiry is compared with", f"{expiry} (`TEST_CARD_EXPIRY_AS_OF`)", "today"),
        ("A webhook URL on a private address", "may be saved", "is refused, unless `WEBHOOK_ALLOWED_HOSTS` names it"),
        ("`/api/v1/test/*`", "answers", "is not there"),
    ]
    late = f"each up to {JITTER_PART:.0%} longer ({JITTER_MAX_S:g} s at most)"
    webhooks = [("A failed webhook is sent again after", _gaps(TEST_GAPS_S), f"{_gaps(GAPS_S)}, {late}")]
    return (
        "## Test mode and a real merchant's defaults, side by side\n\n"
        f"{_table(('', '`TEST_MODE=true`', '`TEST_MODE=false`'), rows)}\n"
        "The webhooks' schedule has a switch of its own.\n\n"
        f"{_table(('', '`WEBHOOK_RETRY_INTERVALS_TEST=true`', '`WEBHOOK_RETRY_INTERVALS_TEST=false`'), webhooks)}"
    )


def _between(fields: Mapping[str, FieldInfo], name: str) -> str:
    least, most = fields[f"{name}_min"].default, fields[f"{name}_max"].default
    return f"{least} to {most} ms (`{name.upper()}_MIN`, `{name.upper()}_MAX`)"


def _gaps(gaps_s: Sequence[int]) -> str:
    return f"{', '.join(map(str, gaps_s))} s"
