"""What the shop can be told by its environment; read once, by `__main__`."""

from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from examples.shop.behaviour import MAX_DELAY_S

PositiveInt = Annotated[int, Field(gt=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]


class ShopSettings(BaseSettings):
    """One environment variable for each field, of the same name in upper case."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address the shop listens on."""

    port: int = Field(4000, ge=0, le=65535)
    """Port the shop listens on; 0 takes any free one."""

    webhook_secret: SecretStr = Field(SecretStr("whsec_test_abc123"), min_length=1)
    """The merchant's webhook secret, exactly as the gateway shows it."""

    api_url: AnyHttpUrl = AnyHttpUrl("http://localhost:8000")
    """Where this shop's server reaches the merchant API."""

    public_url: AnyHttpUrl = AnyHttpUrl("http://localhost:8000")
    """Where people reach the merchant API, for the commands that the pages suggest."""

    checkout_public_url: AnyHttpUrl = AnyHttpUrl("http://localhost:3001")
    """Where a buyer's browser finds the checkout: its script and its frame."""

    api_key: str = Field("key_test_abc123", min_length=1)
    """The merchant's API key; it goes to the browser, too."""

    api_secret: SecretStr = Field(SecretStr("secret_test_xyz789"), min_length=1)
    """The key's secret: for calls of the API, and to verify what the browser brings back. It stays on the server."""

    api_timeout_s: PositiveSeconds = 10
    """The most time that one call of the merchant API may take."""

    return_grace_s: PositiveSeconds = 15
    """After a webhook told of a success: how long the browser may take to come back with the signature, until the shop
    asks the API instead."""

    kept_orders: PositiveInt = 1_000
    """How many orders are remembered; the oldest goes first."""

    timestamp_tolerance_s: PositiveSeconds = 300
    """How far `webhook-timestamp` may be from now: an older delivery may be a replayed one."""

    kept_deliveries: PositiveInt = 1_000
    """How many deliveries are remembered with their headers and body; the oldest goes first."""

    kept_webhook_ids: PositiveInt = 200_000
    """How many distinct webhook ids are remembered, to tell a duplicate; the oldest goes first."""

    kept_body_bytes: PositiveInt = 32 * 1024
    """How much of each body is remembered; the checks always see the whole."""

    max_body_bytes: PositiveInt = 256 * 1024
    """A larger body is refused unread with 413."""

    hang_limit_s: PositiveSeconds = MAX_DELAY_S
    """A delivery that is left without an answer is dropped after this time, if its sender still waits."""

    shutdown_timeout_s: PositiveSeconds = 1
    """How long deliveries under way may take to end when the shop is stopped."""

    @property
    def checkout_script(self) -> str:
        """The address of the SDK."""
        return f"{str(self.checkout_public_url).rstrip('/')}/checkout.js"

    @property
    def checkout_origin(self) -> str:
        """For the policy of the pages that take payments."""
        url = self.checkout_public_url
        return f"{url.scheme}://{url.host}:{url.port}"
