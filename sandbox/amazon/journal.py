"""The list of recent requests, for tests to ask what a client really did. It never holds a token, a secret or a body,
only the body's hash."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from typing import Any

KEPT = 5000
SECRET = {"code", "refresh_token", "access_token", "client_secret", "spapi_oauth_code", "signature"}


class Journal:
    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._last = 0

    def write(
        self,
        *,
        operation: str,
        method: str,
        path: str,
        query: dict[str, list[str]],
        status: int | None,
        seller_id: str | None,
        user_agent: str,
        body: bytes,
        moment: int,
        request_id: str,
        fault: str | None = None,
    ) -> None:
        with self._lock:
            self._last += 1
            self._entries.append(
                {
                    "number": self._last,
                    "time": moment,
                    "operation": operation,
                    "method": method,
                    "path": path,
                    "query": {name: ",".join(values) for name, values in query.items() if name not in SECRET},
                    "status": status,
                    "seller_id": seller_id,
                    "user_agent": user_agent,
                    "request_id": request_id,
                    "body_sha256": hashlib.sha256(body).hexdigest() if body else None,
                    "fault": fault,
                }
            )

    def since(self, number: int) -> list[dict[str, Any]]:
        with self._lock:
            return [entry for entry in self._entries if entry["number"] > number]

    @property
    def last(self) -> int:
        return self._last
