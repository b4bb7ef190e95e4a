"""The baseline: what events explain is silent, what they do not is an alarm at the next look."""

from __future__ import annotations

import pytest

from jobs.amazon import use_settings
from models.audit.chain import seal_events
from models.audit.event import Event
from models.compliance import baseline
from models.compliance.alarm import Alarm
from models.compliance.baseline import Baseline
from models.people.employees import invite
from models.people.permissions import DEFAULT_ROLES
from models.people.role import Grant, Role, RolePermission
from models.stores.application import Application
from models.stores.store import Authorization, Store
from models.support.db import db
from tests.orders.conftest import make_store


def drifts() -> list[Alarm]:
    return list(Alarm.select().where(Alarm.kind == "drift").order_by(Alarm.id))


def by_sql(person, team, role) -> None:
    """A grant put into the database by other means."""
    Grant.insert(uid=__import__("uuid").uuid4(), person=person, team=team, role=role, all_stores=True).execute()


def test_what_was_given_by_its_verbs_raises_nothing(lotus, alice, bob, clock):
    store = make_store(lotus)
    baseline.take()
    clock.move(days=1)
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[store.id], by=alice)
    person, _token = invite(lotus, "dora.lee", "Dora Lee", role="lister", by=alice)
    baseline.take()
    clock.move(days=1)
    Grant.get(Grant.person == person).take(by=alice)
    bob.suspend("away", by=alice, team=lotus)
    bob.restore(by=alice, team=lotus)
    baseline.take()
    assert drifts() == []
    assert Baseline.select().count() == 3


@pytest.mark.both
def test_a_grant_without_its_event_is_an_alarm_at_the_next_look(lotus, bob):
    baseline.take()
    by_sql(bob, lotus, Role.built_in("boss"))
    taken = baseline.take()
    (alarm,) = drifts()
    assert (alarm.person_id, alarm.team_id, alarm.severity) == (bob.id, lotus.id, "grave")
    assert "Boss" in str(alarm.words)
    assert taken.unexplained == 1


def test_it_stays_unexplained_until_somebody_explains_it(lotus, alice, bob, clock):
    by_sql(bob, lotus, Role.built_in("boss"))
    baseline.take()
    clock.move(days=1)
    assert baseline.take().unexplained == 1
    assert drifts()[0].count == 2
    drifts()[0].settle("explained", "Restored by hand after a mistake.", by=alice)
    assert baseline.take().unexplained == 0
    assert len(drifts()) == 1


@pytest.mark.both
def test_a_grant_taken_and_put_back_by_sql_is_not_explained_by_its_first_event(lotus, alice, bob):
    baseline.take()
    role = Role.built_in("lister")
    Grant.get(Grant.person == bob).take(by=alice)
    by_sql(bob, lotus, role)
    baseline.take()
    assert len(drifts()) == 1


def test_a_permission_slipped_into_a_role_is_an_alarm(lotus):
    baseline.take()
    RolePermission.insert(role=Role.built_in("lister"), permission="pii.export").execute()
    baseline.take()
    assert "pii.export" in str(drifts()[0].words)


def test_the_roles_of_this_version_explain_themselves(portal):
    baseline.take()
    assert DEFAULT_ROLES
    assert drifts() == []


def test_an_account_made_active_by_sql_is_an_alarm(lotus, alice, bob):
    bob.suspend("left", by=alice, team=lotus)
    baseline.take()
    db.execute_sql("UPDATE person SET state = 'active' WHERE login = 'bob'")
    baseline.take()
    assert [alarm.person_id for alarm in drifts()] == [bob.id]


def test_tokens_given_on_the_page_are_explained(lotus, alice):
    application = Application.save_for(lotus, name="Own", kind="private", client_id="amzn1.application-oa2-client.x",
                                       client_secret="s" * 40, by=alice)  # fmt: skip
    store = Store.declare(lotus, "Lotus NA", "na", by=alice)
    store.authorize(application=application, refresh_token="Atzr|example", by=alice)
    baseline.take()
    assert drifts() == []
    assert Authorization.select().count() == 1


def test_days_without_change_keep_only_the_hash(lotus, clock):
    first = baseline.take()
    clock.move(days=1)
    second = baseline.take()
    assert (first.sha256, second.content) == (second.sha256, None)
    assert second.unpacked() == first.unpacked() != []


def test_old_days_go_and_what_later_ones_stand_on_stays(lotus, clock):
    baseline.take()
    clock.move(days=450)
    newest = baseline.take()
    assert baseline.forget_old() == 0
    assert newest.unpacked()


@pytest.mark.both
def test_a_changed_event_log_is_found_by_the_daily_check(portal, lotus, alice, run, work, database):
    use_settings(portal)
    while seal_events():
        pass
    run(work.check_audit)
    assert list(Alarm.select()) == []
    trigger = "event_no_update" if database == "sqlite" else "event_append_only"
    db.execute_sql(f'DROP TRIGGER "{trigger}"' + ("" if database == "sqlite" else ' ON "event"'))
    db.execute_sql("UPDATE event SET name = 'person_signed_out' WHERE id = (SELECT MIN(id) FROM event)")
    run(work.check_audit)
    assert Alarm.get().kind == "audit_broken"
    assert Event.select().exists()
