"""The pages of tracking services: connected by those who may, tried by the job, and the secret never shown again."""

from __future__ import annotations

import hashlib
import json

import pytest

from models.freight.carrier import Carrier
from models.people.network import Network
from models.shipping.connecting import connect
from models.shipping.tracking_account import TrackingAccount, chosen
from models.shipping.tracking_message import TrackingMessage
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.job_run import JobWake

KEY = "A-key-of-17TRACK"
BASE = "/t/lotus/shipping/services"


def message(number: str = "YT1", key: str = KEY, **more) -> tuple[bytes, str]:
    raw = json.dumps({"event": "TRACKING_UPDATED", "data": {"number": number, **more}}).encode()
    return raw, hashlib.sha256(raw + b"/" + key.encode()).hexdigest()


def test_a_service_is_connected_tried_paused_and_removed_and_its_key_never_shown(as_, alice, bob, charlie, lotus):
    browser = as_(alice)
    assert "Tracking is by hand" in browser.get(f"{BASE}/").text
    sent = {"kind": "seventeen", "name": "17TRACK", "secret": KEY}
    assert as_(bob).post(f"{BASE}/", data=sent).status_code == 403
    assert browser.post(f"{BASE}/", data={**sent, "secret": ""}).status_code == 422
    browser.post(f"{BASE}/", data=sent)
    account = TrackingAccount.get()
    page = f"{BASE}/{account.uid}"
    assert JobWake.select().where(JobWake.job == "shipping.track").count() == 1
    assert browser.post(f"{BASE}/", data={**sent, "name": "Another"}).status_code == 422, "one for all parcels"
    for text in (browser.get(page).text, browser.get(f"{page}/edit").text, browser.get(f"{BASE}/").text):
        assert KEY not in text and "Tracking is by hand" not in text
    assert "••••RACK" in browser.get(page).text and account.hook in browser.get(page).text
    browser.post(page, data={"name": "Ours", "secret": ""})
    assert (account.reload().name, account.reload().open_secret()) == ("Ours", KEY)
    browser.post(f"{page}/pause", data={"is_paused": "1"})
    assert account.reload().state == "paused" and TrackingAccount.of_hook(account.hook) is None
    browser.post(f"{page}/pause")
    assert account.reload().state == "checking"
    assert as_(charlie).get(f"/t/comet/shipping/services/{account.uid}").status_code == 404
    browser.post(f"{page}/removal")
    assert not TrackingAccount.select().exists()


def test_a_secret_is_not_sent_to_another_address_than_it_was_given_for(lotus, alice):
    carrier = Carrier.make(lotus, code="YUN", name="Yun")
    mine = {"name": "Yun", "carrier": carrier, "code": "C1"}
    with pytest.raises(FieldRefused, match="https"):
        connect(lotus, kind="yunexpress", secret=KEY, base_url="ftp://x", **mine)
    account = connect(lotus, kind="yunexpress", secret=KEY, base_url="https://api.example.com/api", **mine)
    from models.shipping.connecting import edit

    with pytest.raises(FieldRefused, match="anew"):
        edit(account, base_url="https://elsewhere.example.com", **mine)
    assert account.reload().base_url == "https://api.example.com/api"
    stale = account.reload()
    edit(account, base_url="https://new.example.com", secret="another-key", **mine)
    with pytest.raises(FieldRefused, match="anew"):  # Somebody else gave it a new key meanwhile.
        edit(stale, base_url="https://api.example.com/api", **mine)
    account.reload().remove()
    with pytest.raises(AlreadyDecided):
        edit(stale, base_url="https://new.example.com", **mine)


def test_who_is_asked_the_carriers_own_service_first_and_ones_own_before_the_operators(lotus, comet, harbor, olga):
    yun, other = Carrier.make(harbor, code="YUN", name="Yun"), Carrier.make(lotus, code="DHL", name="DHL")
    shared = connect(harbor, kind="seventeen", name="All", secret=KEY, is_shared=True)
    own = connect(harbor, kind="yunexpress", name="Yun", secret=KEY, code="C", base_url="https://a.example/api",
                  carrier=yun, is_shared=True)  # fmt: skip
    connect(lotus, kind="seventeen", name="Not shared by a seller", secret=KEY, is_shared=True)
    mine = TrackingAccount.get(TrackingAccount.team == lotus)
    for team, carrier, asked in ((comet, None, shared), (comet, yun, own), (lotus, yun, own), (lotus, None, mine)):
        assert TrackingAccount.for_carrier(team.id, carrier and carrier.id) == asked
    by_hand = connect(lotus, kind="manual", name="By hand", carrier=other)
    with pytest.raises(Refused, match="by hand"):
        by_hand.try_again()
    assert TrackingAccount.for_carrier(lotus.id, other.id) is None
    assert chosen([], lotus.id, None) is None


def test_a_message_is_let_in_from_anywhere_when_it_is_signed_and_kept_once(app, lotus, visitor):
    account = connect(lotus, kind="seventeen", name="17TRACK", secret=KEY)
    address, (raw, sign) = f"/hooks/tracking/{account.hook}", message()
    Network.create(cidr="10.9.9.0/24", note="the office")

    def send(raw: bytes, sign: str, address: str = address):
        return visitor.open(address, method="POST", data=raw, headers={"sign": sign}, ours=False)

    assert send(raw, sign).status_code == 200 and send(raw, sign).status_code == 200
    kept = TrackingMessage.get()
    assert kept.content() == raw and raw not in bytes(kept.body) and account.reload().hears
    for forged in ((raw + b" ", sign), (raw, ""), (raw, sign.upper()), message(key="another key")):
        assert send(*forged).status_code == 403
    assert send(raw, sign, "/hooks/tracking/nobody").status_code == 403
    assert send(b"x" * (1024 * 1024 + 1), sign).status_code == 413
    assert account.reload().hook_refused_at is not None and TrackingMessage.select().count() == 1
    account.pause()
    assert send(*message("YT2")).status_code == 403
