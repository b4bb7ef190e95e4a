"""The pages of fuel rates, remote areas, surcharges by hand and exchange rates: who may do what there, and what bad input gets."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from jobs.amazon import use_settings
from jobs.remote_lists import work
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge
from models.freight.dated import Span
from models.freight.day_rate import DayRate, rates_on
from models.freight.fuel_rate import FuelRate
from models.freight.remote_list import RemoteList
from models.support.job_run import JobRun, JobWake

NASTY = "<script>alert(1)</script>"
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _friday(clock) -> None:
    clock.move(to=datetime(2026, 11, 20, 12))


@pytest.fixture
def carriers(harbor, lotus) -> dict[str, Carrier]:
    """The operator's carrier and one of lotus' own, with a channel each."""
    made = {team.slug: Carrier.make(team, code=f"C-{team.slug}", name="C") for team in (harbor, lotus)}
    for slug, carrier in made.items():
        Channel.make(carrier.team, carrier, code=f"L-{slug}", name="L")
    return made


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.text
    assert NASTY not in answer.text
    return answer.text


# Fuel


def test_a_fuel_rate_is_given_seen_by_sellers_and_withdrawn(as_, olga, alice, carriers) -> None:
    hers, at = as_(olga), f"/t/harbor/freight/fuel/carriers/{carriers['harbor'].uid}"
    assert (
        hers.post(f"{at}/rates", data={"first": "2026-11-01", "last": "2026-11-23", "percent": "18,5"}).status_code
        == 303
    )
    assert "2026-11-01 to 2026-11-23 has 18.5 % already" in page(
        hers.post(f"{at}/rates", data={"first": "2026-11-10", "percent": "20"}), 422
    )
    assert "Ends in 3 days, no next rate" in page(hers.get("/t/harbor/freight/fuel/"))
    assert "ends in 3 days, no next rate" in page(hers.get("/t/harbor/"))
    seen = page(as_(alice).get(f"/t/lotus/freight/fuel/carriers/{carriers['harbor'].uid}"))
    assert "18.5" in seen and "The operator keeps these rates" in seen and "Withdraw" not in seen
    rate = FuelRate.get()
    assert as_(alice).post(f"/t/lotus/freight/fuel/rates/{rate.uid}/withdrawal").status_code == 404
    assert as_(alice).post(f"/t/lotus/freight/fuel/carriers/{carriers['harbor'].uid}/rates").status_code == 404
    assert hers.post(f"/t/harbor/freight/fuel/rates/{rate.uid}/withdrawal").status_code == 303
    assert "withdrawn" in page(hers.get(at))


@pytest.mark.parametrize(
    "data", [{}, {"first": NASTY, "percent": NASTY}, {"first": "2026-11-01", "percent": "1e9"}, {"first": "2026-11-01", "percent": "201"},
             {"first": "2026-11-01", "last": "2026-10-01", "percent": "1"}, {"first": "9999-12-31", "percent": "1"}],
)  # fmt: skip
def test_a_wrong_fuel_rate_gets_words_and_keeps_nothing(as_, alice, carriers, data) -> None:
    page(as_(alice).post(f"/t/lotus/freight/fuel/carriers/{carriers['lotus'].uid}/rates", data=data), 422)
    assert FuelRate.select().count() == 0


def test_several_rates_are_looked_at_then_kept(as_, alice, lotus, carriers) -> None:
    channel = Channel.get(Channel.team == lotus)
    at = f"/t/lotus/freight/fuel/channels/{channel.uid}/sheet"
    rows = "生效日期\t失效日期\t燃油费率\n2026-11-01\t2026-11-07\t18.5%\n2026-11-08\t2026-11-14\t19"
    assert "What these rows would do" in page(as_(alice).post(at, data={"rows": rows}))
    assert FuelRate.select().count() == 0
    assert as_(alice).post(at, data={"rows": rows, "take": "1"}).status_code == 303
    assert {(rate.channel_id, rate.percent) for rate in FuelRate.select()} == {
        (channel.id, D("18.5")),
        (channel.id, D(19)),
    }
    assert "is there already" in page(as_(alice).post(at, data={"rows": rows}))
    new = rows.replace("18.5", "21")
    assert "takes the place of" in page(as_(alice).post(at, data={"rows": new}))
    assert "has 18.5 % already" in page(as_(alice).post(at, data={"rows": new, "take": "1"}), 422)
    assert as_(alice).post(at, data={"rows": new, "take": "1", "replaces": "1"}).status_code == 303
    assert FuelRate.select().where(FuelRate.withdrawn_at.is_null()).count() == 2
    itself = "from,to,pct\n2027-01-01,2027-01-07,18\n2027-01-05,2027-01-09,19"
    assert "2027-01-01 to 2027-01-07 has 18 % already" in page(
        as_(alice).post(at, data={"rows": itself, "take": "1"}), 422
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [("", "Paste rows"), (NASTY, "has to name the columns"), (f"from,to,pct\n{NASTY},2026-11-14,19", "Write a date like"),
     ("from,to,pct\n,2026-11-14,19", "Say from which day on"), ("from,pct\n2026-11-01,=1+1", "=1+1"),
     ("from\tpct\n" + "2026-11-01\t1\n" * 600, "more than 500 rows"), ("from,pct\n2026-11-01,18\n2026-11-01,x", "Nothing is kept")],
)  # fmt: skip
def test_a_sheet_with_a_wrong_row_says_so_and_keeps_nothing(as_, alice, carriers, rows, told) -> None:
    at = f"/t/lotus/freight/fuel/carriers/{carriers['lotus'].uid}/sheet"
    for data in ({"rows": rows, "take": "1"}, {"file": (io.BytesIO(rows.encode()), "fuel.csv"), "take": "1"}):
        answer = page(as_(alice).post(at, data=dict(data), content_type="multipart/form-data"), 422)
        assert told in answer or not rows
    assert FuelRate.select().count() == 0


# Surcharges


def test_a_surcharge_is_given_and_withdrawn_by_its_own_team_alone(as_, alice, charlie, lotus, carriers) -> None:
    channel = Channel.get(Channel.team == lotus)
    data = {"channel": str(channel.uid), "code": "winter-peak", "first": "2026-11-15", "last": "2026-12-31", "when": "always",
            "basis": "PER_KG", "amount": "2.5", "note": NASTY}  # fmt: skip
    assert as_(alice).post("/t/lotus/freight/surcharges/", data=data).status_code == 303
    shown = page(as_(alice).get("/t/lotus/freight/surcharges/"))
    assert "peak" in shown and "for each kg" in shown and "In force" in shown
    assert "winter-peak: 2.5 per kg" in page(as_(alice).get("/t/lotus/audit/"))
    assert "winter-peak" not in page(as_(charlie).get("/t/comet/freight/surcharges/"))
    uid = ChannelSurcharge.get().uid
    assert as_(charlie).post(f"/t/comet/freight/surcharges/{uid}/withdrawal").status_code == 404
    assert as_(alice).post(f"/t/lotus/freight/surcharges/{uid}/withdrawal").status_code == 303
    assert "Taken back or replaced" in page(as_(alice).get("/t/lotus/freight/surcharges/"))


@pytest.mark.parametrize(
    "wrong", [{"channel": "x"}, {"code": NASTY}, {"amount": "-1"}, {"amount": NASTY}, {"when": NASTY}, {"first": ""}, {"when": "cargo"},
              {"when": "box"}, {"zones": "x" * 300}, {"group": "g" * 200}],
)  # fmt: skip
def test_a_wrong_surcharge_gets_words_and_keeps_nothing(as_, alice, lotus, carriers, wrong) -> None:
    channel = Channel.get(Channel.team == lotus)
    data = {
        "channel": str(channel.uid),
        "code": "peak",
        "first": "2026-11-15",
        "when": "always",
        "basis": "PER_KG",
        "amount": "2.5",
    }
    page(as_(alice).post("/t/lotus/freight/surcharges/", data=data | wrong), 422)
    assert ChannelSurcharge.select().count() == 0


# Remote areas


@pytest.fixture
def bring(as_, portal):
    """Brings a file by the page and reads it, as the job does; gives the list's address."""
    use_settings(portal)

    def bring(person: Any, team: str, carrier: Carrier, text: str) -> str:
        data = {"carrier": str(carrier.uid), "file": (io.BytesIO(text.encode()), "remote.csv")}
        answer = as_(person).post(f"/t/{team}/freight/remote/", data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
        assert "You may leave this page" in as_(person).get(answer.headers["Location"]).text
        run = JobRun.claim("freight.remote", "", RemoteList.select().order_by(RemoteList.id.desc()).get().created_at)
        work(run)
        run.finish("done")
        return answer.headers["Location"]

    return bring


def test_a_list_is_brought_looked_at_put_in_force_and_asked(as_, olga, alice, charlie, carriers, bring) -> None:
    at = bring(
        olga,
        "harbor",
        carriers["harbor"],
        "country,kind,a,b,level\nUS,prefix,995,,EMBARGO\nUS,range,96701,96898,REMOTE",
    )
    uid = at.rpartition("/")[2]
    assert "Put in force" in page(as_(olga).get(at))
    assert as_(alice).get(f"/t/lotus/freight/remote/{uid}").status_code == 404
    assert as_(alice).post(f"/t/lotus/freight/remote/{uid}/force", data={"first": "2026-11-01"}).status_code == 404
    page(as_(olga).post(f"{at}/force", data={"first": NASTY}), 422)
    assert as_(olga).post(f"{at}/force", data={"first": "2026-11-01"}).status_code == 303
    for person, team in ((olga, "harbor"), (alice, "lotus"), (charlie, "comet")):
        assert "Not served" in page(as_(person).get(f"/t/{team}/freight/remote/?country=US&postcode=99501"))
    assert "has no list on this day" in page(
        as_(alice).get("/t/lotus/freight/remote/?country=US&postcode=99501&day=2026-10-31")
    )
    assert "Not remote" in page(as_(alice).get("/t/lotus/freight/remote/?country=US&postcode=10001"))
    assert "Withdraw" not in page(as_(alice).get(f"/t/lotus/freight/remote/{uid}"))
    assert (
        as_(alice).get(f"/t/lotus/freight/remote/{uid}/rows.csv").data.decode("utf-8-sig").splitlines()[1]
        == "US,prefix,995,,EMBARGO"
    )


def test_wrong_rows_are_shown_and_a_wrong_question_is_answered_in_words(as_, alice, carriers, bring) -> None:
    at = bring(
        alice,
        "lotus",
        carriers["lotus"],
        f"country,kind,a,b,level\n{NASTY},prefix,995,,REMOTE\nUS,prefix,=1+1,,{NASTY}",
    )
    shown = page(as_(alice).get(at))
    assert "Put in force" not in shown and "Write the country" in shown and "Choose one of" in shown
    assert "'=1+1" not in shown
    assert page(as_(alice).get(f"{at}/errors.csv").get_data(as_text=True) and as_(alice).get(at))
    for asked in (
        f"country={NASTY}&postcode=1",
        "country=US",
        "country=US&postcode=★",
        "country=US&postcode=1&day=x",
        f"country=US&city={NASTY}",
    ):
        page(as_(alice).get(f"/t/lotus/freight/remote/?{asked}"))
    assert as_(alice).post(f"{at}/discard").status_code == 303
    for data in ({}, {"carrier": str(carriers["harbor"].uid), "file": (io.BytesIO(b"a"), "x.csv")},
                 {"carrier": str(carriers["lotus"].uid), "file": (io.BytesIO(b""), "x.csv")},
                 {"carrier": str(carriers["lotus"].uid), "file": (io.BytesIO(b"%PDF-1"), "x.csv")}):  # fmt: skip
        page(as_(alice).post("/t/lotus/freight/remote/", data=data, content_type="multipart/form-data"), 422)


# Exchange rates


def test_rates_are_given_by_hand_shown_and_taken_back(as_, olga, alice, lotus, comet) -> None:
    for back in range(60):
        DayRate.keep("bank", {TODAY - timedelta(days=back): {"USD": D(7) + D(back) / 1000, "EUR": D(8)}})
    shown = page(as_(alice).get("/t/lotus/freight/rates/"))
    assert "USD" in shown and "European Central Bank" in shown
    assert (
        as_(alice)
        .post("/t/lotus/freight/rates/", data={"currency": "USD", "day": "2026-11-20", "cny": "7.5"})
        .status_code
        == 303
    )
    assert (
        as_(olga)
        .post("/t/harbor/freight/rates/", data={"currency": "AED", "day": "2026-11-18", "cny": "1.95", "for_all": "1"})
        .status_code
        == 303
    )
    assert (rates_on(lotus.id, TODAY)["USD"], rates_on(comet.id, TODAY)["USD"], rates_on(comet.id, TODAY)["AED"]) == (
        D("7.5"),
        D(7),
        D("1.95"),
    )
    course = page(as_(alice).get("/t/lotus/freight/rates/USD"))
    assert "Our own" in course and "Overridden" in course and "polyline" in course
    own, for_all = (DayRate.get(DayRate.currency == code, DayRate.source == "hand") for code in ("USD", "AED"))
    assert as_(alice).post(f"/t/lotus/freight/rates/{for_all.uid}/withdrawal").status_code == 404
    assert as_(olga).post(f"/t/harbor/freight/rates/{own.uid}/withdrawal").status_code == 404
    assert as_(alice).post(f"/t/lotus/freight/rates/{own.uid}/withdrawal").status_code == 303
    assert rates_on(lotus.id, TODAY)["USD"] == D(7)


@pytest.mark.parametrize(
    "data", [{}, {"currency": "QQQ", "day": "2026-11-20", "cny": "1"}, {"currency": "USD", "day": NASTY, "cny": NASTY},
             {"currency": "USD", "day": "2026-11-20", "cny": "0"}, {"currency": "USD", "day": "2999-01-01", "cny": "1"},
             {"currency": "CNY", "day": "2026-11-20", "cny": "1"}],
)  # fmt: skip
def test_a_wrong_rate_gets_words_and_keeps_nothing(as_, alice, data) -> None:
    page(as_(alice).post("/t/lotus/freight/rates/", data=data), 422)
    assert DayRate.select().count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon"])
@pytest.mark.parametrize("at", ["", "USD"])
def test_a_day_that_no_rate_is_of_gets_words(as_, alice, at, day) -> None:
    assert "Write a date" in page(as_(alice).get(f"/t/lotus/freight/rates/{at}?day={day}"))


def test_late_rates_are_told_and_only_the_operator_asks_the_bank(as_, olga, alice) -> None:
    assert "There are no rates of the bank yet" in page(as_(alice).get("/t/lotus/freight/rates/?day=x"))
    DayRate.keep("bank", {date(2026, 11, 16): {"USD": D(7)}})
    assert "3 days are missing" in page(as_(alice).get("/t/lotus/freight/rates/"))
    assert "Exchange rates are late" in page(as_(olga).get("/t/harbor/"))
    assert as_(alice).post("/t/lotus/freight/rates/fetch").status_code == 403
    assert as_(olga).post("/t/harbor/freight/rates/fetch").status_code == 303
    assert JobWake.get().job == "rates.fetch"
    for code in ("QQQ", "CNY", "usd"):
        assert as_(alice).get(f"/t/lotus/freight/rates/{code}").status_code == 404


def test_who_may_only_look_is_shown_no_form_and_may_not_post(as_, bob, lotus, carriers) -> None:
    FuelRate.give(carriers["lotus"], None, Span(TODAY), D(18))
    for path in ("fuel/", "remote/", "surcharges/", "rates/", f"fuel/carriers/{carriers['lotus'].uid}"):
        assert 'method="post"' not in page(as_(bob).get(f"/t/lotus/freight/{path}")).partition("<main")[2], path
    for path in ("surcharges/", "rates/", "remote/", f"fuel/rates/{FuelRate.get().uid}/withdrawal"):
        assert as_(bob).post(f"/t/lotus/freight/{path}").status_code == 403
