"""Control of carriers: parcels with a chosen fate, what happens to them, quotas, and webhooks."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.amazon.consent import LOOPBACK
from sandbox.amazon.world import World
from sandbox.carriers import journey, pushes, yunexpress
from sandbox.carriers.records import Parcel, Tracker
from sandbox.carriers.setup import TOKEN
from sandbox.control import reading
from sandbox.control.reading import Wrong


def add(pages: Blueprint, world: World) -> None:
    @pages.get("/carriers")
    def carriers() -> ResponseReturnValue:
        with world.turn():
            return jsonify(_told(world))

    @pages.patch("/carriers")
    def change() -> ResponseReturnValue:
        with world.turn():
            _change(world, reading.body())
            return jsonify(_told(world))

    @pages.post("/parcels")
    def set_out() -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_history(_set_out(world, reading.body(), now), now)), 201

    @pages.get("/parcels/<number>")
    def show(number: str) -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_history(_find(world, number), now))

    @pages.patch("/parcels/<number>")
    def happen(number: str) -> ResponseReturnValue:
        with world.turn() as now:
            parcel = _find(world, number)
            _happen(world, parcel, reading.body(), now)
            return jsonify(_history(parcel, now))

    @pages.get("/pushes")
    def shown() -> ResponseReturnValue:
        with world.turn():
            return jsonify(pushes=[{**asdict(push), "body": None} for push in world.pushes])

    @pages.post("/pushes")
    def send() -> ResponseReturnValue:
        is_again = bool(reading.body().get("again"))
        return jsonify(sent=pushes.again(world) if is_again else pushes.send_due(world))


def _change(world: World, body: dict[str, Any]) -> None:
    tracker = _tracker(world)
    tracker.quota = int(reading.number(body, "quota", tracker.quota, least=0))
    tracker.daily = int(reading.number(body, "daily", tracker.daily, least=0))
    webhook = body.get("webhook", tracker.webhook)
    parts = urlsplit(webhook) if isinstance(webhook, str) else None
    if parts is None or (webhook and (parts.scheme != "http" or parts.hostname not in LOOPBACK)):
        raise Wrong("'webhook' has to be an address on this machine that begins with http://.")
    tracker.webhook = webhook
    world.trackers.put(tracker)
    if webhook and body.get("send", True):
        pushes.keep_sending(world)


def _set_out(world: World, body: dict[str, Any], now: int) -> Parcel:
    number = body.get("number")
    if not isinstance(number, str) or not number:
        raise Wrong("'number' has to be a tracking number.")
    if world.parcels.get(number) is not None:
        raise Wrong(f"There is a parcel {number} already.", 409)
    options: dict[str, Any] = {
        "fate": reading.choice(body, "fate", ("", *journey.FATES), ""),
        "destination": str(body.get("destination", ""))[:2],
        "pace": reading.number(body, "pace", 1, least=0, most=100),
        "late": reading.number(body, "late", journey.OFTEN_LATE, least=0, most=1),
    }
    if until := str(body.get("until", "")):
        return world.parcels.put(_under_way(world, number, until, body, options, now))
    if reading.choice(body, "carrier", ("other", "yunexpress"), "other") == "yunexpress":
        return yunexpress.give(world, yunexpress.CODE, number, now, str(body.get("order_number", "")), **options)
    return world.parcels.put(journey.set_out(world.seed, number, now, **options))


def _under_way(
    world: World, number: str, until: str, body: dict[str, Any], options: dict[str, Any], now: int
) -> Parcel:
    if until not in {step[1] for step in journey.FATES.get(options["fate"], ())}:
        raise Wrong(f"The fate '{options['fate']}' never comes to '{until}'.")
    since = int(reading.number(body, "since", 0, least=0, most=now - 1))
    rest = reading.number(body, "rest_hours", 0, least=0)
    return journey.under_way(
        world.seed, number, now, until, fate=options["fate"], destination=options["destination"], since=since, rest=rest
    )


def _happen(world: World, parcel: Parcel, body: dict[str, Any], now: int) -> None:
    sub = body.get("sub_status")
    if not isinstance(sub, str) or not sub:
        raise Wrong("'sub_status' has to be a status such as Exception_Lost.")
    ago = int(reading.number(body, "ago_seconds", 0, least=0))
    delay = int(reading.number(body, "told_after_seconds", 0, least=0))
    words, place = str(body.get("description", sub)), str(body.get("location", ""))
    journey.happen(parcel, sub, words, place, now, ago=ago, delay=delay)
    world.parcels.put(parcel)
    for following in world.followings:
        if following.number == parcel.number:
            following.pushed_at = min(following.pushed_at, now - 1)
            pushes.expect(world, following)


def _told(world: World) -> dict[str, Any]:
    tracker = _tracker(world)
    base = request.host_url.rstrip("/")
    return {
        "seventeen": {"url": f"{base}/17track", **{k: v for k, v in asdict(tracker).items() if k != "day"}},
        "yunexpress": {"url": f"{base}/yunexpress/api", "code": yunexpress.CODE, "secret": yunexpress.SECRET},
        "parcels": len(world.parcels),
        "fates": Counter(parcel.fate for parcel in world.parcels),
        "pushes": Counter(push.state for push in world.pushes),
    }


def _history(parcel: Parcel, now: int) -> dict[str, Any]:
    names = ("happened_at", "told_at", "sub_status", "description", "location", "country")
    events = [dict(zip(names, event, strict=False)) | {"is_told": event[1] <= now} for event in parcel.events]
    return {"number": parcel.number, "fate": parcel.fate, "destination": parcel.destination, "events": events}


def _find(world: World, number: str) -> Parcel:
    parcel = world.parcels.get(number)
    if parcel is None:
        raise Wrong(f"There is no parcel {number}.", 404)
    return parcel


def _tracker(world: World) -> Tracker:
    tracker = world.trackers.get(TOKEN)
    assert tracker is not None
    return tracker
