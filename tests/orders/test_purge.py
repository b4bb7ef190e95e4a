"""Destroying what is personal when its time is up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from integrations.amazon.mapping.orders import order as mapped
from models.audit.event import Event
from models.orders import purge
from models.orders.buyer import Buyer
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order, vault_subject
from models.orders.payload import OrderPayload
from models.orders.timeline import timeline
from models.orders.unread import UnreadOrder
from models.support import clock as the_clock
from models.support.db import db
from models.support.job_run import JobRun
from models.vault import data_key
from models.vault.data_key import DataKey, KeyDestroyed, keys_db
from tests.orders.conftest import Everything, later, payload, snapshot

both = pytest.mark.both
CANARY = "Zuzanna-Kanarek-7f3a9c"


def delivered(number: int = 1, **facts: object):
    """An order that was delivered just now: it is due in 23 days."""
    return snapshot(number, age_days=3, updated_minutes=3 * 24 * 60, status="SHIPPED", package="DELIVERED", **facts)


def held() -> int:
    return Order.select().where(Order.buyer_state == "held").count()


@both
def test_buyers_are_destroyed_23_days_after_delivery_and_not_before(store, clock):
    keep(store, [delivered(gift="Hi")])
    clock.move(days=22, hours=23)
    assert purge.purge() == 0 and held() == 1
    clock.move(hours=2)
    assert purge.purge() == 1
    order = Order.get()
    assert (order.buyer_state, order.purge_at, order.limit_at) == ("destroyed", None, None)
    assert order.destroyed_at is not None
    assert Buyer.select().count() == OrderPayload.select().count() == 0
    assert OrderLine.get().gift_message is None and OrderLine.get().sku == "CUP-1", "what was bought stays"
    with pytest.raises(KeyDestroyed):
        data_key.key_of(order.vault_subject)
    assert purge.purge() == 0, "there is nothing left to do"


@both
def test_a_cancelled_and_a_forgotten_order_are_destroyed_too(store, clock):
    keep(store, [snapshot(1, status="CANCELLED"), snapshot(2, age_days=0), delivered(3)])
    clock.move(days=90)
    assert purge.purge() == 3 and held() == 0


@both
def test_nothing_happens_to_orders_amazon_ships(store, clock):
    keep(store, [snapshot(1, ours=False)])
    clock.move(days=400)
    assert purge.purge() == 0
    assert OrderPayload.get().unseal("raw")


@both
def test_every_destruction_leaves_an_event_with_a_count_and_a_line_in_the_orders_story(store, rival_store, clock):
    keep(store, [delivered(n) for n in range(3)])
    keep(rival_store, [delivered(9)])
    clock.move(days=24)
    purge.purge()
    events = Event.select().where(Event.name == "buyers_destroyed").order_by(Event.store_id)
    assert [(event.team_id, event.details) for event in events] == [
        (store.team_id, {"count": 3}), (rival_store.team_id, {"count": 1}),
    ]  # fmt: skip
    told = [str(moment.text) for moment in timeline(Order.get(Order.store == store), Everything())]
    assert "The buyer's data was destroyed" in told


@both
def test_a_purge_killed_anywhere_goes_on_where_it_was(store, clock, monkeypatch):
    keep(store, [delivered(n) for n in range(12)])
    clock.move(days=24)
    monkeypatch.setattr(purge, "BATCH", 3)
    for deaths, place in ((1, "destroy"), (2, "destroy"), (1, "rows"), (2, "rows"), (1, "event")):
        with pytest.raises(Killed), killing(monkeypatch, place, deaths):
            purge.purge()
        assert_no_key_lies_beside_its_ciphertext_destroyed()
    purge.purge()
    assert held() == Buyer.select().count() == OrderPayload.select().count() == 0
    assert sum(e.details["count"] for e in Event.select().where(Event.name == "buyers_destroyed")) == 12
    assert not data_key.living(vault_subject(order.uid) for order in Order.select())


class Killed(BaseException):
    """The process ends here."""


class killing:
    """The process ends at the n-th time it comes to a place: after the keys, in the middle of the rows, at the event."""

    PLACES = {"destroy": (data_key, "destroy"), "rows": (purge, "_empty_rows"), "event": (purge, "track")}

    def __init__(self, monkeypatch, place: str, times: int):
        self.patch, (self.module, self.name), self.left = monkeypatch, self.PLACES[place], times

    def __enter__(self) -> None:
        true = self.true = getattr(self.module, self.name)

        def deadly(*args, **kwargs):
            answer = true(*args, **kwargs)
            self.left -= 1
            if not self.left:
                raise Killed
            return answer

        self.patch.setattr(self.module, self.name, deadly)

    def __exit__(self, *_: object) -> None:
        self.patch.setattr(self.module, self.name, self.true)


def assert_no_key_lies_beside_its_ciphertext_destroyed() -> None:
    """Whatever the moment of death: an order that says destroyed has neither a key nor ciphertext."""
    for order in Order.select().where(Order.buyer_state == "destroyed"):
        assert not data_key.living([order.vault_subject])
        assert Buyer.of(order) is None


@pytest.mark.sqlite
def test_not_one_byte_of_a_buyer_is_in_any_file_in_clear_and_none_of_the_ciphertext_after_the_purge(
    store, clock, portal
):
    told = payload(
        1,
        age_days=3,
        updated_minutes=3 * 24 * 60,
        status="SHIPPED",
        package="DELIVERED",
        buyer=CANARY,
        gift=f"from {CANARY}",
    )
    keep(store, [mapped(told)])
    assert CANARY.encode() not in every_byte(portal.data)
    buyer, raw = Buyer.get(), OrderPayload.get().raw
    sealed = [buyer.name, buyer.email, buyer.address, buyer.phone, OrderLine.get().gift_message, raw[:200]]
    wrapped = bytes(DataKey.get(DataKey.subject == Order.get().vault_subject).wrapped)
    assert all(part in every_byte(portal.data) for part in (*sealed, wrapped)), "the search finds what is there"
    clock.move(days=24)
    purge.purge()
    left = every_byte(portal.data)
    assert not any(part in left for part in (*sealed, wrapped))
    assert Order.get().order_id.encode() in left


def every_byte(folder: Path) -> bytes:
    return b"\0\0".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


@both
def test_a_dry_run_says_what_would_go_and_changes_nothing(store, rival_store, clock):
    keep(store, [delivered(n) for n in range(4)])
    keep(rival_store, [delivered(1)])
    clock.move(days=24)
    found = {due.store.name: due.count for due in purge.due()}
    assert found == {"Lotus EU": 4, "Comet EU": 1}
    assert purge.due()[0].oldest == Order.get().purge_at
    assert held() == 5


@both
def test_the_number_beyond_the_limit_counts_days_and_is_none_when_all_is_well(store, lotus, comet, clock):
    keep(store, [delivered()])
    assert purge.oldest_beyond_limit() is None
    clock.move(days=29)
    assert purge.oldest_beyond_limit() is None
    clock.move(days=3)
    assert purge.oldest_beyond_limit() == 2
    assert (purge.oldest_beyond_limit(lotus), purge.oldest_beyond_limit(comet)) == (2, None)
    purge.purge()
    assert purge.oldest_beyond_limit() is None


# Left over


@both
def test_a_key_whose_order_never_came_is_swept_after_a_day(store, clock):
    data_key.keys_for(["order:00000000-0000-4000-8000-000000000001", "unread:00000000-0000-4000-8000-000000000002"])
    keep(store, [snapshot(1, ours=False), snapshot(2)])
    purge.purge()
    assert alive() == 4, "an import may be under way"
    clock.move(days=1, minutes=1)
    purge.purge()
    assert alive() == 2
    assert all(data_key.living([order.vault_subject]) for order in Order.select())


def alive() -> int:
    return DataKey.select().where(DataKey.wrapped.is_null(False), DataKey.subject.startswith("order:") | DataKey.subject.startswith("unread:")).count()  # fmt: skip


@both
def test_a_backup_of_the_keys_that_comes_back_brings_no_buyer_back(store, clock):
    keep(store, [delivered()])
    order = Order.get()
    row = DataKey.get(DataKey.subject == order.vault_subject)
    clock.move(days=24)
    purge.purge()
    with keys_db.atomic():
        DataKey.update(wrapped=row.wrapped, destroyed_at=None).where(DataKey.subject == order.vault_subject).execute()
    purge.purge()
    assert not data_key.living([order.vault_subject])


@both
def test_ciphertext_whose_key_is_gone_is_cleared_away(store):
    keep(store, [snapshot(1), snapshot(2)])
    lost = Order.get(Order.order_id == "302-0000001-7654321")
    data_key.destroy([lost.vault_subject])
    purge.purge()
    assert [order.buyer_state for order in Order.select().order_by(Order.order_id)] == ["destroyed", "held"]
    assert Buyer.select().count() == 1


@both
def test_an_answer_nobody_could_read_is_gone_after_a_week(store, clock):
    rows = UnreadOrder.sealed(
        store, "orders.merchant", [{"orderId": "x", "buyer": {"buyerName": CANARY}}], "unreadable"
    )
    UnreadOrder.keep_all(store, rows)
    subject = UnreadOrder.get().seal_subject()
    clock.move(days=6)
    purge.purge()
    assert UnreadOrder.get().read()["buyer"]["buyerName"] == CANARY
    clock.move(days=2)
    purge.purge()
    assert UnreadOrder.select().count() == 0
    assert not data_key.living([subject])


# The guards


def test_it_refuses_while_the_clock_is_behind_what_was_recorded(store, clock):
    keep(store, [delivered()])
    clock.move(days=24)
    JobRun.claim("orders.poll", "", clock.now() + timedelta(minutes=1))
    clock.move(minutes=-59)
    purge.require_true_clock()
    clock.move(minutes=-2)
    with pytest.raises(purge.ClockLooksWrong):
        purge.purge()
    assert held() == 1


def test_it_refuses_when_the_clock_jumped_while_the_process_lived(store, clock, monkeypatch):
    keep(store, [delivered()])
    clock.move(days=24)
    wall, steady = the_clock._STARTED
    for jump, is_fine in ((3500, True), (3700, False), (-3500, True), (-3700, False)):
        monkeypatch.setattr(the_clock, "_STARTED", (wall - jump, steady))
        if is_fine:
            purge.require_true_clock()
        else:
            with pytest.raises(purge.ClockLooksWrong):
                purge.purge()
    assert held() == 1


def destroy_daily(store, clock, counts: list[int]) -> None:
    number = 1000
    for count in counts:
        keep(store, [delivered(number + n) for n in range(count)])
        number += count
        clock.move(days=24)
        purge.purge(approve=True)


def test_far_more_than_usual_waits_for_a_person(store, clock, alice):
    keep(store, [delivered(n) for n in range(130)])
    clock.move(days=24)
    with pytest.raises(purge.FarMoreThanUsual, match="130"):
        purge.purge()
    assert held() == 130
    assert purge.purge(approve=True, approved_by=alice) == 130
    event = Event.get(Event.name == "purge_approved")
    assert (event.actor_id, event.details) == (alice.id, {"count": 130})


def test_a_hundred_never_needs_anybody(store, clock):
    keep(store, [delivered(n) for n in range(100)])
    clock.move(days=24)
    assert purge.purge() == 100


def test_usual_is_the_median_of_the_days_of_the_last_month(store, clock):
    destroy_daily(store, clock, [50])
    clock.move(days=2)
    keep(store, [delivered(n) for n in range(149)])
    clock.move(days=24)
    assert purge.usual_count() == 50
    assert purge.purge() == 149, "not three times as many"
    keep(store, [delivered(5000 + n) for n in range(400)])
    clock.move(days=31)
    assert purge.usual_count() == 0, "over a month ago"
    with pytest.raises(purge.FarMoreThanUsual):
        purge.purge()


def test_a_database_of_keys_that_was_lost_does_not_make_the_purge_destroy_everything(store):
    keep(store, [snapshot(n) for n in range(120)])
    with keys_db.atomic():
        DataKey.delete().where(DataKey.subject.startswith("order:")).execute()
    with pytest.raises(purge.FarMoreThanUsual):
        purge.purge()
    assert Buyer.select().count() == 120


# Under load


@both
def test_a_sync_and_the_purge_at_once_leave_no_ciphertext_behind(store, clock, in_parallel):
    told = [
        payload(n, age_days=3, updated_minutes=3 * 24 * 60, status="SHIPPED", package="DELIVERED") for n in range(60)
    ]
    keep(store, [mapped(one) for one in told])
    clock.move(days=23, minutes=1)

    def work(number: int) -> None:
        if number == 0:
            purge.purge()
        else:
            for minutes in range(1, 6):
                keep(store, [mapped(later(one, minutes * number)) for one in told])

    outcomes = in_parallel(3, work)
    assert not outcomes.errors
    purge.purge()
    assert held() == 0
    assert Buyer.select().count() == OrderPayload.select().count() == 0
    assert db.execute_sql("SELECT COUNT(*) FROM order_line WHERE gift_message IS NOT NULL").fetchone()[0] == 0
