"""What the notifier is told by its environment."""

import secrets
from ipaddress import ip_network

from pydantic import Field, SecretStr, field_validator, model_validator

from chassis.settings import ServiceSettings
from services.notifier.addresses import Network, is_name, is_private_network

PORT = 8030


class Settings(ServiceSettings):
    """Every name is an environment variable in capitals."""

    test_mode: bool = Field(True, description="Allow webhook URLs on private addresses; seed the test merchant")
    encryption_key: SecretStr = Field(description="Seals webhook secrets at rest: 64 hex characters")
    webhook_retry_intervals_test: bool = Field(
        False, description="Gaps of 5, 10, 15, 20 s between attempts instead of 60, 300, 1800, 7200 s"
    )
    webhook_timeout_s: float = Field(
        10.0, gt=0, le=60, description="Most time for one attempt, from the connection to the answer's last byte, in s"
    )
    webhook_response_max_bytes: int = Field(
        16_384, ge=0, le=1_048_576, description="How much of a receiver's answer is read and kept, in bytes"
    )
    webhook_endpoints_max: int = Field(50, ge=1, description="Most webhook endpoints of one merchant")
    webhook_endpoint_slots: int = Field(8, ge=1, description="Most attempts under way to one endpoint, per process")
    webhook_endpoint_window: int = Field(
        128, ge=1, description="Most deliveries claimed at once for an endpoint that answers quickly, per process"
    )
    webhook_claims_max: int = Field(2000, ge=1, description="Most deliveries claimed at once, per process")
    webhook_breaker_failures: int = Field(
        20,
        ge=5,
        description="After so many attempts in a row that found nobody (no connection, no answer in time, 429, 5xx) an"
        " endpoint is only probed",
    )
    webhook_breaker_cooldown_s: float = Field(
        1.0,
        gt=0,
        description="Time until the first probe of an endpoint where nobody was, in s; it doubles each time",
    )
    webhook_breaker_cooldown_max_s: float = Field(
        30.0, gt=0, description="Most time between two probes of an endpoint where nobody is, in s"
    )
    webhook_disable_after_s: float = Field(
        259_200, gt=0, description="An endpoint where every attempt has failed for longer than this is turned off, in s"
    )
    webhook_disable_failures: int = Field(
        20, ge=1, description="At least so many attempts have failed when an endpoint is turned off"
    )
    webhook_lease_s: float = Field(
        60.0, gt=0, description="How long a claim holds if its process says nothing more, in s; beyond the timeout"
    )
    webhook_blocked_ports: str = Field(
        "", description="Ports of this machine that no webhook may be sent to (the stack's own), comma-separated"
    )
    webhook_own_networks: str = Field(
        "", description="Networks where the blocked ports are the stack's, too (CIDR, comma-separated): the containers'"
    )
    webhook_allowed_hosts: str = Field(
        "",
        description="Private addresses, networks (CIDR) and host names that webhooks may be sent to with TEST_MODE off,"
        " too, comma-separated; on a developer's machine 127.0.0.1,host.docker.internal,172.17.0.1",
    )
    webhook_sweep_every_s: float = Field(
        1.0, gt=0, description="How often overdue deliveries and expired claims are looked for, in s"
    )
    webhook_sweep_grace_s: float = Field(
        5.0, ge=0, description="How late a delivery's Kafka record may be before the sweeper takes over, in s"
    )
    webhook_log_retention_days: int = Field(
        30, ge=7, description="How long the log of attempts is kept at least, by whole months of deliveries, in days"
    )
    webhook_order_wait_s: float = Field(
        3600.0,
        gt=0,
        description="How long a delivery to an endpoint with ordering waits for the one before it at most, in s",
    )
    list_scan_max_rows: int = Field(
        1000,
        ge=100,
        description="How many rows a filtered list looks at before it asks the caller to go on, and a total counts",
    )
    seed_webhook_url: str = Field(
        "http://127.0.0.1:4000/webhook", description="Webhook URL of the seeded test merchant; used by `seed` alone"
    )
    seed_webhook_secret: SecretStr = Field(
        SecretStr("whsec_test_abc123"), description="Webhook secret of the seeded test merchant; used by `seed` alone"
    )

    @field_validator("webhook_blocked_ports")
    @classmethod
    def _are_ports(cls, value: str) -> str:
        if not all(part.isdigit() for part in _parts(value)):
            raise ValueError("write the ports as numbers with commas between them")
        return value

    @field_validator("webhook_own_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in _parts(value):
            ip_network(part)
        return value

    @field_validator("webhook_allowed_hosts")
    @classmethod
    def _are_private_or_names(cls, value: str) -> str:
        for part in _parts(value):
            network = _network(part)
            if network is None and not is_name(part):
                raise ValueError(f"{part} is no address, network or host name")
            if network is not None and not is_private_network(network):
                raise ValueError(f"{part} is not private: public addresses need no permission, others never get one")
        return value

    @model_validator(mode="after")
    def _lease_outlives_an_attempt(self) -> "Settings":
        if self.webhook_lease_s < 2 * self.webhook_timeout_s:
            raise ValueError("WEBHOOK_LEASE_S must be at least twice WEBHOOK_TIMEOUT_S")
        return self

    @property
    def blocked_ports(self) -> frozenset[int]:
        """The ports of `webhook_blocked_ports`."""
        return frozenset(int(part) for part in _parts(self.webhook_blocked_ports))

    @property
    def own_networks(self) -> tuple[Network, ...]:
        """The networks of `webhook_own_networks`."""
        return tuple(ip_network(part) for part in _parts(self.webhook_own_networks))

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """The addresses and networks of `webhook_allowed_hosts`."""
        found = (_network(part) for part in _parts(self.webhook_allowed_hosts))
        return tuple(network for network in found if network is not None)

    @property
    def allowed_names(self) -> frozenset[str]:
        """The names of `webhook_allowed_hosts`."""
        return frozenset(part for part in _parts(self.webhook_allowed_hosts) if _network(part) is None)

    def lease_holder(self) -> tuple[str, str]:
        """This process's slot (a random one when it has none) and the name it leases under until it ends."""
        slot = self.slot_id or f"notifier-{secrets.token_hex(4)}"
        return slot, f"{slot}#{secrets.token_hex(4)}"


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _network(part: str) -> Network | None:
    try:
        return ip_network(part)
    except ValueError:
        return None
