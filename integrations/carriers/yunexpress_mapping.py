"""The payloads of a carrier with a YunExpress-type API in our words. Pure and tolerant.

The carrier tells a state of the whole parcel and events in words alone: the newest event stands for the state. Its times carry
no zone; they are read in the carrier's.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from integrations.carriers import NO_NEWS, REFUSED, Asked, EventSnapshot, Outcome, Tracked, answered
from integrations.carriers.reading import LONGEST_DESCRIPTION, dig, items, moment, number, text
from integrations.errors import IntegrationError

OK = "0000"
KEY_REFUSED = {"401", "403", "1001", "1002"}
UNKNOWN = ("not found", "not exist", "no data", "no record", "不存在", "未找到", "没有找到", "查无")
STATES = {
    1: "InfoReceived",
    2: "InTransit_Other",
    3: "Delivered_Other",
    4: "InTransit_PickedUp",
    5: "Exception_Cancel",
    6: "DeliveryFailure_Other",
    7: "Exception_Returned",
}


@dataclass(frozen=True)
class LabelFile:
    """A PDF with the labels of some numbers, and where it can be had."""

    url: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Labels:
    files: tuple[LabelFile, ...]
    refused: tuple[Outcome, ...]


def authorization(code: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{code}&{secret}".encode()).decode()


def followed(asked: Asked, payload: Any, zone: tzinfo) -> Tracked | Outcome:
    """What is known of a number. Raises IntegrationError when the account is not let in."""
    item, code = dig(payload, "Item"), answer_code(payload)
    if code == OK and isinstance(item, dict):
        return tracked(asked, item, zone)
    message = text(payload, "Message")
    is_unknown = code == OK or any(words in message.casefold() for words in UNKNOWN)
    return Outcome(asked.number, NO_NEWS if is_unknown else REFUSED, message)


def tracked(asked: Asked, item: Any, zone: tzinfo) -> Tracked:
    sub = STATES.get(number(item, "PackageState") or 0, "")
    main = sub.partition("_")[0]
    events = sorted(_events(item, zone), key=lambda event: event.time_utc)
    if events:
        events[-1] = replace(events[-1], status=main, sub_status=sub)
    return Tracked(asked.number, text(item, "TrackingNumber"), main, sub, tuple(events), raw=item)


def labels(numbers: Sequence[Asked], payload: Any) -> Labels:
    if answer_code(payload) != OK:
        raise IntegrationError("refused", f"The carrier gives no labels: {text(payload, 'Message')}", permanent=True)
    files, refused = [], []
    for one in items(payload, "Item"):
        infos = [(text(info, "CustomerOrderNumber"), text(info, "Error")) for info in items(one, "OrderInfos")]
        refused += [Outcome(name, REFUSED, error) for name, error in infos if error]
        if (url := text(one, "Url", most=2000)) and (good := tuple(name for name, error in infos if not error)):
            files.append(LabelFile(url, good))
    given = {name for file in files for name in file.numbers}
    return Labels(tuple(files), tuple(answered([one for one in numbers if one.number not in given], refused)))


def _events(item: Any, zone: tzinfo) -> Iterator[EventSnapshot]:
    for one in items(item, "OrderTrackingDetails"):
        if (when := moment(text(one, "ProcessDate"))) is None:
            continue
        local = when[0].replace(tzinfo=zone) if when[1] is None else when[0].replace(tzinfo=UTC)
        offset = local.utcoffset()
        words, place = text(one, "ProcessContent", most=LONGEST_DESCRIPTION), text(one, "ProcessLocation")
        minutes = when[1] if when[1] is not None else round(offset.total_seconds() / 60) if offset is not None else None
        yield EventSnapshot(local.astimezone(UTC).replace(tzinfo=None), minutes, words, place, "", "")


def answer_code(payload: Any) -> str:
    """The answer's own code. Raises IntegrationError when the account is not let in."""
    code = text(payload, "Code")
    if code in KEY_REFUSED:
        raise IntegrationError(
            "key_refused", "The carrier does not accept the customer code and secret.", permanent=True
        )
    return code
