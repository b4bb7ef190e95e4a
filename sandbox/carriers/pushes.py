"""Webhooks: what the tracking service sends by itself, signed, with retries after 10, 30 and 60 minutes, then never again.

Sending is the only thing in the sandbox that goes on beside requests: a thread looks for what is due once a webhook is set.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
from urllib.parse import urlsplit

from sandbox.amazon.clock import DAY, MINUTE
from sandbox.amazon.faults import PUSHES
from sandbox.amazon.records import SEPARATOR, key
from sandbox.amazon.world import World
from sandbox.carriers import journey
from sandbox.carriers.records import Following, Push, Tracker
from sandbox.carriers.seventeen_views import EXPIRES, entry

NEWS = "tracking_news"
UPDATED, STOPPED = "TRACKING_UPDATED", "TRACKING_STOPPED"
RETRIES = (10 * MINUTE, 30 * MINUTE, 60 * MINUTE)
AFTER_DELIVERY = 15 * DAY
OPERATION = "seventeen/webhook"
PATIENCE, LOOK_EVERY = 5.0, 0.1


def install(world: World) -> None:
    world.on(NEWS, _due)
    for following in world.followings:
        expect(world, following)
    for push in world.pushes:
        if push.state == "sending":
            push.state = "waiting"
    if any(tracker.webhook for tracker in world.trackers):
        keep_sending(world)


def expect(world: World, following: Following) -> None:
    """Plans the next moment at which there may be something to say of a number."""
    parcel = world.parcels.get(following.number)
    if parcel is None or following.stopped_at is not None:
        return
    coming = [event[1] for event in parcel.events if event[1] > max(following.pushed_at, following.synced_at)]
    known = following.pushed_at or following.synced_at
    rest = (
        max(known, max((event[1] for event in parcel.events if event[1] <= known), default=parcel.began_at)) + EXPIRES
    )
    first = [following.synced_at] if following.pushed_at < following.synced_at else []
    ended = journey.delivered_at(parcel, known)
    world.plan(
        min([*first, *coming, rest, *([ended + AFTER_DELIVERY] if ended else [])]),
        NEWS,
        key(following.token, following.number),
    )


def _due(world: World, subject: str, moment: int) -> None:
    following = world.followings.get(subject)
    if following is None or following.stopped_at is not None or moment <= following.pushed_at:
        return
    parcel = world.parcels.get(subject.partition(SEPARATOR)[2])
    assert parcel is not None
    following.pushed_at = moment
    ended = journey.delivered_at(parcel, moment)
    if moment - journey.last_word(parcel, moment) >= EXPIRES or (ended and moment >= ended + AFTER_DELIVERY):
        following.stopped_at = moment
        write(world, following, STOPPED, moment)
    elif journey.told(parcel, moment):
        write(world, following, UPDATED, moment)
    expect(world, world.followings.put(following))


def write(world: World, following: Following, event: str, now: int) -> None:
    """A message is put on its way, if the tracker wants any."""
    tracker, parcel = world.trackers.get(following.token), world.parcels.get(following.number)
    if tracker is None or parcel is None or not tracker.webhook:
        return
    data = entry(following, parcel, now)
    if event == STOPPED:
        data = {name: data[name] for name in ("number", "carrier", "param", "tag")}
    body = json.dumps({"event": event, "data": data}, ensure_ascii=False)
    number = world.count("push")
    world.pushes.put(Push(f"push-{number:08d}", following.token, following.number, event, now, body))


def signature(body: bytes, token: str) -> str:
    return hashlib.sha256(body + b"/" + token.encode()).hexdigest()


def keep_sending(world: World) -> None:
    """Starts the thread that sends what is due, once for a world."""
    if not world.has_sender:
        world.has_sender = True
        threading.Thread(target=_send_on, args=(world,), name="sandbox-webhooks", daemon=True).start()


def _send_on(world: World) -> None:
    while not world.closed.wait(LOOK_EVERY):
        send_due(world)


def send_due(world: World) -> int:
    """Sends every message that is due, oldest first; how many were sent."""
    with world.turn() as now:
        waiting = [one for one in world.pushes if one.state == "waiting" and one.due_at <= now]
    return sum(_sent(world, push) for push in sorted(waiting, key=lambda one: (one.due_at, one.id)))


def _sent(world: World, push: Push) -> bool:
    """Sends one message, unless somebody else does or nobody wants it any more."""
    with world.turn():
        tracker = world.trackers.get(push.token)
        if push.state != "waiting" or tracker is None or not tracker.webhook or world.closed.is_set():
            return False
        push.state = "sending"
        tricks = {fault.kind for fault in world.faults.hit(OPERATION, PUSHES)}
    status = None if "lost_push" in tricks else _send(push, tracker, is_forged="forged_push" in tricks)
    if "duplicate_push" in tricks:
        _send(push, tracker)
    with world.turn() as now:
        _note(world, push, status, now)
    return True


def again(world: World) -> int:
    """Every message that ever arrived is sent once more."""
    with world.turn() as now:
        arrived = [push for push in world.pushes if push.state == "arrived"]
        for push in arrived:
            push.state, push.due_at, push.attempts = "waiting", now, 0
            world.pushes.put(push)
    return send_due(world)


def _note(world: World, push: Push, status: int | None, now: int) -> None:
    push.status, push.attempts = status, push.attempts + 1
    if status is not None and 200 <= status < 300:
        push.state = "arrived"
    elif push.attempts > len(RETRIES):
        push.state = "lost"
    else:
        push.state, push.due_at = "waiting", now + RETRIES[push.attempts - 1]
    world.pushes.put(push)


def _send(push: Push, tracker: Tracker, *, is_forged: bool = False) -> int | None:
    """The status answered, or none when nobody answered."""
    parts, body = urlsplit(tracker.webhook), push.body.encode()
    sign = signature(body, "another key" if is_forged else tracker.token)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", "sign": sign, "User-Agent": "17TRACK-Sandbox/1.0"}
        connection.request("POST", target or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
