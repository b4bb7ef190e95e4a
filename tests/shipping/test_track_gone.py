"""What goes away while services are asked: a parcel is voided, an account is removed, and messages still come in."""

from __future__ import annotations

import hashlib
import json

from integrations.carriers.seventeen_client import SeventeenClient
from models.shipping.following import Following
from models.shipping.tracking_account import TrackingAccount
from models.shipping.tracking_event import TrackingEvent
from models.shipping.tracking_message import TrackingMessage
from models.support import clock
from tests.shipping.test_track import NUMBERS, carriers, ground, swift  # noqa: F401 (fixtures)
from tests.shipping.tracking_ground import TOKEN


def message(number: str) -> tuple[bytes, str]:
    """That a parcel was announced, signed."""
    event = {"time_utc": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}", "description": "Announced", "sub_status": "InfoReceived"}
    told = {"tracking": {"providers": [{"provider": {"name": "Post"}, "events": [event]}]}}
    raw = json.dumps({"event": "TRACKING_UPDATED", "data": {"number": number, "track_info": told}}).encode()
    return raw, hashlib.sha256(raw + b"/" + TOKEN.encode()).hexdigest()


def test_a_message_about_a_void_parcel_is_kept_and_nobody_is_asked_again(ground):  # noqa: F811
    parcel, account = ground.parcel(number := next(NUMBERS)), ground.connect()
    ground.follow()
    ground.run(account)
    parcel.reload().void(reason="the wrong box")
    TrackingMessage.take(account, *message(number))
    ground.run(account)
    assert TrackingMessage.get().state == "read" and TrackingEvent.of(parcel)[0].description == "Announced"
    assert (ground.following(parcel).state, ground.following(parcel).due_at) == ("ended", None)
    assert parcel.reload().state == "void"


def test_a_job_whose_account_is_removed_ends_quietly(ground, monkeypatch):  # noqa: F811
    ground.parcel(next(NUMBERS))
    account, register = ground.connect(), SeventeenClient.register
    ground.follow()

    def registered(client, numbers):
        outcomes = register(client, numbers)
        TrackingAccount.get().remove()
        return outcomes

    monkeypatch.setattr(SeventeenClient, "register", registered)
    assert ground.run(account).state == "done"
    assert not Following.select().exists()


def test_a_message_for_an_account_that_was_removed_just_now_is_refused(ground, visitor, monkeypatch):  # noqa: F811
    account, (raw, sign) = ground.connect(), message("YT1")
    account.heard()  # A minute ago or less: then only the message itself is written.
    take = TrackingMessage.take

    def taken(*told):
        TrackingAccount.get().remove()
        return take(*told)

    monkeypatch.setattr(TrackingMessage, "take", taken)
    assert visitor.post(f"/hooks/tracking/{account.hook}", data=raw, headers={"sign": sign}).status_code == 403
