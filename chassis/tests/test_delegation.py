"""Notes that one service signs and another believes."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.delegation import Delegation, NotDelegated, sign, verify

SECRET = "a" * 64
NOTE = Delegation(tenant="mer_1", user_id="usr_1", user="zoë@example.com", scopes=["payments:read"], expires_at=1000)


def test_what_was_signed_is_read_back() -> None:
    assert verify(sign(NOTE, SECRET), SECRET, 990) == NOTE


def test_the_clocks_may_differ_by_five_seconds_and_no_more() -> None:
    signed = sign(NOTE, SECRET)
    assert verify(signed, SECRET, 1005) == NOTE
    with pytest.raises(NotDelegated, match="over"):
        verify(signed, SECRET, 1005.1)


def test_another_secret_is_refused() -> None:
    with pytest.raises(NotDelegated, match="not ours"):
        verify(sign(NOTE, "b" * 64), SECRET, 990)


@given(st.data())
def test_no_sign_of_it_can_be_changed(data: st.DataObject) -> None:
    value = sign(NOTE, SECRET).partition(" ")[2]
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters().filter(lambda char: char != value[at]))
    with pytest.raises(NotDelegated):
        verify(f"Delegated {value[:at]}{other}{value[at + 1 :]}", SECRET, 990)


class Loose(Delegation):
    """A note of any shape, from a version of us that is not this one."""

    scopes: Any
    expires_at: Any
    user: Any
    admin: Any = None


@pytest.mark.parametrize("more", [{"scopes": "payments:read"}, {"expires_at": "1000"}, {"admin": True}, {"user": ""}])
def test_a_signed_note_of_another_shape_is_refused(more: dict[str, Any]) -> None:
    odd = Loose(**{**NOTE.model_dump(), **more})
    with pytest.raises(NotDelegated, match="can't be read"):
        verify(sign(odd, SECRET), SECRET, 990)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Delegated",
        "Delegated ",
        "Delegated .",
        "Delegated a.",
        "Bearer a.b",
        "Delegated " + "a" * 9000 + ".b",
        "Delegated é.é",
    ],
)
def test_what_is_no_note_is_refused(header: str) -> None:
    with pytest.raises(NotDelegated):
        verify(header, SECRET, 990)


def test_the_token_itself_signs_nothing() -> None:
    note = base64.urlsafe_b64encode(json.dumps(NOTE.model_dump()).encode()).decode().rstrip("=")
    signature = hmac.digest(SECRET.encode(), note.encode(), hashlib.sha256)
    with pytest.raises(NotDelegated):
        verify(f"Delegated {note}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}", SECRET, 990)
