"""Money: integers in a currency's minor unit. There is no float anywhere near an amount."""

from typing import Annotated, Final

from pydantic import Field

AMOUNT_MIN_MINOR: Final = 100
"""The least an order may ask for (the family's limit), in minor units."""

AMOUNT_MAX_MINOR: Final = 10**12
"""The most an order may ask for, in minor units: sums over millions of them still fit a bigint."""

AmountMinor = Annotated[int, Field(strict=True, ge=0, le=AMOUNT_MAX_MINOR)]
"""An amount in minor units (paise, cents); zero is allowed for running totals."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 alphabetic code."""
