"""Exchange rates: what every source answers, what a bad answer becomes, and how a portal gets and keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest

import sandbox
from config.settings import BadSettings, Settings, read_settings
from integrations.errors import IntegrationError
from integrations.rates import Source, history
from integrations.rates.ecb_client import EcbClient
from integrations.rates.ecb_mapping import from_csv, from_xml
from jobs import amazon as jobs_amazon
from jobs import rates
from models.freight.bank_days import bank_days_between, is_bank_day, newest_published
from models.freight.day_rate import DayRate
from models.freight.rate_fetch import RateFetch
from models.support import clock
from models.support.errors import Refused
from models.support.job_run import JobRun
from tests.integrations.rogue import Rogue, said

NOON = datetime(2026, 11, 20, 12)  # A Friday; the bank has published Thursday's.
DAILY = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<Cube><Cube time='2026-10-30'><Cube currency='USD' rate='1.1172'/><Cube currency='JPY' rate='175.68'/>
	<Cube currency='CNY' rate='7.4326'/></Cube></Cube>
</gesmes:Envelope>"""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Any]:
    with sandbox.start(0, now=(NOON - datetime(1970, 1, 1)).total_seconds()) as handle:
        yield handle


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    server = Rogue()
    yield server
    server.close()


def source_at(url: str) -> EcbClient:
    return EcbClient(Settings(mode="test", ecb_url=url))


# What every source does


def test_a_source_tells_days_and_what_a_unit_was_worth_in_cny(stand_in) -> None:
    source: Source = source_at(f"{stand_in.url}/ecb")
    told = {file.name: source.fetch(file) for file in source.files}
    for file, (name, answer) in zip(source.files, told.items(), strict=True):
        assert max(answer.days) == date(2026, 11, 19), name
        assert file.reaches is None or bank_days_between(min(answer.days), date(2026, 11, 19)) + 1 >= file.reaches, name
        for day, its in answer.days.items():
            assert is_bank_day(day) and all(isinstance(cny, D) and 0 < cny < 100 for cny in its.values()), day
            assert {"USD", "EUR", "GBP", "JPY", "HKD"} <= its.keys() and "CNY" not in its
    assert D(6) < told["eurofxref-daily.xml"].days[date(2026, 11, 19)]["USD"] < D(8)


def test_the_banks_xml_and_csv_say_the_same_to_the_last_digit() -> None:
    days = from_xml(DAILY)
    csv = ["Date,USD,JPY,CYP,CNY,", "2026-10-30,1.1172,175.68,N/A,7.4326,", "2026-10-29,1,1,N/A,1,"]
    assert from_csv(csv, date(2026, 10, 30)) == days
    assert days[date(2026, 10, 30)] == {"USD": D("6.652882206"), "JPY": D("0.04230760474"), "EUR": D("7.4326")}


def test_the_history_that_comes_along_reaches_years_back() -> None:
    days = history.since(date(2024, 1, 1))
    assert min(days) == date(2024, 1, 2) and len(days) > 600
    assert {"USD", "EUR", "THB"} <= days[min(days)].keys() and "AED" not in days[min(days)]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"<a/>", DAILY[:-30], DAILY.replace(b"7.4326", b"NaN"), DAILY.replace(b"7.4326", b"0"),
     DAILY.replace(b"1.1172", b"1e9"), DAILY.replace(b"'USD'", b"'usd'"), DAILY.replace(b"2026-10-30", b"2026-13-30"),
     DAILY.replace(b"'CNY'", b"'XAU'"), DAILY.replace(b"UTF-8", b"utf-16"), DAILY.decode().encode("utf-16"),
     b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + DAILY[39:], b"<Cube>" * 100_000],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_and_nothing_else(content) -> None:
    try:
        days = from_xml(content)
    except IntegrationError as error:
        assert error.code == "rates_unreadable" and not error.permanent
    else:
        assert list(days.values()) == list(from_xml(DAILY).values())  # Whatever encoding it claims to have.


