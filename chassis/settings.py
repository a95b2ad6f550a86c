"""What every service is told by its environment. A service's `settings.py` adds its own."""

from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

HTTP_URL: Final = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"
BaseUrl = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
"""Without its last slash, so that a path can follow."""


class ServiceSettings(BaseSettings):
    """Read once at start, frozen afterwards. A secret is never logged: its type does not print."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_file=None)

    database_url: SecretStr = Field(description="Postgres DSN of the service's own role (rows only, no DDL)")
    migrate_database_url: SecretStr | None = Field(
        None, description="Postgres DSN of the role that owns the schema; only the verbs `migrate` and `seed` need it"
    )
    kafka_bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated")
    host: str = Field("127.0.0.1", description="Address the HTTP server listens on")
    port: int = Field(0, ge=0, le=65535, description="Port the HTTP server listens on; 0 takes the service's own")
    shared_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="A second port, which all processes of the service serve together (SO_REUSEPORT); 0: none",
    )
    public_url: BaseUrl = Field(
        "http://localhost:8000",
        pattern=HTTP_URL,
        description="Where callers reach the gateway; begins the address of every error's page",
    )
    slot_id: str | None = Field(
        None,
        description="Stable, unique name of this process: static Kafka membership, and its leases back after a restart",
    )
    internal_token: SecretStr = Field(min_length=8, description="Shared secret of the services' internal HTTP")
    log_level: Annotated[str, BeforeValidator(str.upper)] = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$", description="Least level that is logged"
    )
    log_format: str = Field("json", pattern="^(json|console)$", description="`json` for machines, `console` for people")
    pool_max_size: int = Field(8, ge=1, le=100, description="Most Postgres connections of this process")
    request_body_max_bytes: int = Field(65_536, ge=1024, description="Largest request body, in bytes")
    request_timeout_s: float = Field(15.0, gt=0, description="Most time for the body of a request to arrive, in s")
    shutdown_grace_s: float = Field(10.0, ge=0, description="Time for running work to finish after SIGTERM, in s")
    consumer_batch_max: int = Field(1000, ge=1, description="Most messages taken from Kafka at once")
    consumer_slice_max: int = Field(100, ge=1, le=1000, description="Most messages handled in one transaction")
    consumer_backoff_max_s: float = Field(5.0, gt=0, description="Longest pause after a transient failure, in s")
    outbox_poll_s: float = Field(
        0.2, gt=0, description="How often the relay looks for messages nobody woke it for, in s"
    )
    outbox_batch_max: int = Field(1000, ge=1, le=10_000, description="Most messages the relay publishes at once")
    outbox_republish_h: int = Field(
        24, ge=0, description="After Kafka lost its data: how far back public events are published again, in h"
    )
    batch_max: int = Field(128, ge=1, le=1000, description="Most requests written by one group commit")
    batch_queue_max: int = Field(2000, ge=1, description="Most requests that wait for a group commit before 503")

    @property
    def docs_url(self) -> str:
        """The page that explains every error code."""
        return f"{self.public_url}/docs/errors"
