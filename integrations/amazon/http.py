"""The one way out to Amazon: timeouts always, TLS always (but on loopback in sandbox and test mode), answers capped."""

from __future__ import annotations

import json
import platform
import re
from typing import Any
from urllib.parse import urlsplit

import httpx2

from config.settings import Settings, is_amazon, is_loopback
from integrations import wire
from integrations.errors import IntegrationError

TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
DEADLINE_SECONDS = 120.0
MOST_BYTES = 50 * 1024 * 1024
USER_AGENT = f"Portolan/0.1 (Language=Python/{'.'.join(platform.python_version_tuple()[:2])})"
SECRET = re.compile(r"(Atz[ar]\||amzn1\.oa2-cs\.)[^\s\"'<>]*")


def make_client() -> httpx2.Client:
    """An HTTP client without proxies from the environment, redirects or cookies."""
    return httpx2.Client(**client_options())


def client_options() -> dict[str, Any]:
    """What every client towards Amazon is made with, Authlib's included."""
    return {
        "transport": wire.Transport(),
        "timeout": TIMEOUT,
        "trust_env": False,
        "follow_redirects": False,
        "headers": {"User-Agent": USER_AGENT},
    }


def require_safe(settings: Settings, url: str) -> None:
    """Raises unless the address is Amazon's over TLS, or loopback outside production."""
    try:
        parts = urlsplit(url)
        host, port, is_named = parts.hostname or "", parts.port, "@" in parts.netloc
    except ValueError:
        host, port, is_named = "", None, False
        parts = urlsplit("")
    official = (
        parts.scheme == "https"
        and port in (None, 443)
        and not is_named
        and (is_amazon(host) or host.endswith(".amazonaws.com"))
    )
    if not official and not (is_loopback(host) and not settings.is_production):
        raise IntegrationError("unsafe_address", "This address does not belong to Amazon.", permanent=True)


def send(client: httpx2.Client, method: str, url: str, **options: Any) -> tuple[httpx2.Response, bytes]:
    """Sends a request and reads the capped body. Transport errors become IntegrationError (not permanent)."""
    client.cookies.clear()
    try:
        with (
            wire.budget(DEADLINE_SECONDS, MOST_BYTES + 1024 * 1024),
            client.stream(method, url, **options) as response,
        ):
            chunks, size = [], 0
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise IntegrationError("too_large", "The answer is larger than 50 MB.", permanent=True)
                chunks.append(chunk)
            return response, b"".join(chunks)
    except httpx2.TimeoutException as error:
        raise IntegrationError("timeout", "Amazon did not answer in time.", permanent=False) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise IntegrationError(
            "unreachable", f"Amazon could not be reached ({type(error).__name__}).", permanent=False
        ) from error


def parse_json(body: bytes) -> Any:
    """The JSON of an answer. Text that is none becomes IntegrationError (not permanent: often a proxy's page)."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise IntegrationError(
            "unreadable", "Amazon's answer was cut short or is not JSON.", permanent=False
        ) from error


def without_secrets(value: Any) -> Any:
    """What Amazon said, with anything that looks like a token replaced: some refusals repeat what was sent."""
    if isinstance(value, str):
        return SECRET.sub("[token]", value)
    if isinstance(value, dict):
        return {key: without_secrets(inner) for key, inner in value.items()}
    return [without_secrets(inner) for inner in value] if isinstance(value, list) else value
