"""Signing a document with the portal's audit key: what was signed here, only this portal can have signed."""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature

from models.audit.checkpoint import signer
from models.vault.data_key import root_keys


def sign(message: bytes) -> tuple[int, str]:
    """The version of the key, and the signature as base64. Messages begin with what they are, so that none passes for another."""
    version = root_keys().current
    return version, base64.b64encode(signer(version).sign(message)).decode()


def is_signed(message: bytes, version: int, signature: str) -> bool:
    """Did this portal's key sign the message?"""
    try:
        signer(version).public_key().verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return True


def fingerprint(version: int) -> str:
    """A short name of the public key, to print beside a signature."""
    return signer(version).public_key().public_bytes_raw().hex()[:16]
