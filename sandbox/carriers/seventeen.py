"""The tracking service's operations. Each takes a list of at most 40 numbers and answers for every one of them, as accepted or
as rejected with a code. Registering counts against the quota and shows nothing until the service has asked the carrier."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sandbox.amazon.clock import DAY, iso
from sandbox.amazon.identifiers import chance
from sandbox.amazon.records import key
from sandbox.amazon.world import World
from sandbox.carriers import journey, pushes
from sandbox.carriers.records import Following, Parcel, Tracker
from sandbox.carriers.seventeen_codes import WORDS, Refused, carrier_of
from sandbox.carriers.seventeen_views import NAMES, entry, status

AT_ONCE, RATE = 40, 3
NUMBER = re.compile(r"[0-9A-Z-]{5,50}")
SYNC = (30, 300)
Told = dict[str, Any]
Verb = Callable[[World, Tracker, Told, int], "Told | int"]


def answer(world: World, operation: str, token: str, content: bytes, now: int) -> Told:
    """Raises Refused."""
    tracker = world.trackers.get(token)
    if tracker is None:
        raise Refused(-18010002, 401)
    if operation == "getquota":
        return {"code": 0, "data": _quota(tracker, now)}
    try:
        body = json.loads(content or b"null")
    except ValueError:
        raise Refused(-18010013) from None
    if operation == "gettracklist":
        return _list(world, tracker, body if isinstance(body, dict) else {}, now)
    if not isinstance(body, list) or not body or not all(isinstance(one, dict) for one in body):
        raise Refused(-18010013)
    if len(body) > AT_ONCE:
        raise Refused(-18010014)
    accepted, rejected = [], []
    for one in body:
        found = VERBS[operation](world, tracker, one, now)
        if isinstance(found, int):
            number = str(one.get("number", ""))
            words = WORDS[found].format(one.get("carrier") if found == -18019910 else number)
            rejected.append({"number": number, "error": {"code": found, "message": words}})
        else:
            accepted.append(found)
    return {"code": 0, "data": {"accepted": accepted, "rejected": rejected}}


def _register(world: World, tracker: Tracker, one: Told, now: int) -> Told | int:
    number = one.get("number")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        return -18010012
    if world.followings.get(key(tracker.token, number)) is not None:
        return -18019901
    carrier = one.get("carrier") or carrier_of(number)
    if carrier is None:
        return -18019903
    if carrier not in NAMES:
        return -18019910
    if tracker.used >= tracker.quota:
        return -18019908
    if _today(tracker, now) >= tracker.daily:
        return -18019907
    tracker.used, tracker.used_today = tracker.used + 1, tracker.used_today + 1
    world.trackers.put(tracker)
    if world.parcels.get(number) is None:
        world.parcels.put(journey.set_out(world.seed, number, now))
    synced = now + chance(world.seed, "sync", number).randint(*SYNC)
    following = Following(tracker.token, number, carrier, now, synced, tag=str(one.get("tag") or ""))
    pushes.expect(world, world.followings.put(following))
    return {
        "origin": 1,
        "number": number,
        "carrier": carrier,
        "email": None,
        "tag": following.tag or None,
        "lang": None,
    }


def _followed(verb: Callable[[World, Following, Told, int], Told | int]) -> Verb:
    """A verb about a number that has to be registered."""

    def about(world: World, tracker: Tracker, one: Told, now: int) -> Told | int:
        following = world.followings.get(key(tracker.token, str(one.get("number", ""))))
        return -18019902 if following is None else verb(world, following, one, now)

    return about


def _info(world: World, following: Following, one: Told, now: int) -> Told | int:
    if now < following.synced_at:
        return -18019909
    return entry(following, _parcel(world, following), now)


def _stop(world: World, following: Following, one: Told, now: int) -> Told | int:
    if following.stopped_at is not None:
        return -18019906
    following.stopped_at = now
    world.followings.put(following)
    return _named(following)


def _retrack(world: World, following: Following, one: Told, now: int) -> Told | int:
    if following.stopped_at is None:
        return -18019904
    if following.was_retracked:
        return -18019905
    following.stopped_at, following.was_retracked, following.pushed_at = None, True, now
    pushes.expect(world, world.followings.put(following))
    return _named(following)


def _change_carrier(world: World, following: Following, one: Told, now: int) -> Told | int:
    if one.get("carrier_new") not in NAMES:
        return -18019910
    if following.carrier_changes >= 5:
        return -18019911
    following.carrier, following.carrier_changes = one["carrier_new"], following.carrier_changes + 1
    world.followings.put(following)
    return _named(following)


def _change_info(world: World, following: Following, one: Told, now: int) -> Told | int:
    items = one.get("items")
    following.tag = str((items if isinstance(items, dict) else {}).get("tag", following.tag))
    world.followings.put(following)
    return _named(following)


def _delete(world: World, following: Following, one: Told, now: int) -> Told | int:
    world.followings.drop(key(following.token, following.number))
    return _named(following)


def _push(world: World, following: Following, one: Told, now: int) -> Told | int:
    pushes.write(world, following, pushes.UPDATED, now)
    return _named(following)


VERBS: dict[str, Verb] = {
    "register": _register,
    "gettrackinfo": _followed(_info),
    "stoptrack": _followed(_stop),
    "retrack": _followed(_retrack),
    "changecarrier": _followed(_change_carrier),
    "changeinfo": _followed(_change_info),
    "deletetrack": _followed(_delete),
    "push": _followed(_push),
}
OPERATIONS = (*VERBS, "getquota", "gettracklist")


def _list(world: World, tracker: Tracker, filters: Told, now: int) -> Told:
    wanted = filters.get("page_no")
    page = wanted if isinstance(wanted, int) else 1
    mine = [one for one in world.followings if one.token == tracker.token]
    mine = [one for one in mine if filters.get("number") in (None, "", one.number)]
    shown = mine[(page - 1) * AT_ONCE : page * AT_ONCE] if page > 0 else []
    rows = [
        {
            **_named(one),
            "register_time": iso(one.registered_at),
            "tracking_status": "Tracking" if one.stopped_at is None else "Stopped",
            "package_status": status(_parcel(world, one), now)[0],
            "stop_track_time": one.stopped_at and iso(one.stopped_at),
            "is_retracked": one.was_retracked,
            "carrier_change_count": one.carrier_changes,
            "tag": one.tag or None,
        }
        for one in shown
    ]
    pages = {"data_total": len(mine), "page_total": -(-len(mine) // AT_ONCE), "page_no": page, "page_size": AT_ONCE}
    return {"page": pages, "code": 0, "data": {"accepted": rows, "rejected": []}}


def _quota(tracker: Tracker, now: int) -> Told:
    return {
        "quota_total": tracker.quota, "quota_used": tracker.used, "quota_remain": max(0, tracker.quota - tracker.used),
        "today_used": _today(tracker, now), "max_track_daily": tracker.daily, "free_email_quota": 0, "free_email_quota_used": 0,
    }  # fmt: skip


def _today(tracker: Tracker, now: int) -> int:
    if tracker.day != now // DAY:
        tracker.day, tracker.used_today = now // DAY, 0
    return tracker.used_today


def _named(following: Following) -> Told:
    return {"number": following.number, "carrier": following.carrier}


def _parcel(world: World, following: Following) -> Parcel:
    parcel = world.parcels.get(following.number)
    assert parcel is not None
    return parcel
