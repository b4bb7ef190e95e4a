"""What an event carries is kept as codes and moments, and told to people in their words and on their clock."""

from __future__ import annotations

from datetime import datetime

from models.audit.event import KINDS, track
from models.audit.feed import lines_of
from models.audit.telling import NAMES, told
from models.support.db import write_txn
from models.support.words import speaking
from models.workload.log import OBJECTS


def test_codes_are_told_in_words_and_moments_on_the_readers_clock(as_, alice, bob, lotus):
    with write_txn():
        track("grant_given", bob, by=alice, team=lotus, role="lister", scope="2 stores")
        given = track("leaving_set", bob, by=alice, team=lotus, at=datetime(2031, 5, 6, 22, 30))
        raised = track("alarm_raised", bob, team=lotus, kind="refusals", severity="serious", answer="")
    page = as_(alice).get("/t/lotus/audit/").text
    assert "the role Lister (stores: 2)" in page
    assert "T22:30" not in page and "2031" in page
    assert "Many refusals" in page
    shown = as_(alice).get(f"/t/lotus/audit/{raised.id}").text
    assert "How grave" in shown and "Serious" in shown and "serious" not in shown.replace("Serious", "")
    assert str(lines_of([given])[0].words).endswith("2031-05-06T22:30:00Z"), (
        "a job has nobody whose clock it could read"
    )


def test_amounts_and_periods_are_told_as_the_rest_of_the_page_does(as_, alice, lotus):
    with write_txn():
        track(
            "statement_asked", lotus, by=alice, team=lotus, label="FS-1", wallet="W1", period="2031-10-01 – 2031-10-31"
        )
        kept = track(
            "transfer_posted",
            lotus,
            by=alice,
            team=lotus,
            label="T-7",
            kind="exchange",
            amount="-2000.00 CNY",
            wallet="W1",
        )
        track("transfer_posted", lotus, by=alice, team=lotus, label="T-8", kind="extra", amount="2000 JPY", wallet="W2")
    page = as_(alice).get("/t/lotus/audit/").text
    assert "Oct 1, 2031 – Oct 31, 2031" in page
    assert "Exchange of −CN¥2,000.00 on the wallet W1: T-7" in page and "Freight, extra of ¥2,000 on" in page
    assert kept.details["amount"] == "-2000.00 CNY"
    assert str(told("transfer_posted", "amount", "-2000.00 CNY")) == "-2000.00 CNY", "a job has no reader"
    for detail, text in (("reason", "12.00 CNY"), ("amount", "12.5 CNY"), ("amount", "12.00 CNY or more")):
        assert str(told("transfer_posted", detail, text)) == text


def test_a_chinese_reader_gets_chinese_words(app):
    with app.app_context(), speaking("zh_Hans"):
        assert str(told("grant_given", "role", "lister")) != "Lister"


def test_what_has_no_words_is_told_as_it_is():
    assert told("person_suspended", "reason", "left on 2026-13-45") == "left on 2026-13-45"
    assert str(told("training_noted", "day", "2026-99-99")) == "2026-99-99"
    assert str(told("role_made", "permissions", ["people.view", "unheard.of"])).endswith(", unheard.of")


def test_every_kind_names_its_details():
    kept = {detail for kind in KINDS.values() for detail in kind.details} - set(NAMES)
    assert not kept, f"models/audit/telling.py NAMES has no words for {sorted(kept)}"


def test_objects_are_tables():
    from models.tables import TABLES

    assert not set(OBJECTS) - {table._meta.table_name for table in TABLES}
