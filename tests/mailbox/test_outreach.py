"""Writing to buyers through Amazon over real HTTP: what is allowed, sent once, and gone when its time is up."""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from integrations.amazon.uploading import md5_of
from integrations.errors import IntegrationError
from jobs.outreach import _refuse as refuse
from models.audit.event import Event
from models.mailbox import reaching_out
from models.mailbox.enclosure import Enclosure, enclosed
from models.mailbox.outreach import Outreach
from models.mailbox.outreach_file import OutreachFile
from models.mailbox.outreach_offer import OutreachOffer
from models.mailbox.reaching_out import ask_review, write
from models.orders.order import Order
from models.orders.sent_once import ANSWER_WITHIN
from models.stores.call_log import CallLog
from models.support.errors import FieldRefused, Refused
from models.vault.data_key import KeyDestroyed
from tests.conformance import official
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


# Files


@pytest.fixture
def shipped(amazon, shop) -> Order:  # noqa: F811
    (order_id,) = amazon.orders(1, days=4, statuses=["SHIPPED"], fulfilled_by="MERCHANT")
    run(shop, "orders.poll")
    found = Order.get(Order.order_id == order_id)
    OutreachOffer.ask(found)
    run(shop, JOB)
    return found


def pdf(name: str = "Rechnung 17.pdf", size: int = 400) -> Enclosure:
    return enclosed(name, b"%PDF-1.7\n" + b"x" * size)


def test_an_invoice_goes_once_with_the_file_that_was_uploaded_for_it(amazon, shop, shipped, alice):  # noqa: F811
    one = write(shipped, "invoice", by=alice, files=[pdf(), enclosed("Datenschutz.txt", "Grüße".encode())])
    kept = list(OutreachFile.select().where(OutreachFile.outreach == one))
    assert len(kept) == 2 and not any(b"PDF" in file.content or b"Rechnung" in file.filename for file in kept)
    run(shop, JOB)
    run(shop, JOB)
    (message,) = sent(amazon)
    assert (message.action, message.text) == ("invoice", "") and one.reload().state == "sent"
    assert [(file["name"], file["sha256"]) for file in message.files] == [
        ("Rechnung 17.pdf", hashlib.sha256(pdf().content).hexdigest()),
        ("Datenschutz.txt", hashlib.sha256("Grüße".encode()).hexdigest()),
    ]
    asked, stored = amazon.asked("createUploadDestinationForResource"), amazon.asked("upload")
    assert len(asked) == len(stored) == 2
    assert CallLog.select().where(CallLog.operation == "upload", CallLog.status == 200).count() == 2
    if official.models():
        official.check_request("POST", f"{asked[0]['path']}?{urlencode(asked[0]['query'])}")
    assert [name for name, _size in OutreachFile.names_of(one)] == ["Rechnung 17.pdf", "Datenschutz.txt"]
    assert all(file.content is None for file in OutreachFile.select()), "its bytes are needed no more"


def test_a_storage_that_refuses_puts_nothing_into_doubt(amazon, shop, shipped, alice):  # noqa: F811
    one = write(shipped, "warranty", by=alice, files=[pdf()], covers=(date(2026, 1, 1), date(2027, 12, 31)))
    amazon.break_("html_503", operation="upload")
    run(shop, JOB)
    assert one.reload().state == "waiting" and not amazon.asked("CreateWarranty")
    amazon.mend()
    amazon.wait(seconds=120)
    run(shop, JOB)
    (message,) = sent(amazon)
    assert one.reload().state == "sent" and message.covers == ["2026-01-01T00:00:00Z", "2027-12-31T23:59:59Z"]


def test_a_document_whose_answer_was_lost_waits_with_its_file_for_a_person(amazon, shop, shipped, alice):  # noqa: F811
    one = write(shipped, "legalDisclosure", by=alice, files=[pdf()])
    amazon.break_("html_503", operation="createLegalDisclosure")
    run(shop, JOB)
    amazon.mend()
    amazon.wait(seconds=3600)
    run(shop, JOB)
    assert one.reload().state == "unsure" and len(amazon.asked("createLegalDisclosure")) == 1 and not sent(amazon)
    one.settle(False, by=alice)
    run(shop, JOB)
    assert one.reload().state == "sent" and len(sent(amazon)[0].files) == 1


