"""A job that is killed in the middle of a call loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
import time

from models.database import close_databases, open_databases
from models.shipping.following import Following
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from tests.shipping.test_track import NUMBERS, carriers, ground, swift  # noqa: F401 (fixtures)
from tests.shipping.tracking_ground import DAY


def test_a_job_killed_while_it_asks_is_gone_on_with(ground):  # noqa: F811
    parcels = [ground.parcel(next(NUMBERS)) for _ in range(5)]
    account = ground.connect()
    ground.follow()
    ground.run(account)
    ground.wait(4 * DAY)
    ground.control.post("/faults", kind="slow", operation="seventeen/gettrackinfo", times=1, delay=30)
    close_databases()
    child = os.fork()
    if not child:
        open_databases(ground.settings)
        ground.run(account)
        os._exit(0)
    open_databases(ground.settings)
    for _ in range(200):
        if Following.select().where(Following.held_until > clock.now()).count() == 5:
            break
        time.sleep(0.05)
    time.sleep(0.3)  # The call is out.
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    held = Following.select().where(Following.held_until > clock.now()).count()
    assert held == 5 and not TrackingEvent.select().exists()
    ground.wait(301)
    ground.run(account)
    events = [(row.parcel_id, row.at, row.description) for row in TrackingEvent.select()]
    assert len(events) == len(set(events)) and {parcel.reload().state for parcel in parcels} == {"shipped"}