@pytest.mark.parametrize("name", ["http://bank.example/x", "ftp://bank.example"])
def test_plain_http_is_for_loopback_alone(name, tmp_path) -> None:
    with pytest.raises(BadSettings):
        read_settings({"PORTOLAN_DATA": str(tmp_path), "PORTOLAN_ECB_URL": name})
    if name.startswith("http:"):
        with pytest.raises(IntegrationError, match="not safe"):
            source_at(name).fetch(EcbClient.files[0])


# Which days there are


@pytest.mark.parametrize(
    ("now", "newest"),
    [("2026-11-20T15:14", "2026-11-19"), ("2026-11-20T15:15", "2026-11-20"),  # Winter: 16:15 in Frankfurt is 15:15 UTC.
     ("2026-07-01T14:14", "2026-06-30"), ("2026-07-01T14:15", "2026-07-01"),  # Summer: 14:15 UTC.
     ("2026-03-29T12:00", "2026-03-27"), ("2026-10-25T12:00", "2026-10-23"),  # The Sundays on which the clocks change.
     ("2026-04-06T20:00", "2026-04-02"),  # Good Friday to Easter Monday.
     ("2026-12-28T10:00", "2026-12-24"), ("2027-01-01T20:00", "2026-12-31")],
)  # fmt: skip
def test_the_newest_day_is_the_last_open_one_after_a_quarter_past_four(now, newest) -> None:
    assert newest_published(datetime.fromisoformat(now)) == date.fromisoformat(newest)


# How a portal gets them


@pytest.fixture
def portal_at(portal, clock):
    """A portal whose bank is at an address, on a Friday at noon."""
    clock.move(to=NOON)

    def at(url: str) -> None:
        jobs_amazon.use_settings(replace(portal, ecb_url=url))

    yield at
    jobs_amazon.use_settings(portal)


def run() -> JobRun:
    made = JobRun.claim("rates.fetch", "", clock.now() + timedelta(microseconds=JobRun.select().count()))
    try:
        rates.fetch(made)
    finally:
        made.finish("done")
    return made.reload()


@pytest.mark.both
def test_an_empty_portal_takes_the_history_then_what_the_bank_has_since(portal_at, stand_in, clock) -> None:
    portal_at(f"{stand_in.url}/ecb")
    assert rates.is_due()
    assert run().done > 10_000
    assert (DayRate.newest_of_bank(), DayRate.days_behind()) == (date(2026, 11, 19), 0)
    (fetched,) = RateFetch.latest()
    assert (fetched.file, fetched.state, fetched.status, fetched.newest) == (
        "eurofxref-hist-90d.xml", "done", 200, date(2026, 11, 19),
    )  # fmt: skip
    assert not rates.is_due()
    kept = DayRate.select().count()
    assert run().done == 0 and DayRate.select().count() == kept  # Nothing twice.
    clock.move(hours=4)  # The bank has published, the stand-in has not: it keeps its own time.
    assert rates.is_due() and run().done == 0
    assert not rates.is_due()
    clock.move(minutes=25)
    assert rates.is_due()


def test_a_bank_that_fails_is_asked_again_later_and_later(portal_at, rogue, clock) -> None:
    DayRate.keep("bank", {date(2026, 11, 18): {"USD": D("6.6")}})
    portal_at(rogue.url)
    waits = []
    for answer, words in (
        (said(503, b"<html>"), "HTTP 503"),
        (said(200, b"<html>"), "could not be read"),
        (said(302, Location="http://127.0.0.1:1/"), "HTTP 302"),
    ):
        rogue.script = partial(_give, answer)
        with pytest.raises(Refused, match=words):
            run()
        waits.append(RateFetch.next_try() - clock.now())
        assert not rates.is_due()
        clock.move(hours=1)
    assert waits == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert [one.state for one in RateFetch.latest()] == ["failed"] * 3
    assert DayRate.select().count() == 1 and DayRate.days_behind() == 1


def _give(answer, _request):
    return answer


def test_a_portal_without_a_bank_asks_nobody(portal_at) -> None:
    portal_at("")
    assert not rates.is_due()
    run()
    assert RateFetch.select().count() == DayRate.select().count() == 0