def test_what_amazon_says_of_a_file_is_told_without_what_it_repeats(amazon, shop, shipped, alice):  # noqa: F811
    one = write(shipped, "invoice", by=alice, files=[pdf()])
    said = [{"code": "InvalidInput", "message": "Anna Beispiel, anna@example.com, +49 40 5550123: no."}]
    refuse(one, IntegrationError("refused", said[0]["message"], permanent=True, details=said))
    event = Event.get(Event.name == "outreach_refused")
    assert str(event.told["reason"]) == "Amazon says: InvalidInput"
    problem = one.reload().problem
    assert "Beispiel" in problem and "anna@" not in problem and "5550123" not in problem
    amazon.wait(days=24)
    reaching_out.destroy_due()
    assert one.reload().problem == "" and not OutreachFile.select().exists()


def test_files_go_where_amazon_takes_them_and_no_further(shipped, alice):
    for action, text, files, words in (
        ("invoice", "", [], "Choose the file"),
        ("invoice", "Hello", [pdf()], "writes the words"),
        ("invoice", "", [pdf()] * 6, "At most 5 files"),
        ("invoice", "", [pdf(size=6_000_000)] * 2, "larger than 10 MB"),
        ("unexpectedProblem", text_for(shipped), [pdf()], "takes no files"),
    ):
        with pytest.raises(FieldRefused, match=words):
            write(shipped, action, text, by=alice, files=files)
    with pytest.raises(FieldRefused, match="before it begins"):
        write(shipped, "warranty", by=alice, files=[pdf()], covers=(date(2027, 1, 1), date(2026, 1, 1)))
    with pytest.raises(FieldRefused, match="does not allow"):
        write(shipped, "confirmCustomizationDetails", text_for(shipped), by=alice, files=[pdf()])
    assert not Outreach.select().exists() and not OutreachFile.select().exists()


def test_a_file_is_chosen_on_the_page_and_what_is_none_stays_out(amazon, shop, shipped, alice, as_):  # noqa: F811
    where = f"/t/lotus/mailbox/orders/{shipped.uid}"
    page = as_(alice)
    assert 'name="files"' in page.get(where).text
    answer = page.post(
        f"{where}/messages", data={"action": "invoice", "files": (io.BytesIO(b"MZ\x90"), "rechnung.pdf")}
    )
    assert answer.status_code == 422 and "only PDF, JPG, PNG and TXT" in answer.text and not Outreach.select().exists()
    hostile = "../<img src=x onerror=alert(1)>.exe"
    sending = {"action": "warranty", "covers_from": "2026-01-01", "files": (io.BytesIO(pdf().content), hostile)}
    assert page.post(f"{where}/messages", data=sending).status_code == 303
    run(shop, JOB)
    assert sent(amazon)[0].files[0]["name"].endswith(".pdf")
    shown = page.get(where).text
    assert "img src=x onerror=alert(1)_.pdf" in shown and "<img src=x" not in shown and "A warranty" in shown


def test_the_stand_in_storage_is_as_strict_as_amazons(amazon, shop, shipped):  # noqa: F811
    def place(md5: str) -> dict[str, Any]:
        path = f"/uploads/2020-11-01/uploadDestinations/messaging/v1/orders/{shipped.order_id}/messages/invoice"
        return amazon.seller.call("POST", path, marketplaceIds=shipped.marketplace_id, contentMD5=md5).json()["payload"]

    def put(told: dict[str, Any], content: bytes = b"%PDF-", method: str = "PUT", **headers: str) -> tuple[int, str]:
        answer = httpx2.request(method, told["url"], content=content, headers=told["headers"] | headers)
        return answer.status_code, "".join(re.findall("<Code>(.*?)</Code>", answer.text))

    good = md5_of(b"%PDF-")
    assert put(place(good), method="POST") == (405, "MethodNotAllowed")
    assert put(place(hashlib.md5(b"%PDF-").hexdigest())) == (400, "InvalidDigest")
    assert put(place(good), b"%PDF-2") == (400, "BadDigest")
    assert put(place(good), **{"x-amz-server-side-encryption": "none"}) == (403, "SignatureDoesNotMatch")
    assert put(place(md5_of(b"x" * 11_000_000)), b"x" * 11_000_000) == (400, "EntityTooLarge")
    late = place(good)
    amazon.seller.wait(901)
    assert put(late) == (403, "AccessDenied")
    assert put(place(good)) == (200, "")


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
