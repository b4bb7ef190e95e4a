"""What an event carries is kept as codes and moments, and told to people in their words and on their clock."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app import create_app  # noqa: F401 (every room gives its words when it is loaded)
from models.audit.event import KINDS, Event, track
from models.audit.feed import lines_of
from models.audit.naming import NAMES
from models.audit.telling import WORDED, told
from models.lists.list_of import LISTS
from models.support.db import write_txn
from models.support.words import say, speaking
from models.workload.log import OBJECTS
from tests.free_details import FREE


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
    assert not kept, f"models/audit/naming.py NAMES has no words for {sorted(kept)}"


def test_objects_are_tables():
    from models.tables import TABLES

    assert not set(OBJECTS) - {table._meta.table_name for table in TABLES}


def sentence(name: str, label: str = "", **details) -> str:
    return str(Event(name=name, object_label=label, details=details).words("Alice"))


def test_columns_and_what_stood_in_them_are_told_as_their_forms_call_them(as_, alice, lotus):
    assert sentence("carrier_saved", "YUN", fields=["name_cn"]) == "Alice saved the carrier YUN"
    changes = [["title (de)", "Mug", "Cup"], ["prices (M-1): USD", None, "9.90"], ["cargo", "liquid · powder", ""]]
    assert sentence("product_changed", "M", fields=["bullets (zh)", "hs_code"]) == (
        "Alice changed the product M: Bullet points (zh), HS code"
    )
    with write_txn():
        kept = track("product_changed", lotus, by=alice, fields=["title (de)"], version=2, changes=changes)
        quoted = track("parcel_weighed", lotus, by=alice, grams=900, difference_minor=-1250, currency="EUR", problems=["OVERLENGTH"])  # fmt: skip
        terms = track("wallet_terms_changed", lotus, by=alice, credit_limit="5.00 EUR", was_credit_limit="")
    shown = as_(alice).get(f"/t/lotus/audit/{kept.id}").text
    assert "Title (de)" in shown and "Prices (M-1): USD" in shown and "Mug" in shown and ">Liquid, Powder<" in shown
    shown = as_(alice).get(f"/t/lotus/audit/{terms.id}").text
    assert "Credit limit before" not in shown and re.search(r"—</bdi> → </span><bdi>€5.00", shown)
    shown = as_(alice).get(f"/t/lotus/audit/{quoted.id}").text
    assert "−€12.50" in shown and "too long" in shown and ">EUR<" not in shown and "-1250" not in shown


def test_what_older_events_kept_is_told_as_well():
    rules = "Alice changed when parcels are at risk: Silent for: 7 → 3; Learn from each lane how long its parcels are silent: Yes → No"
    assert sentence("alert_rules_changed", changes=["silent_days 7 → 3", "is_learning True → False"]) == rules
    assert sentence("alert_rules_changed", changes=[["silent_days", 7, 3], ["is_learning", True, False]]) == rules
    for found in (True, "it is there"):
        assert sentence("confirmation_settled", "O-1", found=found) == "Alice looked at Amazon for O-1: it is there"
    assert sentence("case_edited", "O-1", what="Reason, Note") == sentence(
        "case_edited", "O-1", what=["reason", "note"]
    )
    kept = [["attributes: voltage", None, '[{"value": "100", "unit": "volts"}]'], ["images", "", "ab" * 32 + ".jpg"]]
    told_of = told("listing_overridden", "changes", kept)
    assert [str(one) for one in told_of] == ["Attributes: voltage: — → 100 volts", "Images: — → abababab….jpg"]
    assert str(told("listing_overridden", "changes", [["attributes: x", None, '[{"va…']])).endswith('→ [{"va…')


def test_codes_that_are_made_of_parts_are_told_part_by_part():
    assert sentence("buyer_printed", "O-1", what="labels 12, P-3").startswith(
        "The buyer of the order O-1 was opened for Labels 12, P-3"
    )
    assert sentence("target_set", "bob", measure="products_edited", before="0", amount="1200/week") == (
        "Alice set the target of bob for Products edited: none → 1,200 a week"
    )
    assert sentence("acknowledgement_rule_on", "Got it", scope="EU · * · de").endswith("Got it (EU · German)")
    assert sentence("acknowledgement_rule_on", "Got it", scope="* · * · *").endswith("Got it (everywhere)")
    cell = ["rates · Z1 0-1 · type", "PER_KG", "FLAT"]
    assert str(told("rate_card_revised", "changes", [cell])) == "Rates · Z1 0-1 · Counted: Per kg → Flat"
    assert sentence("list_exported", "orders", rows=3, format="csv") == "Alice exported 3 rows of Orders as CSV"
    assert sentence("list_exported", "orders", rows=120_000, format="csv").startswith("Alice exported 120,000 rows")
    assert sentence("export_deleted", "orders", number=12_000) == "Alice deleted the export 12000 of Orders"
    asked = {"columns": ["ordered"], "object": "orders"}
    assert str(told("list_exported", "columns", ["ordered"], asked)) != "ordered"


def test_the_label_of_an_object_is_told_in_the_readers_language(app):
    bulk = next((a_list, one) for a_list in LISTS.values() for one in a_list.bulk)
    kept = {"list": bulk[0].name, "action": bulk[1].name, "done": 1, "total": 2}
    with app.app_context(), speaking("zh_Hans"):
        assert bulk[1].label.message not in sentence("bulk_done", bulk[1].label.message, **kept)
        assert "orders" not in sentence("export_deleted", "orders", number=1)


def test_what_an_event_does_not_know_leaves_no_brackets_and_no_colon_behind():
    assert sentence("network_allowed", network="10.0.0.0/8", note="") == "Alice allowed the network 10.0.0.0/8"
    assert sentence("review_decided", "bob", decision="") == (
        "Alice decided in the access review about bob: nothing any more"
    )
    assert sentence("case_edited", "O-1", what=[]) == "Alice changed the case of O-1"
    assert sentence("role_changed", "Packer", added=[], removed=["people.view"]) == (
        "Alice changed the role Packer: added —, removed See the people of the team"
    )
    assert sentence("network_allowed", network="(%(note)s)", note="") == "Alice allowed the network (%(note)s)"


@pytest.mark.parametrize("odd", [None, 7, True, 3.5, "", "[", "100%", "%(x)s", "P-1, 2", "/", "2026-13-45"])
def test_no_event_is_so_odd_that_the_log_cannot_be_read(odd):
    """None can ever be mended."""
    for kind in KINDS.values():
        kept = Event(name=kind.name, object_label="?", details=dict.fromkeys(kind.details, odd) | {"changes": [odd]})
        assert "".join(map(str, (kept.words("Alice"), *kept.told.values(), kept.object_words)))


def test_every_code_has_words():
    """A detail that is neither free nor told would be read as a code: give it words with `tell()` beside its `declare()`."""
    kept = {f"{kind.name}.{detail}": detail for kind in KINDS.values() for detail in kind.details - {"changes"}}
    coded = {name for name, detail in kept.items() if not {name, detail} & FREE}
    assert sorted(name for name in coded if not {name, kept[name]} & WORDED.keys()) == []
    changed = {kind.name for kind in KINDS.values() if "changes" in kind.details}
    assert sorted(name for name in changed if f"{name}.fields" not in WORDED) == []
    assert sorted(FREE - kept.keys() - set(kept.values())) == []


def test_a_sentence_in_an_event_is_worded_for_whoever_reads_it(app, lotus):
    problem = say("Amazon says: %(message)s", message="The feed is %(broken)s")
    with write_txn():
        kept = track("publication_failed", lotus, problem=problem)
    assert kept.details == {"problem": {"say": problem.message, "with": {"message": "The feed is %(broken)s"}}}
    kept = Event.get_by_id(kept.id)
    with app.app_context(), speaking("zh_Hans"):
        assert str(kept.told["problem"]) == str(problem) != "Amazon says: The feed is %(broken)s"
        for older in ("Amazon says: %(message)s", "Amazon did not answer in time. Portolan tries again by itself."):
            assert str(told("publication_failed", "problem", older)).isascii() is False
    assert str(told("publication_failed", "problem", "Amazon says: %(message)s")) == "Amazon says: …"
    assert str(told("confirmation_refused", "reason", "50% of %(x)s")) == "50% of %(x)s"
