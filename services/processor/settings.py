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
