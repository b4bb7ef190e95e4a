"""Many parcels at once: what can be read is priced to the cent, what cannot is named, and a killed batch goes on."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from jobs import amazon as amazon_jobs
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.freight.batch import pricing
from models.freight.batch.folder import BatchFolder
from models.freight.batch.parts import QuoteBatchError, QuoteBatchPart
from models.freight.batch.record import JOB, MOST_OPEN, QuoteBatch
from models.freight.day_rate import DayRate
from models.support.errors import Refused
from models.support.job_run import Interrupted, JobRun
from tests.freight.asking import approved

PAGE = "/t/lotus/freight/batches/"
EXAMPLES = """编号,国家,邮编,重量(KG),长,宽,高,数量,货物属性,发货日期
P2,US,10001,0.301,20,15,5,,,2026-03-01
P8,DE,,0.5,10,10,10,,普货,2026-03-01
P11,US,10001,3,30.2,30,20,,,2026-03-01
P11,,,6,30,20,20,1,,
P7,FR,75001,0.5,10,10,10,,液体,2026-03-01
"""


@pytest.fixture(autouse=True)
def _world(request: pytest.FixtureRequest, clock: Any) -> None:
    clock.move(to=datetime(2026, 3, 1, 4))
    if "portal" in request.fixturenames:
        amazon_jobs.use_settings(request.getfixturevalue("portal"))


@pytest.fixture
def folder(portal) -> BatchFolder:
    return BatchFolder(portal.data)


@pytest.fixture
def offered(lotus, alice, bob) -> None:
    approved(lotus, alice, bob)


@pytest.fixture
def ask(lotus, alice, folder, tmp_path):
    """`ask(text)`: a file of parcels that waits."""

    def asked(text: str, team: Any = lotus, by: Any = alice) -> QuoteBatch:
        path = tmp_path / uuid.uuid4().hex
        path.write_text(text, "utf-8")
        return QuoteBatch.ask(team, "parcels.csv", path, folder, by=by)

    return asked


@pytest.fixture
def work(portal):
    """`work(batch)`: as the job does it."""

    def worked(batch: QuoteBatch) -> QuoteBatch:
        Runner(SCHEDULE, portal).run(JOB, str(batch.uid), datetime(2026, 3, 1))
        return batch.reload()

    return worked


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


@pytest.mark.both
def test_each_parcel_gets_its_cheapest_price_and_every_channel_a_word(ask, work, offered, folder):
    batch = work(ask(EXAMPLES))
    assert (batch.state, batch.total, batch.done, batch.priced, batch.refused) == ("ready", 4, 4, 2, 0)
    found = {row["Your number of the parcel"]: row for row in rows_of(folder.result(batch.stem, "csv"))}
    assert (found["P2"]["Cheapest channel"], found["P2"]["Total in CNY"], found["P2"]["Chargeable weight"]) == (
        "DEMO-LINE",
        "42.90",
        "0.31",
    )
    assert (found["P11"]["DEMO-EXP"], found["P11"]["Postcode"]) == ("1137.50", "10001")
    assert (found["P8"]["DEMO-LINE"], found["P8"]["Remark"]) == ("does not go there", "No channel takes it.")
    assert found["P7"]["DEMO-LINE"] == "does not take this cargo"
    lines = [row for row in rows_of(folder.result(batch.stem, "lines")) if row["Your number of the parcel"] == "P2"]
    assert [(row["Line"], row["Amount"]) for row in lines] == [("Freight", "27.90"), ("Handling", "15.00")]
    book = CalamineWorkbook.from_path(str(folder.result(batch.stem, "xlsx")))
    assert book.sheet_names == ["Prices", "Lines of the cheapest", "Rows refused"]
    assert book.get_sheet_by_name("Prices").to_python()[1][5] == 42.9
    assert QuoteBatchPart.select().count() == 0
    assert {path.stat().st_mode & 0o777 for path in folder.path.iterdir()} == {0o600}


def test_a_row_that_cannot_be_read_is_named_and_the_rest_goes_on(ask, work, offered, folder):
    batch = work(ask(EXAMPLES + "X1,USA,,1,,,,,,\nX2,US,,zero,1,1,1,,,\n,US,,1,,,,,,\nX3,US,,1,,,,0,,\nX4,US,,1,,,,,gold,\n"
                     "X5,US,,1,,,,,,2026-13-01\nX6,US,1,1,,,,,,\nX6,US,2,1,,,,,,\nX7,US,,１.５,10,10,10,,,\n"))  # fmt: skip
    errors = [(error.row, error.column, str(error.sentence)) for error in QuoteBatchError.every(batch)]
    assert [(row, column) for row, column, _ in errors] == [
        (7, "国家"), (8, "重量(KG)"), (9, "编号"), (10, "数量"), (11, "货物属性"), (12, "发货日期"), (14, "邮编"),
    ]  # fmt: skip
    assert "two letters" in errors[0][2] and "Row 13 of the same parcel says “1”." in errors[-1][2]
    assert (batch.state, batch.refused, batch.priced) == ("ready", 7, 3)
    assert rows_of(folder.result(batch.stem, "csv"))[4]["Remark"] == "Not priced: a row of it could not be read."


def test_one_channel_may_be_asked_alone_and_must_exist(ask, work, offered, folder):
    batch = work(ask("id,country,kg,l,w,h,channel\nA,US,0.5,10,10,10,DEMO-EXP\nB,US,0.5,10,10,10,OTHER\n"))
    found = rows_of(folder.result(batch.stem, "csv"))
    assert (found[0]["DEMO-EXP"], found[0]["DEMO-LINE"], found[0]["Cheapest channel"]) == ("187.50", "", "DEMO-EXP")
    assert QuoteBatchError.get().column == "channel"


def test_parcels_of_days_to_come_count_at_todays_rate(ask, work, lotus, alice, bob, folder):
    from tests.freight.sheets import LINE

    rates = LINE["rates"].replace("RMB", "USD")
    usd = LINE | {"card": LINE["card"].replace("CNY", "USD"), "rates": rates}
    approved(lotus, alice, bob, **{"DEMO-LINE": usd})
    DayRate.give(lotus, "USD", date(2026, 3, 1), Decimal("7.1"), by=alice)
    batch = work(ask("id,country,kg,l,w,h,ship_date\nA,US,0.5,10,10,10,2026-04-01\n"))
    assert rows_of(folder.result(batch.stem, "csv"))[0]["Total in CNY"] == "426.00"


def test_an_incomplete_price_is_told_and_never_chosen(ask, work, lotus, alice, bob, folder):
    from tests.freight.sheets import EXPRESS, LINE

    approved(
        lotus, alice, bob, **{"DEMO-LINE": LINE | {"fuel": "from,to,pct;2025-01-01,2025-12-31,1"}, "DEMO-EXP": EXPRESS}
    )
    batch = work(ask("id,country,kg,l,w,h\nA,US,0.5,10,10,10\nB,US,0.5,,,\n"))
    first, second = rows_of(folder.result(batch.stem, "csv"))
    assert first["DEMO-LINE"] == "incomplete: no fuel rate for this day; 60.00 CNY"
    assert (first["Cheapest channel"], second["Remark"]) == ("DEMO-EXP", "sizes are missing: volume was not counted")


def test_a_killed_batch_goes_on_behind_its_last_bundle(ask, offered, folder, monkeypatch):
    """What was priced before is not priced again, and the result is the same as without the kill."""
    monkeypatch.setattr(pricing, "AT_ONCE", 2)
    text = "id,country,kg,l,w,h\n" + "".join(f"P{n},US,0.{n},10,10,10\n" for n in range(1, 8))
    whole, killed = ask(text), ask(text)
    whole.begin()
    pricing.work(whole, folder, lambda **_: None)
    steps = iter(range(100))

    def step(**_: Any) -> None:
        if next(steps) == 3:
            raise Interrupted

    killed.begin()
    with pytest.raises(Interrupted):
        pricing.work(killed, folder, step)
    killed = killed.reload()
    assert (killed.done, QuoteBatchPart.count_of(killed)) == (4, 2)
    told: list[int] = []
    pricing.work(killed, folder, lambda add=0, **_: told.append(add))
    assert sum(told) == 3 and killed.reload().state == "ready"
    assert folder.result(killed.stem, "csv").read_bytes() == folder.result(whole.stem, "csv").read_bytes()


@pytest.mark.both
def test_a_team_has_a_few_at_a_time_also_when_asked_at_once(ask, lotus, in_parallel, comet, charlie):
    outcomes = in_parallel(6, lambda: ask(EXAMPLES))
    assert len(outcomes.results) == MOST_OPEN and len(outcomes.errors_of(Refused)) == 6 - MOST_OPEN
    theirs = ask(EXAMPLES, team=comet, by=charlie)
    assert QuoteBatch.to_price() == [str(min(outcomes.results, key=lambda one: one.id).uid), str(theirs.uid)]


def test_what_is_no_file_of_parcels_is_refused_in_words(ask, folder):
    for text, words in (("id,country\n1,US\n", "kg"), ("", "empty"), ("nothing,known\n1,2\n", "missing"),
                        ("id,country,kg\n", "no rows")):  # fmt: skip
        with pytest.raises(Refused, match=words):
            ask(text)
    assert list(folder.path.iterdir()) == []


def test_over_the_screen_it_is_asked_stopped_taken_and_deleted(as_, alice, bob, charlie, offered, work, folder):
    browser = as_(alice)
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, data={"pasted": "x,y\n1,2"}).status_code == 422
    answer = browser.post(PAGE, data={"pasted": "id\tcountry\tkg\n=1+1\tUS\t1\n<b>\tUS\t2\n"})
    batch = QuoteBatch.get()
    address = answer.headers["Location"]
    assert address.endswith(str(batch.uid)) and "every 2s" in browser.get(address).text
    assert browser.get(f"{address}/prices.csv").status_code == 404
    batch = work(batch)
    assert "every 2s" not in browser.get(address, fragment=True).text
    assert "'=1+1" in browser.get(f"{address}/prices.csv").text
    for name in ("prices.xlsx", "lines.csv", "refused.csv"):
        assert browser.get(f"{address}/{name}").status_code == 200
    assert (
        browser.get(f"{address}/../secret.csv").status_code == 404
        and browser.get(f"{address}/prices.exe").status_code == 404
    )
    assert as_(charlie).get(address.replace("lotus", "comet")).status_code == 404
    assert as_(charlie).post(f"{address.replace('lotus', 'comet')}/deletion").status_code == 404
    second = ask_again(browser)
    assert browser.post(f"{PAGE}{second.uid}/cancellation").status_code == 303
    assert work(second).state == "cancelled"
    assert browser.post(f"{PAGE}{second.uid}/cancellation").status_code == 409
    assert as_(bob).post(f"{address}/deletion").status_code == 303
    assert [path.name.partition(".")[0] for path in folder.path.iterdir()] == [second.stem]
    assert not any("10001" in str(event.details) for event in Event.select())


def ask_again(browser: Any) -> QuoteBatch:
    browser.post(PAGE, data={"file": (io.BytesIO(EXAMPLES.encode("gb18030")), "x.csv")})
    return QuoteBatch.select().order_by(QuoteBatch.id.desc()).get()


def test_after_thirty_days_everything_of_it_is_gone(ask, work, offered, folder, clock, portal):
    batch = work(ask(EXAMPLES))
    clock.move(days=29)
    assert QuoteBatch.forget_old(folder) == 0
    clock.move(days=2)
    (folder.path / "stray.new").write_text("x")
    Runner(SCHEDULE, portal).run("freight.forget_batches")
    assert QuoteBatch.select().count() == 0 and not list(folder.path.glob(f"{batch.stem}.*"))
    assert JobRun.select().where(JobRun.job == JOB).count() == 1
