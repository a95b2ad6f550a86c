"""`make merchant`, without a stack: what it asks for, and what it shows."""

from dataclasses import replace

import pytest

from tools.merchant import request, shown
from tools.place import Place, ToolFailure
from tools.screen import Paint

PLACE = Place("http://localhost:8000", "http://localhost:4000", "localhost:9092", admin_key="an-operators-key")
MADE = {
    "id": "mer_0VxKb1QmZ8aT4RfL",
    "name": "My shop",
    "email": "me@shop.example",
    "api_key": "key_test_1",
    "api_secret": "secret_test_1",
    "publishable_key": "pk_test_1",
}


def test_it_asks_as_the_operator_for_the_merchant_that_is_named() -> None:
    asked = request(PLACE, {"NAME": "My shop", "EMAIL": "me@shop.example"})
    assert (asked.bearer, asked.body) == ("an-operators-key", {"name": "My shop", "email": "me@shop.example"})
    assert request(PLACE, {"NAME": "Zoë's!", "EMAIL": ""}).body == {"name": "Zoë's!", "email": "zos@example.com"}


@pytest.mark.parametrize("name", ["", "  "])
def test_it_says_what_is_missing(name: str) -> None:
    with pytest.raises(ToolFailure, match="make merchant name="):
        request(PLACE, {"NAME": name})
    with pytest.raises(ToolFailure, match="ADMIN_API_KEY"):
        request(replace(PLACE, admin_key=None), {"NAME": "My shop"})


def test_it_shows_every_key_and_a_command_that_uses_them() -> None:
    lines = "\n".join(shown(MADE, PLACE, Paint(False)))
    for value in MADE.values():
        assert value in lines
    assert "-u key_test_1:secret_test_1" in lines
    assert "http://localhost:8000/api/v1/orders" in lines
