"""Statements: what a period moved, page by page, and the code that proves it."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain

import peewee
import pytest
from PIL import Image
from pypdf import PdfReader

from bench.papers import CONTENT
from commands.check import _files
from jobs import amazon, statements
from jobs.papers import statements as paper
from jobs.papers.making import NotMade
from models.compliance.alarm import Alarm
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Area, Between, RemoteArea, Surcharge
from models.freight.rate_card import RateCard
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.weighing import weigh
from models.support import clock as the_clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.job_run import JobRun
from models.support.words import spoken
from models.wallet import hold as holds
from models.wallet.mending import pay_in, refund
from models.wallet.statements import document, making, monthly
from models.wallet.statements import lines as reading
from models.wallet.statements.lines import COLUMNS, Line
from models.wallet.statements.making import path_of
from models.wallet.statements.pages import ROWS, bunches, cut, pages_of
from models.wallet.statements.statement import Statement, is_valid
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.freight.sheets import LINE, card
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled
from tests.shipping.test_parcel import NUMBER, order_of


@pytest.fixture
def moved(wallet, parcel, channel, olga, clock, portal):
    """Two months: a recharge of 1,000.00 in the first, then holds, charges, a refund and a recharge in the second."""
    amazon.use_settings(portal)
    clock.move(to=(the_clock.now().replace(day=1) + timedelta(days=32)).replace(day=3))
    for at in range(ROWS + 5):
        one = parcel()
        one.change(tracking_number=f"YT26326000{at:08d}", channel=channel)
        holds.capture(holds.place(wallet, one, channel, 900, key=f"h{at}"), 1_000, key=f"c{at}", by=olga)
    refund(wallet, one, channel, 400, key="r", memo="客户投诉 / شكوى", by=olga)
    pay_in(wallet, 50_000, key="p", memo="ICBC 2026", by=olga)
    holds.place(wallet, parcel(), channel, 700, key="open")
    clock.move(days=40)
    return wallet.reload()


def run(job, scope: str = "") -> JobRun:
    the_clock.move(seconds=1)
    one = JobRun.claim("test", scope, the_clock.now())
    job(one)
    one.finish("done")
    return one


def issued(wallet, first, last, **more) -> Statement:
    asked = Statement.ask(wallet, first, last, **more)
    run(statements.make, str(asked.uid))
    return asked.reload()


def test_a_month_is_told_to_the_last_unit_on_paper_and_as_csv(moved, portal):
    first, last = monthly.last_month((the_clock.now().replace(day=1)).date())
    one = issued(moved, first, last)
    charged = (ROWS + 5) * 1_000
    assert (one.state, one.opening_minor, one.closing_minor) == ("ready", 100_000, 100_000 - charged + 400 + 50_000)
    assert one.lines == 2 * (ROWS + 5) + 2 and one.number == f"FS-{moved.id:05d}-{last:%Y%m}-1"
    told = path_of(portal.data, one, "csv").read_bytes()
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert (
        hashlib.sha256(told[3:]).hexdigest() == one.digest and len(rows) == one.lines + 1 and rows[-1][-1] == "1054.00"
    )
    pdf = path_of(portal.data, one, "pdf").read_bytes()
    reader = PdfReader(io.BytesIO(pdf))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == one.pages == 4 and hashlib.sha256(pdf).hexdigest() == one.file_digest
    assert "运费对账单" in texts[0] and one.code in texts[0] and "1,054.00" in texts[0] and "1 / 4" in texts[0]
    balances = [row.balance_after_minor for row in Transfer.select().order_by(Transfer.id)]
    carried = [balances[ROWS], balances[2 * ROWS]]  # The first transfer was posted before the period.
    for text, amount in zip(texts[2:], carried, strict=True):
        assert f"{amount / 100:,.2f}" in text, "each page says what it carries"
    assert "4 / 4" in texts[3] and "客户投诉" in texts[3]
    laid = reader.pages[3].extract_text(extraction_mode="layout").splitlines()
    refunded = next(line for line in laid if "Refund" in line)
    assert refunded.split()[-2:] == ["4.00", "554.00"], "what stands in one row belongs together"


@pytest.mark.both
def test_its_code_proves_it_and_nothing_else_does(moved, monkeypatch, portal):
    quiet(monkeypatch)
    first, last = monthly.last_month((the_clock.now().replace(day=1)).date())
    one = issued(moved, first, last)
    assert is_valid(one.number, one.code) and is_valid(f" {one.number.lower()} ", one.code.replace("-", "").lower())
    for number, code in ((one.number, "0000-0000-0000-0000"), (one.number, ""), ("FS-1", one.code), ("", "")):
        assert not is_valid(number, code)
    with pytest.raises(peewee.DatabaseError), write_txn():
        Statement.update(closing_minor=1).execute()
    with pytest.raises(peewee.DatabaseError), write_txn():
        Statement.delete().execute()
    again = issued(moved, first, last)
    old = one.reload()
    assert (again.number[-2:], old.state, old.replaced_by_id) == ("-2", "replaced", again.id)
    assert is_valid(one.number, one.code) and again.code != one.code
    following = issued(moved, last + timedelta(days=1), last + timedelta(days=2))
    assert following.opening_minor == again.closing_minor and following.lines == 0


@pytest.mark.both
def test_freight_is_told_by_what_prices_are_made_of_by_channel_and_by_country(
    wallet, lotus, harbor, alice, olga, clock
):
    """Two parcels by a price with handling, fuel, a fee for every parcel and one for far places; a third at a price by hand. 0.8 kg at 60
    in the near zone, 0.3 kg and 35 in the far one; 10 % fuel on the weight's price."""
    channel = Channel.make(
        harbor, Carrier.make(harbor, code="YUN", name="Yun", by=olga), code="FULL", name="Full", by=olga
    )
    sheet = card(
        LINE, card=LINE["card"].replace("DEMO-LINE", "FULL"), zones="zone,country;DE,DE", limits="zone,max_actual_kg;*,2",
        rates="zone,band,type,rate,handling;DE,0<W<=30,PER_KG,60,7", fuel="from,to,pct;2020-01-01,2099-12-31,10%",
        surcharges="code,when,basis,amount;toll,always,FIXED_SHIPMENT,3;battery,insured,FIXED_SHIPMENT,2",
    )  # fmt: skip
    far = Surcharge("far", "remote", "FIXED_SHIPMENT", Decimal(35))
    sheet = replace(
        sheet,
        dates=Between(date(2020, 1, 1)),
        surcharges=(*sheet.surcharges, far),
        remotes=(RemoteArea("REMOTE", Area("DE")),),
    )
    RateCard.draft(channel, sheet, by=alice).approve(by=olga)
    store = make_store(lotus)
    orders = [order_of(store, number) for number in (1, 2)]
    one, other = (
        labelled(make_parcel([order], by=alice), alice, number)
        for order, number in zip(orders, (NUMBER, "YT2632600000000002"), strict=True)
    )
    weigh(one, grams=800, sides_mm=SIDES, by=olga)
    weigh(other, grams=300, sides_mm=SIDES, by=olga)
    third = Parcel.create(team=lotus, store=store, number=99, country="DE", grams=500, state="shipped", channel=channel)
    holds.charge(wallet, third, channel, 1_234, key="hand", by=olga)
    refund(wallet, other, channel, 500, key="back", by=olga)
    day = the_clock.local(the_clock.now(), lotus.timezone).date()
    told = reading.summed(wallet, day, day, lotus.timezone)
    assert told.parts == {"base": 6_600, "handling": 1_400, "fuel": 660, "remote": 7_000, "other": 600}
    money = document.money_of("CNY")
    freight = [(str(name), amount) for name, amount, _strength in document.freight_of(told)]
    assert freight == [
        ("Freight, extras included", 16_260 + 1_234), ("of it for the weight", 6_600), ("Handling", 1_400), ("Fuel", 660),
        ("Remote area", 7_000), ("Other charges", 600), ("Priced by hand", 1_234),
    ]  # fmt: skip
    channels, countries = (table["rows"] for table in document.tables_of(told, money))
    cells = ("3", "1.600", "78.34", "96.60", "5.00", "169.94", "100.0 %")
    assert channels == [("FULL", *cells), ("All", *cells)] and countries == [("DE Germany", *cells), ("All", *cells)]
    assert money(-sum(told.by_kind[kind] for kind in ("freight", "extra"))) == "174.94"


