"""What the api is told by its environment."""

from datetime import date, timedelta

from pydantic import Field, SecretStr

from chassis.settings import ServiceSettings
from contracts.money import AMOUNT_MAX_MINOR
from services.api.state import Fee, Terms

PORT = 8000


class Settings(ServiceSettings):
    """Every name is an environment variable in capitals."""

    test_mode: bool = Field(True, description="Serve `/api/v1/test/*`, compare card expiry with TEST_CARD_EXPIRY_AS_OF")
    test_card_expiry_as_of: str = Field(
        "2025-01",
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
        description="In test mode: the month card expiry is compared with",
    )
    processor_url: str = Field("http://127.0.0.1:8010", description="The processor's internal HTTP")
    refunder_url: str = Field("http://127.0.0.1:8020", description="The refunder's internal HTTP")
    notifier_url: str = Field("http://127.0.0.1:8030", description="The notifier's internal HTTP")
    checkout_url: str = Field("http://127.0.0.1:3001", description="The checkout's internal HTTP")
    internal_timeout_s: float = Field(5.0, gt=0, description="Most time for a call to another service, in s")
    fingerprint_key: SecretStr = Field(description="Keys the hashes of requests and card numbers: 64 hex characters")
    encryption_key: SecretStr = Field(description="Seals API secrets at rest: 64 hex characters")
    api_key_cache_s: float = Field(1.0, ge=0, description="How long a process trusts what it read of an API key, in s")
    api_key_uses_every_s: float = Field(
        2.0, gt=0, description="How often a process writes down when keys were last used, in s"
    )
    admin_api_key: SecretStr | None = Field(
        None, min_length=16, description="The operator's key, which makes merchants; without one nobody can"
    )
    rate_limit_per_s: int = Field(
        10_000, ge=0, description="Requests per second of one API key in one process; 0 sets no limit"
    )
    rate_limit_burst: int = Field(20_000, ge=1, description="Most requests of one API key at once")
    rate_limit_anonymous_per_s: int = Field(
        1000, ge=0, description="Requests per second of one buyer's address (all of them behind a proxy's); 0: no limit"
    )
    rate_limit_anonymous_burst: int = Field(2000, ge=1, description="Most requests of one client address at once")
    payment_pending_timeout_s: int = Field(
        900, ge=1, description="How long a payment may stay pending before the gateway fails it, in s"
    )
    buyer_attempts_max: int = Field(
        50, ge=1, description="How many payments of an order there may be before its buyer can begin no more; 400 then"
    )
    request_log_flush_s: float = Field(
        0.5, gt=0, le=10, description="How often the log of requests is written, in s: it comes so late, at most"
    )
    request_log_batch_max: int = Field(
        500,
        ge=0,
        le=10_000,
        description="Most requests that are logged of those that come between two writes; 0 logs none. Those beyond "
        "are only counted (`paygate_request_log_dropped_total`)",
    )
    request_log_days: int = Field(7, ge=1, le=365, description="How long the log of requests goes back, in days")
    list_scan_max_rows: int = Field(
        1000,
        ge=100,
        description="How many rows a filtered list looks at before it asks the caller to go on, and a total counts",
    )
    export_max_rows: int = Field(1_000_000, ge=1, description="Most rows of an export; 400 or a broken file beyond")
    exports_per_merchant_max: int = Field(
        3, ge=1, description="Most exports that a merchant may have running at one process; 429 beyond"
    )
    exports_max: int = Field(20, ge=1, description="Most exports that may be running at one process; 503 beyond")
    audits_max: int = Field(
        2, ge=1, description="Most audits that may be running at one process, of a merchant one; 503 and 429 beyond"
    )
    capture_window_h: int = Field(168, ge=1, description="How long an authorisation can be captured, in h")
    fee_basis_points: int = Field(
        0, ge=0, le=10_000, description="Share of each capture that the gateway keeps, in hundredths of a percent"
    )
    fee_fixed_minor: int = Field(
        0,
        ge=0,
        le=AMOUNT_MAX_MINOR,
        description="What the gateway keeps of each capture besides, in minor units; Stripe's usual 2.9 % and 30 ¢ are "
        "FEE_BASIS_POINTS=290, FEE_FIXED_MINOR=30",
    )
    stream_poll_s: float = Field(
        0.15, gt=0, description="How often events that another process published are looked for, while streamed, in s"
    )
    streams_per_merchant_max: int = Field(
        50, ge=1, description="Most streams that a merchant may have open at one process; 429 beyond"
    )
    streams_max: int = Field(1000, ge=1, description="Most streams that may be open at one process; 503 beyond")
    order_stream_poll_s: float = Field(
        0.5, gt=0, description="How often orders that buyers watch are looked at, unless this process published, in s"
    )
    order_stream_pace_s: float = Field(
        0.1, gt=0, description="Least time between two such looks, however much is published, in s"
    )
    order_streams_per_order_max: int = Field(
        20, ge=1, description="Most streams of one order that buyers may have open at one process; 429 beyond"
    )
    order_streams_per_address_max: int = Field(
        200,
        ge=1,
        description="Most streams of orders from one buyer's address (all of them behind a proxy's) at one process; "
        "429 beyond, and the page asks now and then instead",
    )
    order_streams_max: int = Field(
        1000, ge=1, description="Most streams of orders that may be open at one process; 503 beyond"
    )
    order_stream_max_s: float = Field(
        900.0, gt=0, description="When a stream of an order ends, in s; a browser comes back by itself"
    )
    write_lanes_max: int = Field(
        2, ge=1, le=8, description="Most transactions in which one process writes requests at once"
    )
    rush_requests: int = Field(
        24,
        ge=0,
        description="So many requests that wait to be written for 0.4 s are a rush: they come first then, and what "
        "follows from them waits in the outbox; 0: everything is worked off as it comes",
    )
    rush_max_s: float = Field(
        25.0,
        ge=0,
        description="How long a rush comes first, in s; as much of it comes back as there is calm afterwards",
    )
    sweep_every_s: float = Field(1.0, gt=0, description="How often deadlines and overdue commands are looked at, in s")

    @property
    def terms(self) -> Terms:
        """The gateway's own times and fee."""
        return Terms(
            timedelta(seconds=self.payment_pending_timeout_s),
            timedelta(hours=self.capture_window_h),
            Fee(self.fee_basis_points, self.fee_fixed_minor),
        )

    def card_expiry_as_of(self, today: date) -> date:
        """What a card's expiry is compared with: old clients pay with 12/25 in test mode."""
        if not self.test_mode:
            return today
        year, month = self.test_card_expiry_as_of.split("-")
        return date(int(year), int(month), 1)
