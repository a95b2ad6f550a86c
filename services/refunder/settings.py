"""What the refunder is told by its environment."""

from pydantic import Field

from acquirer.delay import Delay
from acquirer.settings import AcquirerClientSettings
from chassis.settings import ServiceSettings

PORT = 8020


class Settings(ServiceSettings, AcquirerClientSettings):
    """Every name is an environment variable in capitals."""

    refund_delay_min: int = Field(3000, ge=0, description="Outside test mode: shortest refund, in ms")
    refund_delay_max: int = Field(5000, ge=0, description="Outside test mode: longest refund, in ms")

    @property
    def delay(self) -> Delay:
        """How long a refund takes."""
        fixed = self.test_processing_delay if self.test_mode else None
        return Delay(self.refund_delay_min, self.refund_delay_max, fixed)
