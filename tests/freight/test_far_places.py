"""Lists of remote places: packed tightly, they answer as a price sheet's own places do; read from files in the background."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.amazon import use_settings
from jobs.remote_lists import work
from models.freight.engine.areas import Area, Places
from models.freight.engine.card import REMOTE_LEVELS
from models.freight.far_places import FarPlaces, packed
from models.freight.remote_list import RemoteList
from models.freight.remote_reading import read_rows
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import JobRun
from tests.freight.test_beside import asked, carrier, day, line, lines  # noqa: F401 (fixtures)

SIGNS = st.text("0129AZ", min_size=1, max_size=4)
ROWS = st.builds(
    lambda kind, low, high, level: ("US", kind, low if kind else "", max(low, high) if kind == "range" else "", level),
    st.sampled_from(("prefix", "range", "range", "")), SIGNS, SIGNS, st.sampled_from(REMOTE_LEVELS),
)  # fmt: skip


@given(st.lists(ROWS, max_size=12), st.lists(st.text("0129AZ", max_size=5), min_size=1, max_size=8))
def test_a_packed_list_answers_as_plain_areas_do(rows, postcodes) -> None:
    far = FarPlaces(packed(rows))
    plain = Places((Area(country, kind, low, high), level) for country, kind, low, high, level in rows)
    for postcode in postcodes:
        strictest = max(plain.said_of(postcode), key=REMOTE_LEVELS.index, default="")
        assert far.level("US", postcode) == strictest
        assert far.level("CA", postcode) == ""


def test_a_hundred_thousand_rows_answer_in_microseconds() -> None:
    far = FarPlaces(packed(("US", "prefix", f"{number:05}", "", "REMOTE") for number in range(0, 100_000, 1)))
    began = time.perf_counter()
    assert all(far.level("US", f"{number:05}") == "REMOTE" for number in range(0, 100_000, 50))
    assert (time.perf_counter() - began) / 2000 < 0.0005


def read(*rows: str):
    return read_rows(enumerate([row.split(",") for row in rows], 1), lambda _count: None)


def test_a_sheet_is_read_with_english_or_chinese_headings_and_merged_cells() -> None:
    found = read("Remote areas 2026", "国家二字码,起始邮编,结束邮编,偏远等级", "US,99501,,", ",995..996,,SUPER_REMOTE", "AU,0800,0899,",
                 "KP,,,EMBARGO")  # fmt: skip
    assert found.error_count == 0 and found.rows == {
        ("US", "prefix", "99501", "", "REMOTE"), ("US", "range", "995", "996", "SUPER_REMOTE"),
        ("AU", "range", "0800", "0899", "REMOTE"), ("KP", "", "", "", "EMBARGO"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [("U1,prefix,995,,REMOTE", "country"), ("US,prefix,★,,REMOTE", "a"), ("US,range,9,10,REMOTE", "a"), ("US,city,!,,REMOTE", "a"),
     ("US,prefix,995,,FARAWAY", "level"), ("US,guess,995,,REMOTE", "kind"), ("US,range,996,995,REMOTE", "a"),
     ("AU,,0800-0899,,REMOTE", "a"), ("GB,prefix,IV1 - IV28,,REMOTE", "a")],
)  # fmt: skip
def test_a_wrong_row_is_named_and_the_rest_is_read(row, column) -> None:
    found = read("country,kind,a,b,level", row, "DE,city,Helgoland,,REMOTE")
    assert (found.error_count, found.problems[0].row, found.problems[0].column) == (1, 2, column)
    assert found.rows == {("DE", "city", "Helgoland", "", "REMOTE")}


def test_a_hyphen_that_belongs_to_a_postcode_is_no_range() -> None:
    found = read("country,a", "JP,907-0001", "PL,72-600", "KY,KY1-1001")
    assert {row[2] for row in found.rows} == {"9070001", "72600", "KY11001"} and not found.error_count


def test_a_city_counts_for_who_asks_for_a_city() -> None:
    far = FarPlaces(packed([("DE", "city", "Sankt Peter-Ording", "", "REMOTE")]))
    assert (far.level("DE", "25826"), far.level("DE", "25826", "sanktpeterording")) == ("", "REMOTE")


# Versions


@pytest.fixture
def bring(carrier, alice, tmp_path, portal):  # noqa: F811
    """Brings a file of rows and reads it, as the job does."""
    use_settings(portal)

    def bring(*rows: str, name: str = "remote.csv") -> RemoteList:
        path = tmp_path / "upload"
        path.write_text("\n".join(["country,kind,a,b,level", *rows]), "utf-8")
        made = RemoteList.bring(carrier, name, path, Path(portal.data) / "imports", by=alice)
        run = JobRun.claim("freight.remote", "", made.created_at)
        work(run)
        run.finish("done")
        return made.reload()

    return bring


@pytest.mark.both
def test_a_list_is_read_looked_at_and_counts_from_its_day_on(bring, line, lotus, alice) -> None:  # noqa: F811
    first = bring("US,prefix,995,,EMBARGO")
    assert (first.state, first.row_count, first.outcome["added"]) == ("read", 1, 1)
    first.put_in_force(day("03-01"), by=alice)
    with pytest.raises(Refused, match="is version 1 already"):
        bring("US,prefix,995,,EMBARGO")
    second = bring("US,prefix,995,,REMOTE", "US,prefix,967,,REMOTE")
    assert [len(rows) for _words, _name, rows in second.differences] == [2, 1]
    second.put_in_force(day("04-01"), by=alice)
    levels = {on: RemoteList.in_force([first.carrier_id], day(on)) for on in ("02-28", "03-01", "04-01")}
    assert [[one.version for one in found.values()] for found in levels.values()] == [[], [1], [2]]
    assert levels["03-01"][first.carrier_id].places.level("US", "99501") == "EMBARGO"
    assert second.rows_at("US", "995 01") == [("US", "prefix", "995", "", "REMOTE")]
    second.withdraw(by=alice)
    assert [one.version for one in RemoteList.in_force([first.carrier_id], day("04-01")).values()] == [1]
    with pytest.raises(AlreadyDecided):
        second.reload().put_in_force(day("04-01"), by=alice)


def test_a_carriers_list_counts_in_prices_beside_the_sheets_own_places(bring, line, lotus, alice) -> None:  # noqa: F811
    from models.freight.engine.parcel import Box, Parcel
    from models.freight.engine.quoting import quote
    from models.freight.offering import offered

    bring("US,prefix,995,,EMBARGO").put_in_force(day("03-01"), by=alice)

    def reasons(on: str, postcode: str):
        (one,) = offered(lotus.id, day(on))
        return quote(one.card, Parcel(day(on), "US", (Box(1),), postcode), {}).reasons

    assert [reasons("02-28", "99501"), reasons("03-01", "99501"), reasons("03-01", "10001")] == [(), ("EMBARGO",), ()]


def test_a_list_with_wrong_rows_is_never_put_in_force(bring, alice) -> None:
    made = bring("US,prefix,995,,REMOTE", "U1,prefix,1,,REMOTE")
    assert (made.error_count, made.errors[0]["row"], str(made.errors[0]["words"])) == (
        1,
        3,
        "Write the country's two letters.",
    )
    with pytest.raises(Refused, match="cannot be read"):
        made.put_in_force(date(2026, 3, 1), by=alice)


def test_a_file_without_known_headings_fails_in_words(bring, tmp_path) -> None:
    made = bring(name="x.csv")
    assert made.state == "read" and made.row_count == 0 and not made.may_be_put_in_force


def test_lists_brought_at_once_get_versions_of_their_own(carrier, tmp_path, in_parallel) -> None:  # noqa: F811
    def bring_one(number: int) -> RemoteList:
        path = tmp_path / f"{number}"
        path.write_text(f"country,a\nUS,{number}00")
        return RemoteList.bring(carrier, "a.csv", path, tmp_path / "kept")

    assert sorted(one.version for one in in_parallel(3, bring_one).results) == [1, 2, 3]
