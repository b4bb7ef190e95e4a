"""The European Central Bank's files of reference rates: timeouts always, TLS always but on loopback, answers capped."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import httpx2

from config.settings import Settings, is_loopback
from integrations import wire
from integrations.amazon.http import USER_AGENT
from integrations.errors import IntegrationError
from integrations.rates import Answer, File
from integrations.rates.ecb_mapping import from_xml

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 60.0
MIB = 1024 * 1024


class EcbClient:
    """Three files: the newest day, about sixty days, and everything since 1999."""

    files = (
        File("eurofxref-daily.xml", 1, MIB),
        File("eurofxref-hist-90d.xml", 60, 4 * MIB),
        File("eurofxref-hist.xml", None, 40 * MIB),
    )

    def __init__(self, settings: Settings):
        self._base = settings.ecb_base

    def fetch(self, file: File) -> Answer:
        """One file, read. Raises IntegrationError."""
        url = f"{self._base}/{file.name}"
        _require_safe(url)
        began = time.monotonic()
        status = 0
        try:
            status, content = _get(url, file.most_bytes)
            return Answer(status, _ms(began), from_xml(content))
        except IntegrationError as error:
            error.details = error.details or [status, _ms(began)]
            raise


def _get(url: str, most_bytes: int) -> tuple[int, bytes]:
    try:
        with (
            wire.budget(TOTAL_SECONDS, most_bytes + 256 * 1024),
            httpx2.Client(
                transport=wire.Transport(), timeout=httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS), trust_env=False,
                follow_redirects=False, headers={"User-Agent": USER_AGENT, "Accept": "application/xml, text/xml"},
            ) as client,
            client.stream("GET", url) as response,
        ):  # fmt: skip
            if response.status_code != 200:
                raise IntegrationError(
                    "rates_status", f"HTTP {response.status_code}", permanent=False, details=[response.status_code, 0]
                )
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > most_bytes:
                    raise IntegrationError("rates_too_large", "The answer is too large.", permanent=False)
            return response.status_code, bytes(content)
    except httpx2.TimeoutException as error:
        raise IntegrationError("rates_timeout", "The bank did not answer in time.", permanent=False) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise IntegrationError("rates_unreachable", "The bank could not be reached.", permanent=False) from error


def _require_safe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise IntegrationError("rates_address", "The address is not safe.", permanent=True)


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
