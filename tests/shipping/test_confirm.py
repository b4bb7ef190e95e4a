"""Telling Amazon over real HTTP: each parcel once, whatever dies between, and what Amazon says stands in words."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

import pytest

from config.settings import PROJECT
from jobs import confirming
from jobs.amazon import client_for
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.orders.order import Order
from models.orders.sent_once import ANSWER_WITHIN
from models.shipping.confirmation import Confirmation
from models.shipping.making import make_parcel, to_pack
from models.shipping.parcel import Parcel
from models.shipping.sending import SHOWS_WITHIN
from models.shipping.telling import ask, tell_order, tell_parcel
from models.support import clock as the_clock
from models.support.job_run import JobRun
from tests.orders.conftest import amazon, shop  # noqa: F401

UPS = "1Z999AA10123456784"


def run(store, name: str = "shipping.confirm") -> JobRun:
    done = Runner(SCHEDULE, None).run(name, str(store.uid), the_clock.now())
    assert done is not None and done.reload().state == "done", done and done.reload().error
    return done


@pytest.fixture
def parcel(amazon, shop, alice) -> Parcel:  # noqa: F811
    """A parcel of all of an unshipped order that came from Amazon, numbered."""
    (order_id,) = amazon.orders(1, days=0.2, statuses=["UNSHIPPED"], fulfilled_by="MERCHANT")
    run(shop, "orders.poll")
    parcel = make_parcel([Order.get(Order.order_id == order_id)], by=alice)
    parcel.give_number(UPS, by=alice)
    return parcel


def told(parcel: Parcel) -> Confirmation:
    return Confirmation.select().where(Confirmation.parcel == parcel).order_by(Confirmation.id.desc()).get()


def packages(amazon, parcel: Parcel) -> list[dict]:  # noqa: F811
    order = told(parcel).order
    return [what for _at, what, _kind in parcels_at(amazon, order.order_id)]


def parcels_at(amazon, order_id: str) -> list:  # noqa: F811
    from sandbox.amazon import order_life

    return order_life.parcels(amazon.true(order_id), amazon.handle.world.clock.now())


def test_a_parcel_is_told_and_left_and_its_order_is_shipped(amazon, shop, parcel, alice):  # noqa: F811
    tell_parcel(parcel, by=alice)
    run(shop)
    one = told(parcel)
    assert (one.state, one.number, one.carrier, one.reference) == ("confirmed", UPS, "UPS", 1)
    assert parcel.reload().state == "shipped" and parcel.reload().shipped_at == one.left_at
    run(shop, "orders.fetch")
    assert one.order.reload().status == "SHIPPED" and not to_pack(one.order)
    run(shop)
    assert len(amazon.asked("confirmShipment")) == 1
    names = {event.name for event in Event.select()}
    assert {"confirmation_asked", "confirmation_accepted", "parcel_shipped"} <= names


def test_killed_between_the_call_and_its_record_it_is_looked_up_and_not_sent_again(amazon, shop, parcel, portal):  # noqa: F811
    """A real process, ended by SIGKILL when Amazon's answer has just come."""
    tell_parcel(parcel)
    Confirmation.update(due_at=datetime(2020, 1, 1)).execute()  # The clock of the test is ahead of the process's.
    script = (
        "import os, signal, sys\n"
        "from models.shipping.confirmation import Confirmation\n"
        "Confirmation.accept = lambda self: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from commands.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "PORTOLAN_DATA": str(portal.data), "PORTOLAN_MODE": "test",
        "PORTOLAN_AMAZON_URL": amazon.handle.url,
    }  # fmt: skip
    command = [sys.executable, "-c", script, "job", "run", "shipping.confirm", "--store", str(shop.uid)]
    died = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    assert died.returncode == -9, died.stderr.decode()
    assert told(parcel).state == "sending" and len(packages(amazon, parcel)) == 1
    JobRun.update(lease_until=datetime(2020, 1, 1)).where(JobRun.state == "running").execute()
    Confirmation.update(due_at=the_clock.ahead(seconds=30)).execute()
    run(shop)
    assert told(parcel).state == "sending", "somebody may still be waiting for the answer"
    amazon.wait(seconds=ANSWER_WITHIN.total_seconds())
    run(shop)
    assert told(parcel).state == "confirmed" and parcel.reload().state == "shipped"
    assert len(amazon.asked("confirmShipment")) == 1


def test_an_answer_that_never_came_is_looked_up_and_what_never_arrived_is_sent_again(amazon, shop, parcel):  # noqa: F811
    tell_parcel(parcel)
    amazon.break_("html_503", operation="confirmShipment")
    run(shop)
    one = told(parcel)
    assert one.state == "unsure" and "trouble on its side" in str(one.problem_words)
    amazon.mend()
    amazon.wait(seconds=30)
    run(shop)
    assert told(parcel).state == "unsure", "Amazon's list may be behind"
    amazon.wait(seconds=SHOWS_WITHIN.total_seconds())
    run(shop)
    run(shop)
    assert told(parcel).state == "confirmed" and [one["tracking"] for one in packages(amazon, parcel)] == [UPS]
    assert len(amazon.asked("confirmShipment")) == 2


@pytest.mark.both
def test_two_who_send_at_once_send_once(amazon, shop, parcel, in_parallel):  # noqa: F811
    tell_parcel(parcel)
    claimed = JobRun.claim("shipping.confirm", str(shop.uid), the_clock.now())

    def send() -> None:
        with client_for(shop) as client:
            confirming.step(client, claimed, Confirmation.select().get())

    in_parallel(3, send)
    assert told(parcel).state == "confirmed" and len(amazon.asked("confirmShipment")) == 1


def test_what_amazon_refuses_stands_in_its_words_and_is_told_again_after_repair(amazon, shop, parcel, alice):  # noqa: F811
    parcel.change(carrier_name="Somebody", carrier=None)
    tell_order(told_order(parcel))
    amazon.act(told_order(parcel).order_id, "cancel")
    run(shop)
    one = told(parcel)
    assert one.state == "refused" and "CANCELLED" in str(one.problem_words)
    assert parcel.reload().state == "draft"
    again = ask(parcel, one.order, by=alice)
    assert (again.id, again.state, again.reference) == (one.id, "waiting", 2)
    again.take_back(by=alice)
    run(shop)
    assert len(amazon.asked("confirmShipment")) == 1 and told(parcel).state == "taken_back"


def told_order(parcel: Parcel) -> Order:
    return parcel.lines.get().order


def test_what_is_left_of_an_order_goes_into_another_parcel_after_the_first_was_told(amazon, shop, alice):  # noqa: F811
    for order_id in amazon.orders(9, days=0.2, statuses=["UNSHIPPED"], fulfilled_by="MERCHANT"):
        if sum(line["quantity"] for line in amazon.true(order_id).lines) > 1:
            break
    run(shop, "orders.poll")
    order = Order.get(Order.order_id == order_id)
    whole = to_pack(order)
    line = next(iter(whole))
    first = make_parcel([order], {line: 1}, by=alice)
    first.give_number(UPS, by=alice)
    tell_parcel(first, by=alice)
    run(shop)
    run(shop, "orders.fetch")
    assert order.reload().status == "PARTIALLY_SHIPPED"
    assert sum(to_pack(order.reload()).values()) == sum(whole.values()) - 1
    second = make_parcel([order.reload()], by=alice)
    second.give_number("RR123456785CN", by=alice)
    tell_order(order.reload(), by=alice)
    run(shop)
    run(shop, "orders.fetch")
    assert order.reload().status == "SHIPPED" and [one.reference for one in Confirmation.of_order(order)] == [1, 2]
