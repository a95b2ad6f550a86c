"""The functions of docs/verification.md accept what the gateway signs, and nothing else."""

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from services.api.signatures import signature_of
from tests.checkout_signature.languages import LANGUAGES, PAGE, PYTHON, Case, ask, ask_python, snippets

EXAMPLE: Final = re.compile(
    r"^printf '%s' '(\w+)\|(\w+)' \| openssl dgst -sha256 -hmac (\w+)\n# …= (\w+)$", re.MULTILINE
)
OTHER_PAYMENT: Final = "pay_0VxKb4Tq8LmN2ZsB"


def example() -> Case:
    """The pair that the page tells with its signature."""
    [(order_id, payment_id, secret, signature)] = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    return Case(order_id, payment_id, signature, secret)


def signed(order_id: str, payment_id: str, secret: str) -> Case:
    """As the gateway does it."""
    return Case(order_id, payment_id, signature_of(order_id, payment_id, secret), secret)


def right_ones() -> dict[str, Case]:
    """Whatever the texts: the function knows no form of ids and secrets."""
    many = (signed("order_1", f"pay_{number}", "secret") for number in itertools.count())
    return {
        "the page's example": example(),
        "zeros at its start": next(one for one in many if (one.signature or "").startswith("00")),
        "unicode": signed("order_₹", "pay_😀", "秘密 \\ \" '"),
    }


def wrong_ones() -> dict[str, Case]:
    """One thing wrong with each."""
    shown = example()
    genuine = shown.signature or ""
    return {
        "another secret": replace(shown, secret="secret_test_xyz788"),
        "an empty payment": replace(shown, payment_id=""),
        "another payment": replace(shown, payment_id=OTHER_PAYMENT),
        "swapped ids": replace(shown, order_id=shown.payment_id, payment_id=shown.order_id),
        "cut off": replace(shown, signature=genuine[:-1]),
        "half of it": replace(shown, signature=genuine[:32]),
        "more behind it": replace(shown, signature=genuine + "00"),
        "a space behind it": replace(shown, signature=genuine + " "),
        "a line's end behind it": replace(shown, signature=genuine + "\n"),
        "upper case": replace(shown, signature=genuine.upper()),
        "another digit": replace(shown, signature=("0" if genuine[0] != "0" else "1") + genuine[1:]),
        "empty": replace(shown, signature=""),
        "none": replace(shown, signature=None),
        "no hexadecimal": replace(shown, signature="g" * 64),
        "no hexadecimal behind the right one": replace(shown, signature=genuine + "zz"),
        "no ASCII": replace(shown, signature="é" * 64),
        "no ASCII, as many bytes": replace(shown, signature="é" * 32),
        "digits of another alphabet": replace(shown, signature=genuine.translate({ord("0"): "٠", ord("1"): "１"})),
    }


def cases() -> list[Case]:
    """All of them, as they are asked about."""
    return [*right_ones().values(), *wrong_ones().values()]


def told(said: list[bool]) -> dict[str, bool]:
    """By name."""
    return dict(zip([*right_ones(), *wrong_ones()], said, strict=True))


def expected() -> dict[str, bool]:
    """What is right to say."""
    return dict.fromkeys(right_ones(), True) | dict.fromkeys(wrong_ones(), False)


def test_the_page_has_a_function_for_each_language_and_each_is_run() -> None:
    assert set(snippets()) == {PYTHON} | {language.snippet for language in LANGUAGES.values()}


def test_the_example_is_signed_as_the_page_says() -> None:
    shown = example()
    assert shown == signed(shown.order_id, shown.payment_id, shown.secret)


def test_the_python_function_accepts_what_is_signed_and_nothing_else() -> None:
    assert told(ask_python(cases())) == expected()


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_function_accepts_what_is_signed_and_nothing_else(name: str, tmp_path: Path) -> None:
    language = LANGUAGES[name]
    if missing := language.missing():
        pytest.skip(f"{missing} is not installed")
    assert told(ask(language, tmp_path, cases())) == expected()
