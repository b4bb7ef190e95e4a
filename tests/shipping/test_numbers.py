"""Tracking numbers of many parcels: pasted, scanned; what is doubtful waits for a tick and a reason."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.audit.event import Event
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.shipping import pasting
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.scanning import scan
from models.shipping.targets import target_of
from models.support.errors import FieldRefused
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of

T = "/t/lotus/shipping"
GOOD, OTHER, BAD = "RR123456785CN", "YT1234567890123456", "RR123456784CN"


@pytest.fixture
def store(lotus):
    return make_store(lotus)


@pytest.fixture
def parcels(store, alice) -> list[Parcel]:
    return [make_parcel([order_of(store, number)], by=alice) for number in (1, 2, 3)]


@pytest.fixture
def mine(alice, lotus) -> Reach:
    return Reach.of(alice, lotus)


def looked(mine, text, chosen=()):
    return pasting.planned(mine, pasting.pairs_of(text), chosen)


def order_id(parcel) -> str:
    return parcel.lines.get().order.order_id


def test_a_line_names_a_parcel_or_an_order_and_numbers_alone_follow_the_chosen_ones(mine, parcels):
    text = f"Order\tTracking\n{order_id(parcels[0])}\trr 123 456 785 cn\np2, {OTHER}\n\n"
    assert [(row.parcel, row.number, row.verb) for row in looked(mine, text)] == [
        (parcels[0], GOOD, "new"),
        (parcels[1], OTHER, "new"),
    ]
    alone = looked(mine, f"{GOOD}、{OTHER}\nZZ-99-88-77; one too many 1", parcels)
    assert [row.parcel for row in alone] == [*parcels, None]
    assert "more numbers than parcels" in str(alone[3].words)
    assert "in front of it" in str(looked(mine, GOOD)[0].words)
    assert [target_of(text) for text in ("ｐ－１２", "302–1234567–1234567", "12", "P-0x")] == [
        "P-12",
        "302-1234567-1234567",
        "",
        "",
    ]


def test_what_cannot_be_is_refused_by_its_line_and_what_is_doubtful_is_marked(mine, parcels, alice, store, rival):
    parcels[2].give_number(OTHER)
    text = "\n".join((
        f"P-1 {order_id(parcels[1])}", f"P-2\t{BAD}", f"P-1\t{OTHER}", "P-9\tAB12345", f"P-4\t{GOOD}", "302-9999999-7654321,AB12345",
        f"P-3\t{OTHER}", "P-3 LX99887766", f"P-2 <b>{'x' * 80}",
    ))  # fmt: skip
    rows = looked(mine, text)
    assert [row.verb for row in rows] == [
        "refused", "doubtful", "doubtful", "refused", "refused", "refused", "same", "refused", "refused",
    ]  # fmt: skip
    said = [str(row.words) for row in rows]
    assert "order's id" in said[0] and "check digit" in said[1] and "P-3 has this number" in said[2]
    assert "no parcel P-9" in said[3] and "no parcel P-4" in said[4] and "lies in a parcel" in said[5]
    assert "line 7 already" in said[7]
    assert Parcel.select().where(Parcel.tracking_number != "").count() == 1
    twice = looked(mine, f"P-1\t{GOOD}\nP-2\t{GOOD}")
    assert (twice[1].verb, str(twice[1].words)) == ("doubtful", "Line 1 has this number too. Say why both do.")
    with pytest.raises(FieldRefused, match="At most 500"):
        pasting.pairs_of("AB12345,AB12346\n" * 251)


@pytest.fixture
def rival(comet, alice):
    """Another team's parcel, the fourth of all: to this team there is none of that number."""
    other = make_store(comet, "Comet EU")
    made = [make_parcel([order_of(other, number)], by=alice) for number in (11, 12, 13, 14)]
    return made[-1]


@pytest.mark.both
def test_rows_are_given_each_by_itself_and_only_as_they_were_seen(mine, parcels, alice, in_parallel):
    rows = looked(mine, f"P-1\t{GOOD}\nP-2\t{BAD}\nP-3\t{OTHER}")
    seen = {place: row.seen for place, row in enumerate(rows)}
    with pytest.raises(FieldRefused, match="Say why"):
        pasting.give(rows, seen=seen, ticked={1}, reason="no", by=alice)
    Parcel.get_by_id(parcels[2].id).give_number("LX99887766")
    done = pasting.give(rows, seen=seen, by=alice)
    assert [row.verb for row in done] == ["given", "doubtful", "refused"] and "meanwhile" in str(done[2].words)
    done = pasting.give(rows, seen=seen, ticked={1}, reason="so on the label", by=alice)
    assert [row.verb for row in done] == ["refused", "given", "refused"]
    assert parcels[1].reload().doubt == "so on the label"
    told = Event.select().where(Event.name == "parcel_numbered", Event.object_id == parcels[1].id).get()
    assert told.details["doubt"] is True and told.actor_id == alice.id
    again = looked(mine, "P-1 ZZ11223344\nP-2 ZZ11223355")
    now = {place: row.seen for place, row in enumerate(again)}
    outcomes = in_parallel(2, lambda: [row.verb for row in pasting.give(again, seen=now, by=alice)])
    assert sorted(outcomes.results) == [["given", "given"], ["refused", "refused"]]


