"""The bank's file beside the recharges: read in its own shape, taken in once, matched one to one, and never an approval."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from xlsxwriter import Workbook

from models.freight.origin import today
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.wallet.bank import taking
from models.wallet.bank.columns import BankRow, amount_of, day, read_row
from models.wallet.bank.file import BankFile
from models.wallet.bank.line import BankLine
from models.wallet.bank.listing import Open, days_of
from models.wallet.bank.matching import candidates, match_all
from models.wallet.bank.original import BankOriginal
from models.wallet.recharge import Recharge
from models.wallet.refusals import SelfApproval
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.wallet.test_pages import H, gao  # noqa: F401 (a fixture)

NAME = "王小明个人"


def chinese(*rows: str) -> bytes:
    head = "账户明细,CMB 6225\n交易日期,收入金额,支出金额,币种,交易流水号,摘要,对方户名,余额\n"
    return (head + "\n".join(rows) + "\n").encode("gb18030")


@pytest.fixture
def taken(harbor, olga, tmp_path):
    """`taken(content, name=…)`: a file that was looked at and taken in."""

    def take(content: bytes, name: str = "bank.csv", account: str = "CMB 6225", apply: bool = True) -> BankFile:
        path = tmp_path / "sent"
        path.write_bytes(content)
        file = taking.take(harbor, account, "CNY", name, path, by=olga)
        taking.look(file, tmp_path, file.mapping)
        if apply:
            taking.apply(file, tmp_path, by=olga)
        return file.reload()

    return take


def asked(wallet, amount: int, reference: str, by, back: int = 0) -> Recharge:
    return Recharge.ask(wallet, amount, bank_reference=reference, paid_on=today() - timedelta(days=back), by=by)


@pytest.mark.parametrize(
    ("text", "read"),
    [("1,250.50", 125_050), ("1250.5", 125_050), ("1.250,50", 125_050), ("¥1,250.50", 125_050), ("-3", -300), ("(3.00)", -300), ("３．００", 300),
     ("RMB12", 1_200), ("", None), ("—", None), ("1e9", ...), ("=1+1", ...), ("1.2345", ...), ("$5", ...), ("12,3456", ...), ("9" * 15, ...)],
)  # fmt: skip
def test_amounts_are_read_as_banks_write_them_or_refused(text, read):
    if read is ...:
        with pytest.raises(Refused):
            amount_of(text, "CNY")
    else:
        assert amount_of(text, "CNY") == read


def test_days_directions_and_wrong_rows():
    for text in (
        "2026-11-22",
        "2026/11/22 10:02:03",
        "20261122",
        "2026年11月22日",
        "22.11.2026",
        "22/11/2026",
        "11/22/2026",
    ):
        assert day(text) == date(2026, 11, 22), text
    for text in ("03/04/2026", "2026-02-30", "yesterday", "=1", "1826-01-01", "20261322"):
        with pytest.raises(Refused):
            day(text)
    cells = {"date": "20261122", "amount": "5"}
    assert read_row(3, cells, "CNY") == BankRow(3, date(2026, 11, 22), 500, "CNY")
    assert read_row(3, cells | {"direction": "借"}, "CNY").amount_minor == -500
    assert read_row(3, {"date": "20261122", "credit": "", "debit": "-7.5"}, "CNY").amount_minor == -750
    assert read_row(3, cells | {"currency": "美元"}, "CNY").currency == "USD"
    for wrong, column in (
        ({"amount": ""}, "amount"),
        ({"date": ""}, "date"),
        ({"direction": "sideways"}, "direction"),
        ({"currency": "XAU"}, "currency"),
    ):
        (error,) = read_row(3, cells | wrong, "CNY")
        assert (error.row, error.column, error.value) == (3, column, "")


def test_a_file_is_looked_at_first_kept_sealed_and_taken_in_once(harbor, olga, taken, tmp_path, settings):
    day_of = f"{today():%Y%m%d}"
    rows = [f"{day_of},1500.00,,人民币,AB1234567,货款,{NAME},5000.00", f"{day_of},,20.00,人民币,AB1234568,手续费,,4980.00",
            f"{day_of},700,,,X,=HYPERLINK(1),<script>,", "合计,2200.00,20.00,,,,,"]  # fmt: skip
    content = chinese(*rows)
    file = taken(content, apply=False)
    assert file.shape["encoding"] == "gb18030" and file.shape["header_row"] == 2
    assert file.mapping == ["date", "credit", "debit", "currency", "reference", "summary", "counterparty", "balance"]
    assert (file.state, file.counts) == ("looked", {"new": 3, "known": 0, "bad": 1}) and not BankLine.select().exists()
    assert [problem[:2] for problem in file.problems] == [[6, "date"]]
    assert taken(content, apply=False).id == file.id, "the same bytes lead to the same file"
    assert taking.apply(file, tmp_path, by=olga) == 3
    with pytest.raises(Refused, match="taken in on"):
        taken(content)
    with pytest.raises((AlreadyDecided, Refused)):
        taking.apply(file, tmp_path, by=olga)
    first, out, hostile = BankLine.select().order_by(BankLine.row_number)
    assert (first.amount_minor, first.currency, first.reference, first.state) == (
        150_000,
        "CNY",
        "AB1234567",
        "unmatched",
    )
    assert (out.amount_minor, out.state) == (-2_000, "outgoing") and first.unseal("counterparty") == NAME
    assert hostile.unseal("summary") == "=HYPERLINK(1)" and BankOriginal.bytes_of(file) == content
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".bank"], "no copy stays"
    stored = (settings.data / "portolan.db").read_bytes() + (settings.data / "portolan.db-wal").read_bytes()
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        assert NAME.encode(encoding) not in stored, "nobody's name lies in the database"
    overlapping = chinese(*rows[:2], f"{day_of},1500.00,,人民币,AB1234569,货款,{NAME},6480.00", rows[2], rows[2])
    again = taken(overlapping)
    assert again.counts == {"new": 2, "known": 3, "bad": 0} and BankLine.select().count() == 5


def test_other_shapes_are_read_and_what_is_no_sheet_is_refused(harbor, olga, taken, tmp_path):
    english = f"Booking date;Transaction amount;Reference;Counterparty name\n{today():%d.%m.%Y};1.500,00;AA-1;Ünal\n"
    for number, encoding in enumerate(("utf-8-sig", "utf-16", "cp1252")):
        file = taken(english.replace("AA-1", f"AA-{number}").encode(encoding), account=f"A{number}")
        assert BankLine.get(BankLine.file == file).amount_minor == 150_000, encoding
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        told = (
            ("交易日期", "金额", "借贷标志", "交易流水号"),
            (str(today()), 12.5, "贷", "0001"),
            (str(today()), 3, "借", "0002"),
        )
        for number, row in enumerate(told):
            sheet.write_row(number, 0, row)
    file = taken(out.getvalue(), "bank.xlsx", account="XLSX")
    assert [line.amount_minor for line in BankLine.select().where(BankLine.file == file).order_by(BankLine.id)] == [
        1_250,
        -300,
    ]
    for content, name in (
        (b"", "a.csv"),
        (b"%PDF-1.4", "a.csv"),
        (b"PK\x03\x04rubbish", "a.xlsx"),
        (b"\0" * 400, "a.csv"),
    ):
        with pytest.raises(Refused):
            taken(content, name)
    with pytest.raises(FieldRefused, match="money in and"):
        taken(b"date,reference\n2026-11-22,x\n")
    with pytest.raises(Refused, match="more than 5000 rows"):
        taken(b"date,amount\n" + b"2026-11-22,1\n" * 5_001)
    with pytest.raises(FieldRefused):
        taken(b"date,amount\n2026-11-22,2\n", account=" ")


def test_what_fits_alone_is_proposed_and_what_fits_several_is_shown_side_by_side(
    harbor, lotus, comet, alice, charlie, olga, wallet, taken
):
    other = Wallet.open_for(comet, "CNY")
    named, free_text = asked(wallet, 150_000, "CMB 778899", alice), asked(wallet, 33_300, "ZZ-1", alice)
    by_amount, old = (
        asked(wallet, 80_000, "none of the bank", alice, back=3),
        asked(wallet, 81_000, "too old", alice, back=30),
    )
    twin, rival = asked(wallet, 50_000, "twin-one", alice), asked(other, 50_000, "twin-two", charlie)
    wrong_amount = asked(wallet, 99_000, "FEE998877", alice)
    dollars = asked(Wallet.open_for(lotus, "USD"), 150_000, "cmb778899", alice)
    now = f"{today()}"
    taken(chinese(f"{now},1500,,,cmb-778899,,,", f"{now},333,,,1,付 {free_text.label} 运费,,", f"{now},800,,,2,,,", f"{now},810,,,3,,,",
                  f"{now},500,,,4,,,", f"{now},988,,,FEE998877,,,", f"{now},4,,,5,,,"))  # fmt: skip
    lines = {line.row_number - 2: line for line in BankLine.select()}
    found = {number: (line.state, line.recharge_id, line.rule) for number, line in lines.items()}
    assert found[1] == ("proposed", named.id, "reference") and found[2] == ("proposed", free_text.id, "reference")
    assert found[3] == ("proposed", by_amount.id, "amount")
    assert {found[number][0] for number in (4, 5, 6, 7)} == {"unmatched"}
    assert {one.recharge.id for one in candidates(lines[5])} == {twin.id, rival.id}
    assert [(one.recharge.id, one.rank) for one in candidates(lines[6])] == [(wrong_amount.id, 2)]
    assert candidates(lines[4]) == [] and not dollars.bank_lines.exists() and not old.bank_lines.exists()
    with pytest.raises(FieldRefused, match="amounts differ"):
        lines[6].match(wrong_amount, by=olga)
    with pytest.raises(Refused, match="USD"):
        lines[6].match(dollars, by=olga)
    lines[6].match(wrong_amount, reason="the bank's fee", by=olga)
    assert lines[6].reload().difference.amount_minor == -200
    lines[5].match(twin, by=olga)
    assert match_all(harbor.id) == 0, "what is left does not fit alone"
    (day_sum,) = days_of(harbor.id, today(), today())
    assert (day_sum.came, day_sum.matched, day_sum.proposed) == (
        493_500,
        148_800,
        263_300,
    ) and day_sum.open.amount_minor == 81_400
    assert wallet.reload().balance_minor == 100_000 and Transfer.select().count() == 1, "nothing was approved"


def test_two_equal_payments_and_one_recharge_wait_for_a_person(harbor, alice, olga, wallet, taken):
    one = asked(wallet, 70_000, "ref", alice)
    taken(chinese(f"{today()},700,,,a,,,1", f"{today()},700,,,b,,,2"))
    first, second = BankLine.select().order_by(BankLine.id)
    assert (first.state, second.state) == ("unmatched", "unmatched")
    with pytest.raises(SelfApproval):
        first.match(one, by=alice)
    first.match(one, by=olga)
    with pytest.raises(Refused, match="Another bank line"):
        second.match(one, by=olga)
    first.undo(by=alice)
    with pytest.raises(AlreadyDecided):
        first.undo(by=alice)
    second.match(one, by=olga)
    one.withdraw(by=alice)
    second = second.reload()
    assert second.state == "unmatched" and second.recharge_id is None, "a recharge that is gone lets its line go"
    with pytest.raises(Refused, match="gone"):
        second.match(one, by=olga)
    with pytest.raises(FieldRefused):
        second.set_aside(reason="no", by=alice)
    second.set_aside(reason="a loan", by=alice)
    second.take_back(by=alice)
    assert second.reload().state == "unmatched"


@pytest.mark.both
def test_many_at_once_tie_one_line_to_one_recharge(harbor, alice, olga, wallet, taken, in_parallel):
    recharges = [asked(wallet, 70_000, f"ref {number}", alice) for number in range(4)]
    rows = [f"{today()},700,,,{number},,,{number}" for number in range(4)]
    file = taken(chinese(*rows))
    lines = list(BankLine.select().where(BankLine.file == file).order_by(BankLine.id))
    assert {line.state for line in lines} == {"unmatched"}
    outcomes = in_parallel(8, lambda number: lines[number % 4].reload().match(recharges[number // 2], by=olga))
    tied = [line.recharge_id for line in BankLine.select().where(BankLine.state == "matched")]
    assert len(outcomes.results) == len(tied) == len(set(tied)) and all(
        isinstance(one, Refused) for one in outcomes.errors
    )
    line = BankLine.get(BankLine.state == "matched")
    recharge = line.recharge
    in_parallel(2, lambda number: recharge.reload().withdraw(by=alice) if number else line.reload().undo(by=olga))
    assert line.reload().state == "unmatched" and recharge.reload().state == "withdrawn"


def test_a_match_opens_the_approval_and_is_none(as_, app, alice, bob, charlie, olga, gao, wallet):  # noqa: F811
    mine = Recharge.ask(wallet, 150_000, bank_reference="OWN-778899", paid_on=today(), by=gao)
    cashier = as_(gao)
    assert "No file yet" in cashier.get(f"{H}/bank/").text
    content = chinese(
        f"{today()},1500,,,OWN-778899,=cmd|' /C calc'!A0,<b>{NAME}</b>,1",
        f"{today()},77,,,\u202eevil,,,2",
        "nonsense,1,,,,,,",
    )
    sent = {"account": "CMB 6225", "currency": "CNY"}
    for wrong in (
        {"account": ""},
        {"currency": "XAU"},
        {"file": (io.BytesIO(b""), "a.csv")},
        {"file": (io.BytesIO(b"%PDF-"), "a.csv")},
    ):
        upload = {"file": (io.BytesIO(content), "账户 明细.csv")}
        assert (
            cashier.post(f"{H}/bank/files/", data=sent | upload | wrong, content_type="multipart/form-data").status_code
            == 422
        )
    answer = cashier.post(
        f"{H}/bank/files/",
        data=sent | {"file": (io.BytesIO(content), "账户 明细.csv")},
        content_type="multipart/form-data",
    )
    file = BankFile.get()
    at = f"{H}/bank/files/{file.uid}"
    assert answer.status_code == 303 and "账户 明细.csv" in cashier.get(at).text
    columns = {f"column-{place}": name for place, name in enumerate(file.mapping)}
    assert cashier.post(f"{at}/dry_run", data=columns | {"column-1": "date"}).status_code == 422
    assert cashier.post(
        f"{at}/reading", data={"encoding": "cp1252", "delimiter": ",", "header_row": "9"}
    ).status_code in (303, 422)
    assert (
        cashier.post(f"{at}/reading", data={"encoding": "gb18030", "delimiter": ",", "header_row": "2"}).status_code
        == 303
    )
    assert cashier.post(f"{at}/dry_run", data=columns).status_code == 303
    page = cashier.get(at).text
    assert "Take in 2 new lines" in page and "Write a date like" in page
    for stranger, team in ((alice, "lotus"), (charlie, "comet")):
        for path in ("bank/", "bank/lines/", f"bank/files/{file.uid}"):
            assert as_(stranger).get(f"/t/{team}/wallet/{path}").status_code in (403, 404), path
            assert as_(stranger).get(f"{H}/{path}").status_code in (403, 404), path
    assert cashier.post(f"{at}/application").status_code == 303 and cashier.post(f"{at}/application").status_code == 409
    line = BankLine.get(BankLine.recharge == mine)
    there = f"{H}/bank/lines/{line.uid}"
    drawer = cashier.get(there).text
    assert "Suggested" in drawer and f"/payments/{mine.uid}" in drawer and "&lt;b&gt;" in drawer and NAME in drawer
    for verb in ("match", "undoing", "setting_aside", "return"):
        assert as_(alice).post(f"/t/lotus/wallet/bank/lines/{line.uid}/{verb}").status_code in (403, 404)
    assert cashier.post(f"{there}/match", data={"recharge": str(mine.uid)}).status_code == 409, (
        "not by who asked for it"
    )
    assert as_(olga).post(f"{there}/match", data={"recharge": str(mine.uid)}).status_code == 303
    assert (line.reload().state, mine.reload().state, wallet.reload().balance_minor) == ("matched", "waiting", 100_000)
    assert cashier.post(f"{H}/payments/{mine.uid}/approval").status_code == 409, "matching makes nobody a second person"
    assert as_(olga).post(f"{H}/payments/{mine.uid}/approval").status_code == 303
    assert wallet.reload().balance_minor == 250_000 and Open.of(file.team_id) == Open(1, 0, 0)
    assert cashier.post(f"{there}/undoing").status_code == 303 and cashier.post(f"{there}/undoing").status_code == 409
    assert "R-1" in cashier.get(f"{H}/payments/?bank=missing").text
    assert cashier.post(f"{H}/bank/matches").status_code == 303 and line.reload().state == "proposed"
    assert cashier.get(f"{H}/bank/lines/?state=proposed").text.count('id="line-') == 1
    assert cashier.get(f"{H}/bank/lines/?q=OWN-778899&day=7").text.count('id="line-') == 1
    assert cashier.get(f"{H}/bank/?since={today()}&until={today()}").text.count("CN¥1,577.00") >= 1
    original = cashier.post(f"{at}/original")
    assert original.data == content and "attachment" in original.headers["Content-Disposition"]
