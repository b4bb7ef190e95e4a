"""Charts as pure functions: the drawing and the table say what went in, whatever it was called."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from views.support.charts import HEIGHT, STEP, Chart, Series

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=1>', "&lt;", "</title>", "{0}{groups}", "%s%(total)s"]
)
figures = st.lists(st.integers(0, 10**12) | st.just(0), min_size=30, max_size=30)


def chart(series: list[Series]) -> Chart:
    return Chart("one", "Orders <b>", "All & more", [f"day {n}" for n in range(30)], series, str)


def drawn(made: Chart) -> ElementTree.Element:
    """The drawing, read back by a strict parser."""
    return ElementTree.fromstring(str(made.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@given(st.lists(st.builds(Series, names, figures, st.integers(1, 5)), max_size=5))
def test_the_table_has_every_day_and_sums_to_what_went_in(series):
    made = chart(series)
    assert [day for day, _parts, _total in made.rows] == list(made.days)
    assert sum(int(total) for _day, _parts, total in made.rows) == sum(sum(one.values) for one in series)
    assert all(sum(map(int, parts)) == int(total) for _day, parts, total in made.rows)
    assert int(made.total) == sum(sum(one.values) for one in series)


@given(st.lists(st.builds(Series, names, figures, st.integers(1, 5)), min_size=1, max_size=5))
def test_every_day_is_drawn_and_bars_are_as_high_as_their_figures(series):
    made = chart(series)
    groups = drawn(made).findall(f"{SVG}g")
    assert len(groups) == 30, "a day without anything is there too"
    most = max(made.totals) or 1
    for place, group in enumerate(groups):
        day, *parts = group.findall(f"{SVG}rect")
        assert float(day.get("height")) == HEIGHT
        assert len(parts) == sum(1 for one in series if one.values[place])
        height = sum(float(part.get("height")) for part in parts)
        assert abs(height - HEIGHT * made.totals[place] / most) < 0.01 * (len(parts) + 1)
        assert all(0 <= float(part.get("y")) <= HEIGHT for part in parts)
        assert place * STEP <= float(day.get("x")) < (place + 1) * STEP


@given(names, names, figures)
def test_names_are_words_and_never_markup(name, title, values):
    made = Chart("one", title, name, [name] * 30, [Series(name, values), Series(title, values, 2)], str)
    tags = {part.tag.removeprefix(SVG) for part in drawn(made).iter()}
    assert tags == {"svg", "title", "desc", "g", "rect"}
    assert drawn(made).find(f"{SVG}desc").text in (name, name or None)
    assert not re.search(r"\s(?:style|on\w+)=", re.sub(r">[^<]*<", "><", str(made.svg)))


def test_the_drawing_has_a_name_and_a_description_of_its_own():
    made = drawn(chart([Series("Lotus", [1] * 30)]))
    named = made.get("aria-labelledby").split()
    assert [part.get("id") for part in (made.find(f"{SVG}title"), made.find(f"{SVG}desc"))] == named
    assert made.get("role") == "img"


def test_a_chart_without_a_series_draws_thirty_empty_days():
    made = chart([])
    assert made.totals == [0] * 30 and len(drawn(made).findall(f"{SVG}g")) == 30
