"""Sealing: AES-256-GCM under the data key of a subject, bound to the place it is stored in.

A ciphertext copied to another row, column or subject does not open.
"""

from __future__ import annotations

import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.vault.data_key import KeyDestroyed, key_of, keys_for

MAGIC = b"\x01p"


def seal(key: bytes, place: str, text: str | bytes) -> bytes:
    """Ciphertext of the text for a place ("table.column:row"), under a data key."""
    return Sealer(key).seal(place, text)


class Sealer:
    """Seals several texts under one data key."""

    def __init__(self, key: bytes):
        self._cipher = AESGCM(key)

    def seal(self, place: str, text: str | bytes) -> bytes:
        """Ciphertext of the text for a place."""
        clear = text.encode() if isinstance(text, str) else text
        nonce = os.urandom(12)
        return MAGIC + nonce + self._cipher.encrypt(nonce, clear, place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> bytes:
    """The clear bytes. Raises RuntimeError when the ciphertext is not what was sealed for this place."""
    if sealed[:2] != MAGIC:
        raise RuntimeError(f"{place}: not a sealed value.")
    try:
        return AESGCM(key).decrypt(sealed[2:14], sealed[14:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise RuntimeError(f"{place}: the sealed value was changed or moved.") from error


def place_of(table: str, name: str, subject: str, row: str = "") -> str:
    """What a ciphertext is bound to: the column, the subject, and the row where the subject has several."""
    return f"{table}.{name}:{row}|{subject}"


class Sealed:
    """Mixin of records with SealedFields. `seal_subject` names whose key; `seal_row` what makes the place unique."""

    def seal_subject(self) -> str:
        raise NotImplementedError

    def seal_row(self) -> str:
        return ""

    def _place(self, name: str) -> str:
        return place_of(type(self)._meta.table_name, name, self.seal_subject(), self.seal_row())  # type: ignore[attr-defined]

    def seal(self, *, key: bytes | None = None, **texts: str | bytes | None) -> Any:
        """Seals texts into the fields of these names; None empties a field. The caller saves. Raises KeyDestroyed."""
        if key is None:
            key = keys_for([self.seal_subject()]).get(self.seal_subject())
            if key is None:
                raise KeyDestroyed()
        for name, text in texts.items():
            setattr(self, name, None if text is None else seal(key, self._place(name), text))
        return self

    def unseal(self, name: str) -> str | None:
        """The clear text of a field, None when it is empty. Raises KeyDestroyed."""
        data = self.unseal_bytes(name)
        return None if data is None else data.decode()

    def unseal_bytes(self, name: str) -> bytes | None:
        sealed = getattr(self, name)
        return None if sealed is None else unseal(key_of(self.seal_subject()), self._place(name), sealed)
