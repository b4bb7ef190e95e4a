"""Labels, slips and pick lists: for those who may see the buyer, sealed, by a link of one's own, gone with the buyer."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from integrations.amazon.mapping import orders as mapping
from jobs import amazon as jobs_amazon
from jobs.papers.making import NotMade, html_of, joined
from jobs.papers.parcels import PRINTER
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.orders import printing
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.shipping.making import make_parcel
from models.shipping.papers.barcode import NoBarcode, bars_of
from models.shipping.papers.gathering import Gathering
from models.shipping.papers.kinds import KINDS
from models.shipping.papers.making import PaperFolder, Printer, make
from models.shipping.papers.page import summed
from models.shipping.papers.paper import Paper
from models.shipping.papers.phrases import PHRASES, language_of
from models.shipping.papers.places import crosses_border, direction, lines_on_paper
from models.shipping.ship_from import NoSender, ShipFrom
from models.support import clock
from models.support.errors import FieldRefused, Refused
from models.support.job_run import JobRun
from models.vault import data_key
from tests.orders.conftest import make_store, payload, snapshot
from tests.shipping.conftest import labelled

T = "/t/lotus/shipping"
SENDER = {"name": "Lin Jia", "line1": "Huaqiang North 1", "city": "Shenzhen", "postcode": "518000", "country": "cn"}


@pytest.fixture
def store(lotus, portal):
    jobs_amazon.use_settings(portal)
    return make_store(lotus)


def made_of(store, number: int, alice, **told):
    keep(store, [snapshot(number, **told)])
    order = Order.select().where(Order.store == store).order_by(Order.id.desc()).get()
    return make_parcel([order], by=alice)


@pytest.fixture
def parcel(store, ops_channel, alice):
    return labelled(made_of(store, 1, alice, buyer="Jürgen 王小明 محمد"), alice)


def paper_of(alice, lotus, kind: str, *parcels) -> Paper:
    return Paper.ask(Reach.of(alice, lotus), KINDS[kind], list(parcels), language="en", zone="Europe/Berlin")


def pages_of(paper: Paper) -> tuple[list, dict[str, str]]:
    """What would be laid out, and what is left out, in words."""
    gathering = Gathering(paper)
    pages = [page for bunch in gathering.bunches() for page in bunch]
    paper.left_out = gathering.left_out
    return pages, {number: str(words) for number, words in paper.missing}


def test_a_label_is_asked_for_made_sealed_and_fetched_once(as_, alice, store, parcel, portal, ops_channel):
    draft, browser = made_of(store, 2, alice), as_(alice)
    chosen = {"parcels": [str(parcel.uid), str(draft.uid)]}
    led = browser.post("/t/lotus/lists/parcels/bulk", data={"bulk": "print", "selected": chosen["parcels"]})
    page = browser.get(led.headers["Location"]).text
    assert "first where your parcels leave from" in page and "Packing slips" in page
    assert "leave from" in browser.post(f"{T}/papers/", data=chosen | {"kind": "labels"}).text
    assert browser.post(f"{T}/sender", data=SENDER | {"ioss_number": "IM12"}).status_code == 422
    assert browser.post(f"{T}/sender", data=SENDER).status_code == 303
    assert browser.post(f"{T}/papers/", data=chosen | {"kind": "labels"}).status_code == 303
    paper = Paper.get()
    Runner(SCHEDULE, portal).run("shipping.papers", str(paper.uid))
    paper = paper.reload()
    assert (paper.state, paper.on_it) == ("ready", 1), paper.problem
    assert (
        "Fix its price" not in (words := browser.get(f"{T}/papers/").text)
        and "P-2" in words
        and "no label yet" in words
    )
    (file,) = (portal.data / "papers").iterdir()
    assert b"%PDF" not in file.read_bytes()[:100] and file.stat().st_mode & 0o77 == 0
    link = browser.post(f"{T}/papers/{paper.uid}/links").headers["Location"]
    answer = browser.get(link)
    assert answer.mimetype == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
    assert browser.get(link).status_code == 404
    (sheet,) = PdfReader(io.BytesIO(answer.data)).pages
    text = sheet.extract_text()
    assert all(
        part in text for part in ("Jürgen", "王小明", "RR12 3456", "Shenzhen", "CN 22", "Lange Straße 17", "P-1")
    )
    assert [round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]] == [100, 150]
    printed = Event.get(Event.name == "buyer_printed")
    assert printed.actor_id == alice.id and "Jürgen" not in str(printed.details)
    assert browser.post(f"{T}/papers/{paper.uid}/deletion").status_code == 303
    assert not list((portal.data / "papers").iterdir()) and not data_key.living([paper.vault_subject])


def test_a_paper_ends_after_a_day_and_its_key_with_it(portal, lotus, alice, parcel, clock):
    ShipFrom.keep(lotus, SENDER)
    paper, folder = paper_of(alice, lotus, "picks", parcel), PaperFolder(portal.data)
    run = JobRun.claim("shipping.papers", str(paper.uid), clock.now())
    make(paper, folder, run, Printer(lambda kind, values, language: b"%PDF-plain", b"".join))
    assert paper.reload().state == "ready" and [*(portal.data / "papers").iterdir()]
    clock.move(hours=24, minutes=1)
    Runner(SCHEDULE, portal).run("shipping.papers_end")
    assert paper.reload().state == "expired" and not data_key.living([paper.vault_subject])
    assert not list((portal.data / "papers").iterdir())


# Who may have it


def test_who_may_not_see_buyers_gets_the_pick_list_alone_and_strangers_nothing(as_, alice, bob, charlie, lotus, parcel):
    ShipFrom.keep(lotus, SENDER)
    Grant.give(bob, lotus, Role.built_in("manager"))
    sent = {"parcels": [str(parcel.uid)]}
    assert as_(bob).post(f"{T}/papers/", data=sent | {"kind": "labels"}).status_code == 403
    assert as_(bob).post(f"{T}/papers/", data=sent | {"kind": "picks"}).status_code == 303
    assert as_(alice).post(f"{T}/papers/", data=sent | {"kind": "labels"}).status_code == 303
    mine = Paper.get(Paper.person == alice)
    for stranger, url in ((bob, T), (charlie, T), (charlie, "/t/comet/shipping")):
        for act in ("links", "deletion"):
            assert as_(stranger).post(f"{url}/papers/{mine.uid}/{act}").status_code == 404
    assert as_(charlie).post("/t/comet/shipping/papers/", data=sent | {"kind": "picks"}).status_code == 404
    assert mine.reload().state == "waiting"


def test_rights_that_ended_and_buyers_that_are_gone_are_on_no_paper(alice, lotus, store, parcel, monkeypatch):
    ShipFrom.keep(lotus, SENDER)
    gone, soon = (labelled(made_of(store, number, alice), alice, f"TBA00000000000{number}") for number in (2, 3))
    Order.update(purge_at=clock.now() + timedelta(hours=23)).where(Order.order_id.startswith("302-0000003")).execute()
    data_key.destroy([order.vault_subject for order in Order.select().where(Order.order_id.startswith("302-0000002"))])
    pages, left = pages_of(paper_of(alice, lotus, "labels", parcel, gone, soon))
    assert [page["parcel"] for page in pages] == ["P-1"] and set(left) == {"P-2", "P-3"}
    assert all("buyer's data is gone" in words for words in left.values())
    monkeypatch.setattr(printing, "MOST_A_DAY", 1)
    with pytest.raises(Refused, match="printed in the last 24 hours"):
        pages_of(paper_of(alice, lotus, "slips", parcel))
    parcel.void(reason="packed wrongly", by=alice)
    with pytest.raises(Refused, match="It is void"):
        paper_of(alice, lotus, "labels", parcel)
    later = paper_of(alice, lotus, "slips", gone)
    Grant.delete().where(Grant.person == alice).execute()
    with pytest.raises(Refused, match="may not print"):
        later.reach_now()


# What stands on it


def test_a_slip_speaks_the_buyers_language_and_tells_the_gift_but_no_price(alice, lotus, store, portal):
    parcel = made_of(
        store, 1, alice, market="A17E79C6D8DWNP", buyer="محمد", gift="كل عام وأنتم بخير <b>", amount="77.77"
    )
    (slip,), left = pages_of(paper_of(alice, lotus, "slips", parcel))
    html = html_of("documents/packing_slips.html", "en", pages=[slip])
    assert (slip["language"], slip["dir"], left) == ("ar", "rtl", {})
    assert "قسيمة التعبئة" in html and "كل عام وأنتم بخير &lt;b&gt;" in html and 'dir="rtl"' in html
    assert not any(price in html for price in ("12.45", "24.90", "77.77", "EUR"))
    assert all(set(said) == set(PHRASES["en"]) and all(said.values()) for said in PHRASES.values())
    assert [language_of(id_) for id_ in ("A1PA6795UKMFR9", "A1VC38T7YXB528", "A2Q3Y263D00KWC", "?")] == [
        "de",
        "ja",
        "pt",
        "en",
    ]


def test_a_slip_tells_the_gift_message_of_what_lies_in_the_parcel_alone(alice, lotus, store):
    told = payload(1, skus=("CUP-1", "CUP-2"))
    for item, gift in zip(told["orderItems"], ("For Anna", "For Ben"), strict=True):
        item["fulfillment"]["packing"] = {"giftOption": {"giftMessage": gift}}
    keep(store, [mapping.order(told)])
    order = Order.select().get()
    parcels = [make_parcel([order], {line.id: 2}, by=alice) for line in OrderLine.of(order)]
    pages, _out = pages_of(paper_of(alice, lotus, "slips", *parcels))
    assert [page["gifts"] for page in pages] == [[("For Anna", "ltr")], [("For Ben", "ltr")]]


def test_half_a_letter_and_what_is_no_text_spoil_no_paper(alice, lotus, store, ops_channel):
    ShipFrom.keep(lotus, SENDER)
    told = payload(1, buyer="Kim \ud83d")
    told["recipient"]["deliveryAddress"] |= {"addressLine2": "Lange \udc00 17", "city": 7, "companyName": None}
    keep(store, [mapping.order(told)])
    parcel = labelled(make_parcel([Order.select().get()], by=alice), alice)
    for kind in ("labels", "slips"):
        pages, out = pages_of(paper_of(alice, lotus, kind, parcel))
        assert (
            not out
            and "Kim" in PdfReader(io.BytesIO(PRINTER.lay_out(kind, {"pages": pages}, "en"))).pages[0].extract_text()
        )


def test_a_pick_list_sums_up_and_opens_no_buyer(alice, lotus, store):
    parcels = [made_of(store, number, alice, skus=("CUP-1", f"CUP-{number}0")) for number in (1, 2)]
    picks, _left = pages_of(paper_of(alice, lotus, "picks", *parcels))
    assert [(row["sku"], row["pieces"], row["parcels"]) for row in summed(picks)] == [
        ("CUP-1", 4, ["P-1 × 2", "P-2 × 2"]), ("CUP-10", 2, ["P-1 × 2"]), ("CUP-20", 2, ["P-2 × 2"]),
    ]  # fmt: skip
    assert not Event.select().where(Event.name == "buyer_printed").exists()


def test_bars_fit_the_label_or_are_refused():
    bars = bars_of("RR123456785CN")
    assert bars.mm <= 88 and bars.bars[0][0] == 10 and sum(bars.bars[-1]) == bars.width - 10
    for number in ("A1" * 32, "号码"):
        with pytest.raises(NoBarcode):
            bars_of(number)


def test_customs_lines_stand_where_a_border_is_crossed_and_addresses_as_their_country_writes_them():
    assert crosses_border("CN", "DE") and crosses_border("DE", "GB") and crosses_border("GB", "US")
    assert not crosses_border("DE", "FR") and not crosses_border("CN", "CN")
    told = {"name": "Al", "city": "Reno", "stateOrRegion": "NV", "postalCode": "89501", "countryCode": "US"}
    assert lines_on_paper(told) == ["Al", "Reno NV 89501", "UNITED STATES"]
    assert lines_on_paper(told | {"countryCode": "DE", "stateOrRegion": ""})[1:] == ["89501 Reno", "GERMANY"]
    assert [direction(text) for text in ("12 شارع", "12 Main", "34")] == ["rtl", "ltr", "ltr"]


def test_a_sender_is_whole_or_not_kept(lotus, alice):
    with pytest.raises(NoSender):
        ShipFrom.required(lotus.id)
    for wrong in ({"name": " "}, {"country": "Chn"}, {"city": "x" * 81}, {"ioss_number": "IM12345"}):
        with pytest.raises(FieldRefused):
            ShipFrom.keep(lotus, SENDER | wrong, by=alice)
    ShipFrom.keep(lotus, SENDER, by=alice)
    ShipFrom.keep(lotus, SENDER | {"city": "Yiwu"}, by=alice)
    assert (ShipFrom.of(lotus.id).city, ShipFrom.of(lotus.id).country) == ("Yiwu", "CN")
    assert Event.select().where(Event.name == "ship_from_changed").order_by(Event.id.desc()).get().details == {
        "fields": ["city"]
    }


def test_what_others_pdfs_do_is_taken_out_of_them():
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    does = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = does
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): does})
    writer.add_uri(0, "https://evil.example", (0, 0, 9, 9))
    writer.write(out)
    clean = joined([out.getvalue(), out.getvalue()])
    assert len(PdfReader(io.BytesIO(clean)).pages) == 2 and b"evil" not in clean and b"alert" not in clean
    with pytest.raises(NotMade):
        joined([b"%PDF-1.4 but nothing else"])