def test_tables_that_the_first_page_has_no_room_for_have_the_second():
    money, sums = document.money_of("CNY"), reading.Sums(opening=0)
    for at in range(20):
        sums.by_channel[f"LINE-{at}"].parcels, sums.by_channel[f"LINE-{at}"].charged = {at}, 100 + at
        sums.by_country["US"].parcels.add(at)
    channels, countries = document.tables_of(sums, money)
    assert [row[0] for row in channels["rows"]][-2:] == ["Others", "All"] and len(
        channels["rows"]
    ) == document.MOST_ROWS + 2
    assert (channels["rows"][-2][1], channels["rows"][-1][1]) == ("5", "20")
    assert (document.front_of([()] * 10, [countries]), document.front_of([()] * 10, [channels, countries])) == (1, 2)
    (page,) = pages_of([LINE_OF_A_PARCEL], 0, 1, money, str, front=2)
    assert (page.number, page.of) == (3, 3)


def test_the_operators_logo_stands_at_the_head_and_a_broken_one_stops_nothing(portal, tmp_path, monkeypatch):
    drawn, broken = tmp_path / "logo.png", tmp_path / "broken.png"
    Image.new("RGBA", (2_000, 500), (0, 80, 160, 128)).save(drawn)
    broken.write_bytes(b"no picture")
    for path, is_shown in ((drawn, True), (broken, False), (tmp_path / "gone.png", False), (None, False)):
        monkeypatch.setattr(paper, "settings", lambda path=path: replace(portal, logo=path))
        assert paper.logo().startswith("data:image/jpeg;base64,") == is_shown
    monkeypatch.setattr(paper, "settings", lambda: replace(portal, logo=drawn))
    (page,) = PdfReader(io.BytesIO(paper.first(CONTENT | {"lines": 0, "pages": 1}, "en"))).pages
    assert (800, 200) in [image.image.size for image in page.images]
    assert "logo: " in "".join(_files(replace(portal, logo=tmp_path / "gone.png")))


