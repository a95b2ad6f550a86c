"""The one table of the stack's own processes, and the environment that each of them gets."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deploy.embedded.child import ProcessSpec
from deploy.embedded.config import ROOT, StackConfig
from deploy.embedded.credentials import Credentials
from deploy.embedded.ports import HOST
from deploy.embedded.postgres import Postgres

STOP_TIMEOUT_S: Final = 15.0
SEEDED_API_KEY: Final = "key_test_abc123"
SEEDED_API_SECRET: Final = "secret_test_xyz789"
SEEDED_WEBHOOK_SECRET: Final = "whsec_test_abc123"
"""Of the seeded test merchant; printed in the documentation, so no secrets."""

DEFAULTS: Final = {
    "TEST_MODE": "true",
    "TEST_PROCESSING_DELAY": "1000",
    "WEBHOOK_RETRY_INTERVALS_TEST": "true",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "json",
}
"""What the caller's environment may say otherwise."""


@dataclass(frozen=True, slots=True)
class Service:
    """A row of the table. `module` is run with `python -m`."""

    name: str
    module: tuple[str, ...]
    schema: str | None


INTERNAL: Final = ("processor", "refunder", "notifier", "checkout")
"""Whose internal HTTP the api calls."""

TABLE: Final = (
    Service("acquirer", ("acquirer", "run"), "acquirer"),
    Service("api", ("services.api", "run"), "api"),
    Service("processor", ("services.processor", "run"), "processor"),
    Service("refunder", ("services.refunder", "run"), "refunder"),
    Service("notifier", ("services.notifier", "run"), "notifier"),
    Service("checkout", ("services.checkout", "run"), "checkout"),
    Service("dashboard", ("services.dashboard", "run"), "dashboard"),
    Service("shop", ("examples.shop",), None),
)


def service_processes(config: StackConfig, credentials: Credentials) -> list[ProcessSpec]:
    """Every process of ours that the stack is to run, replicas included."""
    return [
        _process(config, credentials, service, index)
        for service in TABLE
        if service.name in config.services
        for index in range(config.replica_count(service.name))
    ]


def replica_name(service: str, index: int) -> str:
    """The first one bears the service's name alone."""
    return service if index == 0 else f"{service}-{index}"


def _process(config: StackConfig, credentials: Credentials, service: Service, index: int) -> ProcessSpec:
    name = replica_name(service.name, index)
    port = config.port(name)
    environment = {
        **environment_of(config, credentials, service.name),
        "HOST": HOST,
        "PORT": str(port),
        "SLOT_ID": f"{service.name}-{index}",
    }
    if config.share_ports:
        environment["SHARED_PORT"] = str(config.port(service.name))
    return ProcessSpec(
        name=name,
        command=(sys.executable, "-m", *service.module),
        environment=environment | _extra(config, name),
        port=port,
        serves_http=True,
        stop_timeout_s=STOP_TIMEOUT_S,
    )


def verb_environments(config: StackConfig, credentials: Credentials) -> dict[str, dict[str, str]]:
    """For `migrate` and `seed`: the only ones that get the owner's login."""
    postgres = Postgres(config, credentials)
    return {
        service.schema: {
            **environment_of(config, credentials, service.name),
            "MIGRATE_DATABASE_URL": postgres.dsn(f"{service.schema}_owner"),
            "SEED_WEBHOOK_URL": f"{config.url('shop')}/webhook",
            "SEED_WEBHOOK_SECRET": SEEDED_WEBHOOK_SECRET,
        }
        | _extra(config, service.name)
        for service in TABLE
        if service.schema
    }


def _extra(config: StackConfig, name: str) -> dict[str, str]:
    service = name.partition("-")[0]
    layers = (config.environment.get(key, {}) for key in dict.fromkeys(("*", service, name)))
    return {name: value for layer in layers for name, value in layer.items()}


def environment_of(config: StackConfig, credentials: Credentials, service: str) -> dict[str, str]:
    """What every process of a service gets: the defaults, the caller's environment, then what only the stack knows."""
    ours = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "INTERNAL_TOKEN": credentials.internal_token,
        "KAFKA_BOOTSTRAP_SERVERS": f"{HOST}:{config.ports['kafka']}",
    }
    public = {
        "PUBLIC_URL": f"http://localhost:{config.port('api')}",
        "CHECKOUT_PUBLIC_URL": f"http://localhost:{config.port('checkout')}",
        "DASHBOARD_PUBLIC_URL": f"http://localhost:{config.port('dashboard')}",
    }
    return {**DEFAULTS, **public, **os.environ, **ours, **_own(config, credentials, service)}


def _own(config: StackConfig, credentials: Credentials, service: str) -> Mapping[str, str]:
    dsn = Postgres(config, credentials).dsn
    acquirer = {"ACQUIRER_DATABASE_URL": dsn("acquirer")}
    if "acquirer" in config.services:
        acquirer["ACQUIRER_URL"] = config.url("acquirer")
    match service:
        case "api":
            others = {f"{name.upper()}_URL": config.url(name) for name in INTERNAL}
            keys = {
                "FINGERPRINT_KEY": credentials.fingerprint_key,
                "ENCRYPTION_KEY": credentials.encryption_key,
                "ADMIN_API_KEY": credentials.admin_api_key,
            }
            return {"DATABASE_URL": dsn("api"), **others, **keys}
        case "processor":
            return {"DATABASE_URL": dsn("processor"), **acquirer, **_challenges(config)}
        case "refunder":
            return {"DATABASE_URL": dsn("refunder"), **acquirer}
        case "acquirer":
            return {"DATABASE_URL": dsn("acquirer"), **_challenges(config)}
        case "notifier":
            blocked = ",".join(map(str, _own_ports(config)))
            return {
                "DATABASE_URL": dsn("notifier"),
                "ENCRYPTION_KEY": credentials.encryption_key,
                "WEBHOOK_BLOCKED_PORTS": blocked,
            }
        case "checkout":
            return {
                "DATABASE_URL": dsn("checkout"),
                "ENCRYPTION_KEY": credentials.encryption_key,
                "API_URL": config.url("api"),
                **_challenges(config),
            }
        case "dashboard":
            return {
                "DATABASE_URL": dsn("dashboard"),
                "API_URL": config.url("api"),
                "ADMIN_API_KEY": credentials.admin_api_key,
            }
        case "shop":
            # Named here, so that an API_KEY of the caller's own shell does not reach the shop.
            key = {"API_KEY": SEEDED_API_KEY, "API_SECRET": SEEDED_API_SECRET}
            return {"WEBHOOK_SECRET": SEEDED_WEBHOOK_SECRET, "API_URL": config.url("api"), **key}
        case _:
            return {"DATABASE_URL": dsn(service)}


def _challenges(config: StackConfig) -> Mapping[str, str]:
    """Where a buyer's browser finds the challenges, unless the caller knows better: behind a tunnel, for instance."""
    own = f"http://localhost:{config.port('processor')}"
    return {"CHALLENGE_BASE_URL": os.environ.get("CHALLENGE_BASE_URL") or own}


def _own_ports(config: StackConfig) -> list[int]:
    """Where a merchant's webhook must never be sent: everything of the stack but the shop."""
    names = [name for name in config.ports if name != "shop"]
    return sorted({config.port(replica_name(name, i)) for name in names for i in range(config.replica_count(name))})
