"""Secrets at rest: nobody but their owner, with the right key, gets them back, and not a byte may have changed."""

import secrets

import pytest
from cryptography.exceptions import InvalidTag

from chassis.cipher import Cipher

KEY = "0123456789abcdef" * 4


@pytest.fixture
def cipher() -> Cipher:
    return Cipher(KEY)


@pytest.mark.parametrize("text", ["", "whsec_test_abc123", "schlüssel 鍵 \x00", "x" * 10_000])
def test_a_text_comes_back_to_its_owner(cipher: Cipher, text: str) -> None:
    assert cipher.decrypt(cipher.encrypt(text, owner="m1"), owner="m1") == text


def test_the_same_text_is_never_sealed_the_same_way(cipher: Cipher) -> None:
    assert len({cipher.encrypt("secret", owner="m1") for _ in range(1000)}) == 1000


def test_a_sealed_text_does_not_show_itself(cipher: Cipher) -> None:
    assert b"secret_test" not in cipher.encrypt("secret_test_xyz789", owner="m1")


def test_another_owner_does_not_get_it(cipher: Cipher) -> None:
    with pytest.raises(InvalidTag):
        cipher.decrypt(cipher.encrypt("secret", owner="m1"), owner="m2")


def test_another_key_does_not_open_it(cipher: Cipher) -> None:
    with pytest.raises(InvalidTag):
        Cipher(secrets.token_hex(32)).decrypt(cipher.encrypt("secret", owner="m1"), owner="m1")


def test_a_changed_byte_anywhere_is_seen(cipher: Cipher) -> None:
    sealed = cipher.encrypt("secret", owner="m1")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(InvalidTag):
            cipher.decrypt(bytes(changed), owner="m1")


@pytest.mark.parametrize("key", ["", "00", "00" * 16, "00" * 24, "00" * 33, "zz" * 32])
def test_a_key_that_is_not_256_bits_is_refused(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever of the two complaints it is
        Cipher(key)
