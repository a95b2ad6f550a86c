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

WITHOUT_MINOR_UNIT: Final = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
IN_THOUSANDTHS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


def written(amount_minor: int, currency: str) -> str:
    """For people: `INR 1,299.00`."""
    digits = 0 if currency in WITHOUT_MINOR_UNIT else 3 if currency in IN_THOUSANDTHS else 2
    if not digits:
        return f"{currency} {amount_minor:,}"
    whole, part = divmod(amount_minor, 10**digits)
    return f"{currency} {whole:,}.{part:0{digits}}"
