"""What the dashboard is told by its environment."""

from datetime import timedelta

from pydantic import Field, SecretStr

from chassis.settings import HTTP_URL, BaseUrl, ServiceSettings
from services.dashboard.state import Life

PORT = 3002


class Settings(ServiceSettings):
    """Every name is an environment variable in capitals."""

    test_mode: bool = Field(True, description="Seed the test user, show its password on the login page, say so on top")
    dashboard_test_password: SecretStr = Field(
        SecretStr("paygate-test"), description="Password of test@example.com, in test mode only"
    )
    dashboard_public_url: BaseUrl = Field(
        "http://localhost:3002",
        pattern=r"^https?://[^\s/?#]+/?$",
        description="Where browsers reach the dashboard: the one origin whose pages may change anything",
    )
    checkout_public_url: BaseUrl = Field(
        "http://localhost:3001",
        pattern=HTTP_URL,
        description="Where browsers reach the checkout, for the docs' snippets",
    )
    api_url: BaseUrl = Field("http://127.0.0.1:8000", pattern=HTTP_URL, description="The api's HTTP, from here")
    api_timeout_s: float = Field(20.0, gt=0, le=120, description="Most time until the api answers, in s")
    api_connections_max: int = Field(200, ge=1, description="Most connections to the api at once, streams included")
    api_answer_max_bytes: int = Field(
        16_777_216, ge=1024, description="How much of an answer of the api is kept in memory at most, in bytes"
    )
    admin_api_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="The operator's key: with it people are added to a merchant from outside; unset: nobody may",
    )
    delegation_life_s: int = Field(
        30, ge=1, le=300, description="How long the api believes what the dashboard says of a person's request, in s"
    )
    ui_dist_dir: str = Field(
        "ui/dist", description="Folder of the built pages; a relative one is below the folder of the code"
    )
    session_idle_s: int = Field(43_200, ge=60, description="How long a session lasts that nobody uses, in s")
    session_max_s: int = Field(604_800, ge=60, description="How long a session lasts at most, in s")
    session_check_s: float = Field(
        2.0, gt=0, le=60, description="How often an open stream looks whether its session is over, in s"
    )
    session_streams_max: int = Field(12, ge=1, description="Most streams that one session may have open")
    streams_max: int = Field(
        150, ge=1, description="Most streams of all sessions at one process, less than API_CONNECTIONS_MAX; 503 beyond"
    )
    users_max: int = Field(200, ge=1, le=1000, description="Most people of one merchant")
    password_min_chars: int = Field(12, ge=8, description="Fewest characters of a new password")
    password_max_chars: int = Field(256, ge=64, le=1024, description="Most characters of a password")
    argon2_memory_kib: int = Field(19_456, ge=1024, description="Memory that hashing a password takes, in KiB")
    argon2_passes: int = Field(2, ge=1, description="How often hashing a password goes through that memory")
    hashing_threads: int = Field(2, ge=1, le=64, description="Most passwords that are hashed at once")
    hashing_queue_max: int = Field(32, ge=1, description="Most people who wait for theirs to be hashed before 503")
    sweep_every_s: float = Field(5.0, gt=0, le=30, description="How often what is over is forgotten, in s")

    @property
    def life(self) -> Life:
        """How long sessions last."""
        return Life(timedelta(seconds=self.session_idle_s), timedelta(seconds=self.session_max_s))
