"""What the checkout is told by its environment."""

from datetime import timedelta
from typing import Self

from pydantic import Field, SecretStr, model_validator

from chassis.settings import HTTP_URL, BaseUrl, ServiceSettings
from services.checkout.state import Life

PORT = 3001


class Settings(ServiceSettings):
    """Every name is an environment variable in capitals."""

    test_mode: bool = Field(
        True, description="Let pages of this machine embed the checkout, show the simulated UPI app, say so on the page"
    )
    encryption_key: SecretStr = Field(description="Seals the answers kept for Idempotency-Keys: 64 hex characters")
    checkout_public_url: BaseUrl = Field(
        "http://localhost:3001",
        pattern=r"^https?://[^\s/?#]+/?$",
        description="Where buyers' browsers reach the checkout: an origin, from which its page names its files",
    )
    api_url: BaseUrl = Field("http://127.0.0.1:8000", pattern=HTTP_URL, description="The api's HTTP, from here")
    api_timeout_s: float = Field(
        3.0, gt=0, le=30, description="Most time for a call to the api, in s; less than who calls the checkout waits"
    )
    api_connections_max: int = Field(100, ge=1, description="Most connections to the api at once")
    api_answer_max_bytes: int = Field(
        1_048_576, ge=1024, description="How much of an answer of the api is read at most, in bytes"
    )
    challenge_base_url: BaseUrl = Field(
        "http://localhost:8010",
        pattern=HTTP_URL,
        description="Where a buyer's browser reaches the 3-D Secure challenges, which the page shows in a frame",
    )
    ui_dist_dir: str = Field(
        "ui/dist", description="Folder of the built page and SDK; a relative one is below the folder of the code"
    )
    sdk_max_age_s: int = Field(
        300, ge=0, description="How long a browser may use its copy of checkout.js unasked, in s"
    )
    session_life_s: int = Field(86_400, ge=60, description="How long a hosted session lasts unless it says, in s")
    session_life_max_s: int = Field(2_592_000, ge=60, description="How long a hosted session may last at most, in s")
    allowed_origins_max: int = Field(50, ge=1, le=200, description="Most origins that a merchant can name")
    sweep_every_s: float = Field(
        5.0, gt=0, le=30, description="How often counts are folded and expired Idempotency-Keys forgotten, in s"
    )

    @model_validator(mode="after")
    def _usual_life_is_no_longer_than_the_longest(self) -> Self:
        if self.session_life_s > self.session_life_max_s:
            raise ValueError("SESSION_LIFE_S must not be more than SESSION_LIFE_MAX_S")
        return self

    @property
    def life(self) -> Life:
        """How long sessions last."""
        return Life(timedelta(seconds=self.session_life_s), timedelta(seconds=self.session_life_max_s))