def test_amounts_have_the_decimals_of_their_currency():
    told = [document.money_of(code)(-1_234_567) for code in ("CNY", "JPY", "KRW", "KWD", "BHD")]
    assert told == [
        "\N{MINUS SIGN}12,345.67",
        "\N{MINUS SIGN}1,234,567",
        "\N{MINUS SIGN}1,234,567",
        "\N{MINUS SIGN}1,234.567",
        "\N{MINUS SIGN}1,234.567",
    ]


def test_no_amount_is_cut():
    """Those that a column has no room for are printed smaller."""
    rows = [
        replace(LINE_OF_A_PARCEL, out=0, into=amount, balance=balance)
        for amount, balance in ((10**14, 10**14), (5, -(10**11)))
    ]
    (wide,) = pages_of(rows, 0, 2, document.money_of("CNY"), str)
    assert wide.is_wide
    (most,) = pages_of(
        [replace(rows[0], into=99_999_999_99, balance=-999_999_999_99)], 0, 1, document.money_of("CNY"), str
    )
    assert not most.is_wide


def quiet(monkeypatch) -> None:
    """Where the paper is not looked at, none is printed."""
    monkeypatch.setattr(statements, "PRINTER", statements.making.Printer(*[lambda *_given: b"%PDF"] * 3))


def test_a_period_that_is_not_over_or_no_period_is_refused(wallet):
    today = the_clock.local(the_clock.now(), wallet.team.timezone).date()
    for first, last in (
        (today, today),
        (today - timedelta(days=1), today - timedelta(days=2)),
        (today - timedelta(days=900), today - timedelta(days=1)),
    ):
        with pytest.raises(FieldRefused):
            Statement.ask(wallet, first, last)


