"""What the carriers begin with: one customer of the tracking service, and one of the carrier."""

from __future__ import annotations

from sandbox.amazon.world import World
from sandbox.carriers import pushes
from sandbox.carriers.records import Tracker

TOKEN = "sandbox-17track-key"


def furnish(world: World) -> World:
    if not len(world.trackers):
        world.trackers.put(Tracker(TOKEN))
    pushes.install(world)
    return world
