"""Fetching a product type's schema from its link: no token goes there, and the checksum must fit."""

from __future__ import annotations

import base64
import hashlib

from config.settings import Settings
from integrations.amazon.http import make_client, parse_json, require_safe, send
from integrations.errors import IntegrationError


def fetch_schema(settings: Settings, url: str, checksum: str) -> str:
    """The schema's text. Raises IntegrationError when it cannot be had or is not what the checksum says."""
    require_safe(settings, url)
    with make_client() as client:
        response, content = send(client, "GET", url)
    if response.status_code != 200:
        raise IntegrationError(
            "schema_unavailable", f"The schema could not be fetched ({response.status_code}).", permanent=False
        )
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    if checksum and digest != checksum:
        raise IntegrationError("unreadable", "The schema does not fit its checksum.", permanent=False)
    if not isinstance(parse_json(content), dict):
        raise IntegrationError("unreadable", "The schema is no JSON object.", permanent=False)
    return content.decode("utf-8", errors="replace")
