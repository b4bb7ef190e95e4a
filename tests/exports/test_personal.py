"""Buyers' data in a file: with the right, a reason, and beyond a few rows a second person; sealed, watermarked, soon gone."""

from __future__ import annotations

import io
import tempfile
import zipfile

import pytest

from models.audit.event import Event
from models.audit.origin import Origin, acting
from models.exports.export import Export, SelfApproval
from models.exports.files import Folder
from models.exports.link import contents
from models.exports.making import expire
from models.orders import purge
from models.orders.ingest import keep
from models.orders.order import Order
from models.people import two_people
from models.people.reach import Reach
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.session import Session
from models.support.db import db
from models.support.errors import AlreadyDecided, FieldRefused
from models.vault.data_key import KeyDestroyed, destroy, is_destroyed
from tests.exports.conftest import COLUMNS, REASON, book_of, make_store, rows_of, snapshot
from tests.vault.test_destroy import where

URL = "/t/lotus/exports/"
CANARY = "Kanarius Canary-4711"


def asked(**changes):
    wish = {
        "list": "orders",
        "query": "",
        "columns": list(COLUMNS),
        "format": "csv",
        "with_buyers": "1",
        "reason": REASON,
    }
    return wish | changes


def file_of(export: Export, folder) -> bytes:
    return b"".join(contents(export, folder))


# Who, and why


def test_a_few_rows_leave_at_once_with_name_address_and_watermark(as_, alice, buyers, last_event):
    buyers(2, buyer=CANARY)
    answer = as_(alice).post(URL, data=asked(columns=["order"]))
    *remarks, head, first, _second = rows_of(answer.data)
    assert head == ["Order", "Recipient", "Address line 1", "Address line 2", "Address line 3", "City", "State or region",
                    "Postcode", "Country", "Phone", "E-mail"]  # fmt: skip
    assert first[1:] == [CANARY, "Lange Straße 17", "", "", "Hamburg", "", "90210", "DE", "'+49 40 5550123",
                         "k7m2p9@marketplace.amazon.example"]  # fmt: skip
    text = "\n".join(row[0] for row in remarks)
    assert "Alice Wang (alice)" in text and REASON in text and f"Export {Export.get().number} " in text
    assert all(row[0].startswith("# ") for row in remarks)
    assert last_event().name == "list_exported" and last_event().details["reason"] == REASON
    assert last_event().details["personal"] is True and CANARY not in str(last_event().details)


def test_a_workbook_carries_the_watermark_in_its_properties_too(as_, alice, buyers):
    buyers(1)
    content = as_(alice).post(URL, data=asked(format="xlsx")).data
    assert REASON in str(book_of(content)[:4])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert REASON in book.read("docProps/core.xml").decode()


def test_without_the_right_nobody_has_them(as_, alice, buyers):
    buyers(1)
    RolePermission.delete().where(RolePermission.permission == "pii.export").execute()
    assert as_(alice).post(URL, data=asked()).status_code == 403
    assert "With buyers" not in as_(alice).post(URL, data=asked(format="none", with_buyers="")).text


@pytest.mark.parametrize("role", ["manager", "lister", "shipper", "auditor"])
def test_nobody_but_a_boss_has_the_right_from_the_start(portal, role):
    assert "pii.export" not in Role.built_in(role).permissions


@pytest.mark.parametrize("reason", ["", "   ", "too short", "         x"])
def test_without_a_reason_nothing_leaves(as_, alice, buyers, reason):
    buyers(1, buyer=CANARY)
    answer = as_(alice).post(URL, data=asked(reason=reason))
    assert answer.status_code == 422 and "at least 10 characters" in answer.text and CANARY not in answer.text
    assert not Export.select().exists()


def test_a_list_without_buyers_has_none_to_give(as_, alice, lotus):
    assert as_(alice).post(URL, data=asked(list="products")).status_code == 403


def test_only_orders_of_stores_with_the_right_show_their_buyer(as_, alice, lotus, order_of, buyers):
    """Alice may see all stores and export the buyers of one."""
    order_of(1, buyer=CANARY)
    second = make_store(lotus, "Lotus UK")
    order_of(2, at=second, buyer="Somebody Else")
    Grant.update(role=Role.built_in("manager")).where(Grant.person == alice).execute()
    with acting(Origin("command", "tests")):
        grant = Grant.give(alice, lotus, Role.built_in("boss"), stores=[second.id])
    assert GrantStore.select().where(GrantStore.grant == grant).count() == 1
    assert Reach.of(alice, lotus).may("orders.view")
    text = as_(alice).post(URL, data=asked()).data.decode()
    assert "Somebody Else" in text and CANARY not in text
    assert "302-0000001-7654321" in text


