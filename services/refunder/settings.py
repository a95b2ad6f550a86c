"""What the refunder is told by its environment."""

from typing import Self

from pydantic import Field, model_validator

from acquirer.delay import Delay
from acquirer.settings import AcquirerClientSettings
from chassis.settings import ServiceSettings

PORT = 8020


class Settings(ServiceSettings, AcquirerClientSettings):
    """Every name is an environment variable in capitals."""

    refund_delay_min: int = Field(3000, ge=0, description="Outside test mode: shortest refund, in ms")
    refund_delay_max: int = Field(5000, ge=0, description="Outside test mode: longest refund, in ms")

    @model_validator(mode="after")
    def _check_delay(self) -> Self:
        if self.refund_delay_min > self.refund_delay_max:
            raise ValueError("REFUND_DELAY_MIN must not be more than REFUND_DELAY_MAX")
        return self

    @property
    def delay(self) -> Delay:
        """How long a refund takes."""
        fixed = self.test_processing_delay if self.test_mode else None
        return Delay(self.refund_delay_min, self.refund_delay_max, fixed)
