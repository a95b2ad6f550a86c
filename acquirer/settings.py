"""Settings of the acquirer: of the simulation, of those who use it, and of its own server."""

from datetime import timedelta
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from acquirer.rules import Odds
from acquirer.simulator import ChallengeTerms
from chassis.settings import ServiceSettings


class SimulationSettings(BaseSettings):
    """How simulated payments end."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_file=None, env_ignore_empty=True)

    test_mode: bool = Field(True, description="Fixed delays and outcomes instead of a real merchant's")
    test_payment_success: bool | None = Field(
        None, description="In test mode: how payments without a test value end; unset, the success rates decide"
    )
    test_processing_delay: int = Field(
        1000, ge=0, description="In test mode: how long a payment or a refund takes to be processed, in ms"
    )
    upi_success_rate: float = Field(0.90, ge=0, le=1, description="Part of UPI payments that succeed, 0 to 1")
    card_success_rate: float = Field(0.95, ge=0, le=1, description="Part of card payments that succeed, 0 to 1")

    refund_success_rate: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Part of refunds and reversals that succeed, 0 to 1; test cards decide for themselves",
    )
    challenge_base_url: str = Field(
        "http://localhost:8010",
        pattern=r"^https?://[^/?#\s]+$",
        description="Where a buyer's browser reaches the processor, which shows the 3-D Secure challenges",
    )
    challenge_ttl_s: int = Field(
        600, ge=1, description="How long a 3-D Secure challenge can be answered before it counts as declined, in s"
    )

    @property
    def odds(self) -> Odds:
        """As the rules take them."""
        fixed = self.test_payment_success if self.test_mode else None
        return Odds(self.upi_success_rate, self.card_success_rate, fixed, self.refund_success_rate)

    @property
    def challenge_terms(self) -> ChallengeTerms:
        """As the simulator takes them."""
        return ChallengeTerms(self.challenge_base_url, timedelta(seconds=self.challenge_ttl_s))


class AcquirerClientSettings(SimulationSettings):
    """Of a service that calls the acquirer: in-process, unless a URL says where it runs."""

    acquirer_database_url: SecretStr = Field(description="Postgres DSN of the simulated acquirer's own role")
    acquirer_pool_max_size: int = Field(
        4, ge=1, le=100, description="Most Postgres connections to the acquirer's schema"
    )
    acquirer_url: str | None = Field(None, description="Base URL of an acquirer of its own process; unset: in-process")
    acquirer_timeout_s: float = Field(5.0, gt=0, description="Most time for one call to the acquirer, in s")
    acquirer_calls_max: int = Field(256, ge=1, description="Most calls to the acquirer that are under way at once")
    acquirer_lease_s: float = Field(
        15.0,
        gt=0,
        description="After this time a call that a dead process had begun is made again, in s; "
        "more than a call and an inquiry may take together",
    )
    acquirer_poll_s: float = Field(1.0, gt=0, description="How often due calls are looked for when nothing wakes, in s")
    acquirer_retry_first_s: float = Field(0.5, gt=0, description="Pause after the first call without an answer, in s")
    acquirer_retry_max_s: float = Field(30.0, gt=0, description="Longest pause between calls without an answer, in s")

    @model_validator(mode="after")
    def _check_lease(self) -> Self:
        if self.acquirer_lease_s <= 2 * self.acquirer_timeout_s:
            raise ValueError("ACQUIRER_LEASE_S must be more than twice ACQUIRER_TIMEOUT_S")
        return self


class AcquirerSettings(ServiceSettings, SimulationSettings):
    """Of `python -m acquirer`. The failpoints count in test mode only."""

    failpoint_drop_answers: int = Field(
        0, ge=0, description="Test mode: this many calls commit, and then lose their connection without an answer"
    )
    failpoint_delay_ms: int = Field(
        0, ge=0, description="Test mode: every call waits this long before it is made, in ms"
    )