def test_a_person_pastes_looks_ticks_and_gives(as_, alice, bob, charlie, parcels):
    browser = as_(alice)
    chosen = [str(parcel.uid) for parcel in parcels]
    led = browser.post(
        "/t/lotus/lists/parcels/bulk", data={"bulk": "numbers", "selected": chosen}, follow_redirects=True
    )
    assert all(parcel.label in led.text for parcel in parcels)
    sent = {"parcels": chosen, "pasted": f"{GOOD}\n{BAD}\n<script>1"}
    page = browser.post(f"{T}/numbers/dry_run", data=sent)
    assert page.status_code == 200 and "check digit" in page.text and "<script>1" not in page.text
    assert browser.post(f"{T}/numbers/dry_run", data=sent | {"pasted": "…"}).status_code == 422
    assert not Parcel.select().where(Parcel.tracking_number != "").count()
    seen = "\n".join(f"{parcel.number}:" for parcel in parcels)
    kept = browser.post(f"{T}/numbers/", data=sent | {"seen": seen, "take": "1", "reason": "x"})
    assert kept.status_code == 422 and not parcels[0].reload().tracking_number
    sent |= {"pasted": f"{GOOD}\n{BAD}\n{OTHER}", "seen": seen}
    left = browser.post(f"{T}/numbers/", data=sent)
    assert left.status_code == 422 and "2 numbers were given" in left.text
    assert [parcel.reload().tracking_number for parcel in parcels] == [GOOD, "", OTHER]
    seen = f"1:{GOOD}\n2:\n3:{OTHER}"
    done = browser.post(f"{T}/numbers/", data=sent | {"seen": seen, "take": "1", "reason": "so on the label"})
    assert done.status_code == 303 and parcels[1].reload().tracking_number == BAD
    assert as_(charlie).post(f"{T}/numbers/", data=sent).status_code == 404
    assert as_(bob).post(f"{T}/numbers/", data=sent).status_code == 403
    stranger = as_(charlie).get(f"/t/comet/shipping/numbers/?parcels={chosen[0]}")
    assert stranger.status_code == 404 and browser.get(f"{T}/numbers/?parcels=x").status_code == 404


def test_a_scanner_goes_from_parcel_to_number_and_takes_nothing_doubtful_by_itself(as_, alice, mine, parcels):
    browser, at = as_(alice), f"{T}/scan"
    assert "Parcel or order id" in browser.get(at).text
    assert "Scan a parcel first" in browser.post(at, data={"code": GOOD}).text
    chosen = browser.post(at, data={"code": "p-1"}).text
    assert "Tracking number of P-1" in chosen and f'value="{parcels[0].uid}"' in chosen
    first = {"parcel": str(parcels[0].uid)}
    doubted = browser.post(at, data=first | {"code": BAD}).text
    assert "check digit" in doubted and "Take it all the same?" in doubted
    swapped = browser.post(at, data=first | {"code": order_id(parcels[1])}).text
    assert "Tracking number of P-2" in swapped
    for more in ({}, {"sure": "1"}, {"reason": "because it is"}):
        assert browser.post(at, data=first | {"code": BAD, "doubted": BAD} | more).status_code == 422
    assert not parcels[0].reload().tracking_number
    sure = {"code": BAD, "doubted": BAD, "sure": "1", "reason": "so on the label"}
    assert "P-1 has the number" in browser.post(at, data=first | sure).text
    queue = {"parcels": [str(parcel.uid) for parcel in parcels]}
    assert "Tracking number of P-2" in browser.get(at, query_string=queue).text
    going = browser.post(at, data=queue | {"parcel": str(parcels[1].uid), "code": GOOD}, headers={"HX-Request": "true"})
    assert "Tracking number of P-3" in going.text and "<html" not in going.text and "autofocus" in going.text
    parcels[2].end("delivered", datetime(2026, 3, 9), source="manual")
    assert "has ended" in str(scan(mine, "P-3", None).words) and "has the number" in str(scan(mine, "P-2", None).words)


def test_a_person_gives_numbers_only_where_they_may_change_parcels(lotus, alice, bob, parcels):
    second = make_store(lotus, "Lotus Second")
    made = make_parcel([order_of(second, 90)], by=alice)
    Grant.give(bob, lotus, Role.built_in("support"), by=alice)  # Sees them all.
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[second.id], by=alice)
    text = f"P-1\t{GOOD}\n{order_id(parcels[1])}\t{GOOD}\n{made.label}\t{OTHER}"
    assert [row.verb for row in looked(Reach.of(bob, lotus), text)] == ["refused", "refused", "new"]
    assert scan(Reach.of(bob, lotus), "P-1", None).parcel is None
