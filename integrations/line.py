"""The one line to vendors other than Amazon (carriers, translators): timeouts always, TLS always (but on loopback in sandbox and
test mode), only to the public internet, answers capped, passing failures tried again, every call noted."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import stamina

from config.settings import Settings, is_loopback
from integrations import wire
from integrations.amazon.http import USER_AGENT
from integrations.calls import Call, Throttle
from integrations.errors import IntegrationError
from integrations.outside import Outside

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 30.0, 60.0
MOST_BYTES = 20 * 1024 * 1024
ATTEMPTS, BACKOFF_FIRST, BACKOFF_MOST = 4, 1.0, 20.0
LONGEST_WAIT = 20.0


@dataclass(frozen=True)
class Rate:
    """A vendor's limit: `per_second` calls, of which `burst` may come at once."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True)
class Reply:
    status: int
    content: bytes

    def json(self, vendor: str) -> dict[str, Any]:
        """The answer's JSON object. Raises IntegrationError (not permanent: often a proxy's page)."""
        try:
            parsed = json.loads(self.content)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise IntegrationError("unreadable", f"{vendor}'s answer was cut short or is not JSON.", permanent=False)
        return parsed


class Line:
    """Calls of one account with one vendor. `log` receives every request made."""

    def __init__(
        self,
        settings: Settings,
        vendor: str,
        base: str,
        *,
        rate: Rate,
        headers: Mapping[str, str],
        throttle: Throttle,
        log: Callable[[Call], None],
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.settings, self.vendor, self._base, self._rate = settings, vendor, base.rstrip("/"), rate
        self._throttle, self._log, self._sleep = throttle, log, sleep
        require_safe(settings, self._base)
        self._http = httpx2.Client(
            transport=wire.Transport(Outside(allow_loopback=not settings.is_production)),
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )
        self._headers = dict(headers)

    def close(self) -> None:
        self._http.close()

    def call(self, operation: str, method: str, path: str, **options: Any) -> Reply:
        """An answer below 500, whatever it says. Raises IntegrationError."""
        return self._tried(operation, method, self._base + path, {**options, "headers": self._headers})

    def get(self, operation: str, url: str) -> Reply:
        """A document behind an address the vendor gave; nothing secret goes there."""
        require_safe(self.settings, url)
        return self._tried(operation, "GET", url, {"headers": {"Accept": "*/*"}})

    def _tried(self, operation: str, method: str, url: str, options: dict[str, Any]) -> Reply:
        failures = 0

        def again(error: Exception) -> float | bool:
            nonlocal failures
            failures += 1
            if not isinstance(error, IntegrationError) or error.permanent or (error.retry_after or 0) > BACKOFF_MOST:
                return False
            return max(random.uniform(0, min(BACKOFF_MOST, BACKOFF_FIRST * 2**failures)), error.retry_after or 0.0)

        for attempt in stamina.retry_context(on=again, attempts=ATTEMPTS, timeout=None):
            with attempt:
                self._wait()
                return self._once(operation, method, url, options, attempt.num)
        raise AssertionError("unreachable")

    def _wait(self) -> None:
        """All operations of an account share one bucket."""
        waited = 0.0
        while (seconds := self._throttle.take("calls", self._rate.per_second, self._rate.burst)) > 0:
            if waited + seconds > LONGEST_WAIT:
                words = f"Our own limit for calls to {self.vendor} is used up for now."
                raise IntegrationError("own_throttle", words, permanent=False, retry_after=seconds)
            self._sleep(seconds)
            waited += seconds

    def _once(self, operation: str, method: str, url: str, options: dict[str, Any], attempt: int) -> Reply:
        began, status, error = time.perf_counter(), 0, ""
        try:
            response, content = _send(self._http, self.vendor, method, url, options)
            status = response.status_code
            self._raise_for(response)
            return Reply(status, content)
        except IntegrationError as problem:
            error = problem.code
            raise
        finally:
            ms = round((time.perf_counter() - began) * 1000)
            self._log(Call(operation, method, status, ms, attempt, "", None, error))

    def _raise_for(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == 429:
            self._throttle.exhausted("calls", self._rate.per_second, self._rate.burst)
            asked = _seconds(response.headers.get("Retry-After"))
            raise IntegrationError(
                "throttled", f"{self.vendor} asks for slower calls.", permanent=False, retry_after=asked
            )
        if status >= 500 or status < 200 or 300 <= status < 400:
            raise IntegrationError("carrier_down", f"{self.vendor} answered {status}.", permanent=False)


def require_safe(settings: Settings, url: str) -> None:
    """Raises unless the address is a plain one over TLS, or on loopback outside production."""
    try:
        parts = urlsplit(url)
        host, port, is_plain = parts.hostname or "", parts.port, "@" not in parts.netloc and "\\" not in url
    except ValueError:
        host, port, is_plain, parts = "", 0, False, urlsplit("")
    is_near = is_loopback(host) and not settings.is_production and parts.scheme in ("http", "https")
    if not is_plain or not host or port == 0 or not (parts.scheme == "https" or is_near):
        raise IntegrationError("unsafe_address", "A vendor's address has to begin with https://.", permanent=True)


def _send(
    client: httpx2.Client, vendor: str, method: str, url: str, options: dict[str, Any]
) -> tuple[httpx2.Response, bytes]:
    client.cookies.clear()
    try:
        with wire.budget(TOTAL_SECONDS, MOST_BYTES + 256 * 1024), client.stream(method, url, **options) as response:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise IntegrationError("too_large", f"{vendor}'s answer is larger than 20 MB.", permanent=True)
            return response, bytes(content)
    except httpx2.TimeoutException as error:
        raise IntegrationError("timeout", f"{vendor} did not answer in time.", permanent=False) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        words = f"{vendor} could not be reached ({type(error).__name__})."
        raise IntegrationError("unreachable", words, permanent=False) from error


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None
