"""A file on its way to Amazon: first a place is asked for, then the bytes are put there, by an address that is signed and lives 15 minutes.

The place is Amazon's storage, which wants the MD5 in base64 (RFC 1864) and just the headers that were signed. No token goes there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from config.settings import Settings
from integrations.amazon.http import require_safe, send
from integrations.calls import Call
from integrations.errors import IntegrationError

NAME = "upload"
CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
HEADER = re.compile(r"(content-md5|content-type|x-amz-[a-z0-9-]{1,80})", re.I)
TOO_MUCH = (413, 415)


@dataclass(frozen=True)
class Destination:
    """Where a file goes, what it is called in a message from then on, and the headers that were signed."""

    id: str
    url: str
    headers: Mapping[str, str]


def md5_of(content: bytes) -> str:
    """As the storage reads it. It tells a damaged file, and guards nothing."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def put(
    settings: Settings, client: httpx2.Client, destination: Destination, content: bytes, log: Callable[[Call], None]
) -> None:
    """Raises IntegrationError; not a permanent one where a new place may help."""
    require_safe(settings, destination.url)
    began, status, error = time.perf_counter(), 0, ""
    try:
        response, body = send(client, "PUT", destination.url, content=content, headers=_headers(destination.headers))
        status = response.status_code
        _raise_for(status, body)
    except IntegrationError as problem:
        error = problem.code
        raise
    finally:
        log(Call(NAME, "PUT", status, round((time.perf_counter() - began) * 1000), 1, "", None, error))


def _headers(given: Mapping[str, Any]) -> dict[str, str]:
    """Those a storage may want signed, and none that say who we are or where else to go."""
    return {
        name: value
        for name, value in given.items()
        if HEADER.fullmatch(name) and isinstance(value, str) and value.isascii() and value.isprintable()
    }


def _raise_for(status: int, body: bytes) -> None:
    if 200 <= status < 300:
        return
    if status >= 500 or status < 400:
        raise IntegrationError("amazon_down", f"Amazon's storage answered {status}.", permanent=False)
    found = CODE.search(body[:4000])
    code = found[1].decode() if found else ""
    is_final = status in TOO_MUCH or code == "EntityTooLarge"
    raise IntegrationError(
        "upload_refused", f"Amazon's storage answered {status} {code}.".replace(" .", "."), permanent=is_final
    )
