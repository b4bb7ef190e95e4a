"""The operator's reports: every figure is what plain SQL says, summed beforehand or not, and leads to what lies behind it."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta

import pytest

from models.audit.origin import Origin, acting
from models.freight.bills.carrier_bill import CarrierBill
from models.freight.bills.line import BillLine
from models.lists.days import midnight
from models.support import clock as the_clock
from models.support.db import db
from models.wallet import hold as holds
from models.wallet.mending import adjust, pay_in, refund, reverse
from models.wallet.recharge import Recharge
from models.wallet.reports.ageing import ageing
from models.wallet.reports.balances import balances
from models.wallet.reports.income import Asked, income
from models.wallet.reports.movements import movements
from models.wallet.reports.span import Span
from models.wallet.reports.sums import FreightMonth, SummedDay, WalletDay, next_day, sum_day, zone_of_days
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.exports.conftest import rows_of
from tests.wallet.test_pages import H, gao  # noqa: F401 (a fixture)
from views.support.format import money

START = datetime(2026, 8, 30, 2, 0)
DAYS, CHARGED, STANDING = 34, 28, 6


@pytest.fixture
def ledger(lotus, comet, olga, channel, parcel, clock):
    """Thirty-four days in three months: two teams, three wallets, charges, extras, refunds, a reversal, holds that stand, ended and expired."""
    clock.move(to=START)
    with acting(Origin("command", "tests")):
        wallets = [Wallet.open_for(lotus, "CNY"), Wallet.open_for(lotus, "USD"), Wallet.open_for(comet, "CNY")]
        for number, wallet in enumerate(wallets):
            pay_in(wallet, 1_000_000 + number, key=f"first {number}", by=olga)
        mine = wallets[0]
        for number in range(DAYS):
            clock.move(to=START + timedelta(days=number, hours=number % 24))
            one = parcel()
            held = holds.place(mine, one, channel, 1_000 + number, key=f"hold {number}")
            if number % 5 == 4:
                continue  # It stands.
            clock.move(minutes=40)
            holds.capture(held, 900 + 30 * number, key=f"capture {number}")
            if number % 7 == 0:
                refund(mine, one, channel, 300, key=f"refund {number}")
            if number % 11 == 0:
                adjust(wallets[number % 3], -50 if number % 2 else 70, key=f"adjust {number}")
        reverse(Transfer.get(Transfer.kind == "refund"), key="undo", memo="a mistake")
    return [one.reload() for one in wallets]


def summed() -> None:
    while (day := next_day()) is not None:
        sum_day(day)


def plain(sql: str, *values: object) -> list[tuple]:
    mark = "?" if type(db.obj).__name__.startswith("Sqlite") else "%s"
    return db.execute_sql(sql.replace("?", mark), list(values)).fetchall()


SIGNED = "CASE WHEN is_incoming THEN amount_minor ELSE -amount_minor END"


def by_sql(span: Span) -> dict[tuple[int, str], int]:
    """What moved each wallet, kind by kind."""
    since, until = (Transfer.posted_at.db_value(at) for at in (span.since, span.until))
    rows = plain(
        f"SELECT wallet_id, kind, SUM({SIGNED}) FROM transfer WHERE posted_at >= ? AND posted_at < ? GROUP BY 1, 2",  # noqa: S608
        since,
        until,
    )
    return {(wallet, kind): int(amount) for wallet, kind, amount in rows}


@pytest.mark.both
def test_movements_and_income_are_what_plain_sql_says_before_and_after_days_are_summed(
    ledger, clock, harbor, olga, channel
):
    zone, last = zone_of_days(), the_clock.now().date()
    spans = [Span(date(2026, 8, 1), last + timedelta(days=5)), Span(date(2026, 9, 3), date(2026, 9, 20)), Span(last, last),
             Span(date(2026, 9, 28), date(2026, 10, 3)), Span(date(2020, 1, 1), date(2020, 2, 1))]  # fmt: skip
    asked = Asked(date(2026, 8, 1), date(2026, 12, 1), by="month")
    for turn in ("as it is", "summed", "and again"):
        for span in spans:
            found = movements(span)
            told = {
                (one.wallet.id, kind): amount
                for one in found.rows
                for kind, amount in one.sums.items()
                if one.counts[kind]
            }
            assert told == by_sql(span), (turn, span)
            assert all(one.adds_up for one in (*found.rows, *found.totals)), (turn, span)
        closing = {one.wallet.id: one.closing for one in movements(spans[0]).rows}
        assert closing == {one.id: one.balance_minor for one in ledger}
        groups, totals = income(asked)
        on_freight = "SELECT id FROM account WHERE code >= 'freight:' AND code < 'freight;'"
        (net,) = plain(
            f"SELECT -SUM({SIGNED}) FROM transfer WHERE debit_id IN ({on_freight}) OR credit_id IN ({on_freight})"  # noqa: S608
        )[0]
        assert sum(one.net for one in groups) == totals[0].net == int(net)
        (parcels,) = plain("SELECT COUNT(*) FROM transfer WHERE kind = 'freight'")[0]
        assert totals[0].parcels == parcels == CHARGED and totals[0].grams == CHARGED * 500
        assert [one.key for one in groups] == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
        if turn == "as it is":
            summed()
            assert (
                SummedDay.select().count() > DAYS - 3 and WalletDay.select().count() and FreightMonth.select().count()
            )
        else:
            clock.move(hours=26)
            pay_in(ledger[0], 5, key=f"later {turn}", by=olga)
            ledger = [one.reload() for one in ledger]
            summed()
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        sum_day(date(2026, 9, 3))
    harbor.change(timezone="America/New_York")
    assert zone != zone_of_days() and movements(spans[1]).rows, "another zone: nothing that was summed counts"
    assert {
        (one.wallet.id, kind): amount
        for one in movements(spans[1]).rows
        for kind, amount in one.sums.items()
        if one.counts[kind]
    } == by_sql(spans[1])
    summed()
    assert SummedDay.select(SummedDay.zone).distinct().count() == 1
    assert {one.wallet.id: one.closing for one in movements(Span(date(2026, 8, 1), last + timedelta(days=9))).rows} == {
        one.id: one.balance_minor for one in ledger
    }


@pytest.mark.both
def test_days_are_summed_once_however_many_do_it(ledger, in_parallel):
    days = [day for day in (next_day() + timedelta(days=number) for number in range(3))]
    in_parallel(4, lambda: [sum_day(day) for day in days])
    span = Span(date(2026, 8, 1), date(2026, 10, 30))
    assert {
        (one.wallet.id, kind): amount
        for one in movements(span).rows
        for kind, amount in one.sums.items()
        if one.counts[kind]
    } == by_sql(span)
    summed()
    over = Span(span.first, SummedDay.select().order_by(SummedDay.day.desc()).get().day)
    assert sum(one.amount_minor for one in WalletDay.select()) == sum(by_sql(over).values())


@pytest.mark.both
def test_balances_of_a_past_day_are_the_ledgers(ledger, lotus):
    late = holds.Hold.select().where(holds.Hold.state == "pending").order_by(holds.Hold.id).get()
    holds.release(late, key="late", state="expired")  # Weeks after its end: it was on hold all the time.
    for day in (date(2026, 8, 30), date(2026, 9, 12), date(2026, 10, 1)):
        moment = midnight(day + timedelta(days=1), zone_of_days())
        found = balances(day)
        posted = dict(
            plain(
                f"SELECT wallet_id, SUM({SIGNED}) FROM transfer WHERE posted_at < ? GROUP BY 1",  # noqa: S608
                Transfer.posted_at.db_value(moment),
            )
        )
        at = Transfer.posted_at.db_value(moment)
        held = dict(
            plain(
                "SELECT wallet_id, SUM(amount_minor) FROM hold WHERE created_at < ? AND (ended_at IS NULL OR ended_at >= ?) GROUP BY 1",
                at,
                at,
            )
        )
        assert {one.wallet.id: one.posted_minor for one in found.rows} == {
            number: int(amount) for number, amount in posted.items()
        }
        assert {one.wallet.id: one.held_minor for one in found.rows if one.held_minor} == {
            number: int(amount) for number, amount in held.items()
        }
    now = balances(None)
    assert [(one.currency, one.wallets, one.posted_minor) for one in now.totals] == [
        ("CNY", 2, ledger[0].balance_minor + ledger[2].balance_minor), ("USD", 1, ledger[1].balance_minor)]  # fmt: skip
    adjust(ledger[1], -1_200_000, key="overdrawn")
    assert balances(None, team=lotus, currency="USD").totals[0].used_minor == 1_200_000 - ledger[1].balance_minor
    assert balances(date(2020, 1, 1)).rows == []


def test_ageing_counts_what_is_on_hold_by_its_age(ledger, clock, comet):
    (one,), (total,) = ageing()
    assert (one.amount_minor, one.count) == (ledger[0].held_minor, STANDING) and total.amounts == one.amounts
    assert one.parcels == {"over": 3, "11": 1, "8": 1, "4": 1}
    clock.move(days=20)
    assert ageing()[1][0].parcels == {"over": STANDING} and ageing(team=comet) == ([], [])


def test_what_carriers_billed_stands_beside_what_was_earned(ledger, harbor, lotus, channel, clock):
    bill = CarrierBill.create(team=harbor, carrier=channel.carrier, number="B-1", currency="CNY")
    for number, (kind, amount, on) in enumerate(
        (
            ("OK", 500, date(2026, 9, 4)),
            ("WEIGHT", 700, date(2026, 10, 2)),
            ("DUPLICATE", 700, date(2026, 10, 2)),
            ("NOT_OURS", 900, None),
        )
    ):
        known = kind != "NOT_OURS"
        BillLine.create(
            team=harbor, bill=bill, carrier=channel.carrier, waybill=f"W{number}", billed_minor=amount, currency="CNY", kind=kind, state="open",
            difference_minor=0, size_minor=0, billed_on=on, country="US" if known else "", channel=channel if known else None,
            parcel_team=lotus if known else None,
        )  # fmt: skip
    for _turn in range(2):
        months, (total,) = income(Asked(date(2026, 8, 1), date(2026, 12, 1), by="month"))
        assert {one.key.month: one.sums["billed"] for one in months} == {8: 0, 9: 500, 10: 700}
        assert total.sums["billed"] == 1_200 and total.margin == total.net - 1_200 and months[0].margin is None
        for by, key in (("channel", "YUN-US"), ("carrier", "YUN"), ("country", "US"), ("team", "Lotus Trading")):
            (one,), _totals = income(Asked(date(2026, 8, 1), date(2026, 12, 1), by=by))
            assert (one.key, one.net, one.parcels) == (key, total.net, CHARGED), by
        assert income(Asked(date(2026, 8, 1), date(2026, 12, 1), country="DE")) == ([], [])
        clock.move(days=2)
        summed()
    assert FreightMonth.select().where(FreightMonth.kind == "billed").count() == 2


PAGES = ("reports/", "reports/?day=2026-09-12", "reports/movements", "reports/movements?since=2026-08-01&until=2026-10-30&team=lotus&currency=CNY&kind=refund",
         "reports/held", "reports/income", "reports/income?since=2026-08&until=2026-10&by=month&carrier=YUN", "held/", "held/?age=over&team=lotus")  # fmt: skip


def test_each_report_opens_for_the_operator_alone_leads_on_and_leaves_as_a_file(
    as_,
    app,
    ledger,
    alice,
    bob,
    charlie,
    olga,
    gao,  # noqa: F811
    lotus,
):
    cashier = as_(gao)
    for page in PAGES:
        shown = cashier.get(f"{H}/{page}")
        assert shown.status_code == 200, page
        assert re.search(rf'<a href="{H}/all/" aria-current="page"', shown.text), page  # "Wallets", not the team's own.
        for stranger, team in ((alice, "lotus"), (charlie, "comet")):
            assert as_(stranger).get(f"/t/{team}/wallet/{page}").status_code in (403, 404), page
            assert as_(stranger).get(f"{H}/{page}").status_code in (403, 404), page
    for query in (
        "day=tomorrow",
        "since=9999-99-99",
        "team=nobody&currency=%3Cb%3E",
        "by=../..&until=2026-13",
        "day=2999-01-01",
        "kind='%3b--",
    ):
        for page in ("reports/", "reports/movements", "reports/held", "reports/income"):
            assert cashier.get(f"{H}/{page}?{query}").status_code == 200, (page, query)
    with cashier:
        page = cashier.get(f"{H}/reports/movements?since=2026-08-01&until=2026-10-30").text
        lost = by_sql(Span(date(2026, 8, 1), date(2026, 10, 30)))[ledger[0].id, "freight"]
        assert f"{money(lost, 'CNY')}" in page and f"wallet={ledger[0].uid}" in page and "kind=freight" in page
    link = f"{H}/movements/?wallet={ledger[0].uid}&kind=freight&posted_from=2026-08-01&posted_to=2026-10-30"
    assert cashier.get(link).status_code == 200
    assert cashier.get(f"{H}/held/?age=over").text.count('id="hold-') == 3
    for name in ("balances", "movements", "held", "income"):
        for file_format in ("csv", "xlsx"):
            asked = {"format": file_format, "since": "2026-08-01", "until": "2026-10-30"}
            answer = cashier.post(f"{H}/reports/{name}/exports", data=asked)
            assert answer.status_code == 200 and len(answer.data) > 60, (name, file_format)
        assert as_(alice).post(f"/t/lotus/wallet/reports/{name}/exports", data={"format": "csv"}).status_code in (
            403,
            404,
        )
    assert cashier.post(f"{H}/reports/nothing/exports", data={"format": "csv"}).status_code == 404
    rows = rows_of(
        cashier.post(
            f"{H}/reports/movements/exports", data={"format": "csv", "since": "2026-08-01", "until": "2026-10-30"}
        ).data
    )
    assert rows[0][:3] == ["Team", "Wallet", "Before"] and f"{ledger[0].balance_minor / 100:.2f}" in next(
        row for row in rows if ledger[0].label in row
    )
    lotus.change(name="=cmd|' /C calc'!A0")
    text = cashier.post(f"{H}/reports/balances/exports", data={"format": "csv"}).data.decode("utf-8-sig")
    assert "\"'=cmd|" in text, "no cell of a file becomes a formula"
    assert Recharge.select().count() == 0


@pytest.mark.parametrize("team", ["", "lotus"])
def test_what_was_earned_leads_to_the_transfers_behind_it(as_, ledger, gao, team):  # noqa: F811
    cashier = as_(gao)
    for by in ("channel", "carrier", "country", "month"):
        page = cashier.get(f"{H}/reports/income?since=2026-08&until=2026-10&by={by}&team={team}").text
        links = [html.unescape(one) for one in re.findall(r'<th scope="row"><a class="link" href="([^"]+)"', page)]
        assert links, by
        for link in links:
            shown = cashier.get(link)
            assert shown.status_code == 200 and link.startswith(H), link
            assert ("Comet" not in shown.text.split("<tbody", 1)[1]) or not team, "of the team that was asked for"
            assert 'id="transfer-' in shown.text or by == "carrier", link


def test_there_is_a_sentence_where_there_is_nothing(as_, gao, harbor):  # noqa: F811
    for page in PAGES:
        assert 'class="empty"' in as_(gao).get(f"{H}/{page}").text, page
