"""Carriers with a YunExpress-type API: a customer code and a secret, one number a call, 50 labels a call. What is shipped with
them they follow by themselves, so registering asks nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from config.settings import Settings, is_loopback
from integrations.calls import Call, Throttle
from integrations.carriers import REGISTERED, Asked, Fetched, Outcome, Tracked, completed, no_webhook, require_few
from integrations.carriers import yunexpress_mapping as mapping
from integrations.carriers.yunexpress_mapping import Labels
from integrations.carriers.yunexpress_waybills import Made, Waybill, body, known, made
from integrations.errors import IntegrationError
from integrations.line import Line, Rate, Reply

CHINA = ZoneInfo("Asia/Shanghai")
MOST_LABELS, MOST_WAYBILLS = 50, 10


class YunExpressClient:
    """Calls for one customer of one carrier. `base` is the carrier's address up to and with `/api`."""

    name = "yunexpress"
    at_once = 10
    rate = Rate(5, 1)

    def __init__(
        self,
        settings: Settings,
        *,
        base: str,
        code: str,
        secret: str,
        throttle: Throttle,
        log: Callable[[Call], None],
        sleep: Callable[[float], None] = time.sleep,
        zone: tzinfo = CHINA,
    ):
        headers = {"Authorization": mapping.authorization(code, secret), "Content-Type": "application/json"}
        self._zone = zone
        self._line = Line(
            settings, "The carrier", base, rate=self.rate, headers=headers, throttle=throttle, log=log, sleep=sleep
        )

    def __enter__(self) -> YunExpressClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def register(self, numbers: Sequence[Asked]) -> list[Outcome]:
        require_few(numbers, self.at_once)
        return [Outcome(number, REGISTERED) for number in dict.fromkeys(one.number for one in numbers)]

    def fetch(self, numbers: Sequence[Asked]) -> Fetched:
        """One call a number. What was learnt before a call failed is kept; the rest is answered with the failure."""
        require_few(numbers, self.at_once)
        tracked: list[Tracked] = []
        refused: list[Outcome] = []
        for place, one in enumerate(numbers):
            try:
                found = self._follow(one)
            except IntegrationError as error:
                if error.permanent or not (tracked or refused):
                    raise
                refused += [Outcome(left.number, error.code, error.message) for left in numbers[place:]]
                break
            tracked += [found] if isinstance(found, Tracked) else []
            refused += [found] if isinstance(found, Outcome) else []
        return completed(numbers, tracked, refused)

    def make(self, waybills: Sequence[Waybill]) -> list[Made]:
        """Gives parcels to the carrier. One refused may be known already, after an answer that was lost: ask `find`."""
        if len(waybills) > MOST_WAYBILLS:
            raise ValueError(f"At most {MOST_WAYBILLS} waybills at once, not {len(waybills)}.")
        content = json.dumps(body(waybills))
        reply = self._line.call("yunexpress.create", "POST", "/WayBill/CreateOrder", content=content)
        return made(waybills, self._let_in(reply).json(self._line.vendor))

    def find(self, reference: str) -> Made | None:
        """The waybill the carrier has under our reference."""
        query = {"OrderNumber": reference}
        reply = self._line.call("yunexpress.find", "GET", "/WayBill/GetOrder", params=query)
        return known(reference, self._let_in(reply).json(self._line.vendor))

    def labels(self, numbers: Sequence[Asked]) -> Labels:
        """Where the labels of the numbers can be had. Raises IntegrationError."""
        require_few(numbers, MOST_LABELS)
        body = json.dumps([one.number for one in numbers])
        reply = self._line.call("yunexpress.labels", "POST", "/Label/Print", content=body)
        return mapping.labels(numbers, self._let_in(reply).json(self._line.vendor))

    def download(self, url: str) -> bytes:
        """A label's PDF, over TLS also where the carrier writes http://. Raises IntegrationError."""
        reply = self._line.get("yunexpress.label", _over_tls(url))
        if reply.status != 200 or not reply.content.startswith(b"%PDF-"):
            raise IntegrationError("unreadable", "What lies at the label's address is no PDF.", permanent=False)
        return reply.content

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> Fetched:
        raise no_webhook(self._line.vendor)

    def _follow(self, one: Asked) -> Tracked | Outcome:
        query = {"OrderNumber": one.number}
        reply = self._line.call("yunexpress.track", "GET", "/Tracking/GetTrackInfo", params=query)
        return mapping.followed(one, self._let_in(reply).json(self._line.vendor), self._zone)

    @staticmethod
    def _let_in(reply: Reply) -> Reply:
        if reply.status in (401, 403):
            raise IntegrationError(
                "key_refused", "The carrier does not accept the customer code and secret.", permanent=True
            )
        return reply


def _over_tls(url: str) -> str:
    try:
        is_near = is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return url  # It is refused where it would be called.
    return url if is_near else url.replace("http://", "https://", 1)
