"""A draft changed by hand: cell by cell, through the same readers as a file; a wrong cell is named and nothing is changed."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal as D
from html import unescape
from typing import Any

import pytest

from models.freight.channel import Channel
from models.freight.engine.card import Between, Card
from models.freight.rate_card import RateCard
from tests.freight.asking import MARCH, approved
from tests.freight.sheets import LINE, card

T = "/t/lotus/freight"
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A1", "'; DROP TABLE rate_card; --", "‮\x07\x1b[31m", "{{ 7*7 }} %s %(x)d", "9" * 400, "é" * 90,
           "-1", "1e999", "NaN", "٣", "\ud7ff\U0010ffff")  # fmt: skip


@pytest.fixture
def draft(lotus, alice, bob) -> RateCard:
    """Version 2 of a channel of lotus, which Alice made."""
    approved(lotus, alice, bob, **{"DEMO-LINE": LINE})
    channel = Channel.get(Channel.code == "DEMO-LINE")
    return RateCard.draft(channel, replace(card(LINE), dates=Between(MARCH)), by=alice)


def fields(html: str) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    form = html[
        html.index('<form class="stack" method="post" autocomplete="off"')
        if 'id="cells"' in html
        else html.index('<form class="form" method="post"') :
    ]
    sent: dict[str, Any] = {"shown": []}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if not name or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        text = unescape(value[1]) if value else ""
        if name[1] in ("shown", "cargo_allowed"):
            sent.setdefault(name[1], []).append(text)
        else:
            sent[name[1]] = text
    for name, options in re.findall(
        r'<select class="input" id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        sent[name] = unescape(chosen[1]) if chosen else ""
    return sent


def test_what_is_shown_and_saved_untouched_changes_nothing(as_, alice, draft):
    browser = as_(alice)
    for kind in ("card", "rates", "zones", "limits", "surcharges", "fuel", "remote"):
        address = f"{T}/sheets/{draft.uid}/cells/{kind}"
        answer = browser.post(address, data=fields(browser.get(address).text))
        assert answer.status_code == 303, (kind, answer.text)
    assert (draft.reload().revision, draft.reload().card) == (1, draft.card)


def test_rows_are_changed_deleted_and_added(as_, alice, draft, last_event):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/rates"
    sent = fields(browser.get(address).text)
    sent |= {"0-rate": "95.5", "deleted": ["2"], "new0-zone": "FR", "new0-band": "0<W≤10", "new0-type": "FIRST_STEP", "new0-first_kg": "0.5",
             "new0-first_price": "30", "new0-step_kg": "0.5", "new0-step_price": "８", "new1-zone": "FR", "new1-band": "10+", "new1-type": "PER_KG", "new1-rate": "15"}  # fmt: skip
    assert browser.post(address, data=sent).status_code == 303
    rows = draft.reload().card.rows
    assert [(row.zone, row.above, row.upto, row.type) for row in rows] == [
        ("US", D(0), D("0.3"), "PER_KG"), ("US", D("0.3"), D(30), "PER_KG"), ("FR", D(0), D(10), "FIRST_STEP"), ("FR", D("9.99"), None, "PER_KG"),
    ]  # fmt: skip
    assert (rows[0].rate, rows[2].step_price) == (D("95.5"), D(8))
    assert last_event().details["changes"][0] == ["rates · US 0<W≤0.3 · rate", "100", "95.5"]
    assert "Two bands of this zone overlap" in browser.get(f"{T}/sheets/{draft.uid}?part=checks").text
    done = browser.post(address, data=fields(browser.get(address).text) | {"after": "done", "1-rate": "91"})
    assert done.headers["Location"].endswith(f"/sheets/{draft.uid}")


def test_each_wrong_cell_is_told_where_it_stands_with_what_was_typed(as_, alice, draft):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/rates"
    sent = fields(browser.get(address).text) | {
        "0-rate": "cheap",
        "1-band": "heavy",
        "2-rate": "",
        "new2-zone": "MARS",
        "new2-band": "0<W≤1",
        "new2-rate": "1",
    }
    answer = browser.post(address, data=sent)
    assert answer.status_code == 422
    for words in (
        "Write a number like 12.5.",
        "Write a weight band like",
        "Write a price, or delete the row.",
        "does not name this zone",
    ):
        assert words in unescape(answer.text), words
    for name in ("0-rate", "1-band", "2-rate", "new2-zone"):
        assert re.search(rf'name="{name}"[^>]*aria-invalid="true" aria-describedby="f-{name}-error"', answer.text), name
    again = fields(answer.text)
    assert (again["0-rate"], again["1-band"], again["new2-zone"]) == ("cheap", "heavy", "MARS")
    assert draft.reload().revision == 1


def test_what_would_be_wrong_on_another_sheet_is_told_too(as_, alice, draft):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/zones"
    answer = browser.post(address, data=fields(browser.get(address).text) | {"deleted": ["0"]})
    assert (
        answer.status_code == 422 and "Rates, row 2, Zone" in answer.text and "does not name this zone" in answer.text
    )
    assert draft.reload().revision == 1


def test_settings_are_changed_with_words_beside_what_is_wrong(as_, alice, draft, last_event):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/card"
    sent = fields(browser.get(address).text)
    wrong = sent | {
        "effective_to": "2025-01-01",
        "vol_divisor": "0",
        "round_steps": "often",
        "currency": "gold",
        "cargo_allowed": [],
    }
    answer = browser.post(address, data=wrong)
    assert answer.status_code == 422
    for words in (
        "The last day lies before the first.",
        "more than zero",
        "Write rounding like",
        "Write a currency",
        "Choose at least one.",
    ):
        assert words in unescape(answer.text), words
    right = sent | {
        "effective_from": "2026-04-01",
        "vol_mode": "SHARE",
        "vol_share": "0.5",
        "round_steps": "21:0.5|*:1",
        "cargo_allowed": ["general", "liquid"],
    }
    assert browser.post(address, data=right).status_code == 303
    made = draft.reload().card
    assert (made.dates.first.isoformat(), made.volume_mode, made.share, len(made.rounds), made.cargo) == (
        "2026-04-01",
        "SHARE",
        D("0.5"),
        2,
        {"general", "liquid"},
    )
    assert ["card · vol_mode", "MAX", "SHARE"] in last_event().details["changes"]


def test_of_two_who_edit_at_once_the_second_is_told(as_, alice, draft):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/rates"
    sent = fields(browser.get(address).text)
    assert browser.post(address, data=sent | {"0-rate": "1"}).status_code == 303
    late = browser.post(address, data=sent | {"0-rate": "2"})
    assert late.status_code == 409 and "changed this draft meanwhile" in late.text
    assert draft.reload().card.rows[0].rate == 1


def test_what_was_decided_is_not_edited(as_, alice, bob, draft):
    sent = fields(as_(alice).get(f"{T}/sheets/{draft.uid}/cells/rates").text)
    draft.approve(by=bob)
    for kind in ("card", "rates"):
        assert as_(alice).get(f"{T}/sheets/{draft.uid}/cells/{kind}").status_code == 409
        assert as_(alice).post(f"{T}/sheets/{draft.uid}/cells/{kind}", data=sent).status_code == 409
    assert as_(bob).get(f"{T}/sheets/{draft.uid}/cells/rates").status_code == 403
    assert as_(alice).get(f"{T}/sheets/{draft.uid}/cells/nothing").status_code == 404


@pytest.mark.parametrize("kind", ["card", "rates", "zones", "limits", "surcharges", "fuel", "remote"])
def test_hostile_text_in_any_cell_is_told_or_kept_and_never_breaks_or_runs(as_, alice, draft, kind):
    browser, address = as_(alice), f"{T}/sheets/{draft.uid}/cells/{kind}"
    page = browser.get(address).text
    names = [name for name in fields(page) if name not in ("revision", "shown", "after", "deleted")]
    for number, text in enumerate(HOSTILE):
        sent = fields(browser.get(address).text)
        sent |= dict.fromkeys([name for at, name in enumerate(names) if (at + number) % 2], text)
        answer = browser.post(
            address, data=sent | {"shown": ["0", "-1", "x", "99999999", "77"], "deleted": ["x", "5000"]}
        )
        assert answer.status_code in (303, 422), (text, answer.status_code)
        assert "<script>alert" not in answer.text
    for part in (
        "rates",
        "zones",
        "limits",
        "surcharges",
        "fuel",
        "remote",
        "checks",
        "differences",
        "others",
        "history",
    ):
        shown = browser.get(f"{T}/sheets/{draft.uid}?part={part}")
        assert shown.status_code == 200 and "<script>alert" not in shown.text and "\x07" not in shown.text
    assert browser.get(f"{T}/sheets/{draft.uid}/file.xlsx").status_code == 200


def test_a_price_sheet_is_filled_in_by_hand_from_nothing(as_, alice, bob, lotus, draft):
    browser = as_(alice)
    led = browser.post(f"{T}/channels/{draft.channel.uid}/drafts").headers["Location"]
    made = RateCard.get(RateCard.version == 3)
    assert led.endswith(f"{made.uid}/cells/card") and made.card == Card("DEMO-LINE")
    assert "holds no price" in browser.get(f"{T}/sheets/{made.uid}?part=checks").text

    def fill(kind: str, **typed: Any) -> None:
        address = f"{T}/sheets/{made.uid}/cells/{kind}"
        answer = browser.post(
            address,
            data=fields(browser.get(address).text) | {name.replace("__", "-"): text for name, text in typed.items()},
        )
        assert answer.status_code == 303, answer.text

    fill("card", effective_from="2026-05-01", currency="usd")
    fill("zones", new0__zone="A", new0__country="US", new0__postcodes="967, 995-999", new0__eta="6-12")
    fill("rates", new0__zone="A", new0__band="W>0", new0__rate="12.5")
    fill("surcharges", new0__code="remote", new0__when="remote", new0__amount="8", new0__fuelable="yes")
    fill("fuel", new0__from="2026-05-01", new0__to="2026-05-31", new0__pct="12.5%")
    fill("remote", new0__country="US", new0__a="995", new0__level="SUPER_REMOTE")
    fill("limits", new0__zone="*", new0__max_actual_kg="30")
    made.reload().approve(by=bob, steep_ok=True)
    kept = made.reload().card
    assert (kept.currency, len(kept.zones), kept.rows[0].upto, kept.surcharges[0].code) == ("USD", 6, None, "remote")