# What is gone or too old


def test_a_destroyed_buyer_stays_empty(as_, alice, order_of, clock):
    order_of(1, buyer=CANARY, status="SHIPPED", package="DELIVERED")
    clock.move(days=24)
    purge.purge(approve=True)
    text = as_(alice).post(URL, data=asked()).data.decode()
    assert "302-0000001-7654321" in text and CANARY not in text


def test_an_order_older_than_thirty_days_shows_no_buyer(as_, alice, order_of, clock):
    order = order_of(1, buyer=CANARY, age_days=20)
    order.change(purge_at=clock.ahead(days=40))
    assert CANARY in as_(alice).post(URL, data=asked()).data.decode()
    clock.move(days=11)
    _session, token = Session.open(alice, address="127.0.0.1", device="later")
    as_(alice).set_cookie("sid", token)
    text = as_(alice).post(URL, data=asked()).data.decode()
    assert "302-0000001-7654321" in text and CANARY not in text


def test_a_buyer_who_goes_within_a_day_is_left_out_already(as_, alice, order_of, clock):
    order = order_of(1, buyer=CANARY)
    order.change(purge_at=clock.ahead(hours=23))
    assert CANARY not in as_(alice).post(URL, data=asked()).data.decode()


def test_looking_for_a_key_that_is_gone_makes_none(as_, alice, order_of):
    order = order_of(1, buyer=CANARY)
    destroy([order.vault_subject])
    assert CANARY not in as_(alice).post(URL, data=asked()).data.decode()
    assert is_destroyed(order.vault_subject)


# A second person


def test_more_than_fifty_rows_wait_for_a_second_person(as_, alice, dora, buyers, make, folder):
    buyers(51, buyer=CANARY)
    assert as_(alice).post(URL, data=asked()).status_code == 303
    export = Export.get()
    assert export.state == "waiting_approval"
    assert make(export).state == "waiting_approval"
    page = as_(dora).get(URL).text
    assert REASON in page and "Alice Wang" in page and "Approve" in page
    assert "Exports with buyers&#39; data to decide on" in as_(dora).get("/t/lotus/").text
    assert as_(dora).post(f"{URL}{export.uid}/approval").status_code == 303
    made = make(export)
    assert made.state == "ready"
    text = file_of(made, folder).decode("utf-8-sig")
    assert text.count(CANARY) == 51 and "Approved by Dora Lind (dora)" in text
    names = [event.name for event in Event.select().where(Event.object_kind == "export").order_by(Event.id)]
    assert names == ["export_asked", "export_approved", "list_exported"]


def test_fifty_rows_a_day_is_counted_over_all_wishes(ask, buyers, clock):
    buyers(30)
    assert ask(with_buyers=True).state == "sent"
    assert ask(with_buyers=True).state == "waiting_approval"
    clock.move(hours=25)
    assert ask(with_buyers=True).state == "sent"


def test_nobody_approves_their_own_export(as_, alice, ask, buyers):
    buyers(51)
    export = ask(with_buyers=True)
    answer = as_(alice).post(f"{URL}{export.uid}/approval")
    assert answer.status_code == 409 and "Someone else has to approve" in answer.text
    with pytest.raises(SelfApproval):
        export.refuse(by=alice)
    assert export.reload().awaits_approval


@pytest.mark.both
def test_two_approvals_at_once_count_once(ask, buyers, dora, in_parallel):
    buyers(51)
    export = ask(with_buyers=True)
    outcomes = in_parallel(6, lambda: Export.get_by_id(export.id).approve(by=dora))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(AlreadyDecided)) == 5
    assert Event.select().where(Event.name == "export_approved").count() == 1


@pytest.mark.both
def test_wishes_at_once_do_not_add_up_to_more_than_one_may_alone(ask, buyers, in_parallel):
    buyers(30)
    outcomes = in_parallel(6, lambda: ask(with_buyers=True).state)
    assert sorted(outcomes.results) == ["sent", *["waiting_approval"] * 5]


def test_somebody_without_the_right_decides_nothing(as_, bob, charlie, ask, buyers):
    buyers(51)
    export = ask(with_buyers=True)
    for act in ("approval", "refusal"):
        assert as_(bob).post(f"{URL}{export.uid}/{act}").status_code == 403
        assert as_(charlie).post(f"/t/comet/exports/{export.uid}/{act}").status_code == 404
    assert export.reload().awaits_approval


def test_a_refused_export_is_never_made(as_, dora, ask, buyers, make):
    buyers(51)
    export = ask(with_buyers=True)
    assert as_(dora).post(f"{URL}{export.uid}/refusal").status_code == 303
    assert make(export).state == "refused"
    with pytest.raises(AlreadyDecided):
        export.approve(by=dora)


