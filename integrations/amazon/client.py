"""The thin client of the Selling Partner API: throttled, retried, logged; what it needs of ours is handed in.

A write is sent again only where that does no harm. A 403 forces one fresh token; a second 403 is final.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import stamina

from config.settings import Settings
from integrations.amazon import lwa, uploading
from integrations.amazon.endpoints import selling_partner
from integrations.amazon.http import make_client, parse_json, require_safe, send, without_secrets
from integrations.amazon.operations import OPERATIONS, Operation
from integrations.amazon.uploading import Destination
from integrations.calls import Call, Throttle
from integrations.errors import AuthorizationLost, IntegrationError

ATTEMPTS = 6
BACKOFF_FIRST, BACKOFF_MOST = 1.0, 30.0
LONGEST_WAIT = 20.0


@dataclass(frozen=True)
class Answer:
    """What Amazon answered: parsed JSON (None for an empty body) and its request id."""

    status: int
    json: Any
    request_id: str


class AmazonClient:
    """Calls for one store. `store` names it in the token cache; `log` receives every request made."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: str,
        region: str,
        application: lwa.Application,
        refresh_token: str,
        tokens: lwa.Tokens,
        throttle: Throttle,
        log: Callable[[Call], None],
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.settings, self.store, self.region = settings, store, region
        self._application, self._refresh_token = application, refresh_token
        self._tokens, self._throttle, self._log, self._sleep = tokens, throttle, log, sleep
        self._http = make_client()
        self._base = selling_partner(settings, region)
        require_safe(settings, self._base)

    def __enter__(self) -> AmazonClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(
        self,
        name: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Answer:
        """Calls an operation. Lists in the query are comma-separated, None is left out. Raises IntegrationError."""
        operation = OPERATIONS[name]
        target = operation.path
        for key, value in (path or {}).items():
            target = target.replace("{" + key + "}", quote(value, safe="/" if operation.takes_slashes else ""))
        params = {
            k: ",".join(map(str, v)) if isinstance(v, (list, tuple)) else str(v)
            for k, v in (query or {}).items()
            if v is not None
        }
        failures = 0

        def again(error: Exception) -> float | bool:
            nonlocal failures
            failures += 1
            if not isinstance(error, IntegrationError) or error.permanent or not self._may_repeat(operation, error):
                return False
            if error.retry_after is not None and error.retry_after > BACKOFF_MOST:
                return False
            jitter = random.uniform(0, min(BACKOFF_MOST, BACKOFF_FIRST * 2**failures))
            return max(jitter, error.retry_after or 0.0)

        for attempt in stamina.retry_context(on=again, attempts=ATTEMPTS, timeout=None):
            with attempt:
                return self._once(operation, target, params, body, attempt.num)
        raise AssertionError("unreachable")

    def upload(self, destination: Destination, content: bytes) -> None:
        """Puts a file where Amazon said it goes; no token goes there. Raises IntegrationError."""
        uploading.put(self.settings, self._http, destination, content, self._log)

    @staticmethod
    def _may_repeat(operation: Operation, error: IntegrationError) -> bool:
        return operation.repeatable or error.code in ("throttled", "token_unavailable")

    def _once(self, operation: Operation, target: str, params: dict[str, str], body: Any, attempt: int) -> Answer:
        self._wait_for(operation)
        answer = self._send(operation, target, params, body, attempt)
        if answer.status == 403 and self._is_token_trouble(answer.json):
            self._tokens.drop(self.store)
            self._wait_for(operation)
            answer = self._send(operation, target, params, body, attempt)
        self._raise_for(operation, answer)
        return answer

    def _wait_for(self, operation: Operation) -> None:
        waited = 0.0
        while (seconds := self._throttle.take(operation.name, operation.rate, operation.burst)) > 0:
            if waited + seconds > LONGEST_WAIT:
                raise IntegrationError(
                    "own_throttle",
                    "Our own limit for this operation is used up for now.",
                    permanent=False,
                    retry_after=seconds,
                )
            self._sleep(seconds)
            waited += seconds

    def _send(self, operation: Operation, target: str, params: dict[str, str], body: Any, attempt: int) -> Answer:
        headers = {"x-amz-access-token": self._access_token(), "Accept": "application/json"}
        began = time.perf_counter()
        status, request_id, rate, error = 0, "", None, ""
        try:
            options = {"params": params, "headers": headers} | ({"json": body} if body is not None else {})
            response, content = send(self._http, operation.method, self._base + target, **options)
            status = response.status_code
            request_id = response.headers.get("x-amzn-RequestId", "")[:80]
            rate = _rate(response.headers.get("x-amzn-RateLimit-Limit"))
            parsed = _parsed(status, content)
            error = "" if 200 <= status < 300 else _first_code(parsed) or "unreadable"
        except IntegrationError as problem:
            error = problem.code
            raise
        finally:
            ms = round((time.perf_counter() - began) * 1000)
            self._log(Call(operation.name, operation.method, status, ms, attempt, request_id, rate, error))
        if rate is not None:
            self._throttle.learn(operation.name, rate)
        return Answer(status, parsed, request_id)

    def _access_token(self) -> str:
        token = self._tokens.get(self.store)
        if token is None:
            token, seconds = lwa.refresh(self.settings, self._application, self._refresh_token, self._note_token)
            self._tokens.put(self.store, token, seconds)
        return token

    def _note_token(self, status: int, ms: int, error: str) -> None:
        self._log(Call("token", "POST", status, ms, 1, "", None, error))

    @staticmethod
    def _is_token_trouble(parsed: Any) -> bool:
        return _first_code(parsed) in (
            "",
            "Unauthorized",
            "AccessDenied",
            "MissingAuthenticationToken",
            "InvalidAccessToken",
        )

    def _raise_for(self, operation: Operation, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        errors = without_secrets(_errors(answer.json))
        text = errors[0].get("message") if errors else ""
        text = text if isinstance(text, str) else ""
        if answer.status == 429:
            self._throttle.exhausted(operation.name, operation.rate, operation.burst)
            raise IntegrationError("throttled", "Amazon asks for slower calls.", permanent=False, details=errors)
        if answer.status >= 500 or answer.status < 400:
            raise IntegrationError("amazon_down", f"Amazon answered {answer.status}.", permanent=False, details=errors)
        if answer.status == 403:
            raise AuthorizationDenied(text or "Amazon denies access.", errors)
        if answer.status == 404:
            raise IntegrationError("not_found", text or "Amazon does not know this.", permanent=True, details=errors)
        raise IntegrationError(
            "refused", text or f"Amazon refused the request ({answer.status}).", permanent=True, details=errors
        )


class AuthorizationDenied(IntegrationError):
    """403 with a fresh token: the application lacks a role, or the seller id is not the account's."""

    def __init__(self, message: str, details: list):
        super().__init__("denied", message, permanent=True, details=details)


def _parsed(status: int, content: bytes) -> Any:
    """The JSON object of an answer. A success that holds none is no success; a refusal may hold anything."""
    is_good = 200 <= status < 300
    if status == 204 or not (content or is_good):
        return None
    try:
        parsed = parse_json(content)
        if is_good and not isinstance(parsed, dict):
            raise IntegrationError("unreadable", "Amazon's answer is no JSON object.", permanent=False)
        return parsed
    except IntegrationError:
        if is_good:
            raise
        return None


def _errors(parsed: Any) -> list[dict]:
    errors = parsed.get("errors") if isinstance(parsed, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _first_code(parsed: Any) -> str:
    errors = _errors(parsed)
    code = errors[0].get("code") if errors else ""
    return code[:80] if isinstance(code, str) else ""


def _rate(text: str | None) -> float | None:
    try:
        rate = float(text) if text else None
    except ValueError:
        return None
    return rate if rate is not None and 0 < rate < 10_000 else None


__all__ = ["AmazonClient", "Answer", "AuthorizationDenied", "AuthorizationLost", "Call", "Throttle"]
