"""One-time links: five minutes, one download, this session. Everything else is a 404."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.exports.export import AT_ONCE, Export
from models.people.role import Grant
from models.people.session import Session, hash_of
from tests.exports.conftest import rows_of

URL = "/t/lotus/exports"


@pytest.fixture
def export(ask, make, many_orders) -> Export:
    many_orders(AT_ONCE + 1)
    return make(ask())


def link(browser, export: Export) -> str:
    answer = browser.post(f"{URL}/{export.uid}/links")
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_link_gives_the_file_once(as_, alice, export):
    address = link(as_(alice), export)
    answer = as_(alice).get(address)
    assert answer.status_code == 200 and len(rows_of(answer.data)) == AT_ONCE + 2
    assert answer.headers["Cache-Control"] == "no-store" and "attachment" in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) == export.size_bytes
    assert as_(alice).get(address).status_code == 404


def test_a_download_leaves_an_event(as_, alice, export, last_event):
    as_(alice).get(link(as_(alice), export))
    assert (last_event().name, last_event().details) == (
        "export_downloaded",
        {"number": export.number, "rows": AT_ONCE + 1},
    )


def test_only_a_hash_of_the_link_is_stored(as_, alice, export):
    token = link(as_(alice), export).rpartition("/")[2]
    assert export.reload().link_hash == hash_of(token)


def test_a_link_of_another_session_is_nothing(app, as_, alice, export):
    address = link(as_(alice), export)
    _session, token = Session.open(alice, address="127.0.0.1", device="another")
    other = app.test_client()
    other.set_cookie("sid", token)
    assert other.get(address).status_code == 404
    assert as_(alice).get(address).status_code == 200


def test_a_link_of_another_person_is_nothing(as_, alice, dora, charlie, olga, export):
    address = link(as_(alice), export)
    for person in (dora, charlie, olga):
        assert as_(person).get(address).status_code == 404
    assert as_(alice).get(address).status_code == 200


def test_a_link_ends_after_five_minutes(as_, alice, export, clock):
    address = link(as_(alice), export)
    clock.move(minutes=5, seconds=1)
    assert as_(alice).get(address).status_code == 404


def test_a_link_ends_with_the_session(as_, alice, export):
    address = link(as_(alice), export)
    Session.get(Session.person == alice, Session.ended_at.is_null()).end()
    assert as_(alice).get(address).status_code == 303
    _session, token = Session.open(alice, address="127.0.0.1", device="again")
    as_(alice).set_cookie("sid", token)
    assert as_(alice).get(address).status_code == 404


def test_a_new_link_ends_the_old_one(as_, alice, export):
    old, new = link(as_(alice), export), link(as_(alice), export)
    assert as_(alice).get(old).status_code == 404
    assert as_(alice).get(new).status_code == 200


def test_looking_at_the_head_uses_nothing_up(as_, alice, export):
    address = link(as_(alice), export)
    assert as_(alice).head(address).status_code == 404
    assert as_(alice).get(address).status_code == 200


def test_two_downloads_at_once_are_one(as_, alice, export, in_parallel, app):
    address = link(as_(alice), export)
    sid = as_(alice).get_cookie("sid").value

    def get() -> int:
        browser = app.test_client()
        browser.set_cookie("sid", sid)
        return browser.get(address).status_code

    assert sorted(in_parallel(5, get).results) == [200, 404, 404, 404, 404]
    assert Event.select().where(Event.name == "export_downloaded").count() == 1


def test_who_may_not_see_the_list_any_more_gets_no_file(as_, alice, bob, lotus, export):
    address = link(as_(alice), export)
    lister = Grant.get(Grant.person == bob).role
    Grant.update(role=lister).where(Grant.person == alice).execute()
    assert as_(alice).get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "a" * 300, "%00", "..%2f..%2fportolan.db"])
def test_a_token_nobody_was_given_is_nothing(as_, alice, export, token):
    link(as_(alice), export)
    assert as_(alice).get(f"{URL}/downloads/{token}").status_code == 404


def test_nobody_downloads_or_deletes_what_somebody_else_asked_for(as_, dora, charlie, export):
    for act in ("links", "deletion"):
        assert as_(dora).post(f"{URL}/{export.uid}/{act}").status_code == 404
        assert as_(charlie).post(f"{URL}/{export.uid}/{act}").status_code == 404
        assert as_(charlie).post(f"/t/comet/exports/{export.uid}/{act}").status_code == 404
    assert export.reload().is_ready


def test_what_is_not_ready_has_no_link(as_, alice, ask, many_orders):
    many_orders(AT_ONCE + 1)
    export = ask()
    assert as_(alice).post(f"{URL}/{export.uid}/links").status_code == 409


def test_deleting_takes_the_file_away(as_, alice, export, folder, last_event):
    address = link(as_(alice), export)
    assert as_(alice).post(f"{URL}/{export.uid}/deletion").status_code == 303
    assert last_event().name == "export_deleted"
    assert list(folder.path.iterdir()) == [] and export.reload().state == "deleted"
    assert as_(alice).get(address).status_code == 404
    assert as_(alice).post(f"{URL}/{export.uid}/deletion").status_code == 404


def test_a_file_that_is_gone_is_said_in_words(as_, alice, export, folder):
    folder.remove(export.file_name)
    answer = as_(alice).get(link(as_(alice), export))
    assert answer.status_code == 409 and "not there any more" in answer.text
