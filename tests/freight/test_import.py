"""A price sheet goes from upload to draft: seen first, read as a job, drafted once, by those who may and in their own team."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal as D

import pytest

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.rate_card import RateCard
from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import FOLDER, JOB, SheetImport
from models.freight.sheet_keeping import forget_old
from models.imports.file_work import MOST_TRIES
from models.support.errors import Refused
from models.support.job_run import JobRun
from tests.freight.files import archive, line, workbook
from tests.freight.sheets import LINE, card
from tests.stores.selling import _jobs_of_this_test, run_job  # noqa: F401 (fixtures)

T = "/t/lotus/freight/imports"
FROM = f"{LINE['card']};effective_from,2026-03-01"
DEARER = LINE["rates"].replace("100,20", "151,20").replace("60,18", "66,18")


@pytest.fixture
def channel(lotus) -> Channel:
    return Channel.make(lotus, Carrier.make(lotus, code="YUN", name="Yun Lines"), code="DEMO-LINE", name="Demo line")


@pytest.fixture
def upload(as_, alice):
    """`upload(content)`: the answer to Alice's upload."""
    return lambda content, name="prices.xlsx", person=alice, **fields: as_(person).post(
        f"{T}/", data={"file": (io.BytesIO(content), name), **fields}
    )


@pytest.fixture
def read(upload, run_job):  # noqa: F811
    """`read(content)`: a file that was uploaded and read."""

    def brought(content: bytes, **more) -> SheetImport:
        answer = upload(content, **more)
        assert answer.status_code == 303, answer.text
        run_job(JOB, answer.location.rpartition("/")[2])
        return SheetImport.select().order_by(SheetImport.id.desc()).get()

    return brought


@pytest.fixture
def draft(run_job, alice):  # noqa: F811
    """`draft(batch)`: as the button and the job do it."""

    def drafted(batch: SheetImport, **more) -> SheetImport:
        batch.begin_draft(by=alice, **more)
        run_job(JOB, batch.uid)
        return batch.reload()

    return drafted


def test_a_sheet_goes_from_upload_to_a_draft(channel, upload, as_, alice, run_job):  # noqa: F811
    browser = as_(alice)
    assert "Read the file" in browser.get(f"{T}/new").text
    content = workbook(line(card=FROM))
    answer = upload(content, "../价格 2026.xlsx")
    batch = SheetImport.get()
    page = f"{T}/{batch.uid}"
    assert (answer.location, batch.name, batch.state) == (page, "价格 2026.xlsx", "reading")
    assert 'hx-trigger="every 1s"' in browser.get(page, fragment=True).text
    run_job(JOB, batch.uid)
    text = browser.get(page).text
    assert "Make a draft" in text and "DEMO-LINE" in text and "every 1s" not in text
    assert not RateCard.select().exists(), "nothing is stored by looking"
    assert browser.post(f"{page}/draft", data={"note": "as agreed"}).status_code == 303
    run_job(JOB, batch.uid)
    made = RateCard.get()
    assert (made.state, made.note, made.source, made.source_sha256) == ("draft", "as agreed", batch.name, batch.sha256)
    assert made.made_by == alice and made.card.dates.first == date(2026, 3, 1)
    assert made.card.rows == card(LINE).rows
    assert "A draft was made of this file" in browser.get(page).text
    assert batch.name in browser.get(f"{T}/").text
    assert browser.get(f"{page}/original").data == content


@pytest.mark.both
def test_what_would_change_is_told_steepest_first_and_wants_a_tick(channel, read, draft, as_, alice, bob):
    first = draft(read(workbook(line(card=FROM)))).rate_card
    first.approve(by=bob)
    batch = read(workbook(line(card=FROM.replace("03-01", "04-01"), rates=DEARER)))
    assert (batch.change_count, batch.steep_count, batch.compared_with) == (2, 1, first)
    told = [(one.zone, one.what, one.old, one.new, one.percent, one.is_steep) for one in SheetChange.of(batch)]
    assert told == [("US", "rate", 100, 151, D("51.0"), True), ("FR", "rate", 60, 66, D("10.0"), False)]
    page = f"{T}/{batch.uid}"
    assert "51.0%" in as_(alice).get(page).text
    missing = as_(alice).post(f"{page}/draft")
    assert missing.status_code == 422 and "more than half" in missing.text and batch.reload().state == "read"
    rows = list(csv.reader(io.StringIO(as_(alice).get(f"{page}/changes.csv").data.decode("utf-8-sig"))))
    assert rows[1] == ["US", "0<W≤0.3", "Rate", "changed", "100", "151", "51.0"]
    assert draft(batch, steep_ok=True).rate_card.version == 2


