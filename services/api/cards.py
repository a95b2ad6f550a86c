"""Card numbers: checked, then replaced by what may be kept. Nothing here stores or logs a number."""

import hashlib
import hmac
import re
from datetime import date

from chassis.errors import ApiError, bad_request
from contracts.events.payment_command import CardReference
from contracts.test_cards import TEST_CARDS

NUMBER_PATTERN = re.compile(r"[0-9]{12,19}")
LAST4_PATTERN = re.compile(r"[0-9]{4}")
VPA_PATTERN = re.compile(r"[a-zA-Z0-9._-]+@[a-zA-Z0-9]+")
SEPARATORS = str.maketrans("", "", " -")


def passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def network_of(number: str) -> str:
    """The card network by the number's first digits."""
    two, four = int(number[:2]), int(number[:4])
    if number[0] == "4":
        return "visa"
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return "mastercard"
    if two in (34, 37):
        return "amex"
    if two in (60, 65) or 81 <= two <= 89:
        return "rupay"
    return "unknown"


def check_card(number: str, month: int, year: int, cvv: str, *, as_of: date, fingerprint_key: bytes) -> CardReference:
    """What may be kept of a card. Raises 400 INVALID_CARD or EXPIRED_CARD; the sentence never holds the number."""
    number = number.translate(SEPARATORS)
    if not NUMBER_PATTERN.fullmatch(number) or not passes_luhn(number):
        raise _invalid("Card number is not valid", "number")
    network = network_of(number)
    # Three digits, four for amex; the family's clients send three for amex, too.
    if not (cvv.isascii() and cvv.isdigit() and len(cvv) in ((3, 4) if network == "amex" else (3,))):
        raise _invalid("Card security code is not valid", "cvv")
    if not 1 <= month <= 12:
        raise _invalid("Card expiry month is not valid", "expiry_month")
    full_year = year + 2000 if year < 100 else year
    if not 2000 <= full_year <= 2099:
        raise _invalid("Card expiry year is not valid", "expiry_year")
    if (full_year, month) < (as_of.year, as_of.month):
        raise bad_request("Card has expired", code="EXPIRED_CARD", field="card")
    return CardReference(
        network=network,
        last4=number[-4:],
        expiry_month=month,
        expiry_year=full_year,
        fingerprint=hmac.new(fingerprint_key, number.encode(), hashlib.sha256).hexdigest(),
        test_card=TEST_CARDS.get(number),
    )


def check_vpa(vpa: str) -> str:
    """The UPI address. Raises 400 INVALID_VPA."""
    if not VPA_PATTERN.fullmatch(vpa):
        raise bad_request("VPA is not valid: it looks like name@bank", code="INVALID_VPA", field="vpa")
    return vpa


def _invalid(description: str, field: str) -> ApiError:
    return bad_request(description, code="INVALID_CARD", field=f"card.{field}")
