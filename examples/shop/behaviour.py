"""How the shop answers deliveries that pass its checks: well, with an error, slowly, or never."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_DELAY_S: Final = 600.0
MAX_RETRY_AFTER_S: Final = 86_400
MAX_TIMES: Final = 1_000_000

Mode = Literal["ok", "fail", "slow", "hang"]


class Behaviour(BaseModel):
    """What to do with the next deliveries; `POST /control` takes exactly this."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    status: Annotated[int, Field(ge=300, le=599)] = 500
    """The answer's status in mode `fail`."""
    retry_after_s: Annotated[int, Field(ge=0, le=MAX_RETRY_AFTER_S)] | None = None
    """Sent as `Retry-After` in mode `fail`."""
    delay_s: Annotated[float, Field(ge=0, le=MAX_DELAY_S, allow_inf_nan=False)] = 5.0
    """The wait before the good answer in mode `slow`."""
    times: Annotated[int, Field(ge=1, le=MAX_TIMES)] | None = None
    """How many deliveries before the shop is back to `ok`; null: until it is told otherwise."""


OK: Final = Behaviour(mode="ok")


class Switch:
    """The behaviour in force."""

    def __init__(self) -> None:
        self.current = OK

    def set(self, behaviour: Behaviour) -> None:
        """From the next delivery on, behave like this."""
        self.current = behaviour

    def take(self) -> Behaviour:
        """The behaviour for one delivery, counted against `times`."""
        taken = self.current
        if taken.times is not None:
            self.current = taken.model_copy(update={"times": taken.times - 1}) if taken.times > 1 else OK
        return taken
