"""`make user`, without a stack: what it asks for, and what it shows."""

from dataclasses import replace

import pytest

from tools.place import Place, ToolFailure
from tools.screen import Paint
from tools.user import TEST_MERCHANT, request, shown

PLACE = Place("http://localhost:8000", "http://localhost:4000", "localhost:9092", admin_key="an-operators-key")
MADE = {"email": "ann@shop.example", "name": "Ann", "role": "support", "password": "abcde-fghij-klmno-pqrst"}


def test_it_asks_as_the_operator_for_an_admin_of_the_test_merchant_unless_told_otherwise() -> None:
    asked = request(PLACE, {"EMAIL": "ann@shop.example", "NAME": "", "ROLE": "", "MERCHANT": ""})
    assert (asked.bearer, asked.url) == (
        "an-operators-key",
        "http://localhost:3002/dashboard/api/operator/users",
    )
    assert asked.body == {
        "email": "ann@shop.example",
        "name": "ann",
        "role": "admin",
        "merchant_id": TEST_MERCHANT,
    }
    told = {"EMAIL": "ann@shop.example", "NAME": "Ann", "ROLE": "support", "MERCHANT": "mer_1"}
    assert request(PLACE, told).body == {
        "email": "ann@shop.example",
        "name": "Ann",
        "role": "support",
        "merchant_id": "mer_1",
    }


def test_it_says_what_is_missing() -> None:
    with pytest.raises(ToolFailure, match="make user email="):
        request(PLACE, {"EMAIL": " "})
    with pytest.raises(ToolFailure, match="ADMIN_API_KEY"):
        request(replace(PLACE, admin_key=None), {"EMAIL": "ann@shop.example"})


def test_it_shows_the_password_and_where_to_sign_in() -> None:
    lines = "\n".join(shown(MADE, PLACE, Paint(False)))
    for value in (*MADE.values(), "http://localhost:3002/login"):
        assert value in lines
