"""Secrets at rest: AES-256-GCM with the key outside the database and the owner's id as associated data.

A row moved to another owner, or changed by a byte, does not decrypt.
"""

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class Cipher:
    """Encrypts and decrypts short texts; `key_hex` is 64 hex characters (256 bits)."""

    def __init__(self, key_hex: str) -> None:
        key = bytes.fromhex(key_hex)
        if len(key) != KEY_BYTES:
            raise ValueError(f"an encryption key is {2 * KEY_BYTES} hex characters long, not {len(key_hex)}")
        self._aead = AESGCM(key)

    def encrypt(self, text: str, *, owner: str) -> bytes:
        """Nonce and ciphertext, fresh for each call."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), owner.encode())

    def decrypt(self, sealed: bytes, *, owner: str) -> str:
        """The text. Raises cryptography's InvalidTag for another owner, another key or a changed byte."""
        return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode()).decode()
