"""A price sheet's versions: drafted by one, approved by another, never changed again, one at a time in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import peewee
import pytest

from models.freight.card_text import packed, unpacked
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between, Card
from models.freight.offering import offered
from models.freight.rate_card import RateCard, SelfApproval
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.freight.sheets import EXPRESS, LINE, card

pytestmark = pytest.mark.both
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture
def line(lotus) -> Channel:
    carrier = Carrier.make(lotus, code="YUN", name="Yun Lines")
    return Channel.make(lotus, carrier, code="DEMO-LINE", name="Demo line")


def from_day(first: date | None, last: date | None = None, sheet: dict[str, str] = LINE) -> Card:
    return replace(card(sheet), dates=Between(first, last))


def test_a_card_comes_back_from_its_text_as_it_went_in() -> None:
    for sheet in (LINE, EXPRESS):
        made = from_day(JANUARY, sheet=sheet)
        assert unpacked(packed(made)) == made
        assert packed(unpacked(packed(made))) == packed(made)


def test_what_one_drafts_another_approves(line, alice, bob) -> None:
    draft = RateCard.draft(line, from_day(JANUARY), by=alice)
    assert offered(line.team_id, MARCH) == []
    with pytest.raises(SelfApproval):
        draft.approve(by=alice)
    draft.reload().approve(by=bob)
    (one,) = offered(line.team_id, MARCH)
    assert one.card == replace(from_day(JANUARY), channel="DEMO-LINE")
    assert offered(line.team_id, date(2025, 12, 31)) == []
    with pytest.raises(AlreadyDecided):
        draft.reload().approve(by=bob)


def test_who_changed_a_draft_does_not_approve_it_either(line, alice, bob) -> None:
    draft = RateCard.draft(line, from_day(JANUARY), by=alice)
    draft.revise(from_day(MARCH), revision=1, by=bob)
    with pytest.raises(SelfApproval):
        draft.reload().approve(by=bob)


def test_who_changed_it_before_somebody_else_did_is_not_forgotten(line, alice, bob, charlie) -> None:
    draft = RateCard.draft(line, from_day(JANUARY), by=alice)
    draft.revise(from_day(MARCH), revision=1, by=bob)
    draft.revise(from_day(JANUARY), revision=2, by=charlie)
    for person in (alice, bob, charlie):
        with pytest.raises(SelfApproval):
            draft.reload().approve(by=person)


def test_prices_that_change_by_more_than_half_want_a_tick(line, alice, bob, last_event) -> None:
    RateCard.draft(line, from_day(JANUARY), by=alice).approve(by=bob)
    dear = replace(from_day(MARCH), rows=tuple(replace(row, rate=row.rate * 2) for row in from_day(MARCH).rows))
    draft = RateCard.draft(line, dear, by=alice)
    with pytest.raises(FieldRefused, match="3 prices change by more than half"):
        draft.approve(by=bob)
    draft.approve(by=bob, steep_ok=True)
    assert (last_event().details["steep"], last_event().details["closed"]) == (3, [1])


def test_what_is_approved_is_what_was_looked_at(line, alice, bob) -> None:
    draft = RateCard.draft(line, from_day(JANUARY), by=alice)
    draft.revise(from_day(MARCH), revision=1, by=alice)
    with pytest.raises(Refused, match="changed this draft meanwhile"):
        draft.approve(by=bob, revision=1)
    draft.approve(by=bob, revision=2)


def test_of_two_drafts_approved_at_once_the_second_is_looked_at_anew(line, alice, bob, in_parallel) -> None:
    drafts = [RateCard.draft(line, replace(from_day(JANUARY), discount=D(number)), by=alice) for number in (1, 3)]
    made = in_parallel(2, lambda number: drafts[number].approve(by=bob))
    assert len(made.errors) == 1, made
    assert isinstance(made.errors[0], (AlreadyDecided, FieldRefused)), made
    assert sorted(draft.reload().state for draft in drafts) == ["approved", "draft"]


def test_an_event_tells_old_and_new_of_what_was_changed_by_hand(line, alice, last_event) -> None:
    draft = RateCard.draft(line, from_day(JANUARY), by=alice)
    card = draft.card
    changed = replace(card, rows=(replace(card.rows[0], rate=D("95.5")), *card.rows[2:]), discount=D("0.9"))
    draft.revise(changed, revision=1, by=alice)
    assert last_event().details == {
        "version": 1, "count": 5, "changes": [
            ["card · discount", "1", "0.9"], ["rates · US 0<W≤0.3 · rate", "100", "95.5"], ["rates · US 0.3<W≤30 · type", "PER_KG", ""],
            ["rates · US 0.3<W≤30 · rate", "90", ""], ["rates · US 0.3<W≤30 · handling", "15", ""],
        ],
    }  # fmt: skip
    assert draft.revise(changed, revision=2, by=alice) == []


def test_a_new_version_ends_the_one_before_on_the_eve(line, alice, bob) -> None:
    old = RateCard.draft(line, from_day(JANUARY), by=alice)
    old.approve(by=bob)
    new = RateCard.draft(line, replace(from_day(MARCH), discount=D("0.9")), by=alice)
    new.approve(by=bob)
    assert (old.reload().effective_to, new.version) == (date(2026, 2, 28), 2)
    assert offered(line.team_id, date(2026, 2, 28))[0].card.discount == 1
    assert offered(line.team_id, MARCH)[0].card.discount == D("0.9")
    late = RateCard.draft(line, from_day(date(2026, 2, 1)), by=alice)
    with pytest.raises(Refused, match="approved from 2026-03-01"):
        late.approve(by=bob)
    between = RateCard.draft(line, from_day(date(2026, 2, 1), date(2026, 2, 10)), by=alice)
    between.approve(by=bob)
    assert old.reload().effective_to == date(2026, 1, 31)


def test_a_card_without_a_first_day_or_with_errors_is_not_approved(line, alice, bob) -> None:
    with pytest.raises(FieldRefused, match="from which day"):
        RateCard.draft(line, from_day(None), by=alice).approve(by=bob)
    made = from_day(JANUARY)
    with pytest.raises(Refused, match="errors"):
        RateCard.draft(line, replace(made, rows=(*made.rows, made.rows[0])), by=alice).approve(by=bob)


def test_what_was_decided_cannot_be_changed_even_past_the_verbs(line, alice, bob) -> None:
    made = RateCard.draft(line, from_day(JANUARY), by=alice)
    made.approve(by=bob)
    with pytest.raises(Refused, match="decided"):
        made.revise(from_day(MARCH), revision=1, by=alice)
    for change in ({"content": b"x"}, {"version": 9}, {"effective_from": MARCH}):
        with pytest.raises(peewee.DatabaseError), write_txn():
            RateCard.update(**change).execute()
    with pytest.raises(peewee.DatabaseError), write_txn():
        RateCard.delete().execute()


def test_of_two_who_change_a_draft_at_once_one_is_told(line, alice) -> None:
    mine = RateCard.draft(line, from_day(JANUARY), by=alice)
    theirs = mine.reload()
    mine.revise(from_day(MARCH), revision=1, by=alice)
    with pytest.raises(AlreadyDecided):
        theirs.revise(from_day(date(2026, 4, 1)), revision=1, by=alice)
    assert mine.reload().card.dates.first == MARCH


def test_the_operators_channels_are_offered_to_everybody_a_teams_own_to_itself(
    harbor, lotus, comet, alice, bob
) -> None:
    for team in (harbor, lotus):
        channel = Channel.make(team, Carrier.make(team, code="C", name="C"), code=f"OF-{team.slug}", name="x")
        RateCard.draft(channel, from_day(JANUARY), by=alice).approve(by=bob)
    assert [one.channel.team_id for one in offered(lotus.id, MARCH)] == [harbor.id, lotus.id]
    assert [one.channel.team_id for one in offered(comet.id, MARCH)] == [harbor.id]


def test_versions_drafted_at_once_get_numbers_of_their_own(line, in_parallel) -> None:
    made = in_parallel(4, lambda _number: RateCard.draft(line, from_day(JANUARY)))
    assert sorted(one.version for one in made.results) == [1, 2, 3, 4], made