def test_what_nobody_decides_on_in_a_day_is_over(ask, buyers, folder, clock):
    buyers(51)
    export = ask(with_buyers=True)
    clock.move(hours=25)
    assert expire(folder) == 1 and export.reload().state == "expired"


def test_rows_that_matched_later_are_not_among_those_approved(ask, buyers, dora, make, folder):
    buyers(51)
    export = ask(with_buyers=True)
    export.approve(by=dora)
    buyers(20)
    assert make(export).row_count == 51


def test_who_lost_the_right_meanwhile_gets_no_file(ask, buyers, alice, dora, make):
    buyers(51)
    export = ask(with_buyers=True)
    export.approve(by=dora)
    Grant.update(role=Role.built_in("manager")).where(Grant.person == alice).execute()
    assert make(export).state == "failed"


def test_a_company_of_one_may_decide_alone_and_the_file_says_so(
    as_, charlie, comet, rival_store, monkeypatch, make, folder
):
    monkeypatch.setattr(two_people, "_mode", "solo")
    keep(rival_store, [snapshot(number) for number in range(1, 60)])
    assert as_(charlie).post("/t/comet/exports/", data=asked()).status_code == 303
    export = make(Export.get())
    assert export.state == "ready" and export.is_solo
    assert "Decided alone" in file_of(export, folder).decode("utf-8-sig")
    assert "Decided alone" in as_(charlie).get("/t/comet/exports/").text
    assert Event.select().where(Event.name == "export_approved_alone").count() == 1


def test_as_soon_as_two_work_there_it_takes_two(monkeypatch, ask, buyers):
    """Bob works at lotus too, though he may not approve."""
    monkeypatch.setattr(two_people, "_mode", "solo")
    buyers(51)
    assert ask(with_buyers=True).awaits_approval


def test_strict_is_strict_for_one_too(as_, charlie, rival_store):
    keep(rival_store, [snapshot(number) for number in range(1, 60)])
    as_(charlie).post("/t/comet/exports/", data=asked())
    assert Export.get().awaits_approval


def test_more_than_ten_thousand_rows_never_leave_with_buyers(ask, many_orders):
    many_orders(10_001)
    with pytest.raises(FieldRefused, match="at most 10000"):
        ask(with_buyers=True)


# On disk


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_file_with_buyers_needs_no_disk_on_its_way(as_, alice, buyers, folder, monkeypatch, file_format):
    """Whoever wanted a temporary file would find no place for it."""
    buyers(3, buyer=CANARY)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    monkeypatch.setattr(Folder, "create", lambda self, name: open("/nowhere/" + name, "wb"))  # noqa: SIM115
    assert as_(alice).post(URL, data=asked(format=file_format)).status_code == 200


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_nothing_personal_lies_in_any_file_in_clear(ask, buyers, dora, make, portal, folder, file_format, as_, alice):
    buyers(60, buyer=CANARY)
    export = ask(with_buyers=True, file_format=file_format)
    export.approve(by=dora)
    export = make(export)
    content = file_of(export, folder)
    read = rows_of(content) if file_format == "csv" else book_of(content)
    assert sum(CANARY in map(str, row) for row in read) == 60
    as_(alice).get(as_(alice).post(f"{URL}{export.uid}/links").headers["Location"])
    if file_format == "xlsx":
        buyers(40, buyer=CANARY)
    db.obj.checkpoint()
    assert where(portal.data, CANARY, "Lange Straße 17", "k7m2p9@marketplace") == []
    assert (folder.path / export.file_name).read_bytes()[4:6] == b"\x01p"


def test_the_end_of_a_file_is_the_end_of_its_key(ask, buyers, dora, make, folder, clock):
    buyers(60)
    export = ask(with_buyers=True)
    export.approve(by=dora)
    export = make(export)
    sealed = (folder.path / export.file_name).read_bytes()
    clock.move(hours=25)
    expire(folder)
    assert is_destroyed(export.vault_subject) and list(folder.path.iterdir()) == []
    (folder.path / export.file_name).write_bytes(sealed)  # As if a copy had been kept.
    with pytest.raises(KeyDestroyed):
        file_of(export, folder)


def test_a_file_that_was_cut_or_changed_does_not_open(ask, buyers, dora, make, folder):
    buyers(60)
    export = ask(with_buyers=True)
    export.approve(by=dora)
    export = make(export)
    path = folder.path / export.file_name
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:]):
        path.write_bytes(broken)
        with pytest.raises(RuntimeError):
            file_of(export, folder)
    assert Order.select().count() == 60
