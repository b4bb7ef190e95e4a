"""Carriers, channels and price sheets on the screen: made, looked at, approved by a second person, withdrawn; by whom they may."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from models.audit.event import Event
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Area as At
from models.freight.engine.card import Between, Round, Row, ZoneArea
from models.freight.rate_card import RateCard
from models.freight.workbook.reading import read_price_sheet
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.session import Session
from models.workload.queues import waiting_for
from tests.freight.asking import MARCH, approved
from tests.freight.sheets import LINE, card

T = "/t/lotus/freight"
HOSTILE = "<img src=x onerror=alert(1)>\"'=1+1 ‮ %s %(x)s {{ 7*7 }} 漢字"


@pytest.fixture
def eve(lotus, password):
    """Drafts price sheets in lotus, and approves none."""
    person, token = invite(lotus, "eve", "Eve Moss", role="manager")
    Invitation.of_token(token).use(password)
    return person.reload()


@pytest.fixture
def line(lotus, eve, alice) -> Channel:
    """A channel of lotus whose version 1 is approved."""
    return approved(lotus, eve, alice, **{"DEMO-LINE": LINE})[0]


def draft_of(channel, by, **changes) -> RateCard:
    made = replace(card(LINE), dates=Between(MARCH), channel=channel.code)
    return RateCard.draft(channel, replace(made, **changes), source="march.xlsx", by=by)


def dear(factor: int) -> tuple[Row, ...]:
    return tuple(replace(row, rate=row.rate * factor) for row in card(LINE).rows)


def test_carriers_and_channels_are_made_changed_and_switched_off(as_, alice, lotus, last_event):
    browser = as_(alice)
    answer = browser.post(
        f"{T}/carriers/",
        data={"code": "YUN", "name": "Yun Lines", "website": "https://example.com", "track_key": "190008"},
    )
    carrier = Carrier.get(Carrier.code == "YUN")
    assert answer.status_code == 303 and str(carrier.uid) in answer.headers["Location"]
    wrong = browser.post(f"{T}/carriers/", data={"code": "YUN", "name": "x", "website": "http://example.com"})
    assert wrong.status_code == 422 and "begins with https" in wrong.text
    assert "This code is taken" in browser.post(f"{T}/carriers/", data={"code": "YUN", "name": "x"}).text
    given = {
        "code": "CH",
        "carrier": str(carrier.uid),
        "name": "Line",
        "kind": "express",
        "label_api": "manual",
        "includes_duty": "1",
    }
    browser.post(f"{T}/channels/", data=given)
    channel = Channel.get(Channel.code == "CH")
    assert (channel.kind, channel.includes_duty, channel.includes_fuel, channel.label_api) == (
        "express",
        True,
        False,
        "manual",
    )
    browser.post(f"{T}/channels/{channel.uid}", data=given | {"name": "Line 2", "includes_duty": "", "code": "OTHER"})
    assert (channel.reload().name, channel.reload().code, channel.reload().includes_duty) == ("Line 2", "CH", False)
    assert last_event().details["changes"] == [["name", "Line", "Line 2"], ["includes_duty", True, False]]
    assert "YUN" in browser.get(f"{T}/channels/{channel.uid}").text
    browser.post(f"{T}/channels/{channel.uid}/offer", data={"is_active": ""})
    browser.post(f"{T}/carriers/{carrier.uid}/offer", data={"is_active": ""})
    assert not channel.reload().is_active and not carrier.reload().is_active
    assert browser.post(f"{T}/channels/", data=given | {"code": "NEW"}).status_code == 422
    assert browser.post(f"{T}/channels/", data=given | {"code": HOSTILE, "kind": "teleport"}).status_code == 422


def test_a_version_tells_its_cells_its_settings_in_words_and_its_checks(as_, alice, line, eve):
    gap = (*card(LINE).rows, Row("FR", 40, 50, "FLAT"))
    made = draft_of(line, eve, rows=gap, rounds=(Round(21, card(LINE).rows[0].rate / 200), Round(None, 1)))
    browser = as_(alice)
    page = browser.get(f"{T}/sheets/{made.uid}").text
    for words in (
        "Below 21 kg to 0.5 kg.",
        "From there to 1 kg.",
        "÷ 8000",
        "0.05 kg in FR, US.",
        "100 per kg",
        "0.3&lt;W≤30",
        "Eve Moss",
    ):
        assert words in page, words
    assert "no weight has a price" in browser.get(f"{T}/sheets/{made.uid}?part=checks").text
    for part in ("zones", "others", "limits", "surcharges", "fuel", "remote", "history", "nonsense"):
        assert browser.get(f"{T}/sheets/{made.uid}?part={part}&page=999999").status_code == 200
    assert "drafted version 2" in browser.get(f"{T}/sheets/{made.uid}?part=history").text


def test_a_second_person_approves_and_steep_prices_want_a_tick(as_, alice, bob, eve, line):
    made = draft_of(line, eve, rows=dear(2), discount=card(LINE).rows[0].rate / 125)
    address, browser = f"{T}/sheets/{made.uid}", as_(alice)
    assert as_(bob).post(f"{address}/approval", data={"revision": "1"}).status_code == 403
    assert as_(eve).post(f"{address}/approval", data={"revision": "1"}).status_code == 403
    page = browser.get(f"{address}?part=differences").text
    assert "+100.0 %" in page and "-20.0 %" in page and "Approve from" in page
    assert "Price sheets to approve" in browser.get("/t/lotus/").text
    assert "march.xlsx" in page and "draft" in browser.get(f"{T}/sheets/?stand=to_approve").text.lower()
    refused = browser.post(f"{address}/approval", data={"revision": "1"})
    assert refused.status_code == 422 and "3 prices change by more than half" in refused.text
    assert browser.post(f"{address}/approval", data={"revision": "7", "steep_ok": "1"}).status_code == 409
    assert browser.post(f"{address}/approval", data={"revision": "1", "steep_ok": "1"}).status_code == 303
    assert made.reload().state == "approved"
    assert browser.post(f"{address}/approval", data={"revision": "1", "steep_ok": "1"}).status_code == 409
    assert "Price sheets to approve" not in browser.get("/t/lotus/").text
    assert "Approved by" in browser.get(address).text


def test_an_approval_asks_who_one_is_and_nobody_approves_their_own(as_, alice, line):
    made = draft_of(line, alice)
    browser = as_(alice)
    assert "Somebody else has to approve it" in browser.get(f"{T}/sheets/{made.uid}").text
    own = browser.post(f"{T}/sheets/{made.uid}/approval", data={"revision": "1"})
    assert own.status_code == 409 and "Someone else has to approve" in own.text
    assert "To approve" in browser.get(f"{T}/sheets/?stand=to_approve").text
    assert str(made.uid) not in browser.get(f"{T}/sheets/?stand=to_approve").text
    browser.keeps_proving = False
    Session.update(proved_at=None).execute()
    asked = browser.post(f"{T}/sheets/{made.uid}/approval", data={"revision": "1"})
    assert asked.status_code == 401 and "Prove that it is you" in asked.text and made.reload().state == "draft"


def test_a_draft_waits_for_everybody_who_may_approve_it_and_had_no_hand_in_it(lotus, alice, bob, eve, line):
    made = draft_of(line, eve)
    draft_of(line, eve, dates=Between())  # Says not from when on it holds.

    def waits(*people) -> dict[str, int]:
        found = waiting_for(lotus.id, [person.id for person in people])
        return {
            person.login: count
            for person in people
            for queue, count in found.get(person.id, [])
            if queue.key == "price_sheets"
        }

    assert waits(alice, bob, eve) == {"alice": 1}
    made.revise(replace(made.card, discount=made.card.discount / 2), revision=1, by=alice)
    assert waits(alice, bob, eve) == {}


def test_drafts_are_discarded_and_what_holds_is_withdrawn_with_a_reason(as_, alice, bob, eve, line, last_event):
    draft, browser = draft_of(line, eve), as_(alice)
    assert as_(bob).post(f"{T}/sheets/{draft.uid}/discard").status_code == 403
    assert browser.post(f"{T}/sheets/{draft.uid}/discard").status_code == 303
    assert browser.post(f"{T}/sheets/{draft.uid}/discard").status_code == 409
    held = RateCard.get(RateCard.version == 1)
    assert browser.post(f"{T}/sheets/{held.uid}/withdrawal", data={"reason": " "}).status_code == 422
    assert browser.post(f"{T}/sheets/{held.uid}/withdrawal", data={"reason": HOSTILE}).status_code == 303
    assert (held.reload().state, last_event().name) == ("retired", "rate_card_retired")
    assert "<img src=x" not in browser.get(f"{T}/sheets/{held.uid}?part=history").text
    again = browser.post(f"{T}/sheets/{held.uid}/drafts").headers["Location"]
    copy = RateCard.get(RateCard.version == 3)
    assert str(copy.uid) in again and copy.card.rows == held.card.rows and copy.made_by_id == alice.id


def test_what_is_downloaded_is_what_the_import_reads(as_, alice, line, tmp_path):
    held, browser = RateCard.get(), as_(alice)
    for language, sheet in (("en", "rates"), ("zh_Hans", "价格")):
        alice.change(language=language)
        for ending in ("xlsx", "zip"):
            answer = browser.get(f"{T}/sheets/{held.uid}/file.{ending}")
            (tmp_path / f"x.{ending}").write_bytes(answer.data)
            assert read_price_sheet(tmp_path / f"x.{ending}").card == held.card
            assert f"DEMO-LINE-1.{ending}" in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(browser.get(f"{T}/sheets/{held.uid}/file.xlsx").data)) as book:
            assert sheet in book.read("xl/workbook.xml").decode()
    assert browser.get(f"{T}/sheets/{held.uid}/file.exe").status_code == 404


def test_the_operators_channels_and_approved_prices_are_read_only_others_are_not_there(
    as_, alice, charlie, olga, harbor, line, eve
):
    (theirs,) = approved(harbor, alice, olga, **{"HARBOR-LINE": LINE})
    hidden = RateCard.draft(theirs, card(LINE), note="=secret margin", by=olga)
    held = RateCard.get(RateCard.channel == theirs, RateCard.version == 1)
    browser = as_(alice)
    for address in (
        f"{T}/channels/{theirs.uid}",
        f"{T}/carriers/{theirs.carrier.uid}",
        f"{T}/sheets/{held.uid}",
        f"{T}/sheets/{held.uid}/file.zip",
    ):
        assert browser.get(address).status_code == 200, address
    for page in (f"{T}/channels/", f"{T}/sheets/", f"{T}/sheets/{held.uid}", f"{T}/sheets/{held.uid}?part=history"):
        text = browser.get(page).text
        assert "HARBOR-LINE" in text and "Olga" not in text and "margin" not in text and str(hidden.uid) not in text
    acts = [f"{T}/channels/{theirs.uid}", f"{T}/channels/{theirs.uid}/offer", f"{T}/channels/{theirs.uid}/drafts", f"{T}/carriers/{theirs.carrier.uid}",
            f"{T}/carriers/{theirs.carrier.uid}/offer", *(f"{T}/sheets/{held.uid}/{act}" for act in ("approval", "discard", "withdrawal", "drafts", "cells/rates"))]  # fmt: skip
    assert {browser.post(act, data={"revision": "1", "reason": "x", "steep_ok": "1"}).status_code for act in acts} == {
        404
    }
    assert {
        browser.get(f"{T}/{address}").status_code
        for address in (f"channels/{theirs.uid}/edit", f"sheets/{hidden.uid}", f"sheets/{held.uid}/cells/rates")
    } == {404}
    assert (
        browser.post(
            f"{T}/channels/",
            data={"code": "N", "name": "N", "kind": "local", "label_api": "none", "carrier": str(theirs.carrier.uid)},
        ).status_code
        == 422
    )
    stranger = as_(charlie)
    mine = RateCard.get(RateCard.channel == line)
    for address in (
        f"channels/{line.uid}",
        f"carriers/{line.carrier.uid}",
        f"sheets/{mine.uid}",
        f"sheets/{mine.uid}/file.xlsx",
    ):
        assert stranger.get(f"/t/comet/freight/{address}").status_code == 404, address
    assert (
        "DEMO-LINE"
        not in stranger.get("/t/comet/freight/sheets/").text + stranger.get("/t/comet/freight/channels/").text
    )
    theirs.switch(False)
    assert browser.get(f"{T}/sheets/{held.uid}").status_code == 404


def test_lists_are_filtered_found_and_exported(as_, alice, line, eve):
    browser = as_(alice)
    draft_of(line, eve)
    draft_of(line, eve, dates=Between())
    for query, count in (("state=draft", 2), ("stand=to_approve", 1), ("stand=in_force", 1), ("stand=coming", 0), ("kind=small_parcel", 3),
                         ("kind=express", 0), (f"channel={line.uid}", 3), ("q=demo", 3), ("q=%25", 0), ("whose=operator", 0), ("view=to_approve&stand=to_approve", 1)):  # fmt: skip
        found = browser.get(f"{T}/sheets/?{query}").text
        assert found.count(f"{T}/sheets/") - found.count(f"{T}/sheets/?") >= count and (
            "No price sheet matches" in found
        ) == (not count), query
    assert (
        "DEMO-LINE" in browser.get(f"{T}/channels/?q=line").text
        and "No channel matches" in browser.get(f"{T}/channels/?q=zzz").text
    )
    assert "YUN" in browser.get(f"{T}/carriers/?q=yun").text


def test_thousands_of_rows_are_paged_and_never_drawn_whole(as_, alice, line, eve):
    first = card(LINE).rows[0]
    rows = tuple(
        replace(first, zone=f"Z{zone}", above=first.rate * step, upto=first.rate * (step + 1))
        for zone in range(100)
        for step in range(60)
    )
    zones = tuple(ZoneArea(f"Z{zone}", At("US", "prefix", f"{zone:03}")) for zone in range(100))
    made = draft_of(line, eve, rows=rows, zones=zones, leasts={}, limits={})
    browser = as_(alice)
    page = browser.get(f"{T}/sheets/{made.uid}?page=120")
    assert "6,000" in page.text and page.text.count("<tr>") < 60 and "Z99" in page.text
    assert browser.get(f"{T}/sheets/{made.uid}?zone=Z7&page=2").text.count("<tr>") == 11
    for part in ("differences", "others", "zones", "checks"):
        assert browser.get(f"{T}/sheets/{made.uid}?part={part}").text.count("<tr>") < 60, part
    page = browser.get(f"{T}/sheets/{made.uid}/cells/rates?page=120")
    assert page.text.count('name="shown"') == 50 and 'name="5999-band"' in page.text


def test_looking_at_price_sheets_leaves_no_event_and_costs_the_same_for_many(as_, alice, line, eve):
    from tests.stores.selling import Counted

    browser, costs = as_(alice), []
    for count in (1, 30):
        for _ in range(count):
            draft_of(line, eve)
        browser.get(f"{T}/sheets/")
        browser.get(f"{T}/channels/")
        with Counted() as counted:
            browser.get(f"{T}/sheets/")
            browser.get(f"{T}/channels/")
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 30, costs
    before = Event.select().count()
    browser.get(f"{T}/sheets/{RateCard.get().uid}?part=differences")
    assert Event.select().count() == before