@pytest.mark.both
def test_wrong_cells_are_named_and_change_nothing(channel, read, as_, alice):
    evil = "<script>alert(1)</script>"
    rates = f"{LINE['rates']};US,{evil},1,1;\0XX,0＜W≤1,=1+1,1;US,{'much ' * 60},1,1"
    batch = read(archive(line(rates=rates)), name="prices.zip")
    page = f"{T}/{batch.uid}"
    text = as_(alice).get(page).text
    assert "&lt;script&gt;alert(1)" in text and evil not in text and "makes no draft" in text
    assert as_(alice).post(f"{page}/draft").status_code == 409
    rows = list(csv.reader(io.StringIO(as_(alice).get(f"{page}/cells.csv").data.decode("utf-8-sig"))))
    assert [row[:5] for row in rows[1:3]] == [
        ["rates", "5", "band", "BAND", evil], ["rates", "6", "zone", "UNKNOWN_ZONE", "XX"],
    ]  # fmt: skip
    assert not RateCard.select().exists()


@pytest.mark.both
def test_the_same_file_is_refused_until_its_draft_is_discarded(channel, read, draft, upload, alice, harbor, as_):
    content = archive(line(card=FROM))
    batch = draft(read(content, name="prices.zip"))
    again = upload(content, "other.zip")
    assert (
        again.status_code == 422
        and "A draft was made of this very file on" in again.text
        and "Alice Wang" in again.text
    )
    batch.rate_card.discard(by=alice)
    assert read(content, name="prices.zip") == batch and batch.reload().state == "read"
    assert draft(batch.reload()).rate_card.version == 2 and SheetImport.select().count() == 1


def test_a_channel_is_found_chosen_or_made_in_one_step(lotus, read, draft, as_, alice, channel, run_job):  # noqa: F811
    batch = read(workbook(line(card=FROM.replace("DEMO-LINE", "NEW-LINE"))))
    page = f"{T}/{batch.uid}"
    assert batch.channel is None and "NEW-LINE" in as_(alice).get(page).text
    assert as_(alice).post(f"{page}/draft").status_code == 422
    new = {"code": "NEW-LINE", "name": "New", "kind": "express", "carrier": "", "carrier_code": "", "carrier_name": ""}
    assert as_(alice).post(f"{page}/channel", data=new).status_code == 422 and Channel.select().count() == 1
    assert (
        as_(alice).post(f"{page}/channel", data={**new, "carrier_code": "NEW", "carrier_name": "New"}).status_code
        == 303
    )
    run_job(JOB, batch.uid)
    made = draft(batch.reload()).rate_card
    assert (made.channel.code, made.channel.kind, made.channel.carrier.code) == ("NEW-LINE", "express", "NEW")
    other = read(workbook(line(card=FROM.replace("DEMO-LINE", "?"))), channel=str(channel.uid))
    assert other.channel == channel and other.error_count == 1


def test_a_list_without_settings_updates_the_prices_of_what_is_in_force(channel, read, draft, bob):
    first = draft(read(workbook(line(card=FROM)))).rate_card
    first.approve(by=bob)
    own = [["云途专线 产品代码:DEMO-LINE"], ["生效时间：2026年5月1日"], ["国家/地区", "重量(KG)", "运费(RMB/KG)", "挂号费(RMB/票)", "备注"],
           ["美国", "0＜W≤0.3", 99, 20, "x"], ["", "0.3＜W≤30", 88, 15, ""], ["1. 计费方式：体积重/8000"]]  # fmt: skip
    batch = read(workbook({"Index": "a,b", "专线 US": own}))
    assert (batch.channel, batch.effective_from, batch.error_count) == (channel, date(2026, 5, 1), 0)
    codes = {one.code for one in SheetProblem.of(batch)}
    assert {"AS_IN_FORCE", "TAKEN", "NOTES", "UNREAD", "NO_PRICE"} <= codes and batch.passed_over == ["Index"]
    made = draft(batch).rate_card.card
    assert [(row.zone, row.rate) for row in made.rows] == [("US", 99), ("US", 88)]
    assert (made.volume_mode, made.divisor, made.limits) == ("MAX", 8000, card(LINE).limits)


def test_of_several_sheets_of_prices_a_person_chooses_one(channel, read, as_, alice, run_job):  # noqa: F811
    sheets = {name: text for name, text in line(card=FROM).items() if name != "rates"}
    batch = read(workbook({**sheets, "标快": LINE["rates"], "特惠": DEARER}))
    assert batch.error_count == 1 and batch.sheets == ["标快", "特惠"]
    page = f"{T}/{batch.uid}"
    assert as_(alice).post(f"{page}/reading", data={"sheet": "标准"}).status_code == 422
    assert as_(alice).post(f"{page}/reading", data={"sheet": "特惠"}).status_code == 303
    run_job(JOB, batch.uid)
    assert (batch.reload().error_count, batch.reload().price_count) == (0, 3)


