"""17TRACK: 40 numbers a call, three calls a second, a key in a header. Registering uses up quota and takes a while to show."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from config.settings import Settings
from integrations.calls import Call, Throttle
from integrations.carriers import Asked, Fetched, Outcome, require_few
from integrations.carriers import seventeen_mapping as mapping
from integrations.carriers.seventeen_codes import ADDRESS, KEY, of_account
from integrations.errors import IntegrationError
from integrations.line import Line, Rate

OFFICIAL = "https://api.17track.net"
VERSION = "/track/v2.2"
LARGEST_WEBHOOK = 1024 * 1024


class SeventeenClient:
    """Calls with one key. The bucket holds one token, so that no second ever sees a fourth call."""

    name = "seventeen"
    at_once = 40
    rate = Rate(3, 1)

    def __init__(
        self,
        settings: Settings,
        *,
        key: str,
        throttle: Throttle,
        log: Callable[[Call], None],
        sleep: Callable[[float], None] = time.sleep,
    ):
        if not (key and key.isascii() and key.isprintable()):
            raise of_account(KEY)
        base = settings.endpoint(settings.carriers_url and f"{settings.carriers_url}/17track", OFFICIAL) + VERSION
        headers = {"17token": key, "Content-Type": "application/json"}
        self._key = key
        self._line = Line(
            settings, "17TRACK", base, rate=self.rate, headers=headers, throttle=throttle, log=log, sleep=sleep
        )

    def __enter__(self) -> SeventeenClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def register(self, numbers: Sequence[Asked]) -> list[Outcome]:
        require_few(numbers, self.at_once)
        return mapping.registered(numbers, self._post("register", mapping.asked(numbers))) if numbers else []

    def fetch(self, numbers: Sequence[Asked]) -> Fetched:
        require_few(numbers, self.at_once)
        return mapping.fetched(numbers, self._post("gettrackinfo", mapping.asked(numbers))) if numbers else Fetched()

    def quota(self) -> mapping.Quota:
        return mapping.quota(self._post("getquota", {}))

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> Fetched:
        if len(raw) > LARGEST_WEBHOOK or not mapping.is_signed(headers, raw, self._key):
            raise IntegrationError("webhook_forged", "The message was not signed with our key.", permanent=True)
        try:
            payload = json.loads(raw)
        except (ValueError, RecursionError):
            payload = None
        return mapping.pushed(payload)

    def _post(self, operation: str, body: Any) -> Any:
        reply = self._line.call(f"seventeen.{operation}", "POST", f"/{operation}", content=json.dumps(body))
        if reply.status in (401, 403):
            raise of_account(KEY if reply.status == 401 else ADDRESS)
        return reply.json("17TRACK")
