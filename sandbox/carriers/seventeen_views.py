"""A parcel as the tracking service tells it (API v2.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zlib import crc32

from sandbox.amazon.clock import DAY, iso
from sandbox.carriers import journey
from sandbox.carriers.records import Following, Parcel

NAMES = {3011: "China Post", 21051: "USPS", 100001: "DHL Express", 100002: "UPS", 100003: "FedEx", 190008: "YunExpress"}
MILESTONES = {
    "InfoReceived": "InfoReceived", "PickedUp": "InTransit_PickedUp", "Departure": "InTransit_Departure",
    "Arrival": "InTransit_Arrival", "AvailableForPickup": "AvailableForPickup_Other", "OutForDelivery": "OutForDelivery_Other",
    "Delivered": "Delivered_Other", "Returning": "Exception_Returning", "Returned": "Exception_Returned",
}  # fmt: skip
STAGES = {sub: stage for stage, sub in MILESTONES.items()}
EXPIRES = 30 * DAY
NOWHERE = {"country": None, "state": None, "city": None, "street": None, "postal_code": None,
           "coordinates": {"longitude": None, "latitude": None}}  # fmt: skip


def entry(following: Following, parcel: Parcel, now: int) -> dict[str, Any]:
    """One of `accepted`: what is known of a number."""
    return {
        "number": following.number,
        "carrier": following.carrier,
        "param": None,
        "tag": following.tag or None,
        "track_info": track_info(following, parcel, now),
    }


def status(parcel: Parcel, now: int) -> tuple[str, str]:
    """Main and sub-status: those of the event that happened last, unless nothing was heard for a month."""
    events = journey.told(parcel, now)
    if not events:
        return "NotFound", "NotFound_Other"
    main = events[0][2].partition("_")[0]
    if main not in ("Delivered", "Exception") and now - journey.last_word(parcel, now) >= EXPIRES:
        return "Expired", "Expired_Other"
    return main, events[0][2]


def track_info(following: Following, parcel: Parcel, now: int) -> dict[str, Any]:
    events = [_event(event) for event in journey.told(parcel, now)]
    main, sub = status(parcel, now)
    return {
        "shipping_info": {
            "shipper_address": {**NOWHERE, "country": "CN"},
            "recipient_address": {**NOWHERE, "country": parcel.destination},
        },
        "latest_status": {"status": main, "sub_status": sub, "sub_status_descr": None},
        "latest_event": events[0] if events else None,
        "time_metrics": _metrics(parcel, now),
        "milestone": [_milestone(stage, parcel, now) for stage in MILESTONES],
        "misc_info": {"risk_factor": 0, "service_type": None, "weight_raw": None, "weight_kg": None, "pieces": None},
        "tracking": {
            "providers_hash": crc32(parcel.number.encode()),
            "providers": [
                {
                    "provider": {
                        "key": following.carrier, "name": NAMES.get(following.carrier, "A carrier"), "alias": None,
                        "tel": None, "homepage": None, "country": "CN",
                    },
                    "service_type": None,
                    "latest_sync_status": "Success",
                    "latest_sync_time": iso(max(following.synced_at, journey.last_word(parcel, now))),
                    "events_hash": len(events),
                    "events": events,
                }
            ],
        },
    }  # fmt: skip


def _event(event: list[Any]) -> dict[str, Any]:
    happened, _, sub, words, place, country, offset = event
    local = datetime.fromtimestamp(happened, timezone(timedelta(minutes=offset)))
    return {
        "time_iso": local.isoformat(),
        "time_utc": iso(happened),
        "time_raw": {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}", "timezone": f"{local:%z}"},
        "description": words,
        "location": place,
        "stage": STAGES.get(sub),
        "sub_status": sub,
        "address": {**NOWHERE, "country": country, "city": place},
    }


def _milestone(stage: str, parcel: Parcel, now: int) -> dict[str, Any]:
    moment = next((event[0] for event in journey.told(parcel, now)[::-1] if event[2] == MILESTONES[stage]), None)
    return {"key_stage": stage, "time_iso": moment and f"{datetime.fromtimestamp(moment, UTC).isoformat()}",
            "time_utc": moment and iso(moment)}  # fmt: skip


def _metrics(parcel: Parcel, now: int) -> dict[str, Any]:
    delivered = journey.delivered_at(parcel, now)
    return {
        "days_after_order": (now - parcel.began_at) // DAY,
        "days_of_transit": ((delivered or now) - parcel.began_at) // DAY,
        "days_of_transit_done": (delivered - parcel.began_at) // DAY if delivered else 0,
        "days_after_last_update": (now - journey.last_word(parcel, now)) // DAY,
        "estimated_delivery_date": {"source": None, "from": None, "to": None},
    }
