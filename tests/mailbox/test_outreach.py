"""Writing to buyers through Amazon over real HTTP: what is allowed, sent once, and gone when its time is up."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from models.mailbox import reaching_out
from models.mailbox.outreach import Outreach
from models.mailbox.outreach_offer import OutreachOffer
from models.mailbox.reaching_out import ask_review, write
from models.orders.order import Order
from models.orders.sent_once import ANSWER_WITHIN
from models.support.errors import FieldRefused, Refused
from models.vault.data_key import KeyDestroyed
from tests.orders.conftest import amazon, shop  # noqa: F401
from tests.shipping.test_confirm import run

JOB = "mailbox.outreach"
ABOUT = "unexpectedProblem"


@pytest.fixture
def order(amazon, shop) -> Order:  # noqa: F811
    (order_id,) = amazon.orders(1, days=0.2, statuses=["UNSHIPPED"], fulfilled_by="MERCHANT")
    run(shop, "orders.poll")
    found = Order.get(Order.order_id == order_id)
    OutreachOffer.ask(found)
    run(shop, JOB)
    return found


@pytest.fixture
def delivered(amazon, shop) -> Order:  # noqa: F811
    (order_id,) = amazon.orders(1, days=12, statuses=["DELIVERED"], fulfilled_by="MERCHANT")
    run(shop, "orders.poll")
    order = Order.get(Order.order_id == order_id)
    at = amazon.handle.world.clock.now() - amazon_delivery(amazon, order_id)
    amazon.wait(seconds=max(0, 6 * 86400 - at))
    return order.reload()


def amazon_delivery(amazon, order_id: str) -> int:  # noqa: F811
    return next(event[0] for event in amazon.true(order_id).events if event[1] == "delivered")


def text_for(order: Order) -> str:
    return f"About your order {order.order_id}: the blue one is sold out. Would black do?"


def sent(amazon) -> list:  # noqa: F811
    return list(amazon.handle.world.messages)


def test_amazon_says_what_may_be_written_and_in_which_language(order):
    offer = OutreachOffer.of(order)
    assert offer.is_fresh and not offer.is_asked
    assert set(offer.actions) == {"confirmOrderDetails", ABOUT}
    assert offer.locale


def test_a_message_goes_out_once_and_its_words_are_amazons(amazon, shop, order, alice):  # noqa: F811
    one = write(order, ABOUT, text_for(order), by=alice)
    run(shop, JOB)
    run(shop, JOB)
    assert one.reload().state == "sent"
    assert [(message.action, message.text) for message in sent(amazon)] == [(ABOUT, text_for(order))]
    assert len(amazon.asked("createUnexpectedProblem")) == 1


def test_what_the_rules_forbid_is_refused_before_it_is_kept(order, alice):
    for text in (
        "Would black do?",
        text_for(order) + " Write to me: me@example.com",
        text_for(order) + " 10 % off next time!",
    ):
        with pytest.raises(FieldRefused):
            write(order, ABOUT, text, by=alice)
    with pytest.raises(FieldRefused, match="does not allow"):
        write(order, "confirmDeliveryDetails", text_for(order), by=alice)
    with pytest.raises(FieldRefused, match="at most 2000"):
        write(order, ABOUT, text_for(order) + "x" * 2000, by=alice)
    assert not Outreach.select().exists()


def test_what_amazon_allowed_half_a_day_ago_is_asked_again(amazon, order, alice):  # noqa: F811
    amazon.wait(hours=13)
    with pytest.raises(Refused, match="Ask Amazon first"):
        write(order, ABOUT, text_for(order), by=alice)


def test_an_answer_that_never_came_waits_for_a_person_and_is_not_sent_again(amazon, shop, order, alice):  # noqa: F811
    one = write(order, ABOUT, text_for(order), by=alice)
    amazon.break_("html_503", operation="createUnexpectedProblem")
    run(shop, JOB)
    amazon.mend()
    for _ in range(3):
        amazon.wait(seconds=3600)
        run(shop, JOB)
    one = one.reload()
    assert one.state == "unsure" and "Seller Central" in str(one.problem_words)
    assert len(amazon.asked("createUnexpectedProblem")) == 1 and not sent(amazon)
    one.settle(False, by=alice)
    run(shop, JOB)
    assert one.reload().state == "sent" and len(sent(amazon)) == 1


def test_killed_while_sending_it_is_in_doubt(amazon, shop, order, alice):  # noqa: F811
    one = write(order, ABOUT, text_for(order), by=alice)
    assert one.claim()
    amazon.wait(seconds=ANSWER_WITHIN.total_seconds() + 1)
    run(shop, JOB)
    assert one.reload().state == "unsure" and not sent(amazon)


def test_a_review_is_asked_for_once(amazon, shop, delivered, alice):  # noqa: F811
    one = ask_review(delivered, by=alice)
    with pytest.raises(Refused, match="already"):
        ask_review(delivered, by=alice)
    run(shop, JOB)
    run(shop, JOB)
    assert one.reload().state == "sent" and [message.action for message in sent(amazon)] == [one.action]


def test_a_review_whose_answer_was_lost_is_looked_up(amazon, shop, delivered, alice):  # noqa: F811
    one = ask_review(delivered, by=alice)
    assert one.claim()
    amazon.handle.world.messages.put(_message(delivered, one.action))
    amazon.wait(seconds=ANSWER_WITHIN.total_seconds() + 1)
    run(shop, JOB)
    assert one.reload().state == "sent" and len(sent(amazon)) == 1


def _message(order: Order, action: str):
    from sandbox.amazon.records import Message

    seller = order.store.seller_id
    return Message("1", order.order_id, seller, action, "", 0)


def test_a_review_is_not_asked_for_too_early_or_too_late(amazon, delivered, alice):  # noqa: F811
    delivered.change(delivered_at=delivered.delivered_at + timedelta(days=4))
    with pytest.raises(Refused, match="5 to 30 days"):
        ask_review(delivered, by=alice)
    delivered.change(delivered_at=delivered.delivered_at - timedelta(days=40))
    with pytest.raises(Refused, match="5 to 30 days"):
        ask_review(delivered, by=alice)


@pytest.mark.both
def test_two_who_ask_at_once_ask_for_one_review(delivered, alice, in_parallel):
    def ask() -> None:
        with suppress(Refused):
            ask_review(Order.get_by_id(delivered.id), by=alice)

    in_parallel(4, ask)
    assert Outreach.select().where(Outreach.order == delivered).count() == 1


def test_the_text_is_destroyed_when_its_time_is_up(amazon, shop, order, alice):  # noqa: F811
    one = write(order, ABOUT, text_for(order), by=alice)
    run(shop, JOB)
    assert one.unseal("text") == text_for(order)
    amazon.wait(days=24)
    assert reaching_out.destroy_due() == 1
    gone = one.reload()
    assert gone.text is None and gone.purge_at is None
    with pytest.raises(KeyDestroyed):
        one.unseal("text")
