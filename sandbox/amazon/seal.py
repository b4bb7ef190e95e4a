"""Strings the sandbox hands out and recognises again without remembering them: access tokens, page tokens, links.
They carry their content readably and a signature that depends on the seed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any


def seal(seed: int, purpose: str, content: dict[str, Any]) -> str:
    text = base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{text}.{_signature(seed, purpose, text)}"


def unseal(seed: int, purpose: str, sealed: str) -> dict[str, Any] | None:
    """The content, or none when this is not a string we made for this purpose."""
    text, _, signature = sealed.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(seed, purpose, text).encode()):
        return None
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return content


def _signature(seed: int, purpose: str, text: str) -> str:
    return hmac.new(f"{seed}/{purpose}".encode(), text.encode(), hashlib.sha256).hexdigest()[:40]
