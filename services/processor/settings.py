"""What the processor is told by its environment."""

from typing import Self

from pydantic import Field, model_validator

from acquirer.delay import Delay
from acquirer.settings import AcquirerClientSettings
from chassis.settings import ServiceSettings

PORT = 8010


class Settings(ServiceSettings, AcquirerClientSettings):
    """Every name is an environment variable in capitals."""

    processing_delay_min: int = Field(5000, ge=0, description="Outside test mode: shortest authorisation, in ms")
    processing_delay_max: int = Field(10_000, ge=0, description="Outside test mode: longest authorisation, in ms")

    challenge_poll_s: float = Field(
        30.0,
        gt=0,
        description="How often the acquirer is asked about a 3-D Secure challenge when no answer has come here, in s",
    )
    challenge_frame_ancestors: str = Field(
        "'self' http://localhost:* http://127.0.0.1:*",
        pattern=r"^[^;,\r\n]+$",
        description="Who may show the 3-D Secure challenge in a frame: the sources of a Content-Security-Policy. A "
        "browser asks for every page above it, the checkout and the shop that shows the checkout, so the default names "
        "any port of this machine; with shops elsewhere name the checkout and their sites, or `https:` for all",
    )
    dispute_delay: int = Field(
        5000, ge=0, description="How long after its capture a payment by the disputed test card is disputed, in ms"
    )

    @model_validator(mode="after")
    def _check_delay(self) -> Self:
        if self.processing_delay_min > self.processing_delay_max:
            raise ValueError("PROCESSING_DELAY_MIN must not be more than PROCESSING_DELAY_MAX")
        return self

    @property
    def delay(self) -> Delay:
        """How long an authorisation takes."""
        fixed = self.test_processing_delay if self.test_mode else None
        return Delay(self.processing_delay_min, self.processing_delay_max, fixed)