def test_what_does_not_add_up_is_not_issued(moved, monkeypatch):
    quiet(monkeypatch)
    monkeypatch.setattr(reading, "balance_at", lambda *_given: 7)
    first, last = monthly.last_month((the_clock.now().replace(day=1)).date())
    one = issued(moved, first, last)
    assert one.state == "failed" and "do not give" in str(one.problem_words)
    alarm = Alarm.get()
    assert (alarm.kind, alarm.count, one.number in alarm.details["fault"], moved.reload().state) == (
        "ledger_broken",
        1,
        True,
        "active",
    )
    with write_txn():
        Wallet.update(balance_minor=Wallet.balance_minor + 1).execute()
    issued(moved, first, last)
    assert (alarm.reload().count, moved.reload().state) == (3, "frozen"), "the wallet is proved at once"


def test_what_cannot_be_printed_is_said_and_not_tried_for_ever(moved, monkeypatch):
    def broken(*_given):
        raise NotMade("no paper")

    monkeypatch.setattr(statements, "PRINTER", statements.making.Printer(broken, broken, broken))
    first, last = monthly.last_month((the_clock.now().replace(day=1)).date())
    asked = Statement.ask(moved, first, last)
    with pytest.raises(NotMade):
        run(statements.make, str(asked.uid))
    assert asked.reload().state == "failed" and "Ask for it again" in str(asked.reload().problem_words)
    assert Statement.waiting() == []


def test_two_print_in_the_statements_language_and_have_as_many_pages_each(monkeypatch):
    monkeypatch.setattr(paper, "html_of", lambda *_given, **_values: spoken())
    monkeypatch.setattr(paper, "made", lambda documents, _style: {"one": documents["one"].encode()})
    done: list = []
    pages: list = list(range(100))
    said = making.side_by_side(
        chain([making.FIRST], bunches(pages, 100)), lambda bunch: paper.lines({}, bunch, "zh_Hans"), done.append
    )
    assert said == [b"zh_Hans"] * 7 and [page for bunch in done for page in bunch] == pages, "each in its order"
    for count, sizes in ((0, []), (6, [6]), (7, [4, 3]), (40, [20, 20]), (41, [11, 11, 11, 8]), (100, [17] * 5 + [15])):
        assert [len(one) for one in bunches(range(count), count)] == sizes  # type: ignore[arg-type]


def test_long_words_are_cut_by_their_width():
    assert cut("x" * 66) == "x" * 66 and cut("x" * 67) == "x" * 65 + "…"
    assert cut("费" * 60) == "费" * 32 + "…"


LINE_OF_A_PARCEL = Line(datetime(2026, 3, 1), "T-7", "extra", "P-3", "1Z999AA10000475147", "302-7276852-0669315, 302-7276852-0669316",
                        "HYL-STD", "DE", 1716, "", 17_922, 0, 340_475)  # fmt: skip


def test_a_line_tells_waybill_and_orders_and_below_them_the_way_and_the_weight_whole():
    row = LINE_OF_A_PARCEL
    (page,) = pages_of([row], 0, 1, str, lambda kind: "Freight, extra")
    above, below = page.columns[2].split("\n")
    assert (
        above.startswith("Freight, extra · 1Z999AA10000475147 · 302-7276852-0669315")
        and below == "HYL-STD · DE · 1.716 kg"
    )
    large = replace(row, billed="4.85", billed_unit="kg")
    assert large.description("Freight, extra")[1] == "HYL-STD · DE · 1.716 kg · billed: 4.85 kg", "why it cost this"
    told = dict(zip(COLUMNS, large.cells("CNY"), strict=True))
    assert (told["kg"], told["billed"], told["billed_unit"]) == ("1.716", "4.85", "kg")
    paid = replace(
        row, kind="recharge", parcel="", tracking_number="", orders="", channel="", country="", grams=0, memo="26102588"
    )
    assert paid.description("Recharge") == ("Recharge", "26102588")
