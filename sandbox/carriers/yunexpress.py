"""A carrier with a YunExpress-type API: waybills for parcels given to it, their labels, and where they are. Every answer is a 200
with a `Code`, of which `0000` alone is good; times are China's, without a zone."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.amazon.identifiers import chance, digest
from sandbox.amazon.world import World
from sandbox.carriers import journey
from sandbox.carriers.records import Parcel

CODE, SECRET = "SANDBOX1", "sandbox-label-secret"
MOST_ORDERS, MOST_LABELS = 10, 50
LABELS = "/yunexpress/labels/"
CHINA = timedelta(hours=8)
STATES = {
    "NotFound": 0, "InfoReceived": 1, "InTransit": 2, "AvailableForPickup": 2, "OutForDelivery": 2, "Delivered": 3,
    "InTransit_PickedUp": 4, "Exception_Cancel": 5, "DeliveryFailure": 6, "Exception_Returned": 7, "Exception": 2,
}  # fmt: skip

Told = dict[str, Any]


class Refused(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def let_in(authorization: str) -> str:
    """The customer a header stands for. Raises Refused."""
    right = base64.b64encode(f"{CODE}&{SECRET}".encode()).decode()
    if authorization.partition(" ")[2] != right:
        raise Refused("401", "Authorization has been denied for this request.")
    return CODE


def track(world: World, customer: str, number: str, now: int) -> Told:
    parcel = _find(world, customer, number)
    events = journey.told(parcel, now)
    sub = events[0][2] if events else "NotFound"
    return {
        "CountryCode": parcel.destination,
        "WaybillNumber": parcel.number,
        "TrackingNumber": parcel.number,
        "CreatedBy": customer,
        "PackageState": STATES.get(sub, STATES[sub.partition("_")[0]]),
        "IntervalDays": max(0, now - parcel.began_at) // journey.DAY,
        "OrderTrackingDetails": [
            {"ProcessDate": f"{datetime.fromtimestamp(event[0], UTC) + CHINA:%Y-%m-%dT%H:%M:%S}", "ProcessContent": event[3],
             "ProcessLocation": event[4]}
            for event in events
        ],
    }  # fmt: skip


def create(world: World, customer: str, content: bytes, now: int) -> list[Told]:
    orders = _list(content)
    if len(orders) > MOST_ORDERS:
        raise Refused("1003", f"At most {MOST_ORDERS} orders at once.")
    return [_created(world, customer, one if isinstance(one, dict) else {}, now) for one in orders]


def _created(world: World, customer: str, one: Told, now: int) -> Told:
    reference = str(one.get("CustomerOrderNumber") or "")
    receiver = one.get("Receiver") if isinstance(one.get("Receiver"), dict) else {}
    told = {
        "Success": 0,
        "TrackType": 1,
        "CustomerOrderNumber": reference,
        "WayBillNumber": None,
        "TrackingNumber": None,
    }
    known = next((parcel for parcel in world.parcels if parcel.order_number == reference), None)
    wrong = (
        "CustomerOrderNumber is required." if not reference
        else "ShippingMethodCode is required." if not one.get("ShippingMethodCode")
        else "Weight has to be more than 0." if not _is_positive(one.get("Weight"))
        else "Receiver.CountryCode is required." if not (receiver or {}).get("CountryCode")
        else "Parcels is required." if not one.get("Parcels")
        else "CustomerOrderNumber exists already." if known else ""
    )  # fmt: skip
    if wrong:
        return {**told, "Remark": wrong}
    number = f"YT{chance(world.seed, 'waybill', world.count('waybill')).randrange(10**15, 10**16)}"
    give(world, customer, number, now, reference, destination=str((receiver or {})["CountryCode"])[:2])
    return {**told, "Success": 1, "Remark": "", "WayBillNumber": number, "TrackingNumber": number}


def order(world: World, customer: str, number: str) -> Told:
    parcel = _find(world, customer, number)
    return {"CustomerOrderNumber": parcel.order_number, "WayBillNumber": parcel.number, "TrackingNumber": parcel.number}


def give(world: World, customer: str, number: str, now: int, reference: str = "", **options: Any) -> Parcel:
    """A parcel is given to the carrier."""
    parcel = journey.set_out(world.seed, number, now, **options)
    parcel.customer, parcel.order_number = customer, reference or number
    return world.parcels.put(parcel)


def labels(world: World, customer: str, content: bytes, base_url: str) -> list[Told]:
    """One document for all the numbers that are known."""
    numbers = [str(one) for one in _list(content)]
    if len(numbers) > MOST_LABELS:
        raise Refused("1003", f"At most {MOST_LABELS} labels at once.")
    good, infos = [], []
    for number in numbers:
        try:
            good.append(_find(world, customer, number).number)
            infos.append({"CustomerOrderNumber": number, "Error": "", "Code": "100"})
        except Refused as error:
            infos.append({"CustomerOrderNumber": number, "Error": str(error), "Code": "101"})
    name = base64.urlsafe_b64encode(json.dumps(good).encode()).decode()
    sealed = f"{digest(world.seed, name)[:16]}.{name}"
    return [{"Url": f"{base_url}{LABELS}{sealed}.pdf" if good else None, "OrderInfos": infos}]


def label(world: World, name: str) -> bytes | None:
    """The document behind a label's address."""
    seal, _, packed = name.removesuffix(".pdf").partition(".")
    if digest(world.seed, packed)[:16] != seal:
        return None
    return pdf(json.loads(base64.urlsafe_b64decode(packed)))


def answer(body: Any) -> Told:
    return {"Item": body, "Code": "0000", "Message": "OK", "RequestId": uuid.uuid4().hex, "TimeStamp": ""}


def refusal(error: Refused) -> Told:
    return {"Item": None, "Code": error.code, "Message": str(error), "RequestId": uuid.uuid4().hex, "TimeStamp": ""}


def pdf(numbers: list[str]) -> bytes:
    """A small PDF, a page of 100 × 150 mm for each number."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(numbers)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(numbers)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]  # fmt: skip
    for place, number in enumerate(numbers):
        words = f"BT /F1 18 Tf 24 380 Td (SANDBOX) Tj 0 -40 Td ({number}) Tj ET"
        page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 283 425] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< {page} /Contents {5 + 2 * place} 0 R >>")
        objects.append(f"<< /Length {len(words)} >>\nstream\n{words}\nendstream")
    content, places = b"%PDF-1.4\n", []
    for number_of, inner in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number_of} 0 obj\n{inner}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + head.encode() + trailer.encode()


def _find(world: World, customer: str, number: str) -> Parcel:
    mine = (one for one in world.parcels if one.customer == customer and number in (one.number, one.order_number))
    if (parcel := next(mine, None)) is None:
        raise Refused("5001", f"The number {number} was not found.")
    return parcel


def _list(content: bytes) -> list[Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, list) or not body:
        raise Refused("1001", "The body has to be a list.")
    return body


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