def test_other_prices_that_came_into_force_meanwhile_are_looked_at_first(channel, read, draft, bob, alice, run_job):  # noqa: F811
    other = draft(read(workbook(line(card=FROM)))).rate_card
    batch = read(workbook(line(card=FROM.replace("03-01", "04-01"), rates=DEARER)))
    assert batch.compared_with is None
    other.approve(by=bob)
    assert draft(batch).state == "reading"
    run_job(JOB, batch.uid)
    batch = batch.reload()
    assert (batch.state, batch.compared_with, batch.steep_count) == ("read", other, 1)
    assert "Look at the differences again" in str(batch.problem_words) and RateCard.select().count() == 1


def test_what_cannot_be_opened_is_set_aside_in_words(channel, upload, run_job, as_, alice, portal):  # noqa: F811
    assert "several sheets" in upload(b"zone,band\n", "rates.csv").text
    assert upload(b"", "x.xlsx").status_code == 422 and upload(workbook(line()), "x.xlsm").status_code == 422
    assert not SheetImport.select().exists()
    upload(workbook({str(number): "a" for number in range(21)}))
    batch = SheetImport.get()
    run_job(JOB, batch.uid)
    assert batch.reload().state == "stopped" and "20 sheets" in as_(alice).get(f"{T}/{batch.uid}").text
    assert as_(alice).post(f"{T}/{batch.uid}/reading").status_code == 303 and batch.reload().state == "reading"
    batch.original(portal.data / FOLDER).unlink()
    run_job(JOB, batch.uid)
    assert "not here any more" in str(batch.reload().problem_words)


def test_a_killed_reading_starts_over_and_a_stopped_one_stops(channel, upload, run_job, portal, clock, monkeypatch):  # noqa: F811
    from models.freight import importing

    upload(workbook(line(rates=f"{LINE['rates']};US,nothing,1,1")))
    batch = SheetImport.get()
    dying = JobRun.claim(JOB, str(batch.uid), clock.now())
    importing.work(batch, portal.data / FOLDER, dying.fence)  # It was killed right after it.
    SheetImport.update(state="reading").execute()
    clock.move(minutes=1)
    run_job(JOB, batch.uid)
    assert batch.reload().state == "read" and SheetProblem.select().where(SheetProblem.grade == "error").count() == 1
    batch.read_again()
    batch.cancel()
    assert batch.reload().state == "stopped" and MOST_TRIES > 1


@pytest.mark.both
def test_two_who_draft_at_once_make_one_draft(channel, read, in_parallel, alice, run_job):  # noqa: F811
    batch = read(workbook(line(card=FROM)))
    outcomes = in_parallel(4, lambda: SheetImport.get_by_id(batch.id).begin_draft(by=alice))
    assert len(outcomes.errors_of(Refused)) == 3
    run_job(JOB, batch.uid)
    run_job(JOB, batch.uid)
    assert RateCard.select().count() == 1


def test_strangers_and_those_with_less_get_nowhere(channel, read, as_, bob, charlie, olga):
    batch = read(workbook(line(card=FROM)))
    for way in ("", "/cells.csv", "/changes.csv", "/original"):
        assert as_(charlie).get(f"/t/comet/freight/imports/{batch.uid}{way}").status_code == 404
        assert as_(olga).get(f"/t/harbor/freight/imports/{batch.uid}{way}").status_code == 404
        assert as_(bob).get(f"{T}/{batch.uid}{way}").status_code == 403
    assert as_(charlie).post(f"/t/comet/freight/imports/{batch.uid}/draft").status_code == 404
    foreign = as_(charlie).post(
        "/t/comet/freight/imports/",
        data={"file": (io.BytesIO(workbook(line(card=FROM))), "x.xlsx"), "channel": str(channel.uid)},
    )
    assert foreign.status_code == 422, "a channel of another team is not offered"
    assert SheetImport.select().count() == 1


def test_files_without_a_draft_are_forgotten_and_others_stay(channel, read, draft, portal, clock):
    kept, gone = draft(read(workbook(line(card=FROM)))), read(archive(line()), name="x.zip")
    clock.move(days=15)
    folder = portal.data / FOLDER
    assert forget_old(folder) == 1 and SheetImport.get() == kept
    assert kept.original(folder).exists() and not gone.original(folder).exists()


@pytest.mark.parametrize(("ending", "language", "heading"), [("xlsx", "en", b"PK"), ("zip", "zh_Hans", b"PK")])
def test_the_template_is_a_price_sheet_that_can_be_imported(as_, alice, read, ending, language, heading):
    content = as_(alice).get(f"{T}/template.{ending}", headers={"Accept-Language": language}).data
    assert content.startswith(heading)
    batch = read(content, name=f"template.{ending}")
    assert (batch.error_count, batch.warning_count, batch.price_count, batch.channel_code) == (0, 0, 5, "MY-LINE")
