"""The areas of a country answer as if each were looked at in turn, however many there are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from models.freight.engine.areas import Area, Places

codes = st.text("019A", min_size=1, max_size=3)
areas = st.builds(Area, st.just("US"), st.sampled_from(["", "prefix", "range", "range"]), codes, codes)


def fit(area: Area, postcode: str) -> int:
    if area.kind == "prefix":
        return 2 + len(area.low) if postcode.startswith(area.low) else 0
    if area.kind == "range":
        return 2 if area.ranges_over(postcode) else 0
    return 1


@settings(max_examples=300)
@given(st.lists(areas, max_size=12), st.lists(codes | st.just(""), min_size=1, max_size=5))
def test_everything_that_holds_is_said_the_most_particular_first(said: list[Area], postcodes: list[str]) -> None:
    places = Places((area, at) for at, area in enumerate(said))
    for postcode in postcodes:
        holding = [(fit(area, postcode), at) for at, area in enumerate(said) if fit(area, postcode)]
        assert list(places.said_of(postcode)) == [at for _fit, at in sorted(holding, key=lambda pair: -pair[0])]


def test_digits_count_as_numbers_of_their_length_and_letters_as_text() -> None:
    assert Area("AU", "range", "0800", "0899").ranges_over("0850") and not Area(
        "AU", "range", "0800", "0899"
    ).ranges_over("850")
    assert Area("GB", "range", "AB1", "AB5").ranges_over("AB45XY") and not Area(
        "GB", "range", "AB1", "AB5"
    ).ranges_over("")
